//! What the plan comes to for one source: when it will be visited, and how late its posts will be found.
//! Pure. Start with [`Forecast::of`].

use super::{
    Standing, interval,
    plan::Known,
    rhythm::{Hours, Rates, in_hours},
};
use crate::domain::time::{Span, Timestamp};

/// More visits than this in a day are not told.
const MOST: usize = 10_000;

/// A source's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// When it will be visited.
    pub visits: Vec<Timestamp>,
    /// Posts that are expected of it.
    pub posts: f64,
    /// How long a post waits to be found, on the average.
    pub delay: Option<Span>,
}

impl Forecast {
    /// The day from `from` to `until` of a source that is due at `due`.
    pub fn of(
        standing: &Standing,
        known: &Known,
        hours: Hours,
        from: Timestamp,
        until: Timestamp,
        due: Timestamp,
    ) -> Self {
        let rates = known.rhythm.rates(hours);
        let wanted = standing.wanted * known.rhythm.stretch();
        let scaled = wanted * standing.factor;
        let (mut visits, mut waits) = (Vec::new(), Waits::default());
        let (mut last, mut at) = (from, due.max(from));
        while at < until && visits.len() < MOST {
            waits.add(&rates, hours, last, at, at);
            visits.push(at);
            last = at;
            let wait = interval::next(&rates, hours, at, wanted, scaled, standing.bounds);
            at = at.plus(wait.max(Span::seconds(1)));
        }
        // What comes after the last visit is found by the first one of the next day.
        waits.add(&rates, hours, last, until, at.max(until));
        Self {
            visits,
            posts: waits.posts,
            delay: waits.mean(),
        }
    }
}

/// Posts, and how long all of them together wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waits {
    /// Posts expected.
    pub posts: f64,
    /// Hours that they wait.
    hours: f64,
}

impl Waits {
    /// Posts of a span are found at `found`.
    fn add(
        &mut self,
        rates: &Rates,
        hours: Hours,
        from: Timestamp,
        to: Timestamp,
        found: Timestamp,
    ) {
        let mut at = from;
        while at < to {
            let end = hours.end(at).min(to);
            let length = in_hours(end.since(at));
            let posts = f64::from(rates[hours.index(at)]) * length;
            self.posts += posts;
            self.hours += posts * (in_hours(found.since(at)) - length / 2.0);
            at = end;
        }
    }

    /// Adds a source's day.
    pub fn join(&mut self, day: &Forecast) {
        let wait = day.delay.map_or(0.0, in_hours);
        self.posts += day.posts;
        self.hours += day.posts * wait;
    }

    /// How long one waits on the average.
    pub fn mean(&self) -> Option<Span> {
        let hours = self.hours / self.posts;
        hours
            .is_finite()
            .then(|| Span::millis((hours * 3_600_000.0) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        collect::schedule::{interval::Bounds, rhythm::Rhythm},
        domain::post::Platform,
    };

    #[test]
    fn posts_wait_half_an_interval() {
        let from = Timestamp::from_seconds(1_795_348_800);
        let hours = Hours::of(&jiff::tz::TimeZone::UTC, from);
        let known = Known {
            code: "vk-one".into(),
            platform: Platform::Vk,
            owner: "1".into(),
            official: false,
            most: None,
            rhythm: Rhythm::default(),
        };
        let every = Span::hours(2);
        let standing = Standing {
            wanted: 1.0,
            factor: 1.0,
            bounds: Bounds {
                least: every,
                most: every,
            },
        };
        let day = Forecast::of(
            &standing,
            &known,
            hours,
            from,
            from.plus(Span::days(1)),
            from,
        );
        assert_eq!(day.visits.len(), 12);
        assert_eq!(day.visits[1], from.plus(every));
        let delay = day.delay.unwrap();
        assert!(
            (Span::minutes(59)..=Span::minutes(61)).contains(&delay),
            "{delay:?}"
        );
        assert!(
            (2.9..3.1).contains(&day.posts),
            "three posts a day are the first guess"
        );
    }
}
