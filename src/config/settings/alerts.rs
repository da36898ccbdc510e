//! The settings of alerts: where they go, by which mail server, how often. How a letter is sent is
//! not known here (`notify`). Start with [`Alerts`].

use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::masked;
use crate::config::catalogue::{Catalogue, Sector};

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Alerts {
    pub webhook_url: String,
    #[serde(serialize_with = "masked::whole")]
    pub webhook_secret: SecretString,
    pub mail_to: Vec<String>,
    pub mail_language: String,
    pub webhook_per_hour: i64,
    pub mail_per_hour: i64,
    pub retry_seconds: i64,
    pub max_attempts: i64,
    pub smtp: Smtp,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub user: String,
    #[serde(serialize_with = "masked::whole")]
    pub password: SecretString,
    pub from: String,
    pub ca_bundle: PathBuf,
    pub timeout_seconds: u64,
}

/// How the way to the mail server is closed to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Not at all: loopback only.
    None,
    /// Begun in the clear, encrypted before anything is told.
    Starttls,
    /// From the first byte.
    Implicit,
}

impl Alerts {
    /// The mailboxes of a sector: everybody's, then its own, each once.
    pub fn mailboxes(&self, catalogue: &Catalogue, sector: &str) -> Vec<String> {
        each_once(self.mail_to.iter().chain(own(catalogue.sector(sector))))
    }

    /// The mailboxes of all sectors, each once.
    pub fn all_mailboxes(&self, catalogue: &Catalogue) -> Vec<String> {
        each_once(self.mail_to.iter().chain(own(catalogue.sectors())))
    }

    /// A sentence when mailboxes are named and there is no server to send by.
    pub fn lacks_server(&self, catalogue: &Catalogue) -> Option<String> {
        let lacks = self.smtp.host.trim().is_empty() && !self.all_mailboxes(catalogue).is_empty();
        lacks.then(|| {
            "alerts.smtp.host: mail_to names mailboxes, but there is no mail server to send by"
                .to_owned()
        })
    }
}

fn own<'a>(sectors: impl IntoIterator<Item = &'a Sector>) -> impl Iterator<Item = &'a String> {
    sectors.into_iter().flat_map(|sector| &sector.mail_to)
}

fn each_once<'a>(addresses: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for address in addresses {
        if !all.iter().any(|known| known.eq_ignore_ascii_case(address)) {
            all.push(address.clone());
        }
    }
    all
}

impl Smtp {
    /// The server's name or address; that of IPv6 without its brackets.
    pub fn bare_host(&self) -> &str {
        let host = self.host.trim();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether the server is this machine.
    pub fn is_loopback(&self) -> bool {
        let address = self.bare_host().parse::<std::net::IpAddr>();
        self.bare_host() == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::Settings;

    #[test]
    fn a_mailbox_is_told_once_and_needs_a_server() {
        let given = (
            "OTKLIK_ALERTS__MAIL_TO",
            "a@region.example,A@Region.example, b@region.example",
        );
        let given = [(given.0.to_owned(), given.1.to_owned())];
        let alerts = Settings::load(None, given).unwrap().alerts;
        let catalogue = Catalogue::built_in().unwrap();
        let told = alerts.mailboxes(&catalogue, "housing");
        assert_eq!(told, ["a@region.example", "b@region.example"]);
        assert_eq!(alerts.mailboxes(&catalogue, "unknown"), told);
        let lacks = alerts.lacks_server(&catalogue).unwrap();
        assert!(lacks.starts_with("alerts.smtp.host: "), "{lacks}");
    }
}
