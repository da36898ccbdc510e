//! What the schedule keeps of sources: their rhythms, written with each visit.

use sqlx::FromRow;

use crate::store::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};

statements! {
    FIND = Sql::both("select kept from rhythm where source = $1");
    PUT = Sql::both("insert into rhythm (source, kept) values ($1, $2)
        on conflict (source) do update set kept = excluded.kept");
    LIST = Sql::both("select s.code, s.platform, s.owner, s.name, s.official, s.state,
            s.interval_most, s.next_visit, r.kept
        from source s left join rhythm r on r.source = s.code
        where s.state in ('active', 'parked') and s.stopped is null order by s.code");
    WANTED = Sql::both("select distinct p.source from incident i
        join incident_post j on j.incident = i.id join post p on p.id = j.post
        where i.state in ('new', 'assigned', 'in_progress')");
}

/// A source as the schedule knows it.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Known {
    pub code: String,
    pub platform: String,
    pub owner: String,
    pub name: String,
    pub official: i64,
    pub state: String,
    pub interval_most: Option<i64>,
    pub next_visit: i64,
    /// Its rhythm's text.
    pub kept: Option<String>,
}

/// A source's rhythm, as the schedule wrote it.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn find_rhythm(tx: &mut Tx, code: &str) -> Result<Option<String>> {
    Ok(fetch!(fetch_optional(String,), tx, FIND, code)?.map(|(kept,)| kept))
}

/// Keeps a source's rhythm.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn put_rhythm(tx: &mut Tx, code: &str, kept: &str) -> Result<()> {
    execute!(tx, PUT, code, kept)?;
    Ok(())
}

/// Every source that is visited on schedule, with its rhythm.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_known(tx: &mut Tx) -> Result<Vec<Known>> {
    Ok(fetch!(fetch_all Known, tx, LIST)?)
}

/// Sources whose posts stand in incidents that are open: people wait for what comes next there.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_wanted(tx: &mut Tx) -> Result<Vec<String>> {
    let codes = fetch!(fetch_all(String,), tx, WANTED)?;
    Ok(codes.into_iter().map(|(code,)| code).collect())
}
