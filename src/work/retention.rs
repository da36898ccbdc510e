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
        retention::{Class, purge_batch},
    },
};

/// Rows a transaction: some 50 ms of writing.
const BATCH: i64 = 200;

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
        if self.unscrubbed.swap(false, Ordering::SeqCst) {
            self.store.scrub().await?;
        }
        Ok(Tick::Idle)
    }

    async fn purge_class(&self, class: Class) -> anyhow::Result<u64> {
        let now = self.clock.now();
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
