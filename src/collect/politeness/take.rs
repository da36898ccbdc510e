//! The gates in the database: what holds a domain, the rate that processes share, the breaker's probe and
//! the day's budget are asked and written in one transaction. Start with [`Politeness::take`].

use super::{Domain, Gate, Haste, Politeness, pace::lock, refusal, unavailable};
use crate::{
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
    store::{
        self, Priority,
        budget::{self, Passing, Standing},
    },
};

/// This many failures of a domain in a row open its breaker.
pub(super) const FAILURES: i64 = 5;
/// The probe of an opened breaker has so long to come back; longer than a request may take.
const PROBE: Span = Span::seconds(60);
/// While a person keeps everything stopped, the question is put again so often.
const STOPPED: Span = Span::minutes(1);

/// What the database said.
pub(super) enum Taken {
    /// The request may go.
    Passed,
    /// Another process was faster; ask again after this.
    Wait(Span),
}

impl Politeness {
    /// Refuses at once while the domain is held, before anything is waited for.
    pub(super) async fn refuse_held(&self, domain: &Domain) -> Result<(), FetchError> {
        let mut tx = self.store.read().await.map_err(unavailable)?;
        let standing = budget::standing(&mut tx, &domain.name).await;
        self.refuse(domain, &standing.map_err(unavailable)?)
    }

    fn refuse(&self, domain: &Domain, standing: &Standing) -> Result<(), FetchError> {
        let now = self.clock.now();
        let name = &domain.name;
        if standing.stopped.is_some() {
            let why = "collecting is stopped: `otklik sources start --all` starts it again";
            return Err(refusal(Reaction::After, why.into(), now.plus(STOPPED)));
        }
        let until = Timestamp::from_millis(standing.not_before);
        if until > now {
            self.store.meters.refused(name, "held");
            let why = format!("{name} is left alone: {}", standing.reason);
            return Err(refusal(Reaction::After, why, until));
        }
        let free = Timestamp::from_millis(standing.free_at);
        if standing.failures >= FAILURES && free > now && !self.clock.stands() {
            self.store.meters.refused(name, "held");
            let why = format!("{name} failed often: one request tries it");
            return Err(refusal(Reaction::After, why, free));
        }
        Ok(())
    }

    /// Asks the database for one request.
    pub(super) async fn take(
        &self,
        gate: &Gate,
        domain: &Domain,
        method: &str,
        haste: Haste,
    ) -> Result<Taken, FetchError> {
        let (gap, closes) = {
            let pace = lock(&gate.pace);
            (pace.gap(self.clock.now()), pace.recovered)
        };
        let write = self.store.write(Priority::Bulk).await;
        let mut tx = write.map_err(unavailable)?;
        let now = self.clock.now();
        let standing = budget::standing(&mut tx, &domain.name).await;
        let standing = standing.map_err(unavailable)?;
        let closed = Standing {
            failures: if closes { 0 } else { standing.failures },
            ..standing.clone()
        };
        self.refuse(domain, &closed)?;
        let passing = Passing {
            now,
            next: now.plus(gap),
            after_probe: now.plus(gap.max(PROBE)),
            opens: FAILURES,
            closes,
            free: match self.clock.stands() {
                true => Timestamp::from_millis(i64::MAX),
                false => now,
            },
        };
        let passed = budget::pass(&mut tx, &domain.name, &passing).await;
        if passed.map_err(unavailable)?.is_none() {
            let free = Timestamp::from_millis(standing.free_at);
            return Ok(Taken::Wait(free.since(now).max(Span::millis(10))));
        }
        self.reserve(&mut tx, domain, method, haste).await?;
        tx.commit().await.map_err(unavailable)?;
        lock(&gate.pace).recovered = false;
        Ok(Taken::Passed)
    }

    /// Counts a failure where all processes see it; gives how many there were in a row. A database that
    /// is away counts none: nothing is sent without it.
    pub(super) async fn count_failure(&self, domain: &Domain) -> i64 {
        let counted = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            let failures = budget::failed(&mut tx, &domain.name).await?;
            tx.commit().await?;
            Ok::<_, store::Error>(failures)
        };
        counted.await.unwrap_or(0)
    }
}
