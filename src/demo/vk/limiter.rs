//! VK's patience: three calls in a second, and now and then an error 6 out of the blue, as happens
//! when others share the token. Deterministic: by the clock and by counting.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use crate::domain::time::{Span, Timestamp};

/// Calls that fit into [`WINDOW`].
const CALLS: usize = 3;
/// A second, less what a busy machine may delay a call on its way: a client that keeps three a
/// second by its own clock must not be refused for the jitter of loopback.
const WINDOW: Span = Span::millis(700);
/// Each so-manieth call is refused though there was room. A prime, so that it does not hit the same
/// wall each round; more than the first crawl's calls, for a refusal halves the pace for a minute.
const UNLUCKY: u64 = 89;

/// Whether time passes between calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Three calls a second and no more.
    Counted,
    /// For a clock that stands: everything happens in one second, only the unlucky calls are refused.
    Endless,
}

/// Counts the calls of one token.
#[derive(Debug)]
pub(super) struct Limiter {
    patience: Patience,
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    all: u64,
    granted: VecDeque<Timestamp>,
}

impl Limiter {
    pub(super) fn new(patience: Patience) -> Self {
        Limiter {
            patience,
            calls: Mutex::default(),
        }
    }

    /// Whether a call at `now` is answered.
    pub(super) fn allows(&self, now: Timestamp) -> bool {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.all += 1;
        while calls
            .granted
            .front()
            .is_some_and(|&then| now.since(then) >= WINDOW)
        {
            calls.granted.pop_front();
        }
        let is_full = self.patience == Patience::Counted && calls.granted.len() >= CALLS;
        if is_full || calls.all.is_multiple_of(UNLUCKY) {
            return false;
        }
        calls.granted.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_calls_a_second_and_one_in_89_refused() {
        let limiter = Limiter::new(Patience::Counted);
        let mut now = Timestamp::from_seconds(1_795_348_800);
        assert_eq!(
            [0; 4].map(|_| limiter.allows(now)),
            [true, true, true, false]
        );
        now = now.plus(Span::seconds(1));
        let mut refused = 0;
        for _ in 0..180 {
            now = now.plus(Span::millis(334));
            refused += usize::from(!limiter.allows(now));
        }
        assert_eq!(refused, 2);
    }
}
