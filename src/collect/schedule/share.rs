//! One factor for all sources of a limit domain, so that their visits fit the day's budget: water-filling,
//! sources at a bound stay there. Pure. Start with [`factor`].

use super::{
    interval::Bounds,
    rhythm::{Hours, Rates, in_hours},
};
use crate::domain::time::{Span, Timestamp};

/// The part of a day's budget that visits are planned for; the rest is for pages, repeats and people.
pub const PLANNED: f64 = 0.85;
/// Hours of a day.
const DAY: f64 = 24.0;
/// The factor of a domain with room for all: every source at its shortest time between visits.
pub const LEAST: f64 = 1e-6;
/// The factor lies between these.
const RANGE: (f64, f64) = (LEAST, 1e6);

/// What a source asks of its domain's budget.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Posts expected in each of the next 24 hours.
    hours: [f32; 24],
    /// Posts to wait for, before the factor.
    wanted: f64,
    /// Fewest and most visits a day, and most an hour.
    fewest: f64,
    most: f64,
    /// Requests of a visit.
    cost: f64,
}

impl Wish {
    /// The wish of a source with these rates.
    pub fn of(rates: &Rates, hours: Hours, now: Timestamp, wanted: f64, bounds: Bounds) -> Self {
        let ahead = |hour: usize| now.plus(Span::hours(hour as i64));
        Self {
            hours: std::array::from_fn(|hour| rates[hours.index(ahead(hour))]),
            wanted,
            fewest: 24.0 / in_hours(bounds.most),
            most: 1.0 / in_hours(bounds.least),
            cost: 1.0,
        }
    }

    /// The same of a source whose visit costs so many requests.
    #[must_use]
    pub fn costing(self, cost: f64) -> Self {
        Self { cost, ..self }
    }

    /// Requests of the next day under a factor.
    pub fn requests(&self, factor: f64) -> f64 {
        self.requests_within(factor, DAY)
    }

    fn requests_within(&self, factor: f64, hours: f64) -> f64 {
        self.visits_within(factor, hours) * self.cost
    }

    /// Visits of the next day under a factor.
    pub fn visits(&self, factor: f64) -> f64 {
        self.visits_within(factor, DAY)
    }

    /// Visits of the next hours, a day of them at most.
    fn visits_within(&self, factor: f64, hours: f64) -> f64 {
        let per_post = 1.0 / (self.wanted * factor);
        let hourly = self.hours.iter().enumerate().map(|(hour, rate)| {
            let part = (hours - hour as f64).clamp(0.0, 1.0);
            (f64::from(*rate) * per_post).min(self.most) * part
        });
        hourly.sum::<f64>().max(self.fewest * hours / DAY)
    }

    /// Posts of the next day.
    pub fn posts(&self) -> f64 {
        self.hours.iter().map(|rate| f64::from(*rate)).sum()
    }
}

/// The least factor under which the requests of a day are at most `budget`: how many times longer than
/// wished each source waits. Below 1 where the budget has room; the largest when even the longest
/// times between visits do not fit.
pub fn factor(wishes: &[Wish], budget: f64) -> f64 {
    factor_within(wishes, budget, DAY)
}

/// The same for the next hours, a day of them at most, and what their budget is.
pub fn factor_within(wishes: &[Wish], budget: f64, hours: f64) -> f64 {
    let hours = hours.min(DAY);
    let requests = |factor: f64| wishes.iter().map(move |w| w.requests_within(factor, hours));
    let sum = |factor: f64| requests(factor).sum::<f64>();
    let (mut low, mut high) = RANGE;
    if sum(low) <= budget {
        return low;
    }
    for _ in 0..40 {
        let middle = (low * high).sqrt();
        match sum(middle) > budget {
            true => low = middle,
            false => high = middle,
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        least: Span::minutes(10),
        most: Span::hours(24),
    };

    fn wish(rate: f32, wanted: f64) -> Wish {
        let now = Timestamp::from_seconds(1_795_348_800);
        let hours = Hours::of(&jiff::tz::TimeZone::UTC, now);
        Wish::of(&[rate; 168], hours, now, wanted, BOUNDS)
    }

    #[test]
    fn sources_at_their_longest_time_stay_and_the_others_share_the_rest() {
        // One posts too rarely for more than a visit a day, two share the other twenty.
        let wishes = [wish(0.0001, 3.0), wish(1.0, 3.0), wish(3.0, 3.0)];
        let factor = factor(&wishes, 21.0);
        let visits: Vec<f64> = wishes.iter().map(|wish| wish.visits(factor)).collect();
        let near = |found: f64, wanted: f64| (found - wanted).abs() < 0.01;
        assert!(
            near(visits[0], 1.0) && near(visits[1], 5.0) && near(visits[2], 15.0),
            "{visits:?}"
        );
    }

    #[test]
    fn room_in_the_budget_shortens_to_the_least_and_none_stretches_to_the_most() {
        let wishes = [wish(0.5, 3.0), wish(1.0, 1.0)];
        let visits = |budget| {
            let factor = factor(&wishes, budget);
            wishes.iter().map(|wish| wish.visits(factor)).sum::<f64>()
        };
        assert!(
            (visits(10_000.0) - 288.0).abs() < 0.01,
            "every ten minutes, both"
        );
        assert!(
            (visits(1.0) - 2.0).abs() < 0.01,
            "once a day, although that is over"
        );
    }

    #[test]
    fn the_rest_of_a_day_has_the_rest_of_the_budget() {
        let wishes = [wish(1.0, 3.0)];
        let factor = factor_within(&wishes, 3.0, 6.0);
        assert!((wishes[0].visits_within(factor, 6.0) - 3.0).abs() < 0.01);
        assert!((wishes[0].visits(factor) - 12.0).abs() < 0.01);
    }

    #[test]
    fn a_visit_of_two_requests_is_counted_twice() {
        let wishes = [wish(1.0, 3.0).costing(2.0), wish(1.0, 3.0)];
        let factor = factor(&wishes, 30.0);
        assert!((wishes[0].visits(factor) - 10.0).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn the_day_fits_its_budget_and_uses_it(
            rates in proptest::collection::vec((0.0001_f32..20.0, prop_oneof![Just(1.0), Just(3.0)]), 1..60),
            budget in 1.0_f64..20_000.0,
        ) {
            let wishes: Vec<Wish> = rates.iter().map(|(rate, wanted)| wish(*rate, *wanted)).collect();
            let sum = |factor: f64| wishes.iter().map(|wish| wish.visits(factor)).sum::<f64>();
            let found = factor(&wishes, budget);
            let (least, most) = (sum(RANGE.1), sum(RANGE.0));
            prop_assert!(sum(found) <= budget.max(least) * 1.0001);
            prop_assert!(sum(found) >= budget.clamp(least, most) * 0.999);
        }
    }
}
