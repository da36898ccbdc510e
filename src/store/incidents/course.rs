//! The course of an incident: its clocks and events, and the posts that belong to it.

use sqlx::FromRow;

use super::row::IncidentRow;
use crate::{
    domain::{
        id::{IncidentId, PostId},
        incident::{ClockKind, PromiseClock},
        time::Timestamp,
        user::Field,
    },
    store::{
        Error, Result, Sql, Tx,
        scope::Scope,
        sql::{fetch, statements},
    },
};

statements! {
    LIST_CLOCKS = Sql::both("select kind, starts, due, stopped, raised from clock
        where incident = $1 and cycle = $2 order by due");
    LIST_EVENTS = Sql::both("select at, who, kind, from_value, to_value, note
        from incident_event where incident = $1 order by at desc, id desc limit 500");
    LIST_POST_IDS = Sql::both("select post from incident_post where incident = $1
        order by joined, post limit 500");
    OF_POST = Sql::both("select incident from incident_post where post = $1");
}

/// A clock as stored.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct ClockRow {
    pub kind: String,
    pub starts: i64,
    pub due: i64,
    pub stopped: Option<i64>,
    pub raised: Option<i64>,
}

impl ClockRow {
    /// The clock as a plain type.
    ///
    /// # Errors
    /// [`Error::Broken`] for an unknown kind.
    pub fn promise(&self) -> Result<PromiseClock> {
        Ok(PromiseClock {
            kind: ClockKind::from_code(&self.kind)
                .ok_or_else(|| Error::Broken(format!("clock kind {}", self.kind)))?,
            starts: self.starts.into(),
            due: self.due.into(),
            stopped: self.stopped.map(Timestamp::from_millis),
        })
    }
}

/// The clocks of a cycle. The caller has found the incident within its scope.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_clocks(tx: &mut Tx, of: &IncidentRow) -> Result<Vec<ClockRow>> {
    Ok(fetch!(fetch_all ClockRow, tx, LIST_CLOCKS, of.id.as_str(), of.cycle)?)
}

/// An event of an incident.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct EventRow {
    pub at: i64,
    pub who: String,
    pub kind: String,
    pub from_value: Option<String>,
    pub to_value: Option<String>,
    pub note: Option<String>,
}

impl EventRow {
    /// Without colleagues' names and notes. What the machine did, and an answer's link, all see.
    fn hidden(mut self, names: bool, notes: bool, own: &str) -> Self {
        let person = self.who != "machine" && !self.who.starts_with("service:");
        if names && person && self.who != own {
            self.who.clear();
        }
        if notes && !matches!(self.kind.as_str(), "opened" | "answer") {
            self.note = None;
        }
        self
    }
}

/// The events, newest first. The caller has found the incident within its scope.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_events(tx: &mut Tx, scope: &Scope, of: &IncidentRow) -> Result<Vec<EventRow>> {
    let (names, notes) = (of.hides(scope, Field::Staff), of.hides(scope, Field::Notes));
    let rows = fetch!(fetch_all EventRow, tx, LIST_EVENTS, of.id.as_str())?.into_iter();
    Ok(rows
        .map(|event| event.hidden(names, notes, &scope.who))
        .collect())
}

/// The posts of an incident, in the order in which they joined.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_post_ids(tx: &mut Tx, of: &IncidentRow) -> Result<Vec<PostId>> {
    let rows = fetch!(fetch_all(String,), tx, LIST_POST_IDS, of.id.as_str())?;
    Ok(rows.into_iter().map(|(id,)| PostId(id)).collect())
}

/// The incident that a post belongs to. For routing.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_post(tx: &mut Tx, post: &PostId) -> Result<Option<IncidentId>> {
    Ok(fetch!(fetch_optional(String,), tx, OF_POST, post.as_str())?.map(|(id,)| IncidentId(id)))
}
