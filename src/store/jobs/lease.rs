//! Jobs in hand: each is addressed to its receivers, leased below their ceilings, and ended.
//!
//! A receiver's row is locked while jobs are leased to it, so several processes together keep its
//! ceiling. Start with [`due_receivers`], then [`lease`]; what comes of an attempt is told by
//! [`done`], [`retry`], [`fail`] or [`skip`].

use sqlx::FromRow;

use super::super::{
    Error, Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::Ids,
    job::Job,
    time::{Span, Timestamp},
};

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
    UNADDRESSED = Sql::each(
        "select id, incident, payload, created, attempts, bundle from job where done is null
            and failed is null and receiver is null and not_before <= $1 and lease_until < $1
        order by id limit $2",
        "select id, incident, payload, created, attempts, bundle from job where done is null
            and failed is null and receiver is null and not_before <= $1 and lease_until < $1
        order by id limit $2 for update skip locked");
    ADDRESS = Sql::both("update job set receiver = $2, attempts = 0, lease_until = 0 where id = $1");
    COPY = Sql::both("insert into job (id, kind, incident, payload, created, not_before, attempts,
            lease_until, receiver)
        select cast($2 as text), kind, incident, payload, created, not_before, 0, 0,
            cast($3 as text) from job where id = $1");
    NOBODY = Sql::both("update job set done = $2, attempts = 0, lease_until = 0, last_error = $3
        where id = $1");
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
    DONE = Sql::both("update job set done = $3, lease_until = 0, lease_owner = null,
        last_error = null where (id = $1 or bundle = $2) and done is null");
    // The number of the attempt fences out a worker whose lease ran out.
    RETRY = Sql::both("update job set not_before = $4, last_error = $5, lease_until = 0,
            lease_owner = null
        where (id = $1 or bundle = $2) and attempts = $3 and done is null and failed is null");
    // What failed together is tried again one by one.
    FAIL = Sql::both("update job set failed = $4, last_error = $5, lease_until = 0,
            lease_owner = null, bundle = null
        where (id = $1 or bundle = $2) and attempts = $3 and done is null and failed is null");
    SKIP = Sql::both("update job set done = $4, last_error = $5, attempts = 0, lease_until = 0,
            lease_owner = null
        where (id = $1 or bundle = $2) and attempts = $3 and done is null and failed is null");
}

/// A job in hand.
#[derive(Debug, Clone, FromRow)]
pub struct Leased {
    /// The idempotency key (ULID).
    pub id: String,
    /// The incident that caused it.
    pub incident: Option<String>,
    /// The [`Job`] as JSON; see [`Leased::job`].
    pub payload: String,
    /// When it was caused, UTC milliseconds.
    pub created: i64,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// Its own id when its message carries other jobs too; see [`gathered`].
    pub bundle: Option<String>,
}

impl Leased {
    /// What is to be done.
    ///
    /// # Errors
    /// [`Error::Broken`] for a payload that this version does not know.
    pub fn job(&self) -> Result<Job> {
        serde_json::from_str(&self.payload)
            .map_err(|e| Error::Broken(format!("job {}: {e}", self.id)))
    }
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

/// Due jobs without a receiver, oldest first, held until the transaction ends.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_unaddressed(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Leased>> {
    Ok(fetch!(fetch_all Leased, tx, UNADDRESSED, now.as_millis(), limit)?)
}

/// Makes one job for each receiver: the first takes over this job and its id. Without receivers the
/// job ends, for `nobody` as the reason.
///
/// # Errors
/// [`Error::Database`].
pub async fn address(
    tx: &mut Tx,
    ids: &Ids,
    job: &Leased,
    receivers: &[String],
    nobody: &str,
    now: Timestamp,
) -> Result<()> {
    let Some((first, others)) = receivers.split_first() else {
        execute!(tx, NOBODY, job.id.as_str(), now.as_millis(), nobody)?;
        return Ok(());
    };
    for receiver in others {
        let id = ids.ulid(now);
        execute!(tx, COPY, job.id.as_str(), id.as_str(), receiver.as_str())?;
    }
    execute!(tx, ADDRESS, job.id.as_str(), first.as_str())?;
    Ok(())
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

/// The receiver has it. True also when another worker took the job over meanwhile: it was sent.
///
/// # Errors
/// [`Error::Database`].
pub async fn done(tx: &mut Tx, job: &Leased, now: Timestamp) -> Result<()> {
    execute!(
        tx,
        DONE,
        job.id.as_str(),
        job.bundle.as_deref(),
        now.as_millis()
    )?;
    Ok(())
}

/// It did not work: again from `not_before` on. Does nothing when the lease was lost meanwhile.
///
/// # Errors
/// [`Error::Database`].
pub async fn retry(tx: &mut Tx, job: &Leased, not_before: Timestamp, reason: &str) -> Result<()> {
    end(tx, RETRY, job, not_before, reason).await
}

/// It will never work. Does nothing when the lease was lost meanwhile.
///
/// # Errors
/// [`Error::Database`].
pub async fn fail(tx: &mut Tx, job: &Leased, reason: &str, now: Timestamp) -> Result<()> {
    end(tx, FAIL, job, now, reason).await
}

/// Nobody is to be told: ends the job without counting an attempt.
///
/// # Errors
/// [`Error::Database`].
pub async fn skip(tx: &mut Tx, job: &Leased, reason: &str, now: Timestamp) -> Result<()> {
    end(tx, SKIP, job, now, reason).await
}

async fn end(tx: &mut Tx, sql: Sql, job: &Leased, at: Timestamp, reason: &str) -> Result<()> {
    let (id, bundle) = (job.id.as_str(), job.bundle.as_deref());
    execute!(tx, sql, id, bundle, job.attempts, at.as_millis(), reason)?;
    Ok(())
}
