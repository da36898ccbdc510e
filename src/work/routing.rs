//! The loop that turns understood posts into incidents.

use std::time::Duration;

use tokio::sync::Notify;

use super::{Tick, TickFuture, Work};
use crate::{
    domain::time::Clock,
    incidents::{Desk, route::route_batch},
    store::{Priority, Store, routing::list_unhandled},
};

/// Posts a transaction: some 50 ms of writing.
const BATCH: i64 = 100;

/// Routes posts that incidents have not dealt with.
pub struct Routing {
    /// The store.
    pub store: Store,
    /// What incident work needs.
    pub desk: Desk,
    /// The clock.
    pub clock: Clock,
}

impl Routing {
    async fn route(&self) -> anyhow::Result<Tick> {
        let mut tx = self.store.read().await?;
        if list_unhandled(&mut tx, 1).await?.is_empty() {
            return Ok(Tick::Idle);
        }
        drop(tx);
        let mut tx = self.store.write(Priority::Bulk).await?;
        let routed = route_batch(&mut tx, &self.desk, BATCH, self.clock.now()).await?;
        tx.commit().await?;
        if routed.opened > 0 {
            self.store.hints.jobs.notify_one();
        }
        for (sector, outcome) in &routed.outcomes {
            self.store.meters.routed(sector.as_deref(), outcome);
        }
        tracing::debug!(
            posts = routed.posts,
            opened = routed.opened,
            joined = routed.joined,
            triage = routed.triage,
            "routed posts"
        );
        Ok(if routed.posts > 0 {
            Tick::Worked
        } else {
            Tick::Idle
        })
    }
}

impl Work for Routing {
    fn name(&self) -> &'static str {
        "routing"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.route())
    }

    fn hint(&self) -> Option<&Notify> {
        Some(&self.store.hints.annotations)
    }

    fn poll(&self) -> Duration {
        Duration::from_millis(500)
    }
}
