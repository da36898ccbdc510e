//! How long until a source is visited again: until so many posts are expected, within bounds, and not
//! in a night in which nothing is. Pure. Start with [`next`].

use super::rhythm::{Hours, Rates, WEEK, expected, in_hours};
use crate::{
    config::settings::Collect,
    domain::{
        post::Platform,
        time::{Span, Timestamp},
    },
};

/// An hour is night when its rate is below this share of the week's mean.
const NIGHT: f64 = 0.15;
/// A night is passed over when less than this share of the wanted posts is expected in it.
const IDLE: f64 = 0.5;
/// The morning's visit comes so much before the first busy hour.
const EARLY: Span = Span::minutes(30);

/// The shortest and longest time between two visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Not sooner.
    pub least: Span,
    /// Not later.
    pub most: Span,
}

impl Bounds {
    /// The bounds of a platform; what the operator wrote to the source is its longest time, even below
    /// the platform's shortest.
    pub fn of(settings: &Collect, platform: Platform, most: Option<Span>) -> Self {
        let usual = settings.interval_seconds.max(1);
        let (least, longest) = match platform {
            Platform::Telegram => (usual.saturating_mul(3) / 2, Span::hours(24)),
            Platform::Site => (usual.saturating_mul(3), Span::hours(48)),
            _ => (usual, Span::hours(24)),
        };
        let least = Span::seconds(least);
        let most = most.unwrap_or(longest.max(least)).max(Span::seconds(1));
        Self {
            least: least.min(most),
            most,
        }
    }
}

/// The time until `wanted` posts are expected, within the bounds. `scaled` is the same number after
/// the domain's budget had its say.
pub fn next(
    rates: &Rates,
    hours: Hours,
    now: Timestamp,
    wanted: f64,
    scaled: f64,
    bounds: Bounds,
) -> Span {
    let latest = now.plus(bounds.most);
    let due = reached(rates, hours, now, scaled, latest).max(now.plus(bounds.least));
    match morning(rates, hours, due, wanted) {
        Some(morning) => morning.max(due).min(latest).since(now),
        None => due.since(now),
    }
}

/// When so many posts are expected, at `latest` in any case.
fn reached(
    rates: &Rates,
    hours: Hours,
    now: Timestamp,
    wanted: f64,
    latest: Timestamp,
) -> Timestamp {
    let (mut at, mut left) = (now, wanted);
    while at < latest {
        let end = hours.end(at).min(latest);
        let rate = f64::from(rates[hours.index(at)]);
        let here = rate * in_hours(end.since(at));
        if here >= left {
            return at.plus(Span::millis((left / rate * 3_600_000.0) as i64));
        }
        left -= here;
        at = end;
    }
    latest
}

/// Shortly before the first busy hour after `due`, when `due` lies in a night that brings nothing.
fn morning(rates: &Rates, hours: Hours, due: Timestamp, wanted: f64) -> Option<Timestamp> {
    let mean = rates.iter().map(|rate| f64::from(*rate)).sum::<f64>() / WEEK as f64;
    let is_night = |at: Timestamp| f64::from(rates[hours.index(at)]) < NIGHT * mean;
    let mut at = due;
    while is_night(at) && at.since(due) < Span::days(1) {
        at = hours.end(at);
    }
    let idle = expected(rates, hours, due, at) < IDLE * wanted;
    (at > due && idle).then_some(at.minus(EARLY))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_795_348_800);

    fn utc() -> Hours {
        Hours::of(&jiff::tz::TimeZone::UTC, NOON)
    }

    fn bounds(least: i64, most: i64) -> Bounds {
        Bounds {
            least: Span::minutes(least),
            most: Span::minutes(most),
        }
    }

    fn flat(rate: f32) -> Rates {
        [rate; WEEK]
    }

    #[test]
    fn the_interval_is_the_wanted_posts_over_the_rate() {
        let every = |rate, wanted| next(&flat(rate), utc(), NOON, wanted, wanted, bounds(10, 1440));
        assert_eq!(every(1.0, 3.0), Span::hours(3));
        assert_eq!(every(1.0, 1.0), Span::hours(1));
        assert_eq!(every(60.0, 3.0), Span::minutes(10));
        assert_eq!(every(0.01, 3.0), Span::hours(24));
    }

    #[test]
    fn an_idle_night_is_slept_through_until_shortly_before_the_morning() {
        let rates: Rates = std::array::from_fn(|hour| match hour % 24 {
            0..7 => 0.001,
            _ => 1.0,
        });
        let evening = NOON.plus(Span::hours(11));
        let wait = |wanted| next(&rates, utc(), evening, wanted, wanted, bounds(10, 1440));
        assert_eq!(wait(0.5), Span::minutes(30), "before midnight");
        assert_eq!(
            wait(1.003),
            Span::minutes(7 * 60 + 30),
            "half an hour before seven"
        );
        let short = next(&rates, utc(), evening, 1.003, 1.003, bounds(10, 120));
        assert_eq!(
            short,
            Span::hours(2),
            "the operator's bound holds at night also"
        );
    }

    #[test]
    fn what_the_operator_wrote_is_the_longest_time() {
        let settings = crate::config::settings::Settings::load(None, [])
            .unwrap()
            .collect;
        let of = |platform, most| Bounds::of(&settings, platform, most);
        assert_eq!(of(Platform::Vk, None), bounds(10, 1440));
        assert_eq!(of(Platform::Telegram, None), bounds(15, 1440));
        assert_eq!(of(Platform::Site, None), bounds(30, 2880));
        assert_eq!(of(Platform::Feed, Some(Span::minutes(5))), bounds(5, 5));
        assert_eq!(of(Platform::Feed, Some(Span::hours(1))), bounds(10, 60));
    }

    proptest! {
        #[test]
        fn bounds_hold_and_more_wanted_posts_are_waited_for_longer(
            rates in proptest::collection::vec(0.0001_f32..50.0, WEEK),
            start in 0_i64..10_080, wanted in 0.001_f64..100.0, more in 1.0_f64..10.0,
            least in 1_i64..100, most in 100_i64..3_000,
        ) {
            let rates: Rates = rates.try_into().unwrap();
            let (now, bounds) = (NOON.plus(Span::minutes(start)), bounds(least, most));
            let wait = |scaled| next(&rates, utc(), now, wanted, scaled, bounds);
            let short = wait(wanted);
            prop_assert!(short >= bounds.least && short <= bounds.most);
            prop_assert!(wait(wanted * more).as_millis() + 1 >= short.as_millis() - 1_800_000);
        }
    }
}
