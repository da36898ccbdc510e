//! The day's budget of a domain, spread over the day. Start with [`Politeness::reserve`].

use jiff::ToSpan;

use super::{Domain, Haste, Politeness, pace::lock, unavailable};
use crate::{
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
    store::{self, Priority, budget},
};

impl Politeness {
    /// Takes one request from the budget.
    pub(super) async fn reserve(
        &self,
        domain: &Domain,
        method: &str,
        haste: Haste,
    ) -> Result<(), FetchError> {
        let now = self.clock.now();
        let (day, share) = self.day(now);
        let allowed = allowance(domain.per_day, share, haste);
        let mut tx = self
            .store
            .write(Priority::Bulk)
            .await
            .map_err(unavailable)?;
        let reserved = budget::reserve(&mut tx, &domain.name, method, &day, allowed, now).await;
        let reserved = reserved.map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        match reserved {
            budget::Reserved::Granted(_) => Ok(()),
            budget::Reserved::Probe => {
                let probe = (domain.name.clone(), method.to_owned());
                lock(&self.probes).insert(probe);
                Ok(())
            }
            budget::Reserved::Exhausted(until) => {
                self.store.meters.refused(&domain.name, "budget");
                let spread = allowed < allowance(domain.per_day, 1.0, haste);
                let until = until.unwrap_or_else(|| {
                    if spread {
                        now.plus(Span::minutes(10))
                    } else {
                        self.next_day(now)
                    }
                });
                Err(FetchError {
                    reaction: Reaction::Day,
                    code: None,
                    message: format!("the day's budget of {} {method} is used up", domain.name),
                    not_before: Some(until),
                })
            }
        }
    }

    /// A method answered: a quota that was used up is back.
    pub async fn quota_is_back(&self, domain: &Domain, method: &str) {
        let probe = (domain.name.clone(), method.to_owned());
        if !lock(&self.probes).remove(&probe) {
            return;
        }
        let (day, _) = self.day(self.clock.now());
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

    /// The day's name in the quota's zone, and which share of it has passed.
    pub(super) fn day(&self, now: Timestamp) -> (String, f64) {
        let local = now.in_zone(&self.zone);
        let minutes = i32::from(local.hour()) * 60 + i32::from(local.minute());
        (local.date().to_string(), f64::from(minutes) / 1440.0)
    }

    /// Five past midnight of the next day.
    pub(super) fn next_day(&self, now: Timestamp) -> Timestamp {
        let local = now.in_zone(&self.zone);
        local
            .checked_add(1.day())
            .and_then(|next| next.with().hour(0).minute(5).second(0).build())
            .map_or(now.plus(Span::days(1)), |next| next.timestamp().into())
    }
}

/// How many requests may have been used when `share` of the day has passed: spread with a fifth to
/// spare, a twentieth at once, and a tenth kept for people.
fn allowance(per_day: i64, share: f64, haste: Haste) -> i64 {
    if haste == Haste::Urgent {
        return per_day;
    }
    let day = per_day as f64;
    let most = (day * 0.9).ceil();
    (day * share * 1.2).clamp((day * 0.05).max(20.0).min(most), most) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_spread_and_a_tenth_is_kept() {
        let at = |share| allowance(5000, share, Haste::Scheduled);
        assert_eq!([at(0.0), at(0.5), at(1.0)], [250, 3000, 4500]);
        assert_eq!(allowance(5000, 0.0, Haste::Urgent), 5000);
        assert_eq!(allowance(10, 0.0, Haste::Scheduled), 9);
        assert_eq!(allowance(0, 0.5, Haste::Scheduled), 0);
    }
}
