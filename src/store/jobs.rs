//! The outbox: effects outside, written in the transaction that causes them and leased to be done
//! at least once. What a job does is not known here (`work/jobs.rs`).
//!
//! A job's id is its idempotency key: the receiver sees the same one on every attempt. Start with
//! [`enqueue`], then [`lease`]; people read [`list`].

mod people;

use sqlx::FromRow;

pub use people::{Counts, JobRow, JobState, counts, list, try_again};

use super::{
    Error, Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::{Ids, IncidentId},
    job::Job,
    time::{Span, Timestamp},
};

statements! {
    ENQUEUE = Sql::both("insert into job (id, kind, incident, payload, created, not_before,
            attempts, lease_until)
        values ($1, $2, $3, $4, $5, $6, 0, 0)");
    // An attempt is counted when it begins: a job that kills the process reaches its ceiling too.
    LEASE = Sql::each(
        "update job set lease_until = $2, lease_owner = $3, attempts = attempts + 1 where id in (
            select id from job where done is null and failed is null and not_before <= $1
                and lease_until < $1 order by not_before, id limit $4)
         returning id, incident, payload, created, attempts",
        "update job set lease_until = $2, lease_owner = $3, attempts = attempts + 1 where id in (
            select id from job where done is null and failed is null and not_before <= $1
                and lease_until < $1 order by not_before, id limit $4 for update skip locked)
         returning id, incident, payload, created, attempts");
    DONE = Sql::both("update job set done = $2, lease_until = 0, lease_owner = null,
        last_error = null where id = $1 and done is null");
    // The number of the attempt fences out a worker whose lease ran out.
    RETRY = Sql::both("update job set not_before = $3, last_error = $4, lease_until = 0,
        lease_owner = null where id = $1 and attempts = $2 and done is null and failed is null");
    FAIL = Sql::both("update job set failed = $3, last_error = $4, lease_until = 0,
        lease_owner = null where id = $1 and attempts = $2 and done is null and failed is null");
    SKIP = Sql::both("update job set done = $3, attempts = 0, lease_until = 0, lease_owner = null,
        last_error = $4 where id = $1 and attempts = $2 and done is null and failed is null");
    RELEASE = Sql::both("update job set lease_until = 0, lease_owner = null,
        attempts = attempts - 1 where id = $1 and attempts = $2 and done is null
            and failed is null");
    AGAIN = Sql::both("update job set failed = null, attempts = 0, not_before = $2
        where id = $1 and failed is not null");
    ANY_DUE = Sql::both("select attempts from job where done is null and failed is null
        and not_before <= $1 and lease_until < $1 limit 1");
    WAITING = Sql::both("select count(*) from job where done is null and failed is null");
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

/// Adds a job, to be done from `not_before` on; gives its id. Call `store.hints.jobs.notify_one()`
/// after the commit.
///
/// # Errors
/// [`Error::Database`].
pub async fn enqueue(
    tx: &mut Tx,
    ids: &Ids,
    job: &Job,
    incident: Option<&IncidentId>,
    not_before: Timestamp,
    now: Timestamp,
) -> Result<String> {
    let id = ids.ulid(now);
    let payload =
        serde_json::to_string(job).map_err(|e| Error::Broken(format!("job {id}: {e}")))?;
    execute!(
        tx,
        ENQUEUE,
        id.as_str(),
        kind(job),
        incident.map(IncidentId::as_str),
        payload.as_str(),
        now.as_millis(),
        not_before.as_millis()
    )?;
    Ok(id)
}

fn kind(job: &Job) -> &'static str {
    match job {
        Job::Notify(_) => "notify",
    }
}

/// Whether a job could be leased now.
///
/// # Errors
/// [`Error::Database`].
pub async fn any_due(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    Ok(fetch!(fetch_optional(i64,), tx, ANY_DUE, now.as_millis())?.is_some())
}

/// Takes up to `limit` due jobs for `owner` until `now + lease`, and counts the attempt. Two
/// workers never hold one job; a lease that runs out is taken again under the same id.
///
/// # Errors
/// [`Error::Database`].
pub async fn lease(
    tx: &mut Tx,
    owner: &str,
    now: Timestamp,
    lease: Span,
    limit: i64,
) -> Result<Vec<Leased>> {
    let until = now.plus(lease).as_millis();
    let mut taken = fetch!(fetch_all Leased, tx, LEASE, now.as_millis(), until, owner, limit)?;
    taken.sort_by(|a, b| a.id.cmp(&b.id)); // `returning` promises no order
    Ok(taken)
}

/// The receiver has it. True also when another worker took the job over meanwhile: it was sent.
///
/// # Errors
/// [`Error::Database`].
pub async fn done(tx: &mut Tx, job: &Leased, now: Timestamp) -> Result<()> {
    execute!(tx, DONE, job.id.as_str(), now.as_millis())?;
    Ok(())
}

/// It did not work: again from `not_before` on. Does nothing when the lease was lost meanwhile.
///
/// # Errors
/// [`Error::Database`].
pub async fn retry(
    tx: &mut Tx,
    job: &Leased,
    not_before: Timestamp,
    last_error: &str,
) -> Result<()> {
    execute!(
        tx,
        RETRY,
        job.id.as_str(),
        job.attempts,
        not_before.as_millis(),
        last_error
    )?;
    Ok(())
}

/// It will never work. Does nothing when the lease was lost meanwhile.
///
/// # Errors
/// [`Error::Database`].
pub async fn fail(tx: &mut Tx, job: &Leased, last_error: &str, now: Timestamp) -> Result<()> {
    execute!(
        tx,
        FAIL,
        job.id.as_str(),
        job.attempts,
        now.as_millis(),
        last_error
    )?;
    Ok(())
}

/// Nobody is to be told: ends the job without counting an attempt.
///
/// # Errors
/// [`Error::Database`].
pub async fn skip(tx: &mut Tx, job: &Leased, reason: &str, now: Timestamp) -> Result<()> {
    execute!(
        tx,
        SKIP,
        job.id.as_str(),
        job.attempts,
        now.as_millis(),
        reason
    )?;
    Ok(())
}

/// Gives a job back untouched, without counting the attempt.
///
/// # Errors
/// [`Error::Database`].
pub async fn release(tx: &mut Tx, job: &Leased) -> Result<()> {
    execute!(tx, RELEASE, job.id.as_str(), job.attempts)?;
    Ok(())
}

/// How many jobs are to be done, for the health page.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_waiting(tx: &mut Tx) -> Result<i64> {
    Ok(fetch!(fetch_one(i64,), tx, WAITING)?.0)
}
