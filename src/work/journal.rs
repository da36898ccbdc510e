//! The loop that keeps the journal honest: it signs what was appended, removes what has outlived its
//! term, and now and then checks all of it. Whichever process comes first does it for all.
//!
//! The last checkpoint is also kept as a file in the data folder ([`witness`]): a database that was
//! rolled back as a whole is found by it. Start with [`Journal::tick`].

pub mod witness;

use std::{path::PathBuf, time::Duration};

use super::{Tick, TickFuture, Work};
use crate::{
    config::settings,
    domain::{
        journal::{
            Checkpoint,
            check::{Verdict, Verifier},
            key::SigningKey,
        },
        time::{Clock, Span, Timestamp},
    },
    store::{self, Priority, Store, audit},
};

/// Signs, trims and checks the journal.
pub struct Journal {
    /// The store.
    pub store: Store,
    /// Signs.
    pub key: SigningKey,
    /// How often, and how long entries are kept.
    pub rules: settings::Journal,
    /// Where the witness is kept.
    pub data_dir: PathBuf,
    /// The clock.
    pub clock: Clock,
}

impl Journal {
    async fn keep(&self) -> anyhow::Result<Tick> {
        let now = self.clock.now();
        let signed = self.is_due(now).await? && self.sign(now).await?;
        let checked = self.is_unchecked(now).await?;
        if checked {
            while self.trim(now).await? {}
            self.check(now).await?;
        }
        Ok(match signed || checked {
            true => Tick::Worked,
            false => Tick::Idle,
        })
    }

    async fn is_due(&self, now: Timestamp) -> anyhow::Result<bool> {
        let waiting = audit::unsigned(&mut self.store.read().await?).await?;
        let wait = Span::minutes(self.rules.sign_minutes);
        let long_ago = waiting.last.is_none_or(|last| now.since(last) >= wait);
        Ok(waiting.entries >= self.rules.sign_entries || waiting.entries > 0 && long_ago)
    }

    /// Signs what waits; false when nothing does, or another process was faster.
    async fn sign(&self, now: Timestamp) -> anyhow::Result<bool> {
        let mut tx = self.store.write(Priority::Bulk).await?;
        let made = audit::sign(&mut tx, &self.key, now).await?;
        tx.commit().await?;
        let Some(made) = made else { return Ok(false) };
        self.witness(&made).await?;
        // The line is a second witness, for those who keep logs elsewhere.
        tracing::info!(
            number = made.number,
            hash = made.hash,
            "the journal is signed"
        );
        Ok(true)
    }

    async fn witness(&self, made: &Checkpoint) -> anyhow::Result<()> {
        witness::keep_for(&mut self.store.read().await?, &self.data_dir, made).await
    }

    async fn is_unchecked(&self, now: Timestamp) -> anyhow::Result<bool> {
        let wait = Span::hours(self.rules.verify_hours);
        let last = audit::last_verdict(&mut self.store.read().await?).await?;
        Ok(last.is_none_or(|last| now.since(last.at) >= wait))
    }

    /// Removes the oldest entries of one chain; false when none is old enough.
    async fn trim(&self, now: Timestamp) -> anyhow::Result<bool> {
        if self.rules.keep_days == 0 {
            return Ok(false);
        }
        let before = now.minus(Span::days(self.rules.keep_days));
        let mut tx = self.store.write(Priority::Bulk).await?;
        let cut = match audit::cut(&mut tx, &self.key, before, now).await {
            Err(store::Error::Conflict(_)) => None, // another process signs: the next tick comes
            cut => cut?,
        };
        let Some((gone, made)) = cut else {
            return Ok(false);
        };
        tx.commit().await?;
        self.witness(&made).await?;
        tracing::info!(
            entries = gone,
            "the term of old entries has passed: removed"
        );
        Ok(true)
    }

    async fn check(&self, now: Timestamp) -> anyhow::Result<()> {
        let witness = witness::find(&self.data_dir)?;
        let verifier = Verifier::new(vec![self.key.public()], witness);
        let mut tx = self.store.read().await?;
        let found = audit::verify(&mut tx, verifier).await?;
        drop(tx);
        match &found {
            Ok(whole) => tracing::info!(entries = whole.entries, "the journal is whole"),
            Err(broken) => tracing::error!("the journal is broken: {broken}"),
        }
        let mut tx = self.store.write(Priority::Bulk).await?;
        audit::put_verdict(&mut tx, &Verdict { at: now, found }).await?;
        Ok(tx.commit().await?)
    }
}

impl Work for Journal {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.keep())
    }

    fn poll(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// What this process appended last is signed before it ends.
    fn stop(&self) -> TickFuture<'_> {
        Box::pin(async {
            self.sign(self.clock.now()).await?;
            Ok(Tick::Idle)
        })
    }
}
