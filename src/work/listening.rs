//! The loop that hears hints of other processes on one PostgreSQL, and wakes this process's loops.

use std::time::Duration;

use tokio::sync::Mutex;

use super::{Tick, TickFuture, Work};
use crate::store::{Ear, Store};

/// How long one tick listens: stopping waits no longer for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Listens as long as the connection lasts; the supervisor opens another one.
pub struct Listening {
    store: Store,
    ear: Mutex<Option<Ear>>,
}

impl Listening {
    /// A loop that has not begun to listen.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            ear: Mutex::new(None),
        }
    }

    async fn listen(&self) -> anyhow::Result<Tick> {
        let mut held = self.ear.lock().await;
        let ear = match held.take() {
            Some(ear) => Some(ear),
            None => self.store.listen().await?,
        };
        let Some(mut ear) = ear else {
            return Ok(Tick::Idle);
        };
        ear.hear(PATIENCE).await?;
        *held = Some(ear);
        Ok(Tick::Worked)
    }
}

impl Work for Listening {
    fn name(&self) -> &'static str {
        "listening"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.listen())
    }
}
