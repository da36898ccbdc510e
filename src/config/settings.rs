//! The settings: `config/settings.toml` (complete, built in), then the operator's file, then the
//! environment. Unknown keys are refused with the nearest known one.
//!
//! Serialising [`Settings`] masks every secret: a secret without a mask does not compile. Whether
//! the values make sense together is [`Settings::problems`].

mod alerts;
mod collect;
mod file;
mod import;
mod layers;
mod masked;
mod misfits;
mod oidc;
mod operate;
mod problems;
mod web;
mod wrong;

use std::path::{Path, PathBuf};

pub use alerts::{Alerts, Smtp, Tls};
use anyhow::Result;
pub use collect::{Base, Callback, Collect, Max, Ok, Vk};
pub use import::Import;
pub use oidc::{Oidc, RoleRule};
pub use operate::{Backup, Log, LogFormat, Metrics};
pub use problems::is_listen;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
pub use web::{Limits, SignIn, Web};

use crate::domain::time::Span;

/// The shipped settings, complete and commented.
const DEFAULTS: &str = include_str!("../../config/settings.toml");

/// All settings. Each field is explained in `config/settings.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Settings {
    pub data_dir: PathBuf,
    #[serde(serialize_with = "masked::url")]
    pub database_url: SecretString,
    pub config_dir: PathBuf,
    pub region: Region,
    pub secrets: Secrets,
    pub web: Web,
    pub collect: Collect,
    pub understand: Understand,
    pub incidents: Incidents,
    pub import: Import,
    pub alerts: Alerts,
    pub retention: Retention,
    pub journal: Journal,
    pub metrics: Metrics,
    pub log: Log,
    pub backup: Backup,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Region {
    pub name: String,
    pub timezone: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Secrets {
    #[serde(serialize_with = "masked::whole")]
    pub identity_key: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub author_key: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub sign_in_key: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub journal_key: SecretString,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Understand {
    pub model_dir: PathBuf,
    pub min_sector_score: f32,
    pub claim_suggest: f32,
    pub claim_strong: f32,
    pub min_claim_length: usize,
    pub duplicate_bits: u32,
    pub duplicate_hours: i64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Incidents {
    pub clock_starts: ClockStart,
    pub max_age_days: i64,
    pub join_hours: i64,
    pub join_metres: f64,
}

/// How long each class of rows is kept; see `store::retention`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Retention {
    pub deleted_hours: i64,
    pub posts_days: i64,
    pub waiting_days: i64,
    pub flagged_days: i64,
    pub incidents_days: i64,
    pub evidence_days: i64,
    pub deliveries_days: i64,
    pub backups_days: i64,
}

impl Retention {
    /// How long the log of changes remembers what was purged: as long as a backup may bring it back.
    pub fn tombstones(&self) -> Span {
        Span::days(self.backups_days.saturating_add(1))
    }
}

impl Incidents {
    /// Posts older than this at capture open nothing.
    pub fn max_age(&self) -> Span {
        Span::days(self.max_age_days)
    }
}

/// Which moment starts the first clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// When we captured the post.
    Capture,
    /// When it was published.
    Publication,
}

/// When the journal is signed and checked, and how long it is kept.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Journal {
    pub sign_minutes: i64,
    pub sign_entries: i64,
    pub verify_hours: i64,
    pub keep_days: i64,
}

impl Settings {
    /// Reads defaults, then `file`, then `OTKLIK_…` variables of `environment`.
    ///
    /// # Errors
    /// A sentence that names the file or variable, the unknown key and the nearest known one.
    pub fn load<I>(file: Option<&Path>, environment: I) -> Result<Settings>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        layers::read(file, environment)
    }

    /// The folder of the operator's catalogues; none means the built-in ones.
    pub fn catalogues(&self) -> Option<&Path> {
        Some(self.config_dir.as_path()).filter(|path| !path.as_os_str().is_empty())
    }

    /// [`Settings::load`] with the process's environment.
    ///
    /// # Errors
    /// As there.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn load_from_process(file: Option<&Path>) -> Result<Settings> {
        Self::load(file, layers::texts(std::env::vars_os())?)
    }
}
