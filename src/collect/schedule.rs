//! When to visit a source again. Start with [`Standing::next`]: how long until enough new posts are
//! expected; [`after_visit`] and [`after_failure`] make a moment of it. Everything here is pure.
//!
//! The parts: [`rhythm`] (when a source posts), [`interval`] (until so many posts are expected), [`share`]
//! (one factor for a domain, so that the day's visits fit its budget), [`plan`] (all of it together).

pub mod forecast;
pub mod interval;
pub mod plan;
pub mod rhythm;
pub mod share;

use interval::Bounds;
use rhythm::{Hours, Rhythm};

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
/// …up to this; what needs a person is looked at again after as long.
const LONGEST: Span = Span::hours(1);
/// Failures in a row make visits rarer, up to this, but never end them.
const RAREST: Span = Span::hours(24);
/// What is gone or closed is looked at again after this.
const RECHECK: Span = Span::days(7);
/// A site may be under repair: it is gone when it says so so many times in a row.
const STRIKES: i64 = 3;
/// An error that rests for longer (a captcha) parks the source.
const LONG: Span = Span::hours(2);
/// A server that names a time beyond this parks the source.
const FAR: Span = Span::hours(24);
/// Chance moves a moment by so large a part of the interval, so that sources do not march in step.
const JITTER: f64 = 0.1;

/// Where a source stands in the schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// New posts that a visit should find.
    pub wanted: f64,
    /// What the domain's budget makes of it.
    pub factor: f64,
    /// The shortest and longest interval.
    pub bounds: Bounds,
}

impl Standing {
    /// The time until the next visit.
    pub fn next(&self, rhythm: &Rhythm, hours: Hours, now: Timestamp) -> Span {
        let wanted = self.wanted * rhythm.stretch();
        let rates = rhythm.rates(hours);
        interval::next(
            &rates,
            hours,
            now,
            wanted,
            wanted * self.factor,
            self.bounds,
        )
    }
}

impl Standing {
    /// When what a visit left over is read: at once where the budget has room, else after a quarter of
    /// the interval. Where it has none, coming at once would only ask for the top of the page again.
    pub fn soon(&self, interval: Span) -> Span {
        match self.factor > share::LEAST {
            true => longer(interval, 0.25).max(SOON),
            false => SOON,
        }
    }
}

/// The next visit after a good one: the interval, a tenth earlier or later, `most` at the latest. What a
/// visit left over waits for `soon`.
pub fn after_visit(
    page: &Page,
    interval: Span,
    soon: Span,
    most: Span,
    now: Timestamp,
    ids: &Ids,
) -> Timestamp {
    if page.more {
        return now.plus(soon.min(most.max(SOON)));
    }
    let share = 1.0 - JITTER + 2.0 * JITTER * ids.fraction();
    now.plus(longer(interval, share).min(most.max(Span::seconds(1))))
}

/// The state and next visit after a failure. `failures` counts those in a row before this one. Whatever
/// failed, the source is not asked again sooner than after a good visit.
pub fn after_failure(
    platform: Platform,
    error: &FetchError,
    failures: i64,
    interval: Span,
    now: Timestamp,
    ids: &Ids,
) -> (SourceState, Timestamp) {
    let usual = now.plus(longer(interval, 1.0 + JITTER + JITTER * ids.fraction()));
    let jitter = Span::millis((ids.fraction() * 1000.0) as i64);
    let named = error.not_before.map(|until| until.plus(jitter));
    let far = |until: Timestamp| match until.since(now) > FAR {
        true => SourceState::Parked,
        false => SourceState::Active,
    };
    let (state, until) = match error.reaction {
        Reaction::Skip if is_passing(platform, error) && failures + 1 < STRIKES => {
            (SourceState::Active, now.plus(BASE))
        }
        Reaction::Skip => (SourceState::Gone, now.plus(RECHECK)),
        Reaction::BackOff if is_strange(platform, error) && failures + 1 >= STRIKES => {
            (SourceState::Gone, now.plus(RECHECK))
        }
        Reaction::Stop | Reaction::Auth => (SourceState::Parked, now.plus(LONGEST)),
        Reaction::Day | Reaction::After => {
            let until = named.unwrap_or(now.plus(LONGEST));
            (far(until), until)
        }
        Reaction::Now | Reaction::BackOff => {
            let until = now.plus(backed_off(failures, interval));
            let until = named.map_or(until, |named| named.max(until));
            let state = match named.is_some_and(|named| named.since(now) > LONG) {
                true => SourceState::Parked,
                false => SourceState::Active,
            };
            (state, until)
        }
    };
    (state, until.max(usual))
}

fn longer(interval: Span, share: f64) -> Span {
    Span::millis((interval.as_millis() as f64 * share) as i64)
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

/// Doubling from seconds to an hour, and half an interval more for each failure in a row: a source that
/// fails costs its domain less and less, and is never given up.
fn backed_off(failures: i64, interval: Span) -> Span {
    let doubled = Span::millis(BASE.as_millis() << failures.clamp(0, 20)).min(LONGEST);
    let rarer = longer(interval, 1.0 + 0.5 * failures.clamp(0, 100) as f64);
    doubled.max(rarer.min(RAREST.max(interval)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        let usual = Span::minutes(11)..Span::minutes(12);
        assert!(state == SourceState::Active && usual.contains(&wait));
        assert_eq!(
            next(&error(Reaction::BackOff, None), 9).1,
            Span::minutes(55)
        );
        assert_eq!(
            next(&error(Reaction::BackOff, None), 99).1,
            Span::minutes(505)
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
        let captcha = Some(now.plus(Span::hours(6)));
        assert_eq!(
            next(&error(Reaction::BackOff, captcha), 0).0,
            SourceState::Parked
        );
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
        let wait = |page: &Page, most| {
            after_visit(page, Span::minutes(10), SOON, most, now, &ids).since(now)
        };
        let usual = wait(&page, Span::hours(1));
        assert!((Span::minutes(9)..=Span::minutes(11)).contains(&usual));
        for _ in 0..20 {
            assert!(wait(&page, Span::minutes(10)) <= Span::minutes(10));
        }
        page.more = true;
        assert_eq!(wait(&page, Span::hours(1)), Span::seconds(5));
    }

    fn reactions() -> impl Strategy<Value = Reaction> {
        use Reaction::{After, Auth, BackOff, Day, Now, Skip, Stop};
        proptest::sample::select(vec![Now, BackOff, After, Day, Skip, Stop, Auth])
    }

    proptest! {
        #[test]
        fn an_error_never_makes_us_faster(
            reaction in reactions(), code in proptest::option::of(0_i64..1000),
            named in proptest::option::of(-100_000_i64..100_000), failures in 0_i64..100,
            minutes in 1_i64..3_000, seed: u64,
            site: bool,
        ) {
            let (now, ids) = (Timestamp::from_seconds(1_800_000_000), Ids::seeded(seed));
            let failed = FetchError {
                code,
                ..error(reaction, named.map(|seconds| now.plus(Span::seconds(seconds))))
            };
            let platform = if site { Platform::Feed } else { Platform::Vk };
            let (interval, most) = (Span::minutes(minutes), Span::days(3));
            let good = after_visit(&Page::default(), interval, SOON, most, now, &ids);
            let (_, bad) = after_failure(platform, &failed, failures, interval, now, &ids);
            prop_assert!(bad >= good);
            let asked = matches!(reaction, Reaction::After | Reaction::Day | Reaction::BackOff);
            if let Some(until) = failed.not_before.filter(|_| asked) {
                prop_assert!(bad >= until, "earlier than the server allows");
            }
        }
    }
}
