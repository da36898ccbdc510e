//! Sources: the catalogue's rows, leases, and how visits end.

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    rows::Query,
    scope::Scope,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    source::{Cursor, PageFacts, SourceConfig, SourceState},
    time::{Span, Timestamp},
    user::Permission,
};

statements! {
    PUT = Sql::both("insert into source (code, platform, owner, screen_name, name, municipality,
            official, comments, state, cursor, cursor_version, interval_ms, next_visit,
            lease_until, failures, posts, boards, reading)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, $10, $11, 0, 0, 0, $12, $13)
        on conflict (code) do update set platform = excluded.platform, owner = excluded.owner,
            screen_name = excluded.screen_name, name = excluded.name,
            municipality = excluded.municipality, official = excluded.official,
            comments = excluded.comments, boards = excluded.boards,
            reading = excluded.reading, interval_ms = excluded.interval_ms,
            state = case when excluded.state = 'off' then 'off'
                         when source.state = 'off' then excluded.state
                         else source.state end");
    LEASE = Sql::each(
        "update source set lease_until = $2, lease_owner = $3 where code in (
            select code from source where state <> 'off' and next_visit <= $1
                and lease_until < $1 order by next_visit limit $4)
         returning *",
        "update source set lease_until = $2, lease_owner = $3 where code in (
            select code from source where state <> 'off' and next_visit <= $1
                and lease_until < $1 order by next_visit limit $4 for update skip locked)
         returning *");
    NEXT_DUE = Sql::both("select code from source where state <> 'off'
        and next_visit <= $1 and lease_until < $1 limit 1");
    ADVANCE = Sql::both("update source set cursor = $3, cursor_version = cursor_version + 1,
            next_visit = $4, lease_until = 0, lease_owner = null, failures = 0, state = 'active',
            note = null, last_visit = $5, last_success = $5, posts = posts + $6,
            last_post = case when $6 > 0 then $5 else last_post end,
            last_error = null, facts = coalesce($7, facts)
        where code = $1 and cursor_version = $2");
    FAIL = Sql::both("update source set next_visit = $2, lease_until = 0, lease_owner = null,
            failures = failures + 1, state = $3, note = $4, last_visit = $5, last_error = $6,
            last_error_at = $5
        where code = $1");
    RELEASE = Sql::both("update source set lease_until = 0, lease_owner = null, next_visit = $2
        where code = $1");
    RELEASE_ALL = Sql::both("update source set lease_until = 0, lease_owner = null
        where lease_owner = $1");
    FIND = Sql::both("select * from source where code = $1");
    OF_OWNER = Sql::both("select * from source where platform = $1 and owner = $2
        and state not in ('off', 'gone') and last_success is not null order by code limit 1");
    ADD_POSTS = Sql::both("update source set posts = posts + $2, last_post = $3, last_visit = $3,
        last_success = $3 where code = $1");
}

/// A source with its position and health.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct SourceRow {
    pub code: String,
    pub platform: String,
    pub owner: String,
    pub screen_name: Option<String>,
    pub name: String,
    pub municipality: Option<String>,
    pub official: i64,
    pub comments: i64,
    pub boards: i64,
    pub state: String,
    pub note: Option<String>,
    pub cursor: String,
    pub cursor_version: i64,
    pub interval_ms: i64,
    pub next_visit: i64,
    pub lease_until: i64,
    pub failures: i64,
    pub last_visit: Option<i64>,
    pub last_success: Option<i64>,
    pub last_post: Option<i64>,
    pub last_error: Option<String>,
    pub last_error_at: Option<i64>,
    pub posts: i64,
    /// JSON of [`PageFacts`].
    pub facts: Option<String>,
    /// JSON of [`Tables`](crate::domain::reading::Tables): how a site or endpoint is read.
    pub reading: Option<String>,
}

/// Adds or updates a source from its catalogue entry; position and health are kept.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(
    tx: &mut Tx,
    config: &SourceConfig,
    enabled: bool,
    interval: Span,
    now: Timestamp,
) -> Result<()> {
    let state = if enabled {
        SourceState::Active
    } else {
        SourceState::Off
    };
    execute!(
        tx,
        PUT,
        config.code.as_str(),
        config.platform.code(),
        config.owner.as_str(),
        config.screen_name.as_deref(),
        config.name.as_str(),
        config.municipality.as_deref(),
        i64::from(config.official),
        i64::from(config.comments),
        state.code(),
        interval.as_millis(),
        now.as_millis(),
        i64::from(config.boards),
        config.tables()
    )?;
    Ok(())
}

/// Takes up to `limit` due sources for `owner` until `now + lease`. A lease that expires is simply
/// taken again: all keeping is idempotent. Sources that are gone come with their long re-check.
///
/// # Errors
/// [`Error::Database`].
pub async fn lease(
    tx: &mut Tx,
    owner: &str,
    now: Timestamp,
    lease: Span,
    limit: i64,
) -> Result<Vec<SourceRow>> {
    let until = now.plus(lease).as_millis();
    Ok(fetch!(fetch_all SourceRow, tx, LEASE, now.as_millis(), until, owner, limit)?)
}

/// A source that could be leased, looked up without writing.
///
/// # Errors
/// [`Error::Database`].
pub async fn next_due(tx: &mut Tx, now: Timestamp) -> Result<Option<String>> {
    Ok(fetch!(fetch_optional(String,), tx, NEXT_DUE, now.as_millis())?.map(|(code,)| code))
}

/// How a good visit ended.
#[derive(Debug, Clone)]
pub struct Visited<'a> {
    /// The source.
    pub code: &'a str,
    /// The position it was read from, for compare-and-set.
    pub cursor_version: i64,
    /// The position after it.
    pub next: &'a Cursor,
    /// When to come again.
    pub next_visit: Timestamp,
    /// New posts kept.
    pub new_posts: u64,
    /// What the platform told of the page.
    pub facts: Option<&'a PageFacts>,
}

/// Records a good visit.
///
/// # Errors
/// [`Error::Conflict`] when somebody else advanced the source meanwhile: drop the transaction, the
/// posts are there already.
pub async fn advance(tx: &mut Tx, visit: &Visited<'_>, now: Timestamp) -> Result<()> {
    let facts = visit.facts.and_then(|f| serde_json::to_string(f).ok());
    let touched = execute!(
        tx,
        ADVANCE,
        visit.code,
        visit.cursor_version,
        visit.next.0.as_str(),
        visit.next_visit.as_millis(),
        now.as_millis(),
        visit.new_posts as i64,
        facts
    )?;
    match touched {
        0 => Err(Error::Conflict(format!("source {}", visit.code))),
        _ => Ok(()),
    }
}

/// Records a visit that failed: what to show, when to try again.
///
/// # Errors
/// [`Error::Database`].
pub async fn fail(
    tx: &mut Tx,
    code: &str,
    state: SourceState,
    note: &str,
    next_visit: Timestamp,
    now: Timestamp,
) -> Result<()> {
    execute!(
        tx,
        FAIL,
        code,
        next_visit.as_millis(),
        state.code(),
        note,
        now.as_millis(),
        note
    )?;
    Ok(())
}

/// Gives a lease back unused, to be visited at `next_visit`.
///
/// # Errors
/// [`Error::Database`].
pub async fn release(tx: &mut Tx, code: &str, next_visit: Timestamp) -> Result<()> {
    execute!(tx, RELEASE, code, next_visit.as_millis())?;
    Ok(())
}

/// Gives back every lease of an owner that stops.
///
/// # Errors
/// [`Error::Database`].
pub async fn release_all(tx: &mut Tx, owner: &str) -> Result<u64> {
    Ok(execute!(tx, RELEASE_ALL, owner)?)
}

/// Counts posts that came by import or event.
///
/// # Errors
/// [`Error::Database`].
pub async fn add_posts(tx: &mut Tx, code: &str, posts: u64, now: Timestamp) -> Result<()> {
    execute!(tx, ADD_POSTS, code, posts as i64, now.as_millis())?;
    Ok(())
}

/// One source. For the program itself; people go through [`list`].
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, code: &str) -> Result<Option<SourceRow>> {
    Ok(fetch!(fetch_optional SourceRow, tx, FIND, code)?)
}

/// The source that holds what belongs to an owner, when it is read: not switched off, and a visit found
/// it open. For events, which tell the owner alone.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_owner(tx: &mut Tx, platform: &str, owner: &str) -> Result<Option<SourceRow>> {
    Ok(fetch!(fetch_optional SourceRow, tx, OF_OWNER, platform, owner)?)
}

/// Every source within the scope's municipalities, with its health.
///
/// # Errors
/// [`Error::Denied`] without the right to see sources.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<SourceRow>> {
    scope.require(Permission::ReadSources)?;
    let mut query = Query::new("select * from source where 1 = 1");
    scope.restrict_place(&mut query, Permission::ReadSources, "municipality");
    query.push(" order by platform, name");
    query.fetch_all(tx).await
}
