//! E-mail: who is written to, and one letter on its way. What it says is [`super::letter`]'s, the
//! conversation [`super::smtp`]'s. Start with [`Mail::new`].

use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;

use super::{Message, Outcome, letter::Letters, public_url, smtp::Server, words::Words};
use crate::config::{
    catalogue::Catalogue,
    mailbox,
    region::RegionCatalogue,
    settings::{Alerts, Settings},
};

/// Writes to mailboxes.
pub struct Mail {
    alerts: Alerts,
    letters: Letters,
    server: Server,
}

impl Mail {
    /// Mail by the settings' server, in the words of these catalogues and the times of `zone`.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn new(
        settings: &Settings,
        catalogue: Arc<Catalogue>,
        region: Arc<RegionCatalogue>,
        zone: TimeZone,
    ) -> Result<Mail> {
        let alerts = &settings.alerts;
        let from = mailbox::named(&alerts.smtp.from).map_err(anyhow::Error::msg);
        let from = from.context("the setting alerts.smtp.from")?;
        let server = Server::new(&alerts.smtp, from.email.clone());
        Ok(Mail {
            server: server.context("the settings alerts.smtp")?,
            letters: Letters {
                words: Words::of(&alerts.mail_language),
                public_url: public_url(settings),
                catalogue,
                region,
                zone,
                from,
            },
            alerts: alerts.clone(),
        })
    }

    /// The mailboxes that hear of a sector's incidents.
    pub fn mailboxes(&self, sector: &str) -> Vec<String> {
        self.alerts.mailboxes(&self.letters.catalogue, sector)
    }

    /// Makes one attempt. It ends within the settings' time and never panics on what it is answered.
    pub async fn deliver(&self, to: &str, message: &Message<'_>) -> Outcome {
        let named = self.alerts.all_mailboxes(&self.letters.catalogue);
        if !named.iter().any(|address| address == to) {
            return Outcome::NoChannel;
        }
        let written = mailbox::address(to)
            .map_err(anyhow::Error::msg)
            .and_then(|to| Ok((self.letters.write(&to, message)?, to)));
        match written {
            Ok((letter, to)) => self.server.send(&to, &letter).await,
            Err(error) => Outcome::Refused(format!("{error:#}")),
        }
    }
}
