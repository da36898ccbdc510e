//! The loop that empties the outbox: addresses jobs to their receivers, leases what is due below each
//! receiver's ceiling, and does each at least once.
//!
//! Each job's end is written as soon as it is known, so a kill repeats only what was in the air, and
//! under the same id. A message may be in the air for longer than a tick: a receiver that is slow holds
//! up no other. How a message travels is [`crate::notify`]'s. Start with [`Jobs::new`].

mod air;
mod desk;

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use tokio::sync::{Mutex, Notify};

use super::{Tick, TickFuture, Work};
use crate::{
    config::settings::Alerts,
    domain::{id::Ids, time::Clock},
    notify::Channels,
    store::Store,
};
use air::Air;
use desk::Desk;

/// While messages are in the air, others may become due.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How long stopping waits for messages in the air; their leases expire then.
const LAST: Duration = Duration::from_secs(5);

/// Does what was promised to happen outside.
pub struct Jobs {
    desk: Arc<Desk>,
    air: Mutex<Air>,
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
        let desk = Desk {
            owner: ids.ulid(clock.now()),
            settings: settings.clone(),
            store,
            channels,
            clock,
            ids,
        };
        Self {
            desk: Arc::new(desk),
            air: Mutex::default(),
        }
    }

    async fn run_batch(&self) -> Result<Tick> {
        let mut air = self.air.lock().await;
        let addressed = self.desk.send_due(&mut air).await?;
        if air.tasks.is_empty() {
            return Ok(if addressed { Tick::Worked } else { Tick::Idle });
        }
        tokio::select! {
            ended = air.next() => ended?,
            () = self.desk.store.hints.jobs.notified() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        while let Some(ended) = air.try_next() {
            ended?;
        }
        Ok(Tick::Worked)
    }

    /// What is in the air comes to its end, within [`LAST`].
    async fn land(&self) -> Result<Tick> {
        let mut air = self.air.lock().await;
        let landed = tokio::time::timeout(LAST, async {
            while !air.tasks.is_empty() {
                air.next().await?;
            }
            Ok(Tick::Idle)
        });
        landed.await.unwrap_or(Ok(Tick::Idle))
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
        Some(&self.desk.store.hints.jobs)
    }

    fn stop(&self) -> TickFuture<'_> {
        Box::pin(self.land())
    }
}
