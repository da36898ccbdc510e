//! Telling agencies: one message, one channel chosen when the program starts.
//!
//! A message carries problem, place and link, never an author and never a post's text. When to try
//! again is decided here ([`backoff`]); the outbox and its loop are `store/jobs.rs` and
//! `work/jobs.rs`. Start with [`open`].

pub mod backoff;
pub mod signature;
mod webhook;

use std::{pin::Pin, sync::Arc, time::Duration};

use anyhow::{Context, Result};

use crate::{
    config::{secrets::WebhookSecret, settings::Settings},
    domain::{
        job::Alert,
        time::{Span, Timestamp},
    },
};

pub use webhook::Webhook;

/// How long a receiver may take to answer.
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

/// The future of an attempt.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A way to reach an agency.
pub trait Notifier: Send + Sync + 'static {
    /// Makes one attempt. It ends within a bounded time and never panics on what it is answered.
    fn deliver<'a>(&'a self, message: Message<'a>) -> Delivery<'a>;
}

/// No channel is set: nothing is sent, and nothing waits to be sent later.
pub struct Nowhere;

impl Notifier for Nowhere {
    fn deliver<'a>(&'a self, _: Message<'a>) -> Delivery<'a> {
        Box::pin(async { Outcome::NoChannel })
    }
}

/// The channel that the settings name.
///
/// # Errors
/// A sentence when `alerts.webhook_url` is no address of a receiver.
pub fn open(settings: &Settings, secret: &WebhookSecret) -> Result<Arc<dyn Notifier>> {
    let url = settings.alerts.webhook_url.trim();
    if url.is_empty() {
        return Ok(Arc::new(Nowhere));
    }
    let webhook = Webhook::new(url, secret.clone(), &public_url(settings), ANSWER_WITHIN)
        .context("the setting alerts.webhook_url")?;
    Ok(Arc::new(webhook))
}

/// The address that people type, without a slash at its end.
fn public_url(settings: &Settings) -> String {
    let given = settings.web.public_url.trim().trim_end_matches('/');
    match given.is_empty() {
        true => format!("http://{}", settings.web.listen),
        false => given.to_owned(),
    }
}
