//! Backfills: periods of a source that are read again, a step at a time, with their progress. Start with
//! [`add`] and [`lease`].

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    time::{Span, Timestamp},
    watch::BackfillState,
};

/// Due, of a source that is not switched off, and nobody is at it.
macro_rules! due {
    () => {
        "select id from backfill b where ended is null and not_before <= $1 and lease_until < $1
            and exists (select 1 from source s where s.code = b.source and s.state <> 'off')
         order by not_before, id limit 1"
    };
}

statements! {
    ADD = Sql::both("insert into backfill (id, source, since, until, who, state, position, version,
            requests, found, kept, outlived, failures, created, changed, not_before, lease_until)
        values ($1, $2, $3, $4, $5, 'waiting', '', 0, 0, 0, 0, 0, 0, $6, $6, $6, 0)");
    IS_DUE = Sql::both(due!());
    LEASE = Sql::each(
        concat!("update backfill set lease_until = $2 where id in (", due!(), ") returning *"),
        concat!("update backfill set lease_until = $2 where id in (", due!(),
            " for update skip locked) returning *"));
    ADVANCE = Sql::both("update backfill set position = $3, version = version + 1, state = $4,
            reason = $5, note = null, reached = case
                when reached is null or $6 < reached then coalesce($6, reached) else reached end,
            requests = requests + 1, found = found + $7, kept = kept + $8,
            outlived = outlived + $9, failures = 0, changed = $10, ended = $11, not_before = $12,
            lease_until = 0
        where id = $1 and version = $2 and ended is null");
    HOLD = Sql::both("update backfill set failures = failures + $2, state = $3, reason = $4,
            note = $5, changed = $6, ended = $7, not_before = $8, lease_until = 0
        where id = $1 and ended is null");
    STOP = Sql::both("update backfill set state = 'stopped', ended = $3, changed = $3
        where id = $1 and source = $2 and ended is null");
    LIST = Sql::both("select * from backfill where source = $1 order by created desc, id desc limit 10");
    FIND = Sql::both("select * from backfill where id = $1");
    COUNT_POSTS = Sql::both("update source set posts = posts + $2 where code = $1");
    FILLED = Sql::both("update source_gap set closed = $4 where source = $1 and closed is null
        and kind in ('skipped', 'lost') and since >= $2 and until <= $3");
    LEFT = Sql::both("select count(*) from source_gap where source = $1 and closed is null
        and kind = $2");
}

/// A backfill with its progress.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct BackfillRow {
    pub id: String,
    pub source: String,
    pub since: i64,
    pub until: i64,
    /// A login, or `service:…`.
    pub who: String,
    /// A code of [`BackfillState`].
    pub state: String,
    /// Only the connector reads it.
    pub position: String,
    pub version: i64,
    /// The oldest moment that was read.
    pub reached: Option<i64>,
    pub requests: i64,
    /// Posts of the period that the source showed.
    pub found: i64,
    /// Those that were not known.
    pub kept: i64,
    /// Those that are older than posts are kept.
    pub outlived: i64,
    pub failures: i64,
    /// How it ended, or why it waits.
    pub reason: Option<String>,
    pub note: Option<String>,
    pub created: i64,
    pub changed: i64,
    pub ended: Option<i64>,
    pub not_before: i64,
}

/// What is to be read.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct NewBackfill<'a> {
    pub id: &'a str,
    pub source: &'a str,
    pub since: Timestamp,
    pub until: Timestamp,
    pub who: &'a str,
}

/// Adds a backfill: a running server begins it at once.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(tx: &mut Tx, new: &NewBackfill<'_>, now: Timestamp) -> Result<()> {
    execute!(
        tx,
        ADD,
        new.id,
        new.source,
        new.since.as_millis(),
        new.until.as_millis(),
        new.who,
        now.as_millis()
    )?;
    Ok(())
}

/// Whether one could be leased, looked up without writing.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_due(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let due = fetch!(fetch_optional(String,), tx, IS_DUE, now.as_millis())?;
    Ok(due.is_some())
}

/// Takes the one that waits longest. A lease that expires is simply taken again.
///
/// # Errors
/// [`Error::Database`].
pub async fn lease(tx: &mut Tx, now: Timestamp, lease: Span) -> Result<Option<BackfillRow>> {
    let until = now.plus(lease).as_millis();
    Ok(fetch!(fetch_optional BackfillRow, tx, LEASE, now.as_millis(), until)?)
}

/// What one step did.
#[derive(Debug, Clone)]
pub struct Progress<'a> {
    /// Where to go on.
    pub position: &'a str,
    /// The oldest moment read.
    pub reached: Option<Timestamp>,
    /// Posts of the period shown, new to us, and too old to be kept.
    pub posts: (u64, u64, u64),
    /// How it ended, if it did: a code of [`crate::domain::watch::BackfillEnd`].
    pub end: Option<&'a str>,
    /// Not before this the next step.
    pub not_before: Timestamp,
}

/// Records a step, in the transaction of its posts.
///
/// # Errors
/// [`Error::Conflict`] when somebody else was faster, or stopped it.
pub async fn advance(
    tx: &mut Tx,
    row: &BackfillRow,
    step: &Progress<'_>,
    now: Timestamp,
) -> Result<()> {
    let state = match step.end {
        Some(_) => BackfillState::Done,
        None => BackfillState::Waiting,
    };
    let (found, kept, outlived) = step.posts;
    let touched = execute!(
        tx,
        ADVANCE,
        row.id.as_str(),
        row.version,
        step.position,
        state.code(),
        step.end,
        step.reached.map(Timestamp::as_millis),
        found as i64,
        kept as i64,
        outlived as i64,
        now.as_millis(),
        step.end.map(|_| now.as_millis()),
        step.not_before.as_millis()
    )?;
    if touched == 0 {
        return Err(Error::Conflict(format!("backfill {}", row.id)));
    }
    execute!(tx, COUNT_POSTS, row.source.as_str(), kept as i64)?;
    Ok(())
}

/// Why a backfill waits, or cannot go on.
#[derive(Debug, Clone)]
pub struct Held<'a> {
    /// It failed, rather than being kept back by our own gates.
    pub failed: bool,
    /// It is over.
    pub over: bool,
    /// A code of [`crate::domain::watch::ErrorClass`].
    pub reason: &'a str,
    /// The platform's words.
    pub note: &'a str,
    /// Not before this the next try.
    pub not_before: Timestamp,
}

/// Records a step that did not go.
///
/// # Errors
/// [`Error::Database`].
pub async fn hold(tx: &mut Tx, id: &str, held: &Held<'_>, now: Timestamp) -> Result<()> {
    let state = match held.over {
        true => BackfillState::Failed,
        false => BackfillState::Waiting,
    };
    execute!(
        tx,
        HOLD,
        id,
        i64::from(held.failed),
        state.code(),
        held.reason,
        held.note,
        now.as_millis(),
        held.over.then(|| now.as_millis()),
        held.not_before.as_millis()
    )?;
    Ok(())
}

/// A person stops it; false when it is over or unknown.
///
/// # Errors
/// [`Error::Database`].
pub async fn stop(tx: &mut Tx, source: &str, id: &str, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, STOP, id, source, now.as_millis())? > 0)
}

/// The last backfills of a source, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, source: &str) -> Result<Vec<BackfillRow>> {
    Ok(fetch!(fetch_all BackfillRow, tx, LIST, source)?)
}

/// One backfill.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<BackfillRow>> {
    Ok(fetch!(fetch_optional BackfillRow, tx, FIND, id)?)
}

/// Closes the gaps of a source that lie within a period which was read. Gives how many of a kind are
/// left open.
///
/// # Errors
/// [`Error::Database`].
pub async fn fill_gaps(
    tx: &mut Tx,
    source: &str,
    (since, until): (Timestamp, Timestamp),
    kind: crate::domain::watch::GapKind,
    now: Timestamp,
) -> Result<i64> {
    let (since, until) = (since.as_millis(), until.as_millis());
    execute!(tx, FILLED, source, since, until, now.as_millis())?;
    Ok(fetch!(fetch_one(i64,), tx, LEFT, source, kind.code())?.0)
}
