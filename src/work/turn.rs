//! Work that only one of several processes may do: the others stand by, and one of them takes over
//! when its turn has run out. Embedded databases have one process and need none of this.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::{Tick, TickFuture, Work};
use crate::{
    domain::time::{Clock, Span, Timestamp},
    store::{Priority, Store, turns},
};

/// How long a turn lasts when it is not prolonged: so long does work rest after a machine died.
const LIFE: Span = Span::seconds(15);
/// A turn is prolonged when it has less than this left.
const LEFT: Span = Span::seconds(10);
/// How often those that stand by ask for it.
const PAUSE: Span = Span::seconds(2);

/// A loop that works only in its turn.
pub struct InTurn {
    work: Arc<dyn Work>,
    store: Store,
    clock: Clock,
    owner: String,
    turn: Mutex<Turn>,
}

#[derive(Debug, Clone, Copy)]
struct Turn {
    /// Until when it is ours.
    until: Timestamp,
    /// Another has it: not asked for again before.
    again: Timestamp,
}

impl InTurn {
    /// `owner` names this process as no other one; after a restart the same name has its turn back.
    pub fn new(work: Arc<dyn Work>, store: Store, clock: Clock, owner: String) -> Self {
        Self {
            work,
            store,
            clock,
            owner,
            turn: Mutex::new(Turn {
                until: Timestamp::from_millis(0),
                again: Timestamp::from_millis(0),
            }),
        }
    }

    async fn tick_in_turn(&self) -> anyhow::Result<Tick> {
        let now = self.clock.now();
        let turn = *self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let is_short = turn.until.since(now) < LEFT;
        if is_short && (now < turn.again || !self.take(turn.until, now).await?) {
            return Ok(Tick::Idle);
        }
        self.work.tick().await
    }

    /// True when the turn is ours. One that was another's meanwhile is a new beginning.
    async fn take(&self, before: Timestamp, now: Timestamp) -> anyhow::Result<bool> {
        let until = now.plus(LIFE);
        let mut tx = self.store.write(Priority::Bulk).await?;
        let ours = turns::take(&mut tx, self.work.name(), &self.owner, until, now).await?;
        tx.commit().await?;
        if ours && before <= now {
            tracing::info!(work = self.work.name(), "took the turn");
            self.work.take_over().await?;
        }
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = Turn {
            until: if ours {
                until
            } else {
                Timestamp::from_millis(0)
            },
            again: if ours { now } else { now.plus(PAUSE) },
        };
        Ok(ours)
    }

    async fn give_back(&self) -> anyhow::Result<Tick> {
        let done = self.work.stop().await;
        let mut tx = self.store.write(Priority::Bulk).await?;
        turns::give_back(&mut tx, self.work.name(), &self.owner).await?;
        tx.commit().await?;
        done
    }
}

impl Work for InTurn {
    fn name(&self) -> &'static str {
        self.work.name()
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.tick_in_turn())
    }

    fn hint(&self) -> Option<&Notify> {
        self.work.hint()
    }

    /// Often enough that a turn in hand does not run out between two ticks.
    fn poll(&self) -> Duration {
        self.work.poll().min(Duration::from_secs(4))
    }

    fn stop(&self) -> TickFuture<'_> {
        Box::pin(self.give_back())
    }
}
