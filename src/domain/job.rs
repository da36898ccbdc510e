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

/// Who is told, and by which channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// The address of `alerts.webhook_url`; it may hold secrets and is never stored.
    Webhook,
    /// One mailbox.
    Mail(String),
}

/// The channel of a mailbox's code.
const MAIL: &str = "mail:";

impl Receiver {
    /// As the database keeps it: `webhook`, `mail:duty@region.example`.
    pub fn code(&self) -> String {
        match self {
            Receiver::Webhook => "webhook".to_owned(),
            Receiver::Mail(address) => format!("{MAIL}{address}"),
        }
    }

    /// The receiver of a code.
    pub fn from_code(code: &str) -> Option<Receiver> {
        match code.strip_prefix(MAIL) {
            Some(address) => Some(Receiver::Mail(address.to_owned())),
            None => (code == "webhook").then_some(Receiver::Webhook),
        }
    }
}
