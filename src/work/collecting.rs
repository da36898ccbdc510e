//! The loop that visits sources: lease, make one step of a visit through the gates, keep, advance.
//!
//! Posts, versions, cursor and next visit commit together; a kill at any moment repeats a step and
//! neither loses nor doubles a post. Between its steps a visit gives its place to whoever waits
//! longer. What a step does is in [`visit`].

mod backfill;
mod next;
mod roster;
mod visit;
mod watch;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, OnceCell},
    task::JoinSet,
};

use self::roster::Roster;
pub use self::{backfill::Backfilling, roster::known, visit::config_of};
use super::{Tick, TickFuture, Work};
use crate::{
    collect::poll::Collector,
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
    store::{
        self, Priority, Store,
        posts::Keys,
        sources::{self, SourceRow},
    },
};

/// Sources visited side by side, each of another host or token.
const AT_ONCE: i64 = 6;

/// Longer than a step lasts. After a kill the next start on the same data folder frees the sources;
/// without one they are free when it has passed.
const LEASE: Span = Span::minutes(5);

/// How long stopping waits for visits in hand.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// How often new sources are looked for while visits go on.
const LOOK_UP: Duration = Duration::from_secs(1);

/// Ages at capture beyond which a post is treated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// Older posts are stored and open nothing.
    pub opens: Span,
    /// Older posts are not stored: retention would take them at once.
    pub kept: Span,
}

impl Ages {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        Self {
            opens: settings.incidents.max_age(),
            kept: Span::days(settings.retention.posts_days),
        }
    }
}

/// Visits sources. Cheap to clone.
#[derive(Clone)]
pub struct Collecting(Arc<Inner>);

struct Inner {
    store: Store,
    collector: Collector,
    keys: Keys,
    ages: Ages,
    clock: Clock,
    ids: Ids,
    /// Sources visited side by side.
    at_once: i64,
    /// In whose name sources are leased.
    owner: String,
    /// What an earlier process of this name had leased is free.
    begun: OnceCell<()>,
    roster: Mutex<Roster>,
    visits: Mutex<JoinSet<store::Result<()>>>,
}

impl Collecting {
    /// The loop over `store`. What is too old is told by `ages`.
    pub fn new(
        store: Store,
        collector: Collector,
        keys: Keys,
        ages: Ages,
        clock: Clock,
        ids: Ids,
    ) -> Self {
        Self(Arc::new(Inner {
            at_once: AT_ONCE,
            owner: ids.ulid(clock.now()),
            store,
            collector,
            keys,
            ages,
            clock,
            ids,
            begun: OnceCell::new(),
            roster: Mutex::default(),
            visits: Mutex::new(JoinSet::new()),
        }))
    }

    /// Leases in this name: one that no other running process has, and that stays the same when
    /// this one starts again. Before that it is a new one for each process.
    pub fn called(mut self, owner: String) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.owner = owner;
        }
        self
    }

    /// Visits one source after the other: a simulation's chance is then the same in each run.
    #[must_use]
    pub fn one_by_one(mut self) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.at_once = 1;
        }
        self
    }

    /// What visits sources; the loop keeps what it brings.
    pub fn collector(&self) -> &Collector {
        &self.0.collector
    }

    /// Fills the free places with due sources, then waits for a visit to end: a slow host holds
    /// one place, not the others.
    async fn visit_due(&self) -> anyhow::Result<Tick> {
        let inner = &self.0;
        if !inner.collector.settings().enabled {
            return Ok(Tick::Idle);
        }
        inner.begun.get_or_try_init(|| self.release()).await?;
        let mut visits = inner.visits.lock().await;
        let free = inner.at_once - visits.len() as i64;
        for source in self.lease(free).await? {
            let own = self.clone();
            visits.spawn(async move { own.visit(&source).await.map(drop) });
        }
        match tokio::time::timeout(LOOK_UP, visits.join_next()).await {
            Ok(None) => Ok(Tick::Idle),
            Ok(Some(ended)) => {
                ended??;
                Ok(Tick::Worked)
            }
            Err(_) => Ok(Tick::Worked),
        }
    }

    async fn lease(&self, free: i64) -> store::Result<Vec<SourceRow>> {
        if free <= 0 {
            return Ok(Vec::new());
        }
        let inner = &self.0;
        let now = inner.clock.now();
        let mut tx = inner.store.read().await?;
        if sources::next_due(&mut tx, now).await?.is_none() {
            return Ok(Vec::new());
        }
        drop(tx);
        let mut tx = inner.store.write(Priority::Bulk).await?;
        let due = sources::lease(&mut tx, &inner.owner, now, LEASE, free).await?;
        tx.commit().await?;
        Ok(due)
    }

    /// Visits that end soon may end; the others are given up with their leases. Nothing of them is
    /// kept half: the next start visits again.
    async fn finish(&self) -> anyhow::Result<Tick> {
        let inner = &self.0;
        let mut visits = inner.visits.lock().await;
        let ended = async { while visits.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_WAIT, ended).await.is_err() {
            visits.shutdown().await;
        }
        self.release().await?;
        Ok(Tick::Idle)
    }

    async fn release(&self) -> store::Result<()> {
        let mut tx = self.0.store.write(Priority::Bulk).await?;
        sources::release_all(&mut tx, &self.0.owner).await?;
        tx.commit().await
    }
}

impl Work for Collecting {
    fn name(&self) -> &'static str {
        "collecting"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.visit_due())
    }

    fn stop(&self) -> TickFuture<'_> {
        Box::pin(self.finish())
    }
}
