//! The loop that empties the outbox: addresses jobs to their receivers, leases what is due below each
//! receiver's ceiling, and does each at least once.
//!
//! Each job's end is written as soon as it is known, so a kill repeats only what was in the air, and
//! under the same id. How a message travels is [`crate::notify`]'s. Start with [`Jobs::new`].

use std::sync::Arc;

use anyhow::Result;
use tokio::{sync::Notify, task::JoinSet};

use super::{Tick, TickFuture, Work};
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

/// Messages in the air at once.
const AT_ONCE: i64 = 8;
/// Longer than any attempt lasts; after a kill the job is free again when it has passed.
const LEASE: Span = Span::seconds(60);
/// Jobs addressed in one transaction.
const ADDRESSED: i64 = 100;
/// Why a job without receivers ends.
const NOBODY: &str =
    "nobody is to be told: see alerts.webhook_url, alerts.mail_to and the sector's";

/// Does what was promised to happen outside.
pub struct Jobs(Arc<Desk>);

struct Desk {
    store: Store,
    channels: Arc<Channels>,
    settings: Alerts,
    clock: Clock,
    ids: Ids,
    owner: String,
}

/// A job and the receiver that it was leased to.
struct InHand {
    receiver: String,
    job: Leased,
}

impl Jobs {
    /// The loop over `store`, telling receivers by `channels`.
    pub fn new(
        store: Store,
        channels: Arc<Channels>,
        settings: &Alerts,
        clock: Clock,
        ids: Ids,
    ) -> Self {
        Self(Arc::new(Desk {
            owner: ids.ulid(clock.now()),
            settings: settings.clone(),
            store,
            channels,
            clock,
            ids,
        }))
    }

    async fn run_batch(&self) -> Result<Tick> {
        let desk = &self.0;
        let now = desk.clock.now();
        // Looking costs no turn to write; nearly always there is nothing.
        let mut tx = desk.store.read().await?;
        let mut due = jobs::due_receivers(&mut tx, now, AT_ONCE).await?;
        drop(tx);
        let mut addressed = false;
        if due.iter().any(String::is_empty) {
            addressed = desk.address(now).await?;
            due = jobs::due_receivers(&mut desk.store.read().await?, now, AT_ONCE).await?;
        }
        let mut in_hand = JoinSet::new();
        for taken in desk.lease(due, now).await? {
            let desk = desk.clone();
            in_hand.spawn(async move { desk.run(&taken).await });
        }
        if in_hand.is_empty() && !addressed {
            return Ok(Tick::Idle);
        }
        while let Some(ended) = in_hand.join_next().await {
            ended??;
        }
        Ok(Tick::Worked)
    }
}

impl Work for Jobs {
    fn name(&self) -> &'static str {
        "jobs"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.run_batch())
    }

    fn hint(&self) -> Option<&Notify> {
        Some(&self.0.store.hints.jobs)
    }
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

    /// Jobs for each due receiver, a fair share of those in the air at once.
    async fn lease(&self, due: Vec<String>, now: Timestamp) -> Result<Vec<InHand>> {
        let due: Vec<String> = due.into_iter().filter(|code| !code.is_empty()).collect();
        let taker = Taker {
            owner: &self.owner,
            lease: LEASE,
            limit: (AT_ONCE / due.len().max(1) as i64).max(1),
        };
        let mut in_hand = Vec::new();
        for receiver in due {
            // One transaction each: locks of two receivers could cross with another process's.
            let mut tx = self.store.write(Priority::Bulk).await?;
            let taken = jobs::lease(&mut tx, &receiver, taker, self.ceiling(&receiver), now);
            let taken = taken.await?;
            tx.commit().await?;
            in_hand.extend(taken.into_iter().map(|job| InHand {
                receiver: receiver.clone(),
                job,
            }));
        }
        Ok(in_hand)
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

    async fn run(&self, taken: &InHand) -> Result<()> {
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
