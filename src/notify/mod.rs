//! Telling agencies: one message, to one receiver, by webhook or e-mail.
//!
//! A message carries problem, place and link, never an author and never a post's text. When to try
//! again is decided here ([`backoff`]); the outbox and its loop are `store/jobs.rs` and
//! `work/jobs.rs`. Start with [`open`].

pub mod backoff;
pub mod letter;
mod mail;
pub mod signature;
mod smtp;
mod webhook;
mod words;

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;

use crate::{
    config::{
        catalogue::Catalogue, region::RegionCatalogue, secrets::WebhookSecret, settings::Settings,
    },
    domain::{
        job::{Alert, Receiver},
        time::{Span, Timestamp},
    },
};

pub use mail::Mail;
pub use webhook::Webhook;

/// How long a webhook's receiver may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The same on every attempt, so that the receiver can drop repeats.
    pub id: &'a str,
    /// When it happened.
    pub happened: Timestamp,
    /// This moment; signed, so that an old message cannot be replayed.
    pub now: Timestamp,
    /// Problem, place and link.
    pub alert: &'a Alert,
    /// All that one letter carries, `alert` among them; empty when it carries that one alone.
    pub gathered: &'a [Alert],
}

impl Message<'_> {
    /// Whether it gathers several alerts.
    pub fn is_digest(&self) -> bool {
        !self.gathered.is_empty()
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// Not now; the receiver may have said how long to leave it alone.
    Retry {
        /// For people, in a line.
        reason: String,
        /// Nothing may be sent before this has passed.
        after: Option<Span>,
    },
    /// Never: trying again is of no use.
    Refused(String),
    /// There is nobody to tell.
    NoChannel,
}

/// The ways to reach agencies; without any, nothing is sent and nothing waits to be sent later.
#[derive(Default)]
pub struct Channels {
    /// Of every sector's incidents.
    pub webhook: Option<Webhook>,
    /// Mailboxes of all and of single sectors.
    pub mail: Option<Mail>,
}

impl Channels {
    /// Who is told of a sector's incidents.
    pub fn receivers(&self, sector: &str) -> Vec<Receiver> {
        let webhook = self.webhook.iter().map(|_| Receiver::Webhook);
        let mailboxes = self.mail.iter().flat_map(|mail| mail.mailboxes(sector));
        webhook.chain(mailboxes.map(Receiver::Mail)).collect()
    }

    /// Makes one attempt. It ends within a bounded time and never panics on what it is answered.
    pub async fn deliver(&self, to: &Receiver, message: Message<'_>) -> Outcome {
        match (to, &self.webhook, &self.mail) {
            (Receiver::Webhook, Some(webhook), _) => webhook.deliver(message).await,
            (Receiver::Mail(to), _, Some(mail)) => mail.deliver(to, &message).await,
            _ => Outcome::NoChannel,
        }
    }
}

/// The channels that settings and sectors name; letters speak of the region in times of `zone`.
///
/// # Errors
/// A sentence that names the setting: no address of a receiver, no mail server.
pub fn open(
    settings: &Settings,
    secret: &WebhookSecret,
    catalogue: &Arc<Catalogue>,
    region: &Arc<RegionCatalogue>,
    zone: TimeZone,
) -> Result<Channels> {
    let mut channels = Channels::default();
    let url = settings.alerts.webhook_url.trim();
    if !url.is_empty() {
        let webhook = Webhook::new(url, secret.clone(), &public_url(settings), ANSWER_WITHIN)
            .context("the setting alerts.webhook_url")?;
        channels.webhook = Some(webhook);
    }
    if let Some(problem) = settings.alerts.lacks_server(catalogue) {
        bail!(problem);
    }
    if !settings.alerts.smtp.host.trim().is_empty() {
        let mail = Mail::new(settings, catalogue.clone(), region.clone(), zone)?;
        channels.mail = Some(mail);
    }
    Ok(channels)
}

/// The address that people type, without a slash at its end.
fn public_url(settings: &Settings) -> String {
    settings.web.address()
}
