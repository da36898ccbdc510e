//! What a failed request changes: the rate, the breaker, the moment before which nobody asks again. Start
//! with [`Politeness::react`].

use super::{Domain, Politeness, pace::lock, take::FAILURES};
use crate::{
    collect::reactions::Failure,
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
    store::{self, Priority, budget},
};

/// A hold as long as this is for a person to look at.
const LONG: Span = Span::hours(1);

impl Politeness {
    /// Reacts to a failure by its row: slows down, waits as long as it asks at least.
    ///
    /// # Errors
    /// Gives the error back, completed.
    pub async fn meet(&self, domain: &Domain, method: &str, failure: Failure) -> FetchError {
        let row = failure.row;
        if let Some(row) = row.filter(|row| row.slow > 0) {
            self.slow(domain, Span::seconds(row.slow));
        }
        let shortest = row.map_or(Span::ZERO, |row| row.shortest());
        self.react(domain, method, failure.error, shortest).await
    }

    /// Reacts to a failed request: slows down, holds the domain or the method, and fills in when to
    /// come again. `shortest` is the least wait that the error asks for.
    ///
    /// # Errors
    /// Gives the error back, completed.
    pub async fn react(
        &self,
        domain: &Domain,
        method: &str,
        mut error: FetchError,
        shortest: Span,
    ) -> FetchError {
        let now = self.clock.now();
        self.store
            .meters
            .refused(&domain.name, word(error.reaction));
        match error.reaction {
            Reaction::Now => self.slow(domain, Span::minutes(1)),
            Reaction::Day => {
                let next = now.plus(Span::hours(1));
                let until = match self.day(domain, next).name == self.day(domain, now).name {
                    true => next,
                    false => self.next_day(domain, now),
                };
                self.exhaust(domain, method, until).await;
                error.not_before = Some(until);
            }
            Reaction::After => {
                let named = error.not_before.unwrap_or(now.plus(Span::minutes(1)));
                let until = named.max(now.plus(shortest));
                self.hold(domain, until, &error.message).await;
                error.not_before = Some(until);
            }
            Reaction::BackOff => {
                let wait = shortest.max(self.breaker(domain).await);
                if wait > Span::ZERO {
                    let until = now.plus(wait);
                    self.hold(domain, until, &error.message).await;
                    error.not_before = Some(until);
                }
            }
            Reaction::Skip | Reaction::Stop | Reaction::Auth => {}
        }
        error
    }

    /// Halves the domain's rate for `span`; afterwards it recovers by a tenth each minute.
    pub fn slow(&self, domain: &Domain, span: Span) {
        let now = self.clock.now();
        lock(&self.gate(domain).pace).slow(now, span);
    }

    /// How long an opened breaker holds the domain: 1, 2, 4… 60 minutes; zero while closed.
    async fn breaker(&self, domain: &Domain) -> Span {
        lock(&self.gate(domain).pace).failed();
        match self.count_failure(domain).await - FAILURES {
            over @ 0.. => Span::minutes((1_i64 << over.min(6)).min(60)),
            _ => Span::ZERO,
        }
    }

    async fn hold(&self, domain: &Domain, until: Timestamp, reason: &str) {
        if until.since(self.clock.now()) >= LONG {
            tracing::error!(
                domain = domain.name,
                until = until.to_rfc3339(),
                "left alone for long, a person should look: {reason}"
            );
        }
        let held = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            budget::hold(&mut tx, &domain.name, until, reason).await?;
            tx.commit().await
        };
        log_lost(held.await);
    }

    async fn exhaust(&self, domain: &Domain, method: &str, until: Timestamp) {
        let today = self.day(domain, self.clock.now()).name;
        let last = self.day(domain, until).name;
        let exhausted = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            budget::exhaust(&mut tx, &domain.name, method, &today, until).await?;
            // Five past midnight is another day's budget.
            if last != today {
                budget::exhaust(&mut tx, &domain.name, method, &last, until).await?;
            }
            tx.commit().await
        };
        log_lost(exhausted.await);
    }
}

/// A refusal of the network's, for the meters.
fn word(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::Now => "slower",
        Reaction::Day => "quota",
        Reaction::After => "later",
        Reaction::BackOff => "failed",
        Reaction::Skip => "skipped",
        Reaction::Stop => "stopped",
        Reaction::Auth => "token",
    }
}

/// A hold that could not be written makes the next request come early, once; it is told.
fn log_lost(outcome: store::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "a politeness hold could not be written");
    }
}
