//! When to try again: doubling waits with jitter, never longer than an hour, and never before the
//! moment that the receiver named.

use crate::domain::time::Span;

/// The longest wait of our own choosing.
const LONGEST: Span = Span::hours(1);
/// A receiver that asks for more is asked again after a day.
const LONGEST_ASKED: Span = Span::days(1);

/// How long the receiver is left alone altogether: as long as it asked, a day at most.
pub fn quiet(asked: Option<Span>) -> Span {
    let asked = asked.map_or(0, Span::as_millis);
    Span::millis(asked.clamp(0, LONGEST_ASKED.as_millis()))
}

/// The wait after attempt number `attempt` (from 1) failed: `first`, doubled each time, with up to
/// a quarter of jitter by `chance` (0 to 1). `asked` is the receiver's Retry-After.
pub fn wait(attempt: i64, first: Span, asked: Option<Span>, chance: f64) -> Span {
    let doublings = attempt.saturating_sub(1).clamp(0, 30);
    let own = (first.as_millis().max(1) << doublings).min(LONGEST.as_millis());
    let least = own.max(quiet(asked).as_millis());
    let jitter = own as f64 / 4.0 * chance;
    Span::millis(least + jitter as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(asked: Option<Span>, chance: f64) -> [i64; 4] {
        [1, 2, 5, 60].map(|n| wait(n, Span::seconds(5), asked, chance).as_millis() / 1000)
    }

    #[test]
    fn waits_double_up_to_an_hour() {
        assert_eq!(waits(None, 0.0), [5, 10, 80, 3600]);
    }

    #[test]
    fn jitter_only_lengthens() {
        assert_eq!(waits(None, 0.999), [6, 12, 99, 4499]);
    }

    #[test]
    fn the_receivers_moment_is_never_undercut_and_a_day_is_enough() {
        assert_eq!(waits(Some(Span::minutes(2)), 0.0), [120, 120, 120, 3600]);
        let year = wait(1, Span::seconds(5), Some(Span::days(365)), 0.0);
        assert_eq!(year, Span::days(1));
    }
}
