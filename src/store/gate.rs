//! The turn to write on SQLite: one at a time, people before bulk work.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person waits for the page.
    Person,
    /// Loops: collecting, understanding, import. Batches of at most 50 ms.
    Bulk,
}

/// Bulk writers queue at `bulk` first, so at most one of them stands at `turn`; a person stands at
/// `turn` directly and therefore waits for one batch at most.
#[derive(Debug, Default)]
pub(super) struct Gate {
    turn: Arc<Mutex<()>>,
    bulk: Mutex<()>,
    people: AtomicUsize,
}

/// Held while a transaction writes.
#[derive(Debug)]
pub struct Turn(#[allow(dead_code, reason = "held for its drop")] OwnedMutexGuard<()>);

/// Counts a waiting person, also when the wait is abandoned.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Gate {
    pub(super) async fn enter(&self, priority: Priority) -> Turn {
        match priority {
            Priority::Person => {
                self.people.fetch_add(1, Ordering::SeqCst);
                let _waiting = Waiting(&self.people);
                Turn(self.turn.clone().lock_owned().await)
            }
            Priority::Bulk => {
                let _queue = self.bulk.lock().await;
                Turn(self.turn.clone().lock_owned().await)
            }
        }
    }

    pub(super) fn person_waits(&self) -> bool {
        self.people.load(Ordering::SeqCst) > 0
    }
}
