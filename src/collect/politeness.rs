//! Three gates before each request, and all must agree: the rate (in memory), the day's budget and
//! the not-before moment (both in the database, so that a restart forgets nothing). Start with
//! [`Politeness::pass`]; failures are met in `react.rs`.
//!
//! A gate belongs to a limit domain, not to an address: one per VK token, one for all of t.me, one
//! per host of a site.

mod day;
mod domain;
mod keys;
mod pace;
mod react;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, atomic::AtomicI64, atomic::Ordering},
};

use jiff::tz::TimeZone;

use self::pace::{Gate, lock};
pub use self::{domain::Domain, keys::Held};
use crate::{
    domain::{
        id::Ids,
        source::{FetchError, Reaction},
        time::{Clock, Span, Timestamp},
    },
    store::{self, Store, budget},
};

/// Who asks: a scheduled visit spreads the budget over the day, a person's visit may use its rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// A visit by the schedule.
    Scheduled,
    /// A visit that a person ordered.
    Urgent,
}

/// The right to send one request; drop it when the answer is read.
#[must_use]
pub struct Pass {
    gate: Arc<Gate>,
    started: Timestamp,
    one_at_a_time: bool,
    _lane: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Pass {
    /// The answer was read at `now`: a site that answers slowly is asked more rarely.
    pub fn answered(self, now: Timestamp) {
        if self.one_at_a_time {
            lock(&self.gate.pace).answered(self.started, now);
        }
    }
}

/// Waits longer than this are not slept through: the visit is given back.
const LONGEST_SLEEP: Span = Span::seconds(90);
/// The three gates.
pub struct Politeness {
    store: Store,
    clock: Clock,
    ids: Ids,
    /// The zone in which days of budgets begin.
    zone: TimeZone,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
    /// Domain and method of calls on their way that try whether a used-up quota is back.
    probes: Mutex<HashSet<(String, String)>>,
    /// What a standing clock would have slept, milliseconds.
    waited: AtomicI64,
}

impl Politeness {
    /// Gates over a store; `zone` is where the days of quotas begin.
    pub fn new(store: Store, zone: TimeZone, clock: Clock, ids: Ids) -> Self {
        Self {
            store,
            clock,
            ids,
            zone,
            gates: Mutex::default(),
            probes: Mutex::default(),
            waited: AtomicI64::new(0),
        }
    }

    /// Waits until one request may go to `domain`. `method` is what the platform counts.
    ///
    /// # Errors
    /// [`Reaction::After`] while the domain must be left alone, [`Reaction::Day`] when its budget
    /// is used up: both with the moment to come again.
    pub async fn pass(
        &self,
        domain: &Domain,
        method: &str,
        haste: Haste,
    ) -> Result<Pass, FetchError> {
        let passed = self.pass_gates(domain, method, haste).await;
        if passed.is_ok() {
            self.store.meters.requested(&domain.name);
        }
        passed
    }

    async fn pass_gates(
        &self,
        domain: &Domain,
        method: &str,
        haste: Haste,
    ) -> Result<Pass, FetchError> {
        self.refuse_held(&domain.name).await?;
        let gate = self.gate(domain);
        let lane = match domain.one_at_a_time {
            true => Some(Arc::clone(&gate.lane).lock_owned().await),
            false => None,
        };
        self.await_rate(&gate, domain).await?;
        self.reserve(domain, method, haste).await?;
        Ok(Pass {
            started: self.clock.now(),
            one_at_a_time: domain.one_at_a_time,
            _lane: lane,
            gate,
        })
    }

    fn gate(&self, domain: &Domain) -> Arc<Gate> {
        let mut gates = lock(&self.gates);
        let gate = gates
            .entry(domain.name.clone())
            .or_insert_with(|| Arc::new(Gate::new(domain.per_second, &self.clock)));
        Arc::clone(gate)
    }

    async fn refuse_held(&self, domain: &str) -> Result<(), FetchError> {
        let mut tx = self.store.read().await.map_err(unavailable)?;
        let held = budget::not_before(&mut tx, domain).await;
        match held.map_err(unavailable)? {
            Some((until, reason)) if until > self.clock.now() => {
                self.store.meters.refused(domain, "held");
                Err(FetchError {
                    reaction: Reaction::After,
                    code: None,
                    message: format!("{domain} is left alone: {reason}"),
                    not_before: Some(until),
                })
            }
            _ => Ok(()),
        }
    }

    /// Sleeps until the rate allows a request; gives up when that is long.
    async fn await_rate(&self, gate: &Gate, domain: &Domain) -> Result<(), FetchError> {
        let begun = self.clock.now();
        loop {
            let now = self.clock.now();
            let wait = gate.wait(now);
            if wait <= Span::ZERO {
                return Ok(());
            }
            if now.since(begun).as_millis() + wait.as_millis() > LONGEST_SLEEP.as_millis() {
                self.store.meters.refused(&domain.name, "busy");
                return Err(FetchError {
                    reaction: Reaction::After,
                    code: None,
                    message: format!("{} is busy", domain.name),
                    not_before: Some(now.plus(wait)),
                });
            }
            let jitter = Span::millis(50 + (self.ids.fraction() * 200.0) as i64);
            self.sleep(Span::millis(wait.as_millis() + jitter.as_millis()))
                .await;
            if matches!(self.clock, Clock::Manual(_)) {
                gate.count(now);
                return Ok(());
            }
        }
    }

    /// Sleeps by the system's clock. A standing clock does not sleep: what it would have slept is
    /// added up, see [`Politeness::waited`].
    async fn sleep(&self, span: Span) {
        match self.clock {
            Clock::System => tokio::time::sleep(span.to_std()).await,
            Clock::Manual(_) => {
                self.waited.fetch_add(span.as_millis(), Ordering::Relaxed);
            }
        }
    }

    /// What a standing clock would have slept until now.
    pub fn waited(&self) -> Span {
        Span::millis(self.waited.load(Ordering::Relaxed))
    }

    /// A request succeeded: the breaker closes.
    pub fn succeeded(&self, domain: &Domain) {
        lock(&self.gate(domain).pace).succeeded();
    }

    /// What the site's robots.txt asks for between requests.
    pub fn set_delay(&self, domain: &Domain, delay: Span) {
        lock(&self.gate(domain).pace).delay = delay;
    }
}

/// The gate cannot be asked: nothing is sent.
fn unavailable(error: store::Error) -> FetchError {
    FetchError {
        reaction: Reaction::BackOff,
        code: None,
        message: format!("the politeness gates cannot be read: {error}"),
        not_before: None,
    }
}
