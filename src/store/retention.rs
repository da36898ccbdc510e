//! Retention: which rows have outlived their class's term, and their removal.
//!
//! A class is a statement that finds its rows (`class.rs`) and the tables that are emptied with them
//! (`purge.rs`). Purging a post leaves its id in the change log as a tombstone for the indexes; purging an
//! incident leaves totals. Each batch writes one row of the purge log. Start with [`purge_batch`].

mod class;
mod purge;

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::{
    config::settings::Retention,
    domain::{
        id::Ids,
        time::{Span, Timestamp},
    },
};
pub use class::Class;
use class::list_due;
use purge::delete;
pub(super) use purge::{forget_words, purge_incidents, purge_posts};

pub(crate) fn statements() -> Vec<(&'static str, Sql)> {
    [ALL, class::ALL, purge::ALL].concat()
}

/// How long a program may ask again for the answer of a write.
pub const ANSWERS_KEPT: Span = Span::hours(24);

statements! {
    LOG = Sql::both("insert into purge (id, at, class, rows_gone, oldest, newest)
        values ($1, $2, $3, $4, $5, $6)");
    LIST_LOG = Sql::both("select at, class, rows_gone, oldest, newest from purge
        where class = $1 order by at desc, id desc limit $2");
    SUM_LOG = Sql::both("select coalesce(cast(sum(rows_gone) as bigint), 0), max(at)
        from purge where class = $1");
    // One purger at a time, so that totals are never counted twice. Held until the transaction ends.
    LOCK = Sql::each("select 1 as locked",
        "select 1 as locked from pg_advisory_xact_lock(7032)");
    LIST_TOTALS = Sql::both("select month, sector, topic, municipality, state, incidents, posts,
        overdue from incident_total order by month, sector, topic, municipality, state");
}

/// A line of the purge log.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct PurgeRow {
    pub at: i64,
    pub class: String,
    pub rows_gone: i64,
    pub oldest: i64,
    pub newest: i64,
}

/// What is left of purged incidents, by month of opening.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct TotalRow {
    pub month: String,
    pub sector: String,
    pub topic: String,
    pub municipality: String,
    pub state: String,
    pub incidents: i64,
    pub posts: i64,
    pub overdue: i64,
}

/// How a class stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Rows past their term now (counted up to the limit that was asked).
    pub due: u64,
    /// Rows purged so far.
    pub purged: i64,
    /// When rows were last purged.
    pub last: Option<Timestamp>,
}

/// Purges up to `limit` rows of a class whose term has passed, in the caller's transaction, with
/// everything that belongs to them; gives how many.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn purge_batch(
    tx: &mut Tx,
    ids: &Ids,
    class: Class,
    terms: &Retention,
    now: Timestamp,
    limit: i64,
) -> Result<u64> {
    lock(tx).await?;
    let before = now.minus(class.term(terms));
    let due = list_due(tx, class, before, limit).await?;
    let (Some(first), Some(last)) = (due.first(), due.last()) else {
        return Ok(0);
    };
    let keys: Vec<&str> = due.iter().map(|row| row.id.as_str()).collect();
    match class {
        Class::Incident => purge_incidents(tx, &keys).await?,
        Class::Evidence => delete(tx, "evidence", "post", &keys).await?,
        Class::Delivery => delete(tx, "job", "id", &keys).await?,
        Class::Session => delete(tx, "session", "token_hash", &keys).await?,
        Class::Answer => delete(tx, "idempotency", "id", &keys).await?,
        Class::Event => delete(tx, "inbox", "id", &keys).await?,
        Class::Import => {
            delete(tx, "table_refused", "import", &keys).await?;
            delete(tx, "table_import", "id", &keys).await?;
        }
        Class::Deleted => {
            forget_words(tx, &keys).await?;
            purge_posts(tx, &keys).await?;
        }
        Class::Nothing | Class::Waiting | Class::Flagged => purge_posts(tx, &keys).await?,
    }
    execute!(
        tx,
        LOG,
        ids.ulid(now),
        now.as_millis(),
        class.code(),
        due.len() as i64,
        first.since,
        last.since
    )?;
    Ok(due.len() as u64)
}

/// Whether any row of a class has outlived its term. Asked before a purge, in a transaction that only
/// reads: over millions of posts it takes a while to find that none is due, and on SQLite nobody else
/// could write meanwhile.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn is_any_due(
    tx: &mut Tx,
    class: Class,
    terms: &Retention,
    now: Timestamp,
) -> Result<bool> {
    let due = list_due(tx, class, now.minus(class.term(terms)), 1).await?;
    Ok(!due.is_empty())
}

/// Waits until nobody else purges.
pub(super) async fn lock(tx: &mut Tx) -> Result<()> {
    execute!(tx, LOCK)?;
    Ok(())
}

/// How a class stands: what is due (counted up to `limit`), and what was purged so far.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn standing(
    tx: &mut Tx,
    class: Class,
    terms: &Retention,
    now: Timestamp,
    limit: i64,
) -> Result<Standing> {
    let due = list_due(tx, class, now.minus(class.term(terms)), limit).await?;
    let (purged, last) = fetch!(fetch_one(i64, Option<i64>), tx, SUM_LOG, class.code())?;
    Ok(Standing {
        due: due.len() as u64,
        purged,
        last: last.map(Timestamp::from_millis),
    })
}

/// The last lines of a class's purge log, newest first.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_log(tx: &mut Tx, class: Class, limit: i64) -> Result<Vec<PurgeRow>> {
    Ok(fetch!(fetch_all PurgeRow, tx, LIST_LOG, class.code(), limit)?)
}

/// What is left of purged incidents.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_totals(tx: &mut Tx) -> Result<Vec<TotalRow>> {
    Ok(fetch!(fetch_all TotalRow, tx, LIST_TOTALS)?)
}
