//! The loop that purges what has outlived its term, and tells the disk. It decides nothing itself:
//! classes and terms are `store::retention` and the settings.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::{Tick, TickFuture, Work};
use crate::{
    config::settings,
    domain::{id::Ids, time::Clock},
    store::{
        Priority, Store,
        changes::compact,
        retention::{Class, is_any_due, purge_batch},
    },
};

/// Rows a transaction: some 50 ms of writing.
const BATCH: i64 = 200;
/// Rows of the log of changes that one transaction goes over.
const WINDOW: i64 = 5000;

/// Purges rows whose term has passed.
pub struct Retention {
    /// The store.
    pub store: Store,
    /// The classes' terms.
    pub terms: settings::Retention,
    /// The clock.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// Rows were deleted and the files still hold them; begins true, for a process may have ended
    /// in between.
    pub unscrubbed: AtomicBool,
}

impl Retention {
    async fn purge(&self) -> anyhow::Result<Tick> {
        for class in Class::ALL {
            let gone = self.purge_class(*class).await?;
            if gone > 0 {
                self.unscrubbed.store(true, Ordering::SeqCst);
                self.store.hints.changes.notify_one();
                tracing::info!(class = class.code(), rows = gone, "purged");
                return Ok(Tick::Worked);
            }
        }
        if self.compact().await? {
            return Ok(Tick::Worked);
        }
        if self.unscrubbed.swap(false, Ordering::SeqCst) {
            self.store.scrub().await?;
        }
        Ok(Tick::Idle)
    }

    /// Shortens the log of changes; false when there is nothing to go over.
    async fn compact(&self) -> anyhow::Result<bool> {
        let mut tx = self.store.write(Priority::Bulk).await?;
        let gone = compact::compact(&mut tx, self.clock.now(), self.terms.tombstones(), WINDOW);
        let gone = gone.await?;
        tx.commit().await?;
        if let Some(rows) = gone {
            tracing::debug!(rows, "shortened the log of changes");
        }
        Ok(gone.is_some())
    }

    async fn purge_class(&self, class: Class) -> anyhow::Result<u64> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        if !is_any_due(&mut tx, class, &self.terms, now).await? {
            return Ok(0);
        }
        drop(tx);
        let mut tx = self.store.write(Priority::Bulk).await?;
        let gone = purge_batch(&mut tx, &self.ids, class, &self.terms, now, BATCH).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

impl Work for Retention {
    fn name(&self) -> &'static str {
        "retention"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.purge())
    }

    fn poll(&self) -> Duration {
        Duration::from_secs(600)
    }
}
