//! Jobs are leased below their receivers' ceilings.
//!
//! A receiver's row is locked while jobs are leased to it, so several processes together keep its
//! ceiling. Start with [`due_receivers`], then [`lease`].

use super::{
    super::{
        Result, Sql, Tx,
        sql::{execute, fetch, statements},
    },
    Leased,
};
use crate::domain::time::{Span, Timestamp};

/// The ceiling counts the attempts of this long.
const WINDOW: Span = Span::hours(1);
/// Alerts that one message carries at most.
const CARRIED: i64 = 100;

statements! {
    DUE = Sql::both("select coalesce(j.receiver, '') as receiver from job j
        left join receiver r on r.code = j.receiver
        where j.done is null and j.failed is null and j.not_before <= $1 and j.lease_until < $1
            and (j.bundle is null or j.bundle = j.id) and coalesce(r.free_at, 0) <= $1
        group by coalesce(j.receiver, '') order by min(j.not_before), coalesce(j.receiver, '')
        limit $2");
    MEET = Sql::both("insert into receiver (code, free_at) values ($1, 0) on conflict do nothing");
    // Another process that leases to this receiver now goes before.
    HOLD = Sql::each(
        "select free_at from receiver where code = $1",
        "select free_at from receiver where code = $1 for update skip locked");
    FREE_FROM = Sql::both("update receiver set free_at = $2 where code = $1 and free_at < $2");
    FORGET = Sql::both("delete from attempt where receiver = $1 and at <= $2");
    COUNT = Sql::both("select count(*), min(at) from attempt where receiver = $1");
    NOTE = Sql::both("insert into attempt (receiver, at) values ($1, $2)");
    NEXT = Sql::both("select id, bundle from job where done is null and failed is null
            and receiver = $1 and not_before <= $2 and lease_until < $2
            and (bundle is null or bundle = id) order by not_before, id limit 2");
    GATHER = Sql::both("update job set bundle = $3 where id in (
            select id from job where done is null and failed is null and receiver = $1
                and not_before <= $2 and lease_until < $2 and bundle is null
            order by not_before, id limit $4)");
    // An attempt is counted when it begins: a job that kills the process reaches its end too.
    LEASE = Sql::both("update job set lease_until = $3, lease_owner = $4, attempts = attempts + 1
        where id in (
            select id from job where done is null and failed is null and receiver = $1
                and not_before <= $2 and lease_until < $2 and (bundle is null or bundle = id)
            order by not_before, id limit $5)
        returning id, incident, payload, created, attempts, bundle");
    CARRY = Sql::both("update job set attempts = $2 where bundle = $1 and id <> $1
        and done is null and failed is null");
    GATHERED = Sql::both("select id, incident, payload, created, attempts, bundle from job
        where bundle = $1 and done is null and failed is null order by id");
}

/// Who leases, how long and how much.
#[derive(Debug, Clone, Copy)]
pub struct Taker<'a> {
    /// The process.
    pub owner: &'a str,
    /// Longer than any attempt lasts.
    pub lease: Span,
    /// Jobs at most.
    pub limit: i64,
}

/// What a receiver may be sent.
#[derive(Debug, Clone, Copy)]
pub struct Ceiling {
    /// Attempts within any hour, from 1.
    pub per_hour: i64,
    /// The last message below the ceiling carries all that waits.
    pub gathers: bool,
}

/// The receivers that may be told something now, longest waiting first; empty text stands for jobs
/// that are not addressed yet.
///
/// # Errors
/// [`Error::Database`].
pub async fn due_receivers(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<String>> {
    let rows = fetch!(fetch_all(String,), tx, DUE, now.as_millis(), limit)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Takes due jobs for a receiver and counts their attempts; none while it wants peace, has had its
/// hour's worth, or another process is leasing to it. Two workers never hold one job; a lease that
/// runs out is taken again under the same id.
///
/// # Errors
/// [`Error::Database`].
pub async fn lease(
    tx: &mut Tx,
    receiver: &str,
    taker: Taker<'_>,
    ceiling: Ceiling,
    now: Timestamp,
) -> Result<Vec<Leased>> {
    execute!(tx, MEET, receiver)?;
    match fetch!(fetch_optional(i64,), tx, HOLD, receiver)? {
        Some((free_at,)) if free_at <= now.as_millis() => {}
        _ => return Ok(Vec::new()),
    }
    let room = room(tx, receiver, ceiling, now).await?;
    if room < 1 {
        return Ok(Vec::new());
    }
    let mut share = room;
    if ceiling.gathers {
        match room {
            1 => gather(tx, receiver, now).await?,
            _ => share -= 1, // the last one is kept for what waits
        }
    }
    let until = now.plus(taker.lease).as_millis();
    let limit = taker.limit.min(share);
    let at = now.as_millis();
    let mut taken = fetch!(fetch_all Leased, tx, LEASE, receiver, at, until, taker.owner, limit)?;
    for job in &taken {
        execute!(tx, NOTE, receiver, at)?;
        if let Some(bundle) = &job.bundle {
            execute!(tx, CARRY, bundle.as_str(), job.attempts)?;
        }
    }
    taken.sort_by(|a, b| a.id.cmp(&b.id)); // `returning` promises no order
    Ok(taken)
}

/// How many attempts the ceiling still allows; at none the receiver is left alone until one is past.
async fn room(tx: &mut Tx, receiver: &str, ceiling: Ceiling, now: Timestamp) -> Result<i64> {
    execute!(tx, FORGET, receiver, now.minus(WINDOW).as_millis())?;
    let (made, oldest) = fetch!(fetch_one(i64, Option<i64>), tx, COUNT, receiver)?;
    let room = ceiling.per_hour - made;
    if let Some(oldest) = oldest.filter(|_| room < 1) {
        let free = Timestamp::from(oldest).plus(WINDOW);
        hold_off(tx, receiver, free).await?;
    }
    Ok(room)
}

/// Binds what waits to the job that is next, unless that one carries others already.
async fn gather(tx: &mut Tx, receiver: &str, now: Timestamp) -> Result<()> {
    let at = now.as_millis();
    let next = fetch!(fetch_all(String, Option<String>), tx, NEXT, receiver, at)?;
    if let [(lead, None), _] = next.as_slice() {
        execute!(tx, GATHER, receiver, at, lead.as_str(), CARRIED)?;
    }
    Ok(())
}

/// All jobs whose news the message of this one carries, itself among them, oldest first; empty when
/// its message is its own alone.
///
/// # Errors
/// [`Error::Database`].
pub async fn gathered(tx: &mut Tx, job: &Leased) -> Result<Vec<Leased>> {
    match &job.bundle {
        Some(bundle) => Ok(fetch!(fetch_all Leased, tx, GATHERED, bundle.as_str())?),
        None => Ok(Vec::new()),
    }
}

/// Leaves a receiver alone until `free`.
///
/// # Errors
/// [`Error::Database`].
pub async fn hold_off(tx: &mut Tx, receiver: &str, free: Timestamp) -> Result<()> {
    execute!(tx, FREE_FROM, receiver, free.as_millis())?;
    Ok(())
}
