//! Jobs: effects outside, written in the transaction that causes them, done at least once.

use serde::{Deserialize, Serialize};

use super::{id::IncidentId, time::Timestamp};

/// What is to be done outside. One exhaustive `match` runs them (`work/jobs.rs`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Job {
    /// Tell an agency of a new or overdue incident.
    Notify(Alert),
}

/// What an agency is told: problem, place and link, never an author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// `incident.opened`, `incident.overdue`, `incident.moved`.
    pub event: String,
    /// The incident.
    pub incident: IncidentId,
    /// Its number, as people see it.
    pub number: i64,
    /// The sector's code.
    pub sector: String,
    /// The topic's code.
    pub topic: String,
    /// The problem in a line (masked).
    pub title: String,
    /// The municipality's code.
    pub municipality: Option<String>,
    /// The place, as shown.
    pub place: Option<String>,
    /// When the first answer is promised.
    pub due: Option<Timestamp>,
    /// Path of the incident in Otklik.
    pub link: String,
}
