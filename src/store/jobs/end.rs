//! What came of an attempt: [`done`], [`retry`], [`fail`] or [`skip`].

use super::{
    super::{
        Result, Sql, Tx,
        sql::{execute, statements},
    },
    Leased,
};
use crate::domain::time::Timestamp;

statements! {
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
