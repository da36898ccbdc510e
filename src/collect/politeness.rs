//! Three gates before each request, and all must agree: the rate (in memory), the day's budget and
//! the not-before moment (both in the database, so that a restart forgets nothing). Start with
//! [`Politeness::pass`].
//!
//! A gate belongs to a limit domain, not to an address: one per VK token, one for all of t.me, one
//! per host of a site.

mod pace;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicI64, atomic::Ordering},
};

use jiff::{ToSpan, tz::TimeZone};

use self::pace::{Gate, lock};
use crate::{
    config::settings::Collect,
    domain::{
        id::Ids,
        source::{FetchError, Reaction},
        time::{Clock, Span, Timestamp},
    },
    store::{self, Priority, Store, budget},
};

/// Whom a request burdens, and what is allowed there.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// `vk:token`, `tme`, `host:gorod.example`.
    pub name: String,
    /// Requests per second.
    pub per_second: f64,
    /// Requests per day (and method, where the platform counts so).
    pub per_day: i64,
    /// One request at a time, and rests as long as the site needs to answer.
    pub one_at_a_time: bool,
}

impl Domain {
    /// VK, per token.
    pub fn vk(settings: &Collect) -> Self {
        Self::new(
            "vk:token",
            settings.vk_per_second,
            settings.vk_per_day,
            false,
        )
    }

    /// Telegram's previews, for all channels.
    pub fn telegram(settings: &Collect) -> Self {
        let rate = settings.telegram_per_second;
        Self::new("tme", rate, settings.telegram_per_day, true)
    }

    /// A host of a site or feed.
    pub fn host(settings: &Collect, host: &str) -> Self {
        let name = format!("host:{}", host.to_lowercase());
        Self::new(&name, settings.host_per_second, settings.host_per_day, true)
    }

    fn new(name: &str, per_second: f64, per_day: i64, one_at_a_time: bool) -> Self {
        Self {
            name: name.to_owned(),
            per_second,
            per_day,
            one_at_a_time,
        }
    }
}

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
/// This many failures of a domain in a row open its breaker.
const FAILURES: u32 = 5;

/// The three gates.
pub struct Politeness {
    store: Store,
    clock: Clock,
    ids: Ids,
    /// The zone in which days of budgets begin.
    zone: TimeZone,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
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

    async fn reserve(&self, domain: &Domain, method: &str, haste: Haste) -> Result<(), FetchError> {
        let now = self.clock.now();
        let (day, share) = self.day(now);
        let allowed = allowance(domain.per_day, share, haste);
        let mut tx = self
            .store
            .write(Priority::Bulk)
            .await
            .map_err(unavailable)?;
        let reserved = budget::reserve(&mut tx, &domain.name, method, &day, allowed, now).await;
        let reserved = reserved.map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        match reserved {
            budget::Reserved::Granted(_) => Ok(()),
            budget::Reserved::Exhausted(until) => {
                self.store.meters.refused(&domain.name, "budget");
                let spread = allowed < allowance(domain.per_day, 1.0, haste);
                let until = until.unwrap_or_else(|| {
                    if spread {
                        now.plus(Span::minutes(10))
                    } else {
                        self.next_day(now)
                    }
                });
                Err(FetchError {
                    reaction: Reaction::Day,
                    code: None,
                    message: format!("the day's budget of {} {method} is used up", domain.name),
                    not_before: Some(until),
                })
            }
        }
    }

    /// The day's name in the quota's zone, and which share of it has passed.
    fn day(&self, now: Timestamp) -> (String, f64) {
        let local = now.in_zone(&self.zone);
        let minutes = i32::from(local.hour()) * 60 + i32::from(local.minute());
        (local.date().to_string(), f64::from(minutes) / 1440.0)
    }

    /// Five past midnight of the next day.
    fn next_day(&self, now: Timestamp) -> Timestamp {
        let local = now.in_zone(&self.zone);
        local
            .checked_add(1.day())
            .and_then(|next| next.with().hour(0).minute(5).second(0).build())
            .map_or(now.plus(Span::days(1)), |next| next.timestamp().into())
    }

    /// Reacts to a failed request: slows down, holds the domain or the method, and fills in when to
    /// come again. `shortest` is the least wait that the error asks for.
    ///
    /// # Errors
    /// Gives the error back, completed.
    pub async fn react(
        &self,
        domain: &Domain,
        method: &str,
        mut error: FetchError,
        shortest: Span,
    ) -> FetchError {
        let now = self.clock.now();
        self.store
            .meters
            .refused(&domain.name, word(error.reaction));
        match error.reaction {
            Reaction::Now => self.slow(domain, Span::minutes(1)),
            Reaction::Day => {
                let until = self.next_day(now).min(now.plus(Span::hours(1)));
                self.exhaust(domain, method, until).await;
                error.not_before = Some(until);
            }
            Reaction::After => {
                let until = error.not_before.unwrap_or(now.plus(Span::minutes(1)));
                self.hold(domain, until, &error.message).await;
                error.not_before = Some(until);
            }
            Reaction::BackOff => {
                let wait = shortest.as_millis().max(self.breaker(domain).as_millis());
                if wait > 0 {
                    let until = now.plus(Span::millis(wait));
                    self.hold(domain, until, &error.message).await;
                    error.not_before = Some(until);
                }
            }
            Reaction::Skip | Reaction::Stop | Reaction::Auth => {}
        }
        error
    }

    /// A request succeeded: the breaker closes.
    pub fn succeeded(&self, domain: &Domain) {
        lock(&self.gate(domain).pace).succeeded();
    }

    /// Halves the domain's rate for `span`; afterwards it recovers by a tenth each minute.
    pub fn slow(&self, domain: &Domain, span: Span) {
        let now = self.clock.now();
        lock(&self.gate(domain).pace).slow(now, span);
    }

    /// What the site's robots.txt asks for between requests.
    pub fn set_delay(&self, domain: &Domain, delay: Span) {
        lock(&self.gate(domain).pace).delay = delay;
    }

    /// How long an opened breaker holds the domain: 1, 2, 4… 60 minutes; zero while closed.
    fn breaker(&self, domain: &Domain) -> Span {
        let failures = lock(&self.gate(domain).pace).failed();
        match failures.checked_sub(FAILURES) {
            None => Span::ZERO,
            Some(over) => Span::minutes((1_i64 << over.min(6)).min(60)),
        }
    }

    async fn hold(&self, domain: &Domain, until: Timestamp, reason: &str) {
        let held = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            budget::hold(&mut tx, &domain.name, until, reason).await?;
            tx.commit().await
        };
        log_lost(held.await);
    }

    async fn exhaust(&self, domain: &Domain, method: &str, until: Timestamp) {
        let (day, _) = self.day(self.clock.now());
        let exhausted = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            budget::exhaust(&mut tx, &domain.name, method, &day, until).await?;
            tx.commit().await
        };
        log_lost(exhausted.await);
    }
}

/// A refusal of the network's, for the meters.
fn word(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::Now => "slower",
        Reaction::Day => "quota",
        Reaction::After => "later",
        Reaction::BackOff => "failed",
        Reaction::Skip => "skipped",
        Reaction::Stop => "stopped",
        Reaction::Auth => "token",
    }
}

/// How many requests may have been used when `share` of the day has passed: spread with a fifth to
/// spare, a twentieth at once, and a tenth kept for people.
fn allowance(per_day: i64, share: f64, haste: Haste) -> i64 {
    if haste == Haste::Urgent {
        return per_day;
    }
    let day = per_day as f64;
    let most = (day * 0.9).ceil();
    (day * share * 1.2).clamp((day * 0.05).max(20.0).min(most), most) as i64
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

/// A hold that could not be written makes the next request come early, once; it is told.
fn log_lost(outcome: store::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "a politeness hold could not be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_spread_and_a_tenth_is_kept() {
        let at = |share| allowance(5000, share, Haste::Scheduled);
        assert_eq!([at(0.0), at(0.5), at(1.0)], [250, 3000, 4500]);
        assert_eq!(allowance(5000, 0.0, Haste::Urgent), 5000);
        assert_eq!(allowance(10, 0.0, Haste::Scheduled), 9);
        assert_eq!(allowance(0, 0.5, Haste::Scheduled), 0);
    }
}
