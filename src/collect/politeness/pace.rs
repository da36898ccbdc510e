//! The rate of one limit domain: governor's limiter, and beside it what governor has no word for:
//! slowing down for a time, a delay that the site asked for, failures in a row.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::Clock as GovernorClock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};

use crate::domain::time::{Clock, Span, Timestamp};

/// Locks; a panic elsewhere leaves numbers behind, not broken invariants.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Our clock as governor wants it.
#[derive(Clone)]
pub(super) struct Ticks(Clock);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let millis = self.0.now().as_millis().max(0) as u64;
        Nanos::from(millis.saturating_mul(1_000_000))
    }
}

/// The gate of one domain.
pub(super) struct Gate {
    limiter: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>,
    clock: Ticks,
    /// Held during a request where only one may be on its way.
    pub lane: Arc<tokio::sync::Mutex<()>>,
    pub pace: Mutex<Pace>,
}

impl Gate {
    /// A gate of so many requests per second, evenly spaced: a burst at the start of a second is
    /// what VK answers with error 6.
    pub fn new(per_second: f64, clock: &Clock) -> Self {
        let period = Duration::from_secs_f64(1.0 / per_second.clamp(1e-4, 1e4));
        let one = Quota::per_second(NonZeroU32::MIN);
        let quota = Quota::with_period(period).unwrap_or(one);
        let clock = Ticks(clock.clone());
        Self {
            limiter: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
            lane: Arc::default(),
            pace: Mutex::new(Pace {
                period,
                ..Pace::default()
            }),
        }
    }

    /// How long until a request may go; zero takes the permission.
    pub fn wait(&self, now: Timestamp) -> Span {
        let own = lock(&self.pace).wait(now);
        if own > Span::ZERO {
            return own;
        }
        match self.limiter.check() {
            Ok(()) => {
                self.count(now);
                Span::ZERO
            }
            Err(early) => {
                let wait = early.wait_time_from(self.clock.now());
                Span::millis(wait.as_millis().max(1) as i64)
            }
        }
    }

    /// A request goes at `now`.
    pub fn count(&self, now: Timestamp) {
        lock(&self.pace).last = Some(now);
    }
}

/// What changes a domain's pace.
#[derive(Debug, Default)]
pub(super) struct Pace {
    period: Duration,
    last: Option<Timestamp>,
    /// What robots.txt asks for.
    pub delay: Span,
    /// Five times what the last answer took.
    rest: Span,
    slow: Option<Slow>,
    /// A request succeeded, and none failed since.
    pub recovered: bool,
    /// Requests that went, by method.
    pub sent: std::collections::HashMap<String, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Slow {
    factor: f64,
    until: Timestamp,
}

/// A site is never made to wait longer than this between two requests.
const LONGEST_REST: Span = Span::seconds(60);
/// Slowed at most to this share of the rate.
const SLOWEST: f64 = 1.0 / 16.0;

impl Pace {
    /// How long until the next request, as far as this tells.
    pub fn wait(&self, now: Timestamp) -> Span {
        let Some(last) = self.last else {
            return Span::ZERO;
        };
        let gap = self.gap(now).max(self.rest);
        last.plus(gap).since(now).max(Span::ZERO)
    }

    /// The time between two requests: what the rate, a slow time and the site's wish ask for.
    pub fn gap(&self, now: Timestamp) -> Span {
        let period = self.period.as_millis() as f64 / self.factor(now);
        Span::millis(period as i64).max(self.delay)
    }

    /// The share of the rate that is allowed now: after the slow time a tenth more each minute.
    pub fn factor(&self, now: Timestamp) -> f64 {
        let Some(slow) = self.slow else {
            return 1.0;
        };
        let minutes = now.since(slow.until).max(Span::ZERO).as_millis() / 60_000;
        (slow.factor + 0.1 * minutes as f64).min(1.0)
    }

    /// Halves the present rate for a time.
    pub fn slow(&mut self, now: Timestamp, span: Span) {
        self.slow = Some(Slow {
            factor: (self.factor(now) / 2.0).max(SLOWEST),
            until: now.plus(span),
        });
    }

    /// Scrapy's and Heritrix's rule: rest several times as long as the site needed.
    pub fn answered(&mut self, started: Timestamp, now: Timestamp) {
        let took = now.since(started).max(Span::ZERO);
        self.rest = Span::millis(took.as_millis().saturating_mul(5)).min(LONGEST_REST);
    }

    /// A failure.
    pub fn failed(&mut self) {
        self.recovered = false;
    }

    /// A success ends the row of failures.
    pub fn succeeded(&mut self) {
        self.recovered = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slowed_domain_recovers_by_tenths() {
        let start = Timestamp::from_seconds(1_000_000);
        let mut pace = Pace {
            period: Duration::from_millis(333),
            ..Pace::default()
        };
        pace.slow(start, Span::minutes(1));
        assert_eq!(pace.factor(start.plus(Span::seconds(30))), 0.5);
        assert_eq!(pace.factor(start.plus(Span::minutes(3))), 0.7);
        assert_eq!(pace.factor(start.plus(Span::minutes(20))), 1.0);
        pace.slow(start, Span::minutes(1));
        assert_eq!(pace.factor(start), 0.25);
        pace.last = Some(start);
        assert_eq!(pace.wait(start), Span::millis(1332));
    }

    #[test]
    fn requests_are_evenly_spaced() {
        let clock = Clock::manual(Timestamp::from_seconds(1_000_000));
        let gate = Gate::new(3.0, &clock);
        assert_eq!(gate.wait(clock.now()), Span::ZERO);
        let wait = gate.wait(clock.now());
        assert!((300..=334).contains(&wait.as_millis()), "{wait:?}");
        clock.advance(Span::millis(334));
        assert_eq!(gate.wait(clock.now()), Span::ZERO);
    }

    #[test]
    fn slow_answers_and_delays_make_longer_gaps() {
        let start = Timestamp::from_seconds(1_000_000);
        let mut pace = Pace {
            last: Some(start),
            ..Pace::default()
        };
        pace.answered(start, start.plus(Span::seconds(2)));
        assert_eq!(pace.wait(start), Span::seconds(10));
        pace.delay = Span::seconds(30);
        assert_eq!(pace.wait(start), Span::seconds(30));
        pace.answered(start, start.plus(Span::minutes(2)));
        assert_eq!(pace.wait(start), Span::seconds(60));
    }

    /// One answer after `took` milliseconds: a good one, or one that asks to slow down for a minute.
    fn meet(pace: &mut Pace, now: Timestamp, (took, good): (i64, bool)) -> Timestamp {
        let sent = now.plus(pace.wait(now));
        let read = sent.plus(Span::millis(took));
        pace.last = Some(sent);
        pace.answered(sent, read);
        match good {
            true => pace.succeeded(),
            false => {
                pace.failed();
                pace.slow(read, Span::minutes(1));
            }
        }
        read
    }

    proptest::proptest! {
        #[test]
        fn after_an_error_the_next_request_is_never_earlier_than_after_a_success(
            before in proptest::collection::vec((0_i64..40_000, proptest::bool::ANY), 0..20),
            took in 0_i64..40_000, idle in 0_i64..600_000, delay in 0_i64..60_000,
        ) {
            let next = |good: bool| {
                let mut pace = Pace {
                    period: Duration::from_millis(333),
                    delay: Span::millis(delay),
                    ..Pace::default()
                };
                let mut now = Timestamp::from_seconds(1_000_000);
                for answer in before.iter().copied() {
                    now = meet(&mut pace, now, answer).plus(Span::millis(idle));
                }
                now = meet(&mut pace, now, (took, good));
                now.plus(pace.wait(now))
            };
            proptest::prop_assert!(next(false) >= next(true));
        }
    }
}
