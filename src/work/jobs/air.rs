//! Messages on their way, and to whom.

use std::{collections::HashMap, sync::Arc};

use anyhow::Result;
use tokio::task::{Id, JoinError, JoinSet};

use super::desk::{Desk, InHand};

/// Messages in the air at once…
const AT_ONCE: usize = 32;
/// …and to one receiver.
const TO_ONE: usize = 8;

/// Messages on their way, and to whom.
#[derive(Default)]
pub(super) struct Air {
    pub tasks: JoinSet<Result<()>>,
    receivers: HashMap<Id, String>,
}

impl Air {
    pub fn send(&mut self, desk: Arc<Desk>, taken: InHand) {
        let receiver = taken.receiver.clone();
        let task = self.tasks.spawn(async move { desk.run(&taken).await });
        self.receivers.insert(task.id(), receiver);
    }

    /// How many more messages a receiver may be sent now.
    pub fn room(&self, receiver: &str) -> usize {
        let its_own = self.receivers.values().filter(|known| *known == receiver);
        let all = AT_ONCE.saturating_sub(self.receivers.len());
        all.min(TO_ONE.saturating_sub(its_own.count()))
    }

    /// Waits for one to come to its end; nothing to wait for is an end too.
    pub async fn next(&mut self) -> Result<()> {
        match self.tasks.join_next_with_id().await {
            Some(ended) => self.ended(ended),
            None => Ok(()),
        }
    }

    pub fn try_next(&mut self) -> Option<Result<()>> {
        let ended = self.tasks.try_join_next_with_id()?;
        Some(self.ended(ended))
    }

    fn ended(&mut self, ended: Result<(Id, Result<()>), JoinError>) -> Result<()> {
        let (id, outcome) = match ended {
            Ok(ended) => ended,
            Err(broken) => (broken.id(), Err(broken.into())),
        };
        self.receivers.remove(&id);
        outcome
    }
}
