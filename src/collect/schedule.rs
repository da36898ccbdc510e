//! When to visit a source again. Start with [`after_visit`] and [`after_failure`]; both are pure.

use super::sources::vk;
use crate::domain::{
    id::Ids,
    post::Platform,
    source::{FetchError, Page, Reaction, SourceState},
    time::{Span, Timestamp},
};

/// A page told that more is waiting: come again soon, but let others pass.
const SOON: Span = Span::seconds(5);
/// Backing off begins with this and doubles…
const BASE: Span = Span::seconds(2);
/// …up to this.
const LONGEST: Span = Span::minutes(15);
/// After so many tries in a row the source waits for its usual next visit.
const TRIES: i64 = 6;
/// What is gone or closed is looked at again after this.
const RECHECK: Span = Span::days(7);
/// A site may be under repair: it is gone when it says so so many times in a row.
const STRIKES: i64 = 3;
/// An error that rests for longer (a captcha) parks the source.
const LONG: Span = Span::hours(2);
/// A server that names a time beyond this parks the source.
const FAR: Span = Span::hours(24);

/// The next visit after a good one: the interval, a tenth earlier or later so that sources do not
/// march in step.
pub fn after_visit(page: &Page, interval: Span, now: Timestamp, ids: &Ids) -> Timestamp {
    if page.more {
        return now.plus(SOON);
    }
    let share = 0.9 + 0.2 * ids.fraction();
    now.plus(Span::millis((interval.as_millis() as f64 * share) as i64))
}

/// The state and next visit after a failure. `failures` counts those in a row before this one.
pub fn after_failure(
    platform: Platform,
    error: &FetchError,
    failures: i64,
    interval: Span,
    now: Timestamp,
    ids: &Ids,
) -> (SourceState, Timestamp) {
    let jitter = Span::millis((ids.fraction() * 1000.0) as i64);
    let named = error.not_before.map(|until| until.plus(jitter));
    match error.reaction {
        Reaction::Skip if is_passing(platform, error) && failures + 1 < STRIKES => {
            (SourceState::Active, now.plus(interval.max(LONGEST)))
        }
        Reaction::Skip => (SourceState::Gone, now.plus(RECHECK)),
        Reaction::BackOff if is_strange(platform, error) && failures + 1 >= STRIKES => {
            (SourceState::Gone, now.plus(RECHECK))
        }
        Reaction::Stop | Reaction::Auth => (SourceState::Parked, now.plus(Span::hours(1))),
        Reaction::Day | Reaction::After => {
            let until = named.unwrap_or(now.plus(Span::hours(1)));
            let far = until.since(now) > FAR;
            let state = if far {
                SourceState::Parked
            } else {
                SourceState::Active
            };
            (state, until)
        }
        Reaction::Now | Reaction::BackOff => {
            let until = now.plus(backed_off(failures, interval, ids));
            let until = named.map_or(until, |named| named.max(until));
            let state = match named.is_some_and(|named| named.since(now) > LONG) {
                true => SourceState::Parked,
                false => SourceState::Active,
            };
            (state, until)
        }
    }
}

/// A code that nobody described: it may pass, and when it does not, a person must look.
fn is_strange(platform: Platform, error: &FetchError) -> bool {
    platform == Platform::Vk && vk::errors::is_undescribed(error.code)
}

/// The state and next visit after a gone source failed its long re-check: one try, then it is gone
/// for as long again. Where the gates kept the question from being put, it is put when they open.
pub fn after_recheck(error: &FetchError, now: Timestamp) -> (SourceState, Timestamp) {
    let kept_back = matches!(error.reaction, Reaction::Day | Reaction::After);
    let until = error.not_before.filter(|_| kept_back);
    (SourceState::Gone, until.unwrap_or(now.plus(RECHECK)))
}

/// VK and Telegram say «closed» and mean it, and so does 410; other answers of sites may pass.
fn is_passing(platform: Platform, error: &FetchError) -> bool {
    matches!(platform, Platform::Feed | Platform::Site) && error.code != Some(410)
}

/// Full jitter over a doubling bound; after several tries the usual interval.
fn backed_off(failures: i64, interval: Span, ids: &Ids) -> Span {
    if failures >= TRIES {
        return interval.max(LONGEST);
    }
    let bound = BASE.as_millis() << failures.clamp(0, 20);
    let bound = bound.min(LONGEST.as_millis());
    Span::millis((bound as f64 * ids.fraction()) as i64 + 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(reaction: Reaction, not_before: Option<Timestamp>) -> FetchError {
        FetchError {
            reaction,
            code: None,
            message: String::new(),
            not_before,
        }
    }

    #[test]
    fn failures_wait_as_their_class_says() {
        let (now, ids) = (Timestamp::from_seconds(1_800_000_000), Ids::seeded(1));
        let next = |error: &FetchError, failures| {
            let (state, at) =
                after_failure(Platform::Vk, error, failures, Span::minutes(10), now, &ids);
            (state, at.since(now))
        };
        let (state, wait) = next(&error(Reaction::BackOff, None), 0);
        assert!(state == SourceState::Active && wait <= Span::millis(2500));
        assert_eq!(
            next(&error(Reaction::BackOff, None), 9).1,
            Span::minutes(15)
        );
        assert_eq!(
            next(&error(Reaction::Skip, None), 0),
            (SourceState::Gone, Span::days(7))
        );
        assert_eq!(next(&error(Reaction::Stop, None), 0).0, SourceState::Parked);
        let site = |failures| {
            let lost = error(Reaction::Skip, None);
            after_failure(
                Platform::Feed,
                &lost,
                failures,
                Span::minutes(10),
                now,
                &ids,
            )
            .0
        };
        assert_eq!(
            [site(0), site(1), site(2)].map(|s| s == SourceState::Gone),
            [false, false, true]
        );
        let soon = Some(now.plus(Span::minutes(5)));
        let (state, wait) = next(&error(Reaction::After, soon), 0);
        assert!(state == SourceState::Active && wait >= Span::minutes(5));
        let far = Some(now.plus(Span::days(10)));
        assert_eq!(next(&error(Reaction::After, far), 0).0, SourceState::Parked);
    }

    #[test]
    fn a_gone_source_is_tried_once_and_left_for_as_long_again() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let next = |reaction, named| {
            let (state, at) = after_recheck(&error(reaction, named), now);
            (state, at.since(now))
        };
        let later = Some(now.plus(Span::hours(3)));
        for reaction in [Reaction::Skip, Reaction::BackOff, Reaction::Stop] {
            assert_eq!(next(reaction, later), (SourceState::Gone, Span::days(7)));
        }
        assert_eq!(
            next(Reaction::Day, later),
            (SourceState::Gone, Span::hours(3))
        );
    }

    #[test]
    fn good_visits_keep_the_interval_and_hurry_when_more_waits() {
        let (now, ids) = (Timestamp::from_seconds(1_800_000_000), Ids::seeded(1));
        let mut page = Page::default();
        let wait = after_visit(&page, Span::minutes(10), now, &ids).since(now);
        assert!((Span::minutes(9)..=Span::minutes(11)).contains(&wait));
        page.more = true;
        assert_eq!(
            after_visit(&page, Span::minutes(10), now, &ids).since(now),
            Span::seconds(5)
        );
    }
}
