//! The day's budget of a domain, spread over the day. Start with [`Politeness::reserve`].

use std::collections::{BTreeSet, HashMap};

use jiff::{ToSpan, tz::TimeZone};

use super::{Domain, Haste, Politeness, pace::lock, refusal, unavailable};
use crate::{
    config::settings::Collect,
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
    store::{self, Priority, Tx, budget},
};

/// A day of a quota; 23 or 25 hours long where clocks change.
pub(super) struct Day {
    /// `2026-11-22`.
    pub name: String,
    begins: Timestamp,
    ends: Timestamp,
}

impl Day {
    fn of(now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let local = now.in_zone(zone);
        let begins = local.start_of_day().ok()?;
        let ends = begins.checked_add(1.day()).ok()?.start_of_day().ok()?;
        Some(Self {
            name: local.date().to_string(),
            begins: begins.timestamp().into(),
            ends: ends.timestamp().into(),
        })
    }

    /// Which part of it has passed.
    fn share(&self, now: Timestamp) -> f64 {
        let length = self.ends.since(self.begins).as_millis() as f64;
        now.since(self.begins).as_millis() as f64 / length
    }

    /// When so large a part of it has passed.
    fn moment(&self, share: f64) -> Timestamp {
        let length = self.ends.since(self.begins).as_millis() as f64;
        let passed = Span::millis((length * share).ceil() as i64);
        self.begins.plus(passed)
    }
}

/// How far a domain's day and its budget are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Hours that are left of the day.
    pub left: f64,
    /// Requests that went.
    pub used: i64,
}

/// What was used of today's budgets, whatever zones the days are counted in.
pub struct Today {
    used: HashMap<(String, String, String), i64>,
    zone: TimeZone,
    now: Timestamp,
}

impl Today {
    /// Reads it.
    ///
    /// # Errors
    /// The store's.
    pub async fn read(
        tx: &mut Tx,
        settings: &Collect,
        zone: &TimeZone,
        now: Timestamp,
    ) -> store::Result<Self> {
        let zones = [Domain::vk(settings), Domain::telegram(settings)];
        let days: BTreeSet<String> = zones.iter().map(|d| day_of(d, zone, now).name).collect();
        let mut all = HashMap::new();
        for day in days {
            for (domain, method, used, _) in budget::list_used(tx, &day).await? {
                all.insert((day.clone(), domain, method), used);
            }
        }
        Ok(Self {
            used: all,
            zone: zone.clone(),
            now,
        })
    }

    /// How far a domain's day is.
    pub fn of(&self, domain: &Domain, method: &str) -> Progress {
        let day = day_of(domain, &self.zone, self.now);
        let left = day.ends.since(self.now).as_millis() as f64 / 3_600_000.0;
        let key = (day.name, domain.name.clone(), method.to_owned());
        let used = self.used.get(&key).copied().unwrap_or(0);
        Progress { left, used }
    }
}

/// The day of a domain's quota.
fn day_of(domain: &Domain, zone: &TimeZone, now: Timestamp) -> Day {
    let own = (!domain.day_zone.is_empty()).then(|| TimeZone::get(&domain.day_zone).ok());
    // Outside jiff's range, thousands of years from now, a day is a day.
    Day::of(now, own.flatten().as_ref().unwrap_or(zone)).unwrap_or_else(|| Day {
        name: now.as_millis().to_string(),
        begins: now,
        ends: now.plus(Span::days(1)),
    })
}

impl Politeness {
    /// Takes one request from the budget, in the transaction that opens the other gates.
    pub(super) async fn reserve(
        &self,
        tx: &mut Tx,
        domain: &Domain,
        method: &str,
        haste: Haste,
    ) -> Result<(), FetchError> {
        let now = self.clock.now();
        let day = self.day(domain, now);
        let allowed = allowance(domain.per_day, day.share(now), haste);
        let reserved = budget::reserve(tx, &domain.name, method, &day.name, allowed, now).await;
        let until = match reserved.map_err(unavailable)? {
            budget::Reserved::Granted(_) => return Ok(()),
            budget::Reserved::Probe => {
                let probe = (domain.name.clone(), method.to_owned());
                lock(&self.probes).insert(probe);
                return Ok(());
            }
            budget::Reserved::Exhausted(until) => until,
            budget::Reserved::Ahead(used) => self.next_unit(domain, &day, used, now, haste),
        };
        self.store.meters.refused(&domain.name, "budget");
        Err(refusal(Reaction::Day, used_up(domain, method), until))
    }

    /// A method answered: a quota that was used up is back.
    pub async fn quota_is_back(&self, domain: &Domain, method: &str) {
        let probe = (domain.name.clone(), method.to_owned());
        if !lock(&self.probes).remove(&probe) {
            return;
        }
        let day = self.day(domain, self.clock.now()).name;
        let lifted = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            budget::exhaust(&mut tx, &domain.name, method, &day, Timestamp::default()).await?;
            tx.commit().await
        };
        let outcome: store::Result<()> = lifted.await;
        if let Err(error) = outcome {
            tracing::warn!(%error, "a quota that is back could not be noted: it is tried in an hour");
        }
    }

    /// When a request beyond `used` is allowed.
    fn next_unit(
        &self,
        domain: &Domain,
        day: &Day,
        used: i64,
        now: Timestamp,
        haste: Haste,
    ) -> Timestamp {
        if used >= allowance(domain.per_day, 1.0, haste) {
            return self.next_day(domain, now);
        }
        let share = (used + 1) as f64 / (domain.per_day.max(1) as f64 * AHEAD);
        day.moment(share).max(now.plus(Span::seconds(1)))
    }

    /// The day of the domain's quota.
    pub(super) fn day(&self, domain: &Domain, now: Timestamp) -> Day {
        day_of(domain, &self.zone, now)
    }

    /// Five past midnight of the next day.
    pub(super) fn next_day(&self, domain: &Domain, now: Timestamp) -> Timestamp {
        self.day(domain, now).ends.plus(Span::minutes(5))
    }
}

/// What a refusal says when the budget of a method has nothing left for now.
pub fn used_up(domain: &Domain, method: &str) -> String {
    format!("the day's budget of {} {method} is used up", domain.name)
}

/// How far use may run ahead of the day.
const AHEAD: f64 = 1.2;
/// What the schedule may use; the rest is kept for people.
const SCHEDULED: f64 = 0.9;

/// How many requests may have been used when `share` of the day has passed: a fifth ahead of the day,
/// and a tenth kept for people. A person's own request may use all.
pub fn allowance(per_day: i64, share: f64, haste: Haste) -> i64 {
    if haste == Haste::Urgent {
        return per_day;
    }
    let day = per_day as f64;
    (day * share * AHEAD).min(day * SCHEDULED) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_spread_and_a_tenth_is_kept() {
        let at = |share| allowance(5000, share, Haste::Scheduled);
        assert_eq!([at(0.0), at(0.01), at(0.5), at(1.0)], [0, 60, 3000, 4500]);
        assert_eq!(allowance(5000, 0.0, Haste::Urgent), 5000);
        assert_eq!(allowance(10, 0.5, Haste::Scheduled), 6);
        assert_eq!(allowance(0, 0.5, Haste::Scheduled), 0);
    }

    #[test]
    fn a_day_is_as_long_as_its_zone_makes_it() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| Timestamp::from(text.parse::<jiff::Timestamp>().unwrap());
        let day = Day::of(at("2026-10-25T12:00:00Z"), &zone).unwrap();
        assert_eq!(day.name, "2026-10-25");
        assert_eq!(day.ends.since(day.begins), Span::hours(25));
        let noon = day.share(at("2026-10-25T10:30:00Z"));
        assert!((noon - 0.5).abs() < 1e-9, "{noon}");
        assert_eq!(day.moment(0.5), at("2026-10-25T10:30:00Z"));
    }
}
