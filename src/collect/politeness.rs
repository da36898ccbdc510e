//! Three gates before each request, and all must agree: the rate, the day's budget and the not-before
//! moment. What they remember lies in the database, so that a restart forgets nothing and processes
//! that share it share the gates. Start with [`Politeness::pass`]; failures are met in `react.rs`.
//!
//! A gate belongs to a limit domain, not to an address: one per VK token, one for all of t.me, one
//! per host of a site. Hosts that share an address share a rate beside their own (`address.rs`).

mod address;
mod day;
mod domain;
mod keys;
mod pace;
mod react;
mod take;

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, atomic::AtomicI64, atomic::Ordering},
};

use jiff::tz::TimeZone;
use tokio::sync::OwnedSemaphorePermit;

use self::{
    address::Addresses,
    pace::{Gate, lock},
    take::Taken,
};
pub use self::{
    day::{Progress, Today, allowance, used_up},
    domain::Domain,
    keys::Held,
};
use crate::{
    domain::{
        id::Ids,
        source::{FetchError, Reaction},
        time::{Clock, Span, Timestamp},
    },
    store::{self, Store},
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
    _address: Option<OwnedSemaphorePermit>,
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
    pub(super) store: Store,
    clock: Clock,
    ids: Ids,
    /// The zone in which days of budgets begin, where the domain has none of its own.
    zone: TimeZone,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
    /// Domain and method of calls on their way that try whether a used-up quota is back.
    probes: Mutex<HashSet<(String, String)>>,
    addresses: Addresses,
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
            addresses: Addresses::default(),
            waited: AtomicI64::new(0),
        }
    }

    /// Waits until one request may go to `domain`. `method` is what the platform counts, `address`
    /// where the host lives, if that is known.
    ///
    /// # Errors
    /// [`Reaction::After`] while the domain must be left alone, [`Reaction::Day`] when its budget
    /// is used up: both with the moment to come again, and without a code.
    pub async fn pass(
        &self,
        domain: &Domain,
        method: &str,
        haste: Haste,
        address: Option<IpAddr>,
    ) -> Result<Pass, FetchError> {
        let passed = self.pass_gates(domain, method, haste, address).await;
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
        address: Option<IpAddr>,
    ) -> Result<Pass, FetchError> {
        self.refuse_held(domain).await?;
        let gate = self.gate(domain);
        let lane = match domain.one_at_a_time {
            true => Some(Arc::clone(&gate.lane).lock_owned().await),
            false => None,
        };
        let begun = self.clock.now();
        let permit = self.await_address(domain, address, begun).await?;
        loop {
            self.await_rate(&gate, domain, begun).await?;
            match self.take(&gate, domain, method, haste).await? {
                Taken::Passed => break,
                Taken::Wait(wait) => self.wait(wait, domain, begun).await?,
            }
        }
        // Waiting for the one must not shorten the other.
        gate.count(self.clock.now());
        *lock(&gate.pace).sent.entry(method.to_owned()).or_default() += 1;
        Ok(Pass {
            started: self.clock.now(),
            one_at_a_time: domain.one_at_a_time,
            _lane: lane,
            _address: permit,
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

    /// Sleeps until the rate of this process allows a request; gives up when that is long.
    async fn await_rate(
        &self,
        gate: &Gate,
        domain: &Domain,
        begun: Timestamp,
    ) -> Result<(), FetchError> {
        loop {
            let now = self.clock.now();
            let wait = gate.wait(now);
            if wait <= Span::ZERO {
                return Ok(());
            }
            self.wait(wait, domain, begun).await?;
            if self.clock.stands() {
                gate.count(now);
                return Ok(());
            }
        }
    }

    /// Sleeps a little longer than `wait`, or refuses where all waits together grow long.
    async fn wait(&self, wait: Span, domain: &Domain, begun: Timestamp) -> Result<(), FetchError> {
        let now = self.clock.now();
        if now.since(begun).as_millis() + wait.as_millis() > LONGEST_SLEEP.as_millis() {
            self.store.meters.refused(&domain.name, "busy");
            let why = format!("{} is busy", domain.name);
            return Err(refusal(Reaction::After, why, now.plus(wait)));
        }
        let jitter = Span::millis(50 + (self.ids.fraction() * 200.0) as i64);
        self.sleep(Span::millis(wait.as_millis() + jitter.as_millis()))
            .await;
        Ok(())
    }

    /// Sleeps by the system's clock. A standing clock does not sleep: what it would have slept is
    /// added up, see [`Politeness::waited`]. A leaping one goes on at once.
    async fn sleep(&self, span: Span) {
        match &self.clock {
            Clock::System => tokio::time::sleep(span.to_std()).await,
            Clock::Leaping(_) => self.clock.advance(span),
            Clock::Manual(_) => {
                self.waited.fetch_add(span.as_millis(), Ordering::Relaxed);
            }
        }
    }

    /// What a standing clock would have slept until now.
    pub fn waited(&self) -> Span {
        Span::millis(self.waited.load(Ordering::Relaxed))
    }

    /// Requests of this process that passed, by domain and method.
    pub fn sent(&self, domain: &Domain, method: &str) -> u64 {
        let gate = self.gate(domain);
        let sent = lock(&gate.pace).sent.get(method).copied();
        sent.unwrap_or(0)
    }

    /// A request succeeded. The breaker closes with the next request: an API's answer that is an
    /// error succeeds here first and is met by [`Politeness::react`] then.
    pub fn succeeded(&self, domain: &Domain) {
        lock(&self.gate(domain).pace).succeeded();
    }

    /// What the site's robots.txt asks for between requests.
    pub fn set_delay(&self, domain: &Domain, delay: Span) {
        lock(&self.gate(domain).pace).delay = delay;
    }
}

/// What our own gates say: no code, and when to come again.
fn refusal(reaction: Reaction, message: String, until: Timestamp) -> FetchError {
    FetchError {
        reaction,
        code: None,
        message,
        not_before: Some(until),
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
