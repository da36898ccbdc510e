//! Jobs as people see them: which alerts went out, which were given up and why, and one more try.
//! Never an alert's text. Start with [`list`].

use sqlx::FromRow;

use super::AGAIN;
use crate::{
    domain::{
        job::Job,
        post::coded,
        time::Timestamp,
        user::{Field, Permission},
    },
    store::{Error, Result, Tx, rows::Query, scope::Scope, sql::execute},
};

coded! {
    /// What became of a job.
    JobState {
        /// To be tried, now or later.
        Waiting = "waiting",
        /// The receiver has it.
        Delivered = "delivered",
        /// Given up; the last error says why.
        Failed = "failed",
        /// Nobody was to be told: no channel was set.
        Skipped = "skipped",
    }
}

impl JobState {
    /// The condition on table `j`. A job that was never sent has no attempts.
    fn condition(self) -> &'static str {
        match self {
            JobState::Waiting => "j.done is null and j.failed is null",
            JobState::Delivered => "j.done is not null and j.attempts > 0",
            JobState::Failed => "j.failed is not null",
            JobState::Skipped => "j.done is not null and j.attempts = 0",
        }
    }
}

/// A job as people see it.
#[derive(Debug, Clone, FromRow)]
pub struct JobRow {
    /// Its id, as the receiver sees it.
    pub id: String,
    /// The kind: `notify`.
    pub kind: String,
    /// The incident's number.
    pub number: i64,
    /// The incident's title (masked); none for those who may not read incidents.
    pub title: Option<String>,
    /// The incident's sector.
    pub sector: String,
    /// Who is told (a [`Receiver`](crate::domain::job::Receiver)'s code); none until it is addressed.
    pub receiver: Option<String>,
    municipality: Option<String>,
    payload: String,
    /// When it was caused, UTC milliseconds.
    pub created: i64,
    /// When it is tried next.
    pub not_before: i64,
    /// Attempts begun.
    pub attempts: i64,
    /// When it was delivered, or skipped.
    pub done: Option<i64>,
    /// When it was given up.
    pub failed: Option<i64>,
    /// Why the last attempt did not work.
    pub last_error: Option<String>,
}

impl JobRow {
    /// What became of it.
    pub fn state(&self) -> JobState {
        match (self.done, self.failed) {
            (None, None) => JobState::Waiting,
            (None, Some(_)) => JobState::Failed,
            (Some(_), _) if self.attempts == 0 => JobState::Skipped,
            (Some(_), _) => JobState::Delivered,
        }
    }

    /// The event that it tells of: `incident.opened`; empty when the payload is unknown.
    pub fn event(&self) -> String {
        match serde_json::from_str(&self.payload) {
            Ok(Job::Notify(alert)) => alert.event,
            Err(_) => String::new(),
        }
    }
}

/// Jobs of incidents within reach, newest first, `limit` of them before the id `before`.
///
/// # Errors
/// [`Error::Denied`] without the right to read alerts.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    state: Option<JobState>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<JobRow>> {
    scope.require(Permission::ReadAlerts)?;
    let mut query = Query::new(
        "select j.id, j.kind, i.number, i.title, i.sector, i.municipality, j.receiver, j.payload,
            j.created, j.not_before, j.attempts, j.done, j.failed, j.last_error
        from job j join incident i on i.id = j.incident where 1 = 1",
    );
    if let Some(state) = state {
        query.push(" and ").push(state.condition());
    }
    if let Some(before) = before {
        query.push(" and j.id < ").bind(before);
    }
    scope.restrict(
        &mut query,
        Permission::ReadAlerts,
        "i.sector",
        "i.municipality",
    );
    query.push(" order by j.id desc limit ").bind(limit);
    let mut rows: Vec<JobRow> = query.fetch_all(tx).await?;
    for row in &mut rows {
        let (sector, place) = (Some(row.sector.as_str()), row.municipality.as_deref());
        let seen = scope.covers(Permission::ReadIncidents, sector, place)
            && scope.shows(Field::Text, sector, place);
        row.title = row.title.take().filter(|_| seen);
    }
    Ok(rows)
}

/// How many alerts within reach were delivered, and how many were given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Counts {
    /// The receiver has them.
    pub delivered: i64,
    /// Given up.
    pub failed: i64,
    /// To be tried, now or later.
    pub waiting: i64,
}

/// Totals within reach.
///
/// # Errors
/// [`Error::Denied`] without the right to read totals or alerts.
pub async fn counts(tx: &mut Tx, scope: &Scope) -> Result<Counts> {
    let right = match scope.may(Permission::ReadAlerts) {
        true => Permission::ReadAlerts,
        false => Permission::ReadStats,
    };
    scope.require(right)?;
    let mut query = Query::new("select ");
    for (state, name) in [
        (JobState::Delivered, "delivered, "),
        (JobState::Failed, "failed, "),
        (JobState::Waiting, "waiting "),
    ] {
        let condition = state.condition();
        query.push(&format!(
            "coalesce(cast(sum(case when {condition} then 1 else 0 end) as bigint), 0) as {name}"
        ));
    }
    query.push("from job j join incident i on i.id = j.incident where 1 = 1");
    scope.restrict(&mut query, right, "i.sector", "i.municipality");
    let rows: Vec<Counts> = query.fetch_all(tx).await?;
    rows.into_iter()
        .next()
        .ok_or_else(|| Error::Broken("a total without a row".into()))
}

/// A person asks for a failed job to be tried again now, from the first attempt.
///
/// # Errors
/// [`Error::Denied`] without the right to retry alerts; [`Error::NotFound`] for a job out of reach;
/// [`Error::Conflict`] when it has not failed, or somebody was faster.
pub async fn try_again(tx: &mut Tx, scope: &Scope, id: &str, now: Timestamp) -> Result<()> {
    scope.require(Permission::RetryAlerts)?;
    let mut query =
        Query::new("select j.id from job j join incident i on i.id = j.incident where j.id = ");
    query.bind(id);
    scope.restrict(
        &mut query,
        Permission::RetryAlerts,
        "i.sector",
        "i.municipality",
    );
    let found: Vec<(String,)> = query.fetch_all(tx).await?;
    if found.is_empty() {
        return Err(Error::NotFound(format!("alert {id}")));
    }
    match execute!(tx, AGAIN, id, now.as_millis())? {
        0 => Err(Error::Conflict(format!("alert {id}"))),
        _ => Ok(()),
    }
}
