//! When a source posts: how much by hour of the day and by day of the week, each post worth half after a
//! week. Only good enough to tell an unlike silence from a night or a weekend. The schedule has rates of
//! its own: those fade while a source is silent, so that silence would excuse itself.

use serde::{Deserialize, Serialize};

use crate::domain::time::{Span, Timestamp};

/// A post counts half after so many hours.
const HALF_LIFE: f64 = 168.0;
/// The share of posts that is spread evenly, whatever was seen.
const EVEN: f64 = 0.1;
/// A silence is reckoned no further than this.
const LONGEST: i64 = 24 * 28;

/// Weights as of the newest post: a silence does not make its own source rarer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Pulse {
    newest: Option<Timestamp>,
    hours: [f32; 24],
    days: [f32; 7],
}

impl Pulse {
    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Counts posts that are newer than the newest counted; what claims to come from the future is now.
    pub fn count(&mut self, moments: &[Timestamp], now: Timestamp) {
        let known = self.newest;
        let new = moments.iter().map(|at| (*at).min(now));
        let new: Vec<Timestamp> = new
            .filter(|at| known.is_none_or(|known| *at > known))
            .collect();
        let Some(newest) = new.iter().copied().max() else {
            return;
        };
        let aged = known.map_or(0.0, |known| worth(newest.since(known))) as f32;
        self.hours.iter_mut().for_each(|weight| *weight *= aged);
        self.days.iter_mut().for_each(|weight| *weight *= aged);
        for at in new {
            let weight = worth(newest.since(at)) as f32;
            let (hour, day) = place(hour_of(at));
            self.hours[hour] += weight;
            self.days[day] += weight;
        }
        self.newest = Some(newest);
    }

    /// Posts a day.
    pub fn a_day(&self) -> f64 {
        self.total() * std::f64::consts::LN_2 / HALF_LIFE * 24.0
    }

    /// Posts that should have come after the newest.
    pub fn expected(&self, now: Timestamp) -> f64 {
        let Some(newest) = self.newest else {
            return 0.0;
        };
        let total = self.total();
        let share = |weight: f32, parts: f64| {
            EVEN + (1.0 - EVEN) * f64::from(weight) / total.max(f64::EPSILON) * parts
        };
        let an_hour = self.a_day() / 24.0;
        let from = hour_of(newest) + 1;
        let to = hour_of(now).min(from + LONGEST);
        let hours = (from..to).map(place);
        hours
            .map(|(hour, day)| an_hour * share(self.hours[hour], 24.0) * share(self.days[day], 7.0))
            .sum()
    }

    fn total(&self) -> f64 {
        self.hours.iter().map(|weight| f64::from(*weight)).sum()
    }
}

fn worth(age: Span) -> f64 {
    let hours = age.as_millis().max(0) as f64 / 3_600_000.0;
    (-hours / HALF_LIFE).exp2()
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(3_600_000)
}

/// Hour of the day and day of the week, in UTC: both only have to come round.
fn place(hour: i64) -> (usize, usize) {
    let day = hour.div_euclid(24).rem_euclid(7);
    (hour.rem_euclid(24) as usize, day as usize)
}
