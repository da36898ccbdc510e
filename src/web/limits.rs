//! How many requests a minute: attempts to sign in per address, API requests per account. In the
//! memory of the process, against floods; what wrong passwords cost is `auth::lockout`.

use std::{
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use governor::{
    Quota, RateLimiter, clock::Clock as GovernorClock, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::DefaultKeyedStateStore,
};

use super::Error;
use crate::{config::settings, domain::time::Clock};

/// After so many questions those who have been quiet are forgotten.
const SWEEP: u32 = 1024;

/// Every limit of the pages and the API.
pub(crate) struct Limits {
    sign_in: Limit,
    api: Limit,
    strangers: Limit,
    receive: Limit,
}

impl Limits {
    pub(crate) fn new(settings: &settings::Limits, clock: &Clock) -> Self {
        Self {
            sign_in: Limit::new(settings.sign_in_per_minute, clock),
            api: Limit::new(settings.api_per_minute, clock),
            strangers: Limit::new(settings.api_per_minute, clock),
            receive: Limit::new(settings.receive_per_minute, clock),
        }
    }

    /// An attempt to sign in from a place.
    pub(crate) fn sign_in(&self, place: &str) -> Result<(), Error> {
        self.sign_in.check(place)
    }

    /// An API request of an account.
    pub(crate) fn api(&self, account: &str) -> Result<(), Error> {
        self.api.check(account)
    }

    /// An API request without a valid token, from a place.
    pub(crate) fn stranger(&self, place: &str) -> Result<(), Error> {
        self.strangers.check(place)
    }

    /// An event that a network sends, or whoever says so, from a place.
    pub(crate) fn receive(&self, place: &str) -> Result<(), Error> {
        self.receive.check(place)
    }
}

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, Ticks, NoOpMiddleware<Nanos>>;

/// None: no limit.
struct Limit(Option<(Limiter, Ticks, AtomicU32)>);

impl Limit {
    fn new(per_minute: u32, clock: &Clock) -> Self {
        let ticks = Ticks::of(clock);
        Self(NonZeroU32::new(per_minute).map(|per_minute| {
            let quota = Quota::per_minute(per_minute);
            let limiter = RateLimiter::dashmap_with_clock(quota, ticks.clone());
            (limiter, ticks, AtomicU32::new(0))
        }))
    }

    fn check(&self, key: &str) -> Result<(), Error> {
        let Some((limiter, ticks, asked)) = &self.0 else {
            return Ok(());
        };
        if asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            limiter.retain_recent();
        }
        limiter.check_key(&key.to_owned()).map_err(|early| {
            let wait = early.wait_time_from(ticks.now());
            Error::TooMany(wait.as_secs() as i64 + 1)
        })
    }
}

/// Our clock as governor wants it: it never goes back, or whoever asked before a clock was set back an
/// hour would wait that hour.
#[derive(Clone)]
struct Ticks {
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

/// What the clock said last, and by how much it was set back so far; milliseconds.
struct Seen {
    last: i64,
    lost: i64,
}

impl Ticks {
    fn of(clock: &Clock) -> Self {
        let (clock, last) = (clock.clone(), clock.now().as_millis());
        let seen = Arc::new(Mutex::new(Seen { last, lost: 0 }));
        Self { clock, seen }
    }
}

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now().as_millis();
        seen.lost += (seen.last - now).max(0);
        seen.last = now;
        let millis = (now + seen.lost).max(0) as u64;
        Nanos::from(millis.saturating_mul(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{Span, Timestamp};

    #[test]
    fn a_clock_that_was_set_back_makes_nobody_wait_longer() {
        let clock = Clock::manual(Timestamp::from_seconds(1_000_000));
        let limit = Limit::new(2, &clock);
        assert!(limit.check("here").is_ok() && limit.check("here").is_ok());
        clock.advance(Span::hours(-1));
        assert!(limit.check("here").is_err(), "nobody gains by it either");
        clock.advance(Span::seconds(31));
        assert!(limit.check("here").is_ok());
    }
}
