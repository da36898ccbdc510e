//! The outbox: effects outside, written in the transaction that causes them and done at least once.
//! What a job does is not known here (`work/jobs.rs`).
//!
//! A job's id is its idempotency key: the receiver sees the same one on every attempt. Start with
//! [`enqueue`]; [`lease`] addresses jobs, takes them and ends them; people read [`list`].

pub mod lease;
mod people;

pub use people::{Counts, JobRow, JobState, counts, list, try_again};

use super::{
    Error, Result, Sql, Tx,
    listen::{self, Hint},
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::{Ids, IncidentId},
    job::Job,
    time::Timestamp,
};

statements! {
    ENQUEUE = Sql::both("insert into job (id, kind, incident, payload, created, not_before,
            attempts, lease_until)
        values ($1, $2, $3, $4, $5, $6, 0, 0)");
    AGAIN = Sql::both("update job set failed = null, attempts = 0, not_before = $2
        where id = $1 and failed is not null");
    WAITING = Sql::both("select count(*) from job where done is null and failed is null");
}

pub(crate) fn statements() -> Vec<(&'static str, Sql)> {
    [ALL, lease::ALL].concat()
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
    listen::say(tx, Hint::Jobs).await?;
    Ok(id)
}

fn kind(job: &Job) -> &'static str {
    match job {
        Job::Notify(_) => "notify",
    }
}

/// How many jobs are to be done, for the health page.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_waiting(tx: &mut Tx) -> Result<i64> {
    Ok(fetch!(fetch_one(i64,), tx, WAITING)?.0)
}
