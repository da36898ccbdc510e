//! Sign-in attempts: a growing delay per login and address, and per address alone, in memory.
//!
//! Never locks an account: a stranger could lock people out. Time is passed in.

use std::{collections::HashMap, sync::Mutex};

use crate::domain::time::{Span, Timestamp};

/// Wrong passwords before the first delay.
const FREE: u32 = 3;
/// The same for an address that tries many logins.
const FREE_OF_ADDRESS: u32 = 20;
/// The first delay; each next one is twice as long.
const FIRST_DELAY: i64 = 5;
/// The longest delay.
const LONGEST: Span = Span::minutes(15);
/// Above so many entries the stale ones are dropped.
const MANY: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    failures: u32,
    until: Timestamp,
    last: Timestamp,
}

/// What is remembered of failed attempts.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<(String, String), Tries>>);

impl Throttle {
    /// The span to wait before another attempt, if any.
    pub(crate) fn wait(&self, login: &str, address: &str, now: Timestamp) -> Option<Span> {
        let tries = self.lock();
        let until = keys(login, address)
            .iter()
            .filter_map(|key| tries.get(key))
            .map(|tries| tries.until)
            .max()?;
        Some(until.since(now)).filter(|left| *left > Span::ZERO)
    }

    /// Notes a wrong password; gives the attempts left before a delay.
    pub(crate) fn failed(&self, login: &str, address: &str, now: Timestamp) -> u32 {
        let mut tries = self.lock();
        if tries.len() > MANY {
            tries.retain(|_, t| now.since(t.last) < Span::hours(1));
        }
        let mut left = FREE;
        for (key, free) in keys(login, address)
            .into_iter()
            .zip([FREE, FREE_OF_ADDRESS])
        {
            let entry = tries.entry(key).or_insert(Tries {
                failures: 0,
                until: now,
                last: now,
            });
            entry.failures = entry.failures.saturating_add(1);
            entry.last = now;
            entry.until = now.plus(delay(entry.failures, free));
            left = left.min(free.saturating_sub(entry.failures));
        }
        left
    }

    /// Forgets a login's failures after a right password.
    pub(crate) fn passed(&self, login: &str, address: &str) {
        let [of_login, _] = keys(login, address);
        self.lock().remove(&of_login);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Tries>> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

fn keys(login: &str, address: &str) -> [(String, String); 2] {
    [
        (login.to_owned(), address.to_owned()),
        (String::new(), address.to_owned()),
    ]
}

fn delay(failures: u32, free: u32) -> Span {
    match failures.checked_sub(free) {
        None => Span::ZERO,
        Some(over) => Span::seconds(FIRST_DELAY << over.min(20)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn delays_grow_and_end() {
        let throttle = Throttle::default();
        assert_eq!(throttle.failed("a", "1", NOW), 2);
        assert_eq!(throttle.failed("a", "1", NOW), 1);
        assert_eq!(throttle.wait("a", "1", NOW), None);
        assert_eq!(throttle.failed("a", "1", NOW), 0);
        assert_eq!(throttle.wait("a", "1", NOW), Some(Span::seconds(5)));
        throttle.failed("a", "1", NOW);
        assert_eq!(throttle.wait("a", "1", NOW), Some(Span::seconds(10)));
        assert_eq!(throttle.wait("a", "1", NOW.plus(Span::seconds(10))), None);
        for _ in 0..40 {
            throttle.failed("a", "1", NOW);
        }
        assert_eq!(throttle.wait("a", "1", NOW), Some(LONGEST));
    }

    #[test]
    fn another_address_is_not_locked_out() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.failed("a", "1", NOW);
        }
        assert_eq!(throttle.wait("a", "2", NOW), None);
        throttle.passed("a", "1");
        assert_eq!(throttle.wait("a", "1", NOW), None);
    }

    #[test]
    fn an_address_that_tries_many_logins_waits() {
        let throttle = Throttle::default();
        for i in 0..20 {
            throttle.failed(&format!("user{i}"), "1", NOW);
        }
        assert!(throttle.wait("another", "1", NOW).is_some());
    }
}
