//! What sites' robots.txt said: kept, so that a restart asks nobody again.

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};

statements! {
    FIND = Sql::both("select status, body, fresh_until, unreachable_since from robots
        where origin = $1");
    PUT = Sql::both("insert into robots (origin, status, body, fresh_until, unreachable_since)
        values ($1, $2, $3, $4, $5)
        on conflict (origin) do update set status = excluded.status, body = excluded.body,
            fresh_until = excluded.fresh_until, unreachable_since = excluded.unreachable_since");
}

/// An answer, as it came last; the last one that came at all while the site cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RobotsRow {
    /// The HTTP status.
    pub status: i64,
    /// The file.
    pub body: String,
    /// Asked again after this, UTC milliseconds.
    pub fresh_until: i64,
    /// Since when the file cannot be had.
    pub unreachable_since: Option<i64>,
}

/// What an origin said.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find(tx: &mut Tx, origin: &str) -> Result<Option<RobotsRow>> {
    Ok(fetch!(fetch_optional RobotsRow, tx, FIND, origin)?)
}

/// Keeps what an origin said.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn put(tx: &mut Tx, origin: &str, row: &RobotsRow) -> Result<()> {
    execute!(
        tx,
        PUT,
        origin,
        row.status,
        row.body.as_str(),
        row.fresh_until,
        row.unreachable_since
    )?;
    Ok(())
}
