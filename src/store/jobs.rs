//! The outbox: effects outside, written in the transaction that causes them and done at least once.
//! What a job does is not known here (`work/jobs.rs`).
//!
//! A job's id is its idempotency key: the receiver sees the same one on every attempt. Start with
//! [`enqueue`]; [`address`] gives jobs their receivers, [`lease()`] takes them, [`done`] and its like end
//! them; people read [`list`].

mod address;
mod end;
mod lease;
mod people;

pub use address::{address, list_unaddressed};
pub use end::{done, fail, retry, skip};
pub use lease::{Ceiling, Taker, due_receivers, gathered, hold_off, lease};
pub use people::{Counts, JobRow, JobState, counts, list, try_again};

use sqlx::FromRow;

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
    [ALL, address::ALL, lease::ALL, end::ALL].concat()
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
