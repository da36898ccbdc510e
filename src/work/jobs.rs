//! The loop that empties the outbox: leases due jobs and does each at least once.
//!
//! Each job's end is written as soon as it is known, so a kill repeats only what was in the air, and
//! under the same id. How a message travels is [`crate::notify`]'s. Start with [`Jobs::new`].

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use anyhow::Result;
use tokio::{sync::Notify, task::JoinSet};

use super::{Tick, TickFuture, Work};
use crate::{
    config::settings::Alerts,
    domain::{
        id::Ids,
        job::{Alert, Job},
        time::{Clock, Span, Timestamp},
    },
    notify::{Message, Notifier, Outcome, backoff},
    store::{
        Priority, Store,
        jobs::{self, Leased},
    },
};

/// Messages in the air at once.
const AT_ONCE: i64 = 8;
/// Longer than any attempt lasts; after a kill the job is free again when it has passed.
const LEASE: Span = Span::seconds(60);

/// Does what was promised to happen outside.
pub struct Jobs(Arc<Desk>);

struct Desk {
    store: Store,
    notifier: Arc<dyn Notifier>,
    clock: Clock,
    ids: Ids,
    owner: String,
    first_wait: Span,
    max_attempts: i64,
    /// The receiver asked for silence until this moment.
    quiet_until: AtomicI64,
}

impl Jobs {
    /// The loop over `store`, telling agencies through `notifier`.
    pub fn new(
        store: Store,
        notifier: Arc<dyn Notifier>,
        settings: &Alerts,
        clock: Clock,
        ids: Ids,
    ) -> Self {
        Self(Arc::new(Desk {
            owner: ids.ulid(clock.now()),
            first_wait: Span::seconds(settings.retry_seconds),
            max_attempts: settings.max_attempts,
            quiet_until: AtomicI64::new(0),
            store,
            notifier,
            clock,
            ids,
        }))
    }

    async fn run_batch(&self) -> Result<Tick> {
        let desk = &self.0;
        let now = desk.clock.now();
        if now.as_millis() < desk.quiet_until.load(Ordering::SeqCst) {
            return Ok(Tick::Idle);
        }
        let mut in_hand = JoinSet::new();
        for job in desk.lease(now).await? {
            let desk = desk.clone();
            in_hand.spawn(async move { desk.run(&job).await });
        }
        if in_hand.is_empty() {
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
    async fn lease(&self, now: Timestamp) -> Result<Vec<Leased>> {
        // Looking costs no turn to write; nearly always there is nothing.
        let mut tx = self.store.read().await?;
        let due = jobs::any_due(&mut tx, now).await?;
        drop(tx);
        if !due {
            return Ok(Vec::new());
        }
        let mut tx = self.store.write(Priority::Bulk).await?;
        let taken = jobs::lease(&mut tx, &self.owner, now, LEASE, AT_ONCE).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn run(&self, leased: &Leased) -> Result<()> {
        let outcome = match leased.job() {
            Ok(_) if leased.attempts > self.max_attempts => {
                Outcome::Refused("no attempt came to its end".into())
            }
            Ok(Job::Notify(alert)) => self.tell(leased, &alert).await,
            // Perhaps a newer machine beside this one knows it.
            Err(unknown) => Outcome::Retry {
                reason: unknown.to_string(),
                after: None,
            },
        };
        self.record(leased, outcome).await
    }

    async fn tell(&self, leased: &Leased, alert: &Alert) -> Outcome {
        let message = Message {
            id: &leased.id,
            happened: leased.created.into(),
            now: self.clock.now(),
            alert,
        };
        self.notifier.deliver(message).await
    }

    async fn record(&self, leased: &Leased, outcome: Outcome) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.write(Priority::Bulk).await?;
        match outcome {
            Outcome::Delivered => jobs::done(&mut tx, leased, now).await?,
            Outcome::NoChannel => {
                jobs::skip(&mut tx, leased, "alerts.webhook_url is empty", now).await?;
            }
            Outcome::Refused(reason) => {
                tracing::warn!(job.id = leased.id, "gave an alert up: {reason}");
                jobs::fail(&mut tx, leased, &reason, now).await?;
            }
            Outcome::Retry { reason, .. } if leased.attempts >= self.max_attempts => {
                tracing::warn!(job.id = leased.id, "gave an alert up: {reason}");
                let reason = format!("{reason}; given up after {} attempts", leased.attempts);
                jobs::fail(&mut tx, leased, &reason, now).await?;
            }
            Outcome::Retry { reason, after } => {
                let chance = self.ids.fraction();
                let wait = backoff::wait(leased.attempts, self.first_wait, after, chance);
                let until = now.plus(backoff::quiet(after)).as_millis();
                self.quiet_until.fetch_max(until, Ordering::SeqCst);
                jobs::retry(&mut tx, leased, now.plus(wait), &reason).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
