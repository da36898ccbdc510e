//! Writes that are done once however often they are asked (draft-ietf-httpapi-idempotency-key-header):
//! the key's row, the write and its journal entry commit together. Whoever asks the same at the same
//! moment, also of another process, waits for the first to end and gets its answer. Start with
//! [`claim`].

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::time::Timestamp;

statements! {
    CLAIM = Sql::both("insert into idempotency (id, fingerprint, at, status, answer)
        values ($1, $2, $3, 0, '') on conflict (id) do nothing");
    FIND = Sql::both("select fingerprint, status, location, answer from idempotency where id = $1");
    KEEP = Sql::both("update idempotency set status = $2, location = $3, answer = $4 where id = $1");
    FORGET = Sql::both("delete from idempotency where id = $1 and at <= $2");
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is new: do the write, then [`keep`] its answer in the same transaction.
    New,
    /// The same was asked before: its answer.
    Done(Done),
    /// It was used for another request.
    Other,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The HTTP status.
    pub status: u16,
    /// The address of what was made.
    pub location: Option<String>,
    /// The body; empty when there was none.
    pub answer: String,
}

#[derive(FromRow)]
struct Row {
    fingerprint: String,
    status: i64,
    location: Option<String>,
    answer: String,
}

/// Takes a key for a request. One that was taken before `since` counts no more.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn claim(
    tx: &mut Tx,
    id: &str,
    fingerprint: &str,
    since: Timestamp,
    now: Timestamp,
) -> Result<Claim> {
    execute!(tx, FORGET, id, since.as_millis())?;
    if execute!(tx, CLAIM, id, fingerprint, now.as_millis())? > 0 {
        return Ok(Claim::New);
    }
    let row = fetch!(fetch_one Row, tx, FIND, id)?;
    if row.fingerprint != fingerprint {
        return Ok(Claim::Other);
    }
    Ok(Claim::Done(Done {
        status: u16::try_from(row.status).unwrap_or_default(),
        location: row.location,
        answer: row.answer,
    }))
}

/// Keeps the answer of a claimed key.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn keep(tx: &mut Tx, id: &str, done: &Done) -> Result<()> {
    let (status, location) = (i64::from(done.status), done.location.as_deref());
    execute!(tx, KEEP, id, status, location, done.answer.as_str())?;
    Ok(())
}
