//! Who is told what: addresses jobs, leases those that are due, and notes how each ended.

use std::sync::Arc;

use anyhow::Result;

use super::air::Air;
use crate::{
    config::settings::Alerts,
    domain::{
        id::Ids,
        job::{Alert, Job, Receiver},
        time::{Clock, Span, Timestamp},
    },
    notify::{Channels, Message, Outcome, backoff},
    store::{
        Priority, Store,
        jobs::{self, Ceiling, Leased, Taker},
    },
};

/// Receivers that are looked at together.
const RECEIVERS: i64 = 64;
/// Longer than any attempt lasts; after a kill the job is free again when it has passed.
const LEASE: Span = Span::seconds(60);
/// Jobs addressed in one transaction.
const ADDRESSED: i64 = 100;
/// Why a job without receivers ends.
const NOBODY: &str =
    "nobody is to be told: see alerts.webhook_url, alerts.mail_to and the sector's";
pub(super) struct Desk {
    pub store: Store,
    pub channels: Arc<Channels>,
    pub settings: Alerts,
    pub clock: Clock,
    pub ids: Ids,
    pub owner: String,
}

/// A job and the receiver that it was leased to.
pub(super) struct InHand {
    pub receiver: String,
    job: Leased,
}

impl Desk {
    /// Makes one job for each receiver of what is new, all or nothing; false when there was nothing.
    async fn address(&self, now: Timestamp) -> Result<bool> {
        let mut tx = self.store.write(Priority::Bulk).await?;
        let new = jobs::list_unaddressed(&mut tx, now, ADDRESSED).await?;
        for job in &new {
            let receivers = match job.job() {
                Ok(Job::Notify(alert)) => self.channels.receivers(&alert.sector),
                // Perhaps a newer machine beside this one knows it: it waits under the first name.
                Err(_) => vec![Receiver::Webhook],
            };
            let codes: Vec<String> = receivers.iter().map(Receiver::code).collect();
            jobs::address(&mut tx, &self.ids, job, &codes, NOBODY, now).await?;
        }
        tx.commit().await?;
        Ok(!new.is_empty())
    }

    /// Addresses what is new, and sends every receiver what is due and has room in the air; true when
    /// something was addressed.
    pub async fn send_due(self: &Arc<Self>, air: &mut Air) -> Result<bool> {
        let now = self.clock.now();
        // Looking costs no turn to write; nearly always there is nothing.
        let mut due = jobs::due_receivers(&mut self.store.read().await?, now, RECEIVERS).await?;
        let mut addressed = false;
        if due.iter().any(String::is_empty) {
            addressed = self.address(now).await?;
            due = jobs::due_receivers(&mut self.store.read().await?, now, RECEIVERS).await?;
        }
        for receiver in due.into_iter().filter(|code| !code.is_empty()) {
            let room = air.room(&receiver);
            if room == 0 {
                continue;
            }
            for taken in self.lease(&receiver, room, now).await? {
                air.send(self.clone(), taken);
            }
        }
        Ok(addressed)
    }

    /// Up to `limit` jobs of a receiver, by a transaction of its own: locks of two receivers could cross
    /// with another process's.
    async fn lease(&self, receiver: &str, limit: usize, now: Timestamp) -> Result<Vec<InHand>> {
        let taker = Taker {
            owner: &self.owner,
            lease: LEASE,
            limit: limit as i64,
        };
        let mut tx = self.store.write(Priority::Bulk).await?;
        let taken = jobs::lease(&mut tx, receiver, taker, self.ceiling(receiver), now).await?;
        tx.commit().await?;
        let in_hand = taken.into_iter().map(|job| InHand {
            receiver: receiver.to_owned(),
            job,
        });
        Ok(in_hand.collect())
    }

    fn ceiling(&self, receiver: &str) -> Ceiling {
        let mail = matches!(Receiver::from_code(receiver), Some(Receiver::Mail(_)));
        Ceiling {
            per_hour: match mail {
                true => self.settings.mail_per_hour,
                false => self.settings.webhook_per_hour,
            },
            gathers: mail,
        }
    }

    pub async fn run(&self, taken: &InHand) -> Result<()> {
        let job = &taken.job;
        let outcome = match job.job() {
            Ok(_) if job.attempts > self.settings.max_attempts => {
                Outcome::Refused("no attempt came to its end".into())
            }
            Ok(Job::Notify(alert)) => self.tell(taken, &alert).await?,
            // Perhaps a newer machine beside this one knows it.
            Err(unknown) => Outcome::Retry {
                reason: unknown.to_string(),
                after: None,
            },
        };
        self.record(taken, outcome).await
    }

    async fn tell(&self, taken: &InHand, alert: &Alert) -> Result<Outcome> {
        let Some(receiver) = Receiver::from_code(&taken.receiver) else {
            return Ok(Outcome::NoChannel);
        };
        let gathered = jobs::gathered(&mut self.store.read().await?, &taken.job).await?;
        let known = gathered.iter().filter_map(|job| job.job().ok());
        let message = Message {
            id: &taken.job.id,
            happened: taken.job.created.into(),
            now: self.clock.now(),
            alert,
            gathered: &known.map(|Job::Notify(alert)| alert).collect::<Vec<_>>(),
        };
        Ok(self.channels.deliver(&receiver, message).await)
    }

    async fn record(&self, taken: &InHand, outcome: Outcome) -> Result<()> {
        let (now, job) = (self.clock.now(), &taken.job);
        let mut tx = self.store.write(Priority::Bulk).await?;
        match outcome {
            Outcome::Delivered => jobs::done(&mut tx, job, now).await?,
            Outcome::NoChannel => {
                let reason = "the settings name this receiver no longer";
                jobs::skip(&mut tx, job, reason, now).await?;
            }
            Outcome::Refused(reason) => {
                tracing::warn!(job.id, "gave an alert up: {reason}");
                jobs::fail(&mut tx, job, &reason, now).await?;
            }
            Outcome::Retry { reason, .. } if job.attempts >= self.settings.max_attempts => {
                tracing::warn!(job.id, "gave an alert up: {reason}");
                let reason = format!("{reason}; given up after {} attempts", job.attempts);
                jobs::fail(&mut tx, job, &reason, now).await?;
            }
            Outcome::Retry { reason, after } => {
                let first = Span::seconds(self.settings.retry_seconds);
                let wait = backoff::wait(job.attempts, first, after, self.ids.fraction());
                let free = now.plus(backoff::quiet(after));
                jobs::hold_off(&mut tx, &taken.receiver, free).await?;
                jobs::retry(&mut tx, job, now.plus(wait), &reason).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
