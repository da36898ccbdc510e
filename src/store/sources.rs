//! Sources: the catalogue's rows and how visits end. Leases are in `lease.rs`, what people switch in
//! `switch.rs`, what the schedule knows in `rhythm.rs`.

mod lease;
mod rhythm;
mod switch;

use sqlx::FromRow;

pub use self::{
    lease::{lease, next_due, release_all},
    rhythm::{Known, find_rhythm, list_known, list_wanted, put_rhythm},
    switch::{start, start_all, stop, stop_all, stopped},
};

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
    // A shorter longest time pulls the next visit nearer; what the schedule found out stays.
    PUT = Sql::both("insert into source (code, platform, owner, screen_name, name, municipality,
            official, comments, state, cursor, cursor_version, interval_ms, next_visit,
            lease_until, failures, posts, boards, reading, interval_most)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, $10, $11, 0, 0, 0, $12, $13, $14)
        on conflict (code) do update set platform = excluded.platform, owner = excluded.owner,
            screen_name = excluded.screen_name, name = excluded.name,
            municipality = excluded.municipality, official = excluded.official,
            comments = excluded.comments, boards = excluded.boards,
            reading = excluded.reading, interval_most = excluded.interval_most,
            interval_ms = case when source.last_success is null then excluded.interval_ms
                when excluded.interval_most < source.interval_ms then excluded.interval_most
                else source.interval_ms end,
            next_visit = case when source.state = 'active' and source.failures = 0
                    and source.next_visit > excluded.next_visit + excluded.interval_most
                then excluded.next_visit + excluded.interval_most else source.next_visit end,
            state = case when excluded.state = 'off' then 'off'
                         when source.state = 'off' then excluded.state
                         else source.state end");
    ADVANCE = Sql::both("update source set cursor = $3, cursor_version = cursor_version + 1,
            next_visit = $4, lease_until = 0, lease_owner = null, failures = 0, state = 'active',
            note = null, last_visit = $5, last_success = $5, posts = posts + $6,
            last_post = case when $6 > 0 then $5 else last_post end,
            last_error = null, facts = coalesce($7, facts), interval_ms = $8, priority = $9,
            domain = $10
        where code = $1 and cursor_version = $2");
    FAIL = Sql::both("update source set next_visit = $2, lease_until = 0, lease_owner = null,
            failures = failures + 1, state = $3, note = $4, last_visit = $5, last_error = $6,
            last_error_at = $5
        where code = $1");
    PUT_BACK = Sql::both("update source set lease_until = 0, lease_owner = null, domain = $2
        where code = $1");
    FIND = Sql::both("select * from source where code = $1");
    OF_OWNER = Sql::both("select * from source where platform = $1 and owner = $2
        and state not in ('off', 'gone') and last_success is not null order by code limit 1");
    ADD_POSTS = Sql::both("update source set posts = posts + $2, last_post = $3, last_visit = $3,
        last_success = $3 where code = $1");
}

/// No source waits longer than this, whatever its entry says.
const LONGEST: Span = Span::days(365);

pub(super) fn statements() -> Vec<(&'static str, Sql)> {
    [ALL, lease::ALL, rhythm::ALL, switch::ALL].concat()
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
    /// The limit domain, as of the last visit.
    pub domain: String,
    /// 1: comes before others of its domain.
    pub priority: i64,
    /// The longest time between visits that the operator wrote to it, milliseconds.
    pub interval_most: Option<i64>,
    /// When a person stopped it.
    pub stopped: Option<i64>,
}

/// Adds or updates a source from its catalogue entry; position and health are kept. `interval` is the
/// time between visits until the schedule knows the source.
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
    let most = config.interval_seconds.map(|most| {
        let most = most.clamp(1, LONGEST.as_millis() / 1000);
        Span::seconds(most)
    });
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
        config.tables(),
        most.map(Span::as_millis)
    )?;
    Ok(())
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
    /// The time between visits that the schedule found.
    pub interval: Span,
    /// Comes before others of its domain.
    pub priority: bool,
    /// The limit domain that it burdens.
    pub domain: &'a str,
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
        facts,
        visit.interval.as_millis(),
        i64::from(visit.priority),
        visit.domain
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

/// Gives a lease back unused: the source keeps its place in the queue of its limit domain, which
/// [`super::budget::rest`] closes for a time.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_back(tx: &mut Tx, code: &str, domain: &str) -> Result<()> {
    execute!(tx, PUT_BACK, code, domain)?;
    Ok(())
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
