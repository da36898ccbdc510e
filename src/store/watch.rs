//! What is kept of how each source is watched: the self-checks' text, visits by hour, last errors, what
//! was found, and gaps. Written in the transaction of the visit. Start with [`note_visit`].

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    rows::Query,
    scope::Scope,
    sources::SourceRow,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    coverage::{self, Hour},
    time::{Span, Timestamp},
    user::Permission,
    watch::{ErrorClass, Finding, GapKind},
};

statements! {
    FIND_CHECK = Sql::both("select kept from source_check where source = $1");
    PUT_CHECK = Sql::both("insert into source_check (source, kept) values ($1, $2)
        on conflict (source) do update set kept = excluded.kept");
    NOTE_HOUR = Sql::both("insert into source_hour (source, hour, made, expected, failed)
        values ($1, $2, $3, $4, $5)
        on conflict (source, hour) do update set made = source_hour.made + excluded.made,
            expected = source_hour.expected + excluded.expected,
            failed = source_hour.failed + excluded.failed");
    FORGET_HOURS = Sql::both("delete from source_hour where source = $1 and hour < $2");
    LIST_HOURS = Sql::both("select hour, made, expected, failed from source_hour
        where source = $1 order by hour");
    SAME_ERROR = Sql::both("update source_error set last = $3, times = times + 1, message = $4
        where source = $1 and class = $2
            and last = (select max(last) from source_error where source = $1)");
    ADD_ERROR = Sql::both("insert into source_error (source, first, last, times, class, message)
        values ($1, $2, $2, 1, $3, $4) on conflict (source, first) do nothing");
    FORGET_ERRORS = Sql::both("delete from source_error where source = $1 and first <
        (select first from source_error where source = $1 order by first desc limit 1 offset 9)");
    LIST_ERRORS = Sql::both("select first, last, times, class, message from source_error
        where source = $1 order by last desc");
    RAISE = Sql::both("insert into source_finding (id, source, kind, found) values ($1, $2, $3, $4)
        on conflict (source, kind) where closed is null do nothing");
    CLOSE = Sql::both("update source_finding set closed = $3
        where source = $1 and kind = $2 and closed is null");
    CLOSE_FOUND_BEFORE = Sql::both("update source_finding set closed = $4
        where source = $1 and kind = $2 and found < $3 and closed is null");
    OPEN_OF = Sql::both("select source, kind, found from source_finding
        where source = $1 and closed is null order by found");
    COUNT_OPEN = Sql::both("select kind, count(*) from source_finding where closed is null
        group by kind");
    OPEN_GAP = Sql::both("insert into source_gap (id, source, kind, since, until, found, backfill)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (source, kind) where closed is null do update set
            until = case when excluded.until > source_gap.until then excluded.until
                else source_gap.until end,
            backfill = coalesce(source_gap.backfill, excluded.backfill)");
    CLOSE_GAPS = Sql::both("update source_gap set closed = $3
        where source = $1 and kind = $2 and closed is null");
    FIND_GAP = Sql::both("select kind, since, until, found, closed, backfill from source_gap
        where source = $1 and kind = $2 and closed is null");
    LIST_GAPS = Sql::both("select kind, since, until, found, closed, backfill from source_gap
        where source = $1 order by found desc limit 10");
    COUNT_GAPS = Sql::both("select count(*) from source_gap where closed is null");
    DUE_NOW = Sql::both("update source set next_visit = $2 where code = $1 and state <> 'off'");
}

/// Longer messages of platforms are cut.
const LONGEST_MESSAGE: usize = 500;

/// The self-checks' text of a source.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_check(tx: &mut Tx, source: &str) -> Result<Option<String>> {
    Ok(fetch!(fetch_optional(String,), tx, FIND_CHECK, source)?.map(|(kept,)| kept))
}

/// Keeps the self-checks' text of a source.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_check(tx: &mut Tx, source: &str, kept: &str) -> Result<()> {
    execute!(tx, PUT_CHECK, source, kept)?;
    Ok(())
}

/// Counts a good visit that is over. `source` is the row as it was before it.
///
/// # Errors
/// [`Error::Database`].
pub async fn note_visit(tx: &mut Tx, source: &SourceRow, now: Timestamp) -> Result<()> {
    let waited = source.last_success.map(|last| now.since(last.into()));
    let interval = Span::millis(source.interval_ms);
    let expected = waited.map_or(1, |waited| coverage::expected(waited, interval).max(1));
    note_hour(tx, &source.code, now, (1, expected, 0)).await
}

/// Counts a visit that failed, and remembers its error.
///
/// # Errors
/// [`Error::Database`].
pub async fn note_failure(
    tx: &mut Tx,
    source: &str,
    class: ErrorClass,
    message: &str,
    now: Timestamp,
) -> Result<()> {
    note_hour(tx, source, now, (0, 0, 1)).await?;
    let message: String = message.chars().take(LONGEST_MESSAGE).collect();
    let at = now.as_millis();
    if execute!(tx, SAME_ERROR, source, class.code(), at, message.as_str())? == 0 {
        execute!(tx, ADD_ERROR, source, at, class.code(), message)?;
        execute!(tx, FORGET_ERRORS, source)?;
    }
    Ok(())
}

async fn note_hour(
    tx: &mut Tx,
    source: &str,
    now: Timestamp,
    (made, expected, failed): (i64, i64, i64),
) -> Result<()> {
    let hour = coverage::hour_of(now);
    execute!(tx, NOTE_HOUR, source, hour, made, expected, failed)?;
    // A day more than is shown, for what rests on the last reading before.
    execute!(tx, FORGET_HOURS, source, hour - coverage::WEEK - 24)?;
    Ok(())
}

/// The hours of a source in which something happened.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_hours(tx: &mut Tx, source: &str) -> Result<Vec<Hour>> {
    let rows = fetch!(fetch_all(i64, i64, i64, i64), tx, LIST_HOURS, source)?;
    let hour = |(hour, made, expected, failed)| Hour {
        hour,
        made,
        expected,
        failed,
    };
    Ok(rows.into_iter().map(hour).collect())
}

/// Errors of one class in a row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct ErrorRow {
    pub first: i64,
    pub last: i64,
    pub times: i64,
    pub class: String,
    pub message: String,
}

/// The last errors of a source, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_errors(tx: &mut Tx, source: &str) -> Result<Vec<ErrorRow>> {
    Ok(fetch!(fetch_all ErrorRow, tx, LIST_ERRORS, source)?)
}

/// Something that the self-checks found and that is not mended.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct FindingRow {
    pub source: String,
    /// A code of [`Finding`].
    pub kind: String,
    pub found: i64,
}

/// Raises a finding; false when it is raised already.
///
/// # Errors
/// [`Error::Database`].
pub async fn raise(
    tx: &mut Tx,
    id: &str,
    source: &str,
    finding: Finding,
    now: Timestamp,
) -> Result<bool> {
    let raised = execute!(tx, RAISE, id, source, finding.code(), now.as_millis())?;
    Ok(raised > 0)
}

/// Closes a finding; false when there was none.
///
/// # Errors
/// [`Error::Database`].
pub async fn close(tx: &mut Tx, source: &str, finding: Finding, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, CLOSE, source, finding.code(), now.as_millis())? > 0)
}

/// Closes a finding that was raised before a moment; false when there was none.
///
/// # Errors
/// [`Error::Database`].
pub async fn close_found_before(
    tx: &mut Tx,
    source: &str,
    finding: Finding,
    before: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let (before, now) = (before.as_millis(), now.as_millis());
    Ok(execute!(tx, CLOSE_FOUND_BEFORE, source, finding.code(), before, now)? > 0)
}

/// What is found of one source.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_of(tx: &mut Tx, source: &str) -> Result<Vec<FindingRow>> {
    Ok(fetch!(fetch_all FindingRow, tx, OPEN_OF, source)?)
}

/// What is found of every source within the scope's municipalities.
///
/// # Errors
/// [`Error::Denied`] without the right to see sources.
pub async fn list_open(tx: &mut Tx, scope: &Scope) -> Result<Vec<FindingRow>> {
    scope.require(Permission::ReadSources)?;
    let mut query = Query::new(
        "select f.source, f.kind, f.found from source_finding f
         join source s on s.code = f.source where f.closed is null",
    );
    scope.restrict_place(&mut query, Permission::ReadSources, "s.municipality");
    query.push(" order by f.found");
    query.fetch_all(tx).await
}

/// How many findings of each kind are open, for the figures.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_open(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    Ok(fetch!(fetch_all(String, i64), tx, COUNT_OPEN)?)
}

/// How many gaps are open, for the figures.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_gaps(tx: &mut Tx) -> Result<i64> {
    Ok(fetch!(fetch_one(i64,), tx, COUNT_GAPS)?.0)
}

/// Where posts may be missing.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct GapRow {
    /// A code of [`GapKind`].
    pub kind: String,
    pub since: i64,
    pub until: i64,
    pub found: i64,
    pub closed: Option<i64>,
    /// The backfill that is to fill it.
    pub backfill: Option<String>,
}

/// A gap to be noted.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct NewGap<'a> {
    pub id: &'a str,
    pub source: &'a str,
    pub kind: GapKind,
    pub since: Timestamp,
    pub until: Timestamp,
    pub backfill: Option<&'a str>,
}

/// Notes a gap, or widens the open one of its kind.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_gap(tx: &mut Tx, gap: &NewGap<'_>, now: Timestamp) -> Result<()> {
    execute!(
        tx,
        OPEN_GAP,
        gap.id,
        gap.source,
        gap.kind.code(),
        gap.since.as_millis(),
        gap.until.as_millis(),
        now.as_millis(),
        gap.backfill
    )?;
    Ok(())
}

/// Closes the open gap of a kind; false when there was none.
///
/// # Errors
/// [`Error::Database`].
pub async fn close_gaps(tx: &mut Tx, source: &str, kind: GapKind, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, CLOSE_GAPS, source, kind.code(), now.as_millis())? > 0)
}

/// The open gap of a kind.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_gap(tx: &mut Tx, source: &str, kind: GapKind) -> Result<Option<GapRow>> {
    Ok(fetch!(fetch_optional GapRow, tx, FIND_GAP, source, kind.code())?)
}

/// The last gaps of a source, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_gaps(tx: &mut Tx, source: &str) -> Result<Vec<GapRow>> {
    Ok(fetch!(fetch_all GapRow, tx, LIST_GAPS, source)?)
}

/// One source within the scope's municipalities.
///
/// # Errors
/// [`Error::Denied`] without the right to see sources, [`Error::NotFound`] for one that is not there or
/// elsewhere.
pub async fn source(tx: &mut Tx, scope: &Scope, code: &str) -> Result<SourceRow> {
    scope.require(Permission::ReadSources)?;
    let mut query = Query::new("select * from source where code = ");
    query.bind(code);
    scope.restrict_place(&mut query, Permission::ReadSources, "municipality");
    let found: Vec<SourceRow> = query.fetch_all(tx).await?;
    let found = found.into_iter().next();
    found.ok_or_else(|| Error::NotFound(format!("source {code}")))
}

/// Puts a source first in the row of visits; false for one that is switched off or unknown.
///
/// # Errors
/// [`Error::Database`].
pub async fn visit_now(tx: &mut Tx, code: &str, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, DUE_NOW, code, now.as_millis())? > 0)
}
