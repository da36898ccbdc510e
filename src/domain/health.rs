//! How each loop is doing, for `/health` and the sources page. The loops write it, the pages read it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde::Serialize;

use super::time::Timestamp;

/// The state of one loop.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct LoopHealth {
    /// `running`, `failing` or `stopped`.
    pub state: &'static str,
    /// Failures since the last good tick.
    pub failures: u32,
    /// The last error, in a line.
    pub last_error: Option<String>,
    /// When a tick last went well, whether or not there was something to do.
    pub last_good: Option<Timestamp>,
    /// When it last did something, UTC milliseconds.
    pub last_worked: Option<Timestamp>,
}

/// The loops by name. Cheap to clone, shared.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<BTreeMap<&'static str, LoopHealth>>>);

impl Health {
    /// Notes a good tick, and whether it did something.
    pub fn good(&self, name: &'static str, now: Timestamp, worked: bool) {
        self.change(name, |health| {
            health.state = "running";
            health.failures = 0;
            health.last_good = Some(now);
            health.last_worked = worked.then_some(now).or(health.last_worked);
        });
    }

    /// Notes a failed tick; gives the number of failures in a row.
    pub fn failed(&self, name: &'static str, error: String) -> u32 {
        let mut failures = 0;
        self.change(name, |health| {
            health.state = "failing";
            health.failures += 1;
            health.last_error = Some(error);
            failures = health.failures;
        });
        failures
    }

    /// Notes that a loop ended for good.
    pub fn stopped(&self, name: &'static str) {
        self.change(name, |health| health.state = "stopped");
    }

    /// Every loop now.
    pub fn list(&self) -> BTreeMap<&'static str, LoopHealth> {
        self.lock().clone()
    }

    fn change(&self, name: &'static str, change: impl FnOnce(&mut LoopHealth)) {
        change(self.lock().entry(name).or_insert(LoopHealth {
            state: "running",
            failures: 0,
            last_error: None,
            last_good: None,
            last_worked: None,
        }));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, LoopHealth>> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}
