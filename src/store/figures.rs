//! Figures of the whole installation for `/metrics` and `doctor`: counts, ages and sizes; never a
//! text, an id or a person. Each is found by an index or is small; queues are counted up to
//! [`COUNTED`]. Start with [`read`].

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    changes::Position,
    sql::{fetch, statements},
};
use crate::domain::time::Timestamp;

/// Rows of a queue are counted up to this number.
pub const COUNTED: i64 = 100_000;

statements! {
    BACKLOG = Sql::both("select 'visit' as stage,
            (select count(*) from source where state <> 'off' and next_visit <= $1) as waiting,
            (select min(next_visit) from source where state <> 'off' and next_visit <= $1) as oldest
        union all select 'understand',
            (select count(*) from (select 1 from post where revision = 0 limit $2) w),
            (select min(captured) from post where revision = 0)
        union all select 'route',
            (select count(*) from (select 1 from post where handled = 0 and revision > 0 limit $2) w),
            (select captured from post where handled = 0 and revision > 0
                order by published limit 1)
        union all select 'deadlines',
            (select count(*) from (select 1 from clock where stopped is null and raised is null
                and due <= $1 limit $2) w),
            (select min(due) from clock where stopped is null and raised is null and due <= $1)
        union all select 'deliver',
            (select count(*) from (select 1 from job
                where done is null and failed is null limit $2) w),
            (select min(created) from job where done is null and failed is null)
        union all select 'triage',
            (select count(*) from (select 1 from triage where decided is null limit $2) w),
            (select min(entered) from triage where decided is null)
        union all select 'claims',
            (select count(*) from (select 1 from claim_match
                where decision is null and level <> 'none' limit $2) w),
            (select min(found) from claim_match where decision is null and level <> 'none')");
    SOURCES = Sql::both("select platform, state, count(*) as sources from source
        group by platform, state");
    ALERTS = Sql::both("select
        (select count(*) from job where done is not null and attempts > 0) as delivered,
        (select count(*) from job where failed is not null) as failed,
        (select count(*) from (select 1 from job
            where done is null and failed is null limit $1) w) as waiting");
    PURGES = Sql::both("select class, coalesce(cast(sum(rows_gone) as bigint), 0) as gone,
        max(at) as last from purge group by class");
    BYTES = Sql::each(
        "select page_count * page_size from pragma_page_count(), pragma_page_size()",
        "select pg_database_size(current_database())");
    NOW = Sql::each(
        "select cast(unixepoch('subsec') * 1000 as integer)",
        "select (extract(epoch from clock_timestamp()) * 1000)::bigint");
    FIRST_CAPTURE = Sql::both("select captured from post order by captured limit 1");
    BEHIND = Sql::each(
        "select count(*) from (select 1 from change where seq > $2 limit $3) w",
        "select count(*) from (select 1 from change where (xid, seq) > ($1, $2) limit $3) w");
}

/// A stage's queue.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Backlog {
    /// `visit`, `understand`, `route`, `deadlines`, `deliver`; `triage` and `claims` wait for people.
    pub stage: String,
    /// How many wait.
    pub waiting: i64,
    /// Since when the oldest waits, UTC milliseconds.
    pub oldest: Option<i64>,
}

/// Sources of a platform in a state.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Sources {
    pub platform: String,
    pub state: String,
    pub sources: i64,
}

/// Alerts by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Alerts {
    pub delivered: i64,
    pub failed: i64,
    pub waiting: i64,
}

/// What was purged of a class.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Purges {
    /// The class's code.
    pub class: String,
    /// Rows so far.
    pub gone: i64,
    /// When last, UTC milliseconds.
    pub last: Option<i64>,
}

/// Everything at one moment.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each is named after its type")]
pub struct Figures {
    pub backlog: Vec<Backlog>,
    pub sources: Vec<Sources>,
    pub alerts: Alerts,
    pub purges: Vec<Purges>,
    /// Size of the database, without SQLite's log.
    pub bytes: i64,
}

/// Reads all figures.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn read(tx: &mut Tx, now: Timestamp) -> Result<Figures> {
    Ok(Figures {
        backlog: fetch!(fetch_all Backlog, tx, BACKLOG, now.as_millis(), COUNTED)?,
        sources: fetch!(fetch_all Sources, tx, SOURCES)?,
        alerts: fetch!(fetch_one Alerts, tx, ALERTS, COUNTED)?,
        purges: fetch!(fetch_all Purges, tx, PURGES)?,
        bytes: fetch!(fetch_one(i64,), tx, BYTES)?.0,
    })
}

/// How many changes an index at `position` has still to read, up to [`COUNTED`].
///
/// # Errors
/// [`super::Error::Database`].
pub async fn behind(tx: &mut Tx, position: Position) -> Result<i64> {
    let (waiting,) = fetch!(
        fetch_one(i64,),
        tx,
        BEHIND,
        position.xid,
        position.seq,
        COUNTED
    )?;
    Ok(waiting)
}

/// When the oldest post that is kept was captured.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn first_capture(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let first = fetch!(fetch_optional(i64,), tx, FIRST_CAPTURE)?;
    Ok(first.map(|(captured,)| Timestamp::from_millis(captured)))
}

/// The database's own clock.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn now(tx: &mut Tx) -> Result<Timestamp> {
    Ok(Timestamp::from_millis(fetch!(fetch_one(i64,), tx, NOW)?.0))
}
