//! The loop that tells of broken promises: once for an incident, cycle and clock.
//!
//! The mark, the event and the alert commit together. Incidents made of imported history alone get
//! the event and no alert.

use tokio::sync::Notify;

use super::{Tick, TickFuture, Work};
use crate::{
    domain::{
        id::{Ids, IncidentId},
        job::Job,
        time::{Clock, Timestamp},
    },
    store::{
        Priority, Store, Tx,
        clocks::{self, Breach},
        incidents, jobs,
    },
};

/// Breaches a transaction: some 20 ms of writing.
const BATCH: i64 = 50;

/// Raises promises that ran out.
pub struct Deadlines {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
}

impl Deadlines {
    async fn raise_batch(&self) -> anyhow::Result<Tick> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        if clocks::list_breached(&mut tx, now, 1).await?.is_empty() {
            return Ok(Tick::Idle);
        }
        drop(tx);
        let mut tx = self.store.write(Priority::Bulk).await?;
        let breaches = clocks::list_breached(&mut tx, now, BATCH).await?;
        let mut alerts = 0;
        for breach in &breaches {
            alerts += usize::from(self.raise(&mut tx, breach, now).await?);
        }
        tx.commit().await?;
        if alerts > 0 {
            self.store.hints.jobs.notify_one();
        }
        tracing::info!(breaches = breaches.len(), alerts, "promises ran out");
        Ok(Tick::Worked)
    }

    /// True when an alert goes out.
    async fn raise(&self, tx: &mut Tx, breach: &Breach, now: Timestamp) -> anyhow::Result<bool> {
        if !clocks::raise(tx, breach, now).await? {
            return Ok(false);
        }
        let id = IncidentId::from(breach.incident.as_str());
        let event = ("overdue", None, Some(breach.kind.as_str()), None);
        incidents::add_event(tx, &self.ids, &id, "service:deadlines", event, now).await?;
        let Some(mut alert) = incidents::alert_for(tx, &id, "incident.overdue").await? else {
            return Ok(false);
        };
        alert.due = Some(breach.due.into());
        jobs::enqueue(tx, &self.ids, &Job::Notify(alert), Some(&id), now, now).await?;
        Ok(true)
    }
}

impl Work for Deadlines {
    fn name(&self) -> &'static str {
        "deadlines"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.raise_batch())
    }

    fn hint(&self) -> Option<&Notify> {
        None // time itself is the hint
    }
}
