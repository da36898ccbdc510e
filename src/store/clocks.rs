//! Promised times that ran out: finding each breach, and marking it once so that it becomes one
//! event and one alert. Starting and stopping clocks is [`super::incidents`]'s.

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::time::Timestamp;

statements! {
    LIST_BREACHED = Sql::both("select c.incident, c.cycle, c.kind, c.due from clock c
            join incident i on i.id = c.incident and i.cycle = c.cycle
        where c.stopped is null and c.raised is null and c.due < $1
            and i.state in ('new', 'assigned', 'in_progress', 'answered')
        order by c.due, c.incident, c.kind limit $2");
    RAISE = Sql::both("update clock set raised = $4
        where incident = $1 and cycle = $2 and kind = $3 and raised is null and stopped is null");
}

/// A promise that was not kept in time.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Breach {
    /// The incident.
    pub incident: String,
    /// Its answer cycle.
    pub cycle: i64,
    /// Which promise: `taken`, `first`, …
    pub kind: String,
    /// The promised moment, UTC milliseconds.
    pub due: i64,
}

/// Running clocks of present cycles past their moment that were not raised yet, longest overdue
/// first.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_breached(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Breach>> {
    Ok(fetch!(fetch_all Breach, tx, LIST_BREACHED, now.as_millis(), limit)?)
}

/// Marks a breach as raised. False when somebody else did, or the promise was kept meanwhile: then
/// there is nothing to tell.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn raise(tx: &mut Tx, breach: &Breach, now: Timestamp) -> Result<bool> {
    let touched = execute!(
        tx,
        RAISE,
        breach.incident.as_str(),
        breach.cycle,
        breach.kind.as_str(),
        now.as_millis()
    )?;
    Ok(touched > 0)
}
