//! What those who run the machine set: metrics, logs, backups.

use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::masked;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs, reason = "explained in config/settings.toml")]
pub struct Metrics {
    pub listen: String,
    #[serde(serialize_with = "masked::whole")]
    pub token: SecretString,
}

impl Metrics {
    /// Whether strangers are kept out: a token, loopback, or no listener at all.
    pub(super) fn is_guarded(&self) -> bool {
        let loopback = |address: SocketAddr| address.ip().is_loopback();
        !self.token.expose_secret().is_empty()
            || self.listen.is_empty()
            || self.listen.parse().is_ok_and(loopback)
    }
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[allow(missing_docs, reason = "explained in config/settings.toml")]
pub struct Log {
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line, for programs.
    Json,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[allow(missing_docs, reason = "explained in config/settings.toml")]
pub struct Backup {
    pub expected_hours: i64,
}
