//! One step of a visit of one leased source: ask, then keep what came or record what failed. Start
//! with [`Collecting::visit`].
//!
//! What came commits as one: posts, their versions and counters, absences, the page's facts, the cursor
//! (compare-and-set), the next visit, and the rows of the change log by which understanding and the index
//! are handed their work. Whoever is slower than another visitor of the same source writes nothing. The
//! budget alone is spent in a transaction of its own, before the request: a process that dies between the
//! two has wasted a request, while one that spent afterwards would have overdrawn a budget that a network
//! counts from the moment we asked.

use std::{collections::HashSet, mem};

use super::{Collecting, next, watch::Saw};
use crate::{
    collect::{
        politeness::Haste,
        poll::Step,
        schedule::{after_failure, after_recheck, after_visit, rhythm::Observed},
    },
    domain::{
        id::SourceId,
        post::{Platform, PostKey},
        reading::Tables,
        source::{Cursor, FetchError, Page, PageFacts, SourceConfig, SourceState},
        time::{Span, Timestamp},
    },
    store::{
        self, Error, Priority,
        inbox::{self, Terms},
        pages,
        posts::{self, Kept},
        sources::{self, SourceRow, Visited},
    },
};

impl Collecting {
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
        let before = self.sent(source);
        let step = inner.collector.step(&config, &cursor, Haste::Scheduled);
        match step.await {
            Ok(step) => {
                let requests = self.sent(source) - before;
                self.keep_step(source, step, requests).await.map(Some)
            }
            Err(error) if self.is_kept_back(source, &error).await? => Ok(None),
            Err(error) => self.fail(source, &config, &error).await.map(|()| None),
        }
    }

    /// Keeps the page of a whole visit: posts, position and next visit commit together.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep(&self, source: &SourceRow, page: Page) -> store::Result<Kept> {
        let goes_on = false;
        self.keep_step(source, Step { page, goes_on }, 1).await
    }

    async fn keep_step(
        &self,
        source: &SourceRow,
        step: Step,
        requests: u64,
    ) -> store::Result<Kept> {
        let Step { mut page, goes_on } = step;
        let inner = &self.0;
        let now = inner.clock.now();
        let plan = self.plan().await?;
        for note in &page.notes {
            tracing::info!(source.id = source.code, "{note}");
        }
        let mut tx = inner.store.write(Priority::Bulk).await?;
        let terms = self.terms(now);
        let saw = Saw::of(page.listed, &page.posts);
        let absent = unseen(&page);
        let as_ = terms.within(source);
        let (posts, events) = (mem::take(&mut page.posts), mem::take(&mut page.events));
        let seen = next::observed(&posts);
        let mut kept = posts::keep(&mut tx, &inner.keys, &as_, posts).await?;
        let known = kept.unchanged + kept.updated;
        kept.updated += posts::note_absent(&mut tx, &inner.keys, now, &absent).await?;
        let told = match Platform::from_code(&source.platform) {
            Some(platform) => inbox::keep(&mut tx, &inner.keys, platform, terms, events).await?,
            None => Kept::default(),
        };
        self.watch(&mut tx, source, saw, known, !goes_on).await?;
        if let Some(facts) = &page.facts {
            note_facts(&mut tx, source, facts, now).await?;
        }
        let seen = Observed {
            requests,
            ..seen.with(&page, goes_on, kept.new)
        };
        let next = self.next(&mut tx, source, &plan, &seen).await?;
        let visited = Visited {
            code: &source.code,
            cursor_version: source.cursor_version,
            next: &page.next,
            next_visit: match goes_on {
                true => now,
                false => after_visit(&page, next.interval, next.soon, next.most, now, &inner.ids),
            },
            new_posts: kept.new,
            facts: page.facts.as_ref(),
            interval: next.interval,
            priority: next.first,
            domain: &next.domain,
        };
        match sources::advance(&mut tx, &visited, now).await {
            Ok(()) => tx.commit().await?,
            // Somebody took the expired lease and was faster: they have the posts too.
            Err(Error::Conflict(_)) => return Ok(Kept::default()),
            Err(error) => return Err(error),
        }
        kept += told;
        if let Some(platform) = Platform::from_code(&source.platform) {
            inner.store.meters.kept(platform, kept.new, kept.updated);
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

    pub(super) fn terms(&self, now: Timestamp) -> Terms {
        let ages = self.0.ages;
        Terms {
            now,
            history: now.minus(ages.opens),
            oldest: Some(now.minus(ages.kept)),
        }
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
        self.watch_failure(&mut tx, source, error).await?;
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

/// The posts that were asked for by name and did not come, by any part of the page.
fn unseen(page: &Page) -> Vec<PostKey> {
    let seen: HashSet<&PostKey> = page.posts.iter().map(|post| &post.key).collect();
    let absent = page.absent.iter().filter(|key| !seen.contains(key));
    absent.cloned().collect()
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
    let tables = source.reading.as_deref().unwrap_or("{}");
    // What a later version wrote is left out: the source is then read as one without tables.
    let tables: Tables = serde_json::from_str(tables).unwrap_or_default();
    Some(SourceConfig {
        code: SourceId(source.code.clone()),
        platform: Platform::from_code(&source.platform)?,
        owner: source.owner.clone(),
        screen_name: source.screen_name.clone(),
        name: source.name.clone(),
        municipality: source.municipality.clone(),
        official: source.official != 0,
        comments: source.comments != 0,
        boards: source.boards != 0,
        enabled: Some(true),
        interval_seconds: Some(source.interval_ms / 1000),
        site: tables.site,
        open311: tables.open311,
    })
}
