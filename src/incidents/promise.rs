//! Promised times: which clocks a cycle gets, and when they are due.
//!
//! Times are wall-clock spans of the sector's catalogue entry, never constants here. Working
//! calendars and pauses are not yet counted.

use crate::{
    config::{catalogue::Promise, settings::ClockStart},
    domain::{
        incident::{ClockKind, PromiseClock},
        time::Timestamp,
    },
};

/// The moment from which the first clock runs.
pub fn start_of(rule: ClockStart, published: Timestamp, captured: Timestamp) -> Timestamp {
    match rule {
        ClockStart::Capture => captured,
        ClockStart::Publication => published.min(captured),
    }
}

/// The clocks of a new cycle.
pub fn clocks(promise: &Promise, starts: Timestamp) -> Vec<PromiseClock> {
    [
        (ClockKind::Taken, promise.taken),
        (ClockKind::First, promise.first_answer),
        (ClockKind::Final, promise.final_answer),
    ]
    .into_iter()
    .map(|(kind, span)| PromiseClock {
        kind,
        starts,
        due: starts.plus(span),
        stopped: None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Span;

    #[test]
    fn the_norm_says_which_moment_starts_the_clock() {
        let (published, captured) = (Timestamp::from_seconds(100), Timestamp::from_seconds(900));
        assert_eq!(start_of(ClockStart::Capture, published, captured), captured);
        assert_eq!(
            start_of(ClockStart::Publication, published, captured),
            published
        );
    }

    #[test]
    fn each_promise_becomes_a_clock() {
        let promise = Promise {
            taken: Span::hours(1),
            first_answer: Span::hours(9),
            final_answer: Span::days(7),
        };
        let due: Vec<i64> = clocks(&promise, Timestamp::default())
            .iter()
            .map(|clock| clock.due.as_millis() / 3_600_000)
            .collect();
        assert_eq!(due, [1, 9, 168]);
    }
}
