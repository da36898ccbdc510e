//! How many incidents there are: by what they are about and where, by where they stand, within reach.
//!
//! Those open are counted from a range of one index; they are few. Those that ended are millions, and
//! counted in `ended_total` by whoever ends one (`ended.rs`). Only what that table does not tell
//! (a holder, several networks at once) is counted from the rows. Start with [`standing`].

mod source;

use sqlx::FromRow;

use super::filter::{QueueFilter, READ};
use crate::{
    domain::{time::Timestamp, user::Permission},
    store::{Result, Tx, rows::Query, scope::Scope},
};
use source::{Columns, OPEN, OVER, groups};

/// How many incidents stand in a group.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct StateCount {
    pub sector: String,
    pub topic: String,
    pub municipality: Option<String>,
    pub state: String,
    pub incidents: i64,
    pub overdue: i64,
}

/// How many incidents have a code: a topic (with its sector), a municipality, a state or a network.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct CodeCount {
    /// Empty but for topics.
    pub sector: String,
    /// None for incidents without a municipality.
    pub code: Option<String>,
    pub incidents: i64,
}

/// What the queue's facets count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// Topic, with its sector.
    Topic,
    /// Municipality.
    Municipality,
    /// State.
    State,
}

/// How many incidents of a sector or a municipality are in a state, and overdue.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Total {
    pub code: Option<String>,
    pub state: String,
    pub incidents: i64,
    pub overdue: i64,
}

/// What totals are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Sector.
    Sector,
    /// Municipality.
    Municipality,
}

/// Open incidents that stand alike: in one state, due alike, held alike, heard in the same networks.
#[derive(Debug, Clone, FromRow)]
pub struct Standing {
    /// An [`IncidentState`](crate::domain::incident::IncidentState)'s code.
    pub state: String,
    /// [`OVERDUE`], [`TODAY`], [`TOMORROW`], or more.
    pub due: i64,
    /// [`NOBODY`], [`ME`], or more.
    pub held: i64,
    /// Bits of [`networks::bit`](super::networks::bit).
    pub networks: i64,
    /// The incidents.
    pub incidents: i64,
}

/// Past the promised moment.
pub const OVERDUE: i64 = 0;
/// Due until the end of the day.
pub const TODAY: i64 = 1;
/// Due until the end of the next.
pub const TOMORROW: i64 = 2;
/// Nobody holds it.
pub const NOBODY: i64 = 0;
/// The asker holds it.
pub const ME: i64 = 1;

/// The moments that part the standing.
#[derive(Debug, Clone, Copy)]
pub struct Moments {
    /// What is due before is overdue.
    pub now: Timestamp,
    /// The end of the day.
    pub today: Timestamp,
    /// The end of the next.
    pub tomorrow: Timestamp,
}

const STATE_COLUMNS: Columns = (
    "i.sector, i.topic, nullif(i.municipality, '') as municipality, i.state",
    "i.sector, i.topic, i.municipality, i.state",
);

/// Counts by sector, topic, municipality and state under a filter, of incidents that the asker may
/// list.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read incidents.
pub async fn count_by_state(
    tx: &mut Tx,
    scope: &Scope,
    f: &QueueFilter,
    now: Timestamp,
) -> Result<Vec<StateCount>> {
    groups(tx, (scope, READ), f, STATE_COLUMNS, Some(now)).await
}

/// Counts for who sees totals. There is no filter: by moving one, a total could be narrowed down to a
/// single incident and its holder.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read totals.
pub async fn totals(tx: &mut Tx, scope: &Scope, by: By, now: Timestamp) -> Result<Vec<Total>> {
    let columns = match by {
        By::Sector => ("i.sector as code, i.state", "i.sector, i.state"),
        By::Municipality => (
            "nullif(i.municipality, '') as code, i.state",
            "i.municipality, i.state",
        ),
    };
    let right = (scope, Permission::ReadStats);
    groups(tx, right, &QueueFilter::default(), columns, Some(now)).await
}

/// Counts under a filter by what a facet is of, of incidents that the asker may list; a code may come
/// twice, open and over.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read incidents.
pub async fn count_by(
    tx: &mut Tx,
    scope: &Scope,
    f: &QueueFilter,
    by: Facet,
) -> Result<Vec<CodeCount>> {
    let columns = match by {
        Facet::Topic => ("i.sector, i.topic as code", "i.sector, i.topic"),
        Facet::Municipality => (
            "'' as sector, nullif(i.municipality, '') as code",
            "i.municipality",
        ),
        Facet::State => ("'' as sector, i.state as code", "i.state"),
    };
    groups(tx, (scope, READ), f, columns, None).await
}

/// How many that ended have posts of each network, under a filter without networks.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read incidents.
pub async fn count_ended_networks(
    tx: &mut Tx,
    scope: &Scope,
    f: &QueueFilter,
) -> Result<Vec<CodeCount>> {
    scope.require(READ)?;
    let mut found = Vec::new();
    if !f.wants_ended() {
        return Ok(found);
    }
    if f.holder.is_none() {
        let select = "select '' as sector, i.platform as code,
            cast(sum(i.incidents) as bigint) as incidents from ended_total i
            where i.platform <> ''";
        let mut query = Query::new(select);
        f.named_states(&mut query);
        f.subject(&mut query, scope, READ);
        query.push(" group by i.platform having sum(i.incidents) > 0");
        return query.fetch_all(tx).await;
    }
    let mut query = Query::new(
        "select '' as sector, n.code, count(*) as incidents
         from incident i join network n on (i.networks & n.bit) <> 0 where 1 = 1",
    );
    query.push(OVER);
    f.standing(&mut query);
    f.named_states(&mut query);
    f.subject(&mut query, scope, READ);
    query.push(" group by n.code");
    found.extend(query.fetch_all::<CodeCount>(tx).await?);
    Ok(found)
}

/// How the open incidents stand that a filter's sectors, municipalities and topics leave; what else it
/// asks is left out, for it is asked of the groups.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read incidents.
pub async fn standing(
    tx: &mut Tx,
    scope: &Scope,
    f: &QueueFilter,
    moments: Moments,
) -> Result<Vec<Standing>> {
    scope.require(READ)?;
    let mut query = Query::new("select i.state, cast(case");
    for (bound, word) in [
        (moments.now.as_millis().saturating_sub(1), OVERDUE),
        (moments.today.as_millis(), TODAY),
        (moments.tomorrow.as_millis(), TOMORROW),
    ] {
        query.push(" when i.queue_at <= ").bind(bound);
        query.push(&format!(" then {word}"));
    }
    query.push(&format!(
        " else {TOMORROW} + 1 end as bigint) as due, cast(case when i.holder is null then {NOBODY}
            when i.holder = "
    ));
    query.bind(scope.who.as_str());
    query.push(&format!(
        " then {ME} else {ME} + 1 end as bigint) as held, i.networks, count(*) as incidents
        from incident i where 1 = 1"
    ));
    query.push(OPEN);
    f.subject(&mut query, scope, READ);
    query.push(" group by 1, 2, 3, 4");
    query.fetch_all(tx).await
}
