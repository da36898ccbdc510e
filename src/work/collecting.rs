//! The loop that visits sources: lease, make one step of a visit through the gates, keep, advance.
//!
//! Posts, versions, cursor and next visit commit together; a kill at any moment repeats a step and
//! neither loses nor doubles a post. Between its steps a visit gives its place to whoever waits
//! longer. Start with [`Collecting::visit`].

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, OnceCell},
    task::JoinSet,
};

use super::{Tick, TickFuture, Work};
use crate::{
    collect::{
        politeness::Haste,
        poll::{Collector, Step},
        schedule::{after_failure, after_recheck, after_visit},
    },
    config::settings::Settings,
    domain::{
        id::{Ids, SourceId},
        post::Platform,
        source::{Cursor, FetchError, Page, PageFacts, SourceConfig, SourceState},
        time::{Clock, Span, Timestamp},
    },
    store::{
        self, Error, Priority, Store, pages,
        posts::{self, KeepAs, Kept, Keys},
        sources::{self, SourceRow, Visited},
    },
};

/// Sources visited side by side; those of one host or token wait for each other at the gates.
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
    /// In whose name sources are leased.
    owner: String,
    /// What an earlier process of this name had leased is free.
    begun: OnceCell<()>,
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
            owner: ids.ulid(clock.now()),
            store,
            collector,
            keys,
            ages,
            clock,
            ids,
            begun: OnceCell::new(),
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

    /// What visits sources; the loop keeps what it brings.
    pub fn collector(&self) -> &Collector {
        &self.0.collector
    }

    /// Fills the free places with due sources, then waits for a visit to end: a slow host holds
    /// one place, not the others.
    async fn visit_due(&self) -> anyhow::Result<Tick> {
        let inner = &self.0;
        inner.begun.get_or_try_init(|| self.release()).await?;
        let mut visits = inner.visits.lock().await;
        let free = AT_ONCE - visits.len() as i64;
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

    /// One step of a visit of one leased source, whatever its end.
    ///
    /// # Errors
    /// Only the store's; what a network answers is the source's state.
    pub async fn visit(&self, source: &SourceRow) -> store::Result<Option<Kept>> {
        let inner = &self.0;
        let Some(config) = config_of(source) else {
            tracing::error!(source.id = source.code, "the source's platform is unknown");
            return Ok(None);
        };
        let cursor = Cursor(source.cursor.clone());
        match inner
            .collector
            .step(&config, &cursor, Haste::Scheduled)
            .await
        {
            Ok(Step { page, goes_on }) => {
                let next_visit = match goes_on {
                    true => inner.clock.now(),
                    false => self.next_visit(source, &page),
                };
                self.keep_until(source, page, next_visit).await.map(Some)
            }
            Err(error) => self.fail(source, &config, &error).await.map(|()| None),
        }
    }

    fn next_visit(&self, source: &SourceRow, page: &Page) -> Timestamp {
        let inner = &self.0;
        let interval = Span::millis(source.interval_ms);
        after_visit(page, interval, inner.clock.now(), &inner.ids)
    }

    /// Keeps the page of a whole visit: posts, position and next visit commit together.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep(&self, source: &SourceRow, page: Page) -> store::Result<Kept> {
        let next_visit = self.next_visit(source, &page);
        self.keep_until(source, page, next_visit).await
    }

    async fn keep_until(
        &self,
        source: &SourceRow,
        page: Page,
        next_visit: Timestamp,
    ) -> store::Result<Kept> {
        let inner = &self.0;
        let now = inner.clock.now();
        for note in &page.notes {
            tracing::info!(source.id = source.code, "{note}");
        }
        let mut tx = inner.store.write(Priority::Bulk).await?;
        let as_ = KeepAs {
            source: &source.code,
            municipality: source.municipality.as_deref(),
            alerts: true,
            now,
            history: now.minus(inner.ages.opens),
            oldest: Some(now.minus(inner.ages.kept)),
        };
        let kept = posts::keep(&mut tx, &inner.keys, &as_, page.posts).await?;
        if let Some(facts) = &page.facts {
            note_facts(&mut tx, source, facts, now).await?;
        }
        let visited = Visited {
            code: &source.code,
            cursor_version: source.cursor_version,
            next: &page.next,
            next_visit,
            new_posts: kept.new,
            facts: page.facts.as_ref(),
        };
        match sources::advance(&mut tx, &visited, now).await {
            Ok(()) => tx.commit().await?,
            // Somebody took the expired lease and was faster: they have the posts too.
            Err(Error::Conflict(_)) => return Ok(Kept::default()),
            Err(error) => return Err(error),
        }
        inner.store.hints.posts.notify_one();
        tracing::debug!(
            source.id = source.code,
            new = kept.new,
            updated = kept.updated,
            "visited a source"
        );
        Ok(kept)
    }

    /// Records a visit that failed: the state of the source and when to come again.
    ///
    /// # Errors
    /// The store's.
    pub async fn fail(
        &self,
        source: &SourceRow,
        config: &SourceConfig,
        error: &FetchError,
    ) -> store::Result<()> {
        let inner = &self.0;
        let now = inner.clock.now();
        let (state, next_visit) = match SourceState::from_code(&source.state) {
            Some(SourceState::Gone) => after_recheck(error, now),
            _ => after_failure(
                config.platform,
                error,
                source.failures,
                Span::millis(source.interval_ms),
                now,
                &inner.ids,
            ),
        };
        tracing::warn!(
            source.id = source.code,
            code = error.code,
            "{}",
            error.message
        );
        let mut tx = inner.store.write(Priority::Bulk).await?;
        sources::fail(
            &mut tx,
            &source.code,
            state,
            &error.message,
            next_visit,
            now,
        )
        .await?;
        tx.commit().await
    }
}

async fn note_facts(
    tx: &mut store::Tx,
    source: &SourceRow,
    facts: &PageFacts,
    now: Timestamp,
) -> store::Result<()> {
    pages::note_facts(tx, &source.code, facts, now)
        .await
        .map(drop)
}

/// The source as the connectors know it; `None` for a platform of a later version.
pub fn config_of(source: &SourceRow) -> Option<SourceConfig> {
    Some(SourceConfig {
        code: SourceId(source.code.clone()),
        platform: Platform::from_code(&source.platform)?,
        owner: source.owner.clone(),
        screen_name: source.screen_name.clone(),
        name: source.name.clone(),
        municipality: source.municipality.clone(),
        official: source.official != 0,
        comments: source.comments != 0,
        enabled: Some(true),
        interval_seconds: Some(source.interval_ms / 1000),
    })
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
