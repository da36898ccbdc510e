//! The loops of a process, built from a centre: which work with which parts.

use std::sync::{Arc, Mutex, atomic::AtomicBool};

use anyhow::Result;

use super::Centre;
use crate::{
    collect::poll::Collector,
    domain::time::Span,
    notify,
    store::annotations,
    understand::duplicates::NearDuplicates,
    work::{
        Work,
        collecting::{Ages, Collecting},
        deadlines::Deadlines,
        indexing::{self, Indexing},
        jobs::Jobs,
        retention::Retention,
        routing::Routing,
        understanding::Understanding,
    },
};

/// Fingerprints kept for near-duplicates.
const WINDOW: usize = 1_000_000;

impl Centre {
    /// The loops that turn stored posts into searchable incidents, in the order of the data's way.
    ///
    /// # Errors
    /// When the database cannot tell the texts of the last hours.
    pub async fn inner_loops(&self) -> Result<Vec<Arc<dyn Work>>> {
        let loops: Vec<Arc<dyn Work>> = vec![
            self.understanding().await?,
            self.routing(),
            Arc::new(self.indexing()),
            Arc::new(Deadlines {
                store: self.store.clone(),
                clock: self.clock.clone(),
                ids: self.ids.clone(),
            }),
        ];
        Ok(loops)
    }

    pub(super) async fn understanding(&self) -> Result<Arc<dyn Work>> {
        Ok(Arc::new(Understanding {
            store: self.store.clone(),
            understander: self.understander.clone(),
            window: Mutex::new(self.near_duplicates().await?),
            clock: self.clock.clone(),
            in_hand: Mutex::default(),
        }))
    }

    pub(super) fn routing(&self) -> Arc<dyn Work> {
        Arc::new(Routing {
            store: self.store.clone(),
            desk: self.desk.clone(),
            clock: self.clock.clone(),
        })
    }

    /// The window of near-duplicates, filled with the texts of the last hours.
    async fn near_duplicates(&self) -> Result<NearDuplicates> {
        let settings = &self.settings.understand;
        let span = Span::hours(settings.duplicate_hours);
        let mut window = NearDuplicates::new(settings.duplicate_bits, span, WINDOW);
        let mut tx = self.store.read().await?;
        let since = self.clock.now().minus(span);
        for (post, print, at) in annotations::list_prints(&mut tx, since, WINDOW as i64).await? {
            window.insert(print, at, post);
        }
        Ok(window)
    }

    /// Every loop of a working process: the inner ones and those that reach outside.
    ///
    /// # Errors
    /// As [`Centre::inner_loops`]; channels that the settings name wrongly.
    pub async fn all_loops(&self) -> Result<Vec<Arc<dyn Work>>> {
        let mut loops: Vec<Arc<dyn Work>> = vec![Arc::new(self.collecting()?)];
        loops.extend(self.inner_loops().await?);
        loops.push(Arc::new(self.retention()));
        let channels = notify::open(
            &self.settings,
            &self.keys.webhook,
            &self.catalogue,
            &self.region,
            self.zone()?,
        )?;
        loops.push(Arc::new(Jobs::new(
            self.store.clone(),
            Arc::new(channels),
            &self.settings.alerts,
            self.clock.clone(),
            self.ids.clone(),
        )));
        Ok(loops)
    }

    /// The loop that purges what has outlived its term.
    pub fn retention(&self) -> Retention {
        Retention {
            store: self.store.clone(),
            terms: self.settings.retention.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            unscrubbed: AtomicBool::new(true),
        }
    }

    /// The loop that visits sources.
    ///
    /// # Errors
    /// When the HTTP client cannot be built, or the work lock cannot be read.
    pub fn collecting(&self) -> Result<Collecting> {
        let collector = Collector::new(
            &self.settings.collect,
            self.zone()?,
            self.store.clone(),
            self.clock.clone(),
            self.ids.clone(),
        )?;
        let collecting = Collecting::new(
            self.store.clone(),
            collector,
            self.post_keys(),
            Ages::of(&self.settings),
            self.clock.clone(),
            self.ids.clone(),
        );
        let worker = self.lock.worker(|| self.ids.ulid(self.clock.now()))?;
        Ok(collecting.called(worker))
    }

    pub(super) fn indexing(&self) -> Indexing {
        Indexing {
            store: self.store.clone(),
            writer: self.writer.clone(),
            batch: indexing::BATCH,
        }
    }
}
