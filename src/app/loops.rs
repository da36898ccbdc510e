//! The loops of a process, built from a centre: which work with which parts.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI64},
};

use anyhow::Result;

use super::Centre;
use crate::{
    collect::poll::Collector,
    domain::time::Span,
    notify,
    understand::duplicates::NearDuplicates,
    work::{
        Work,
        collecting::{Ages, Backfilling, Collecting},
        deadlines::Deadlines,
        indexing::{self, Indexing},
        jobs::Jobs,
        journal::Journal,
        listening::Listening,
        retention::Retention,
        routing::Routing,
        tables::{self, Tables},
        turn::InTurn,
        understanding::{self, Understanding},
    },
};

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
            self.deadlines(),
        ];
        Ok(loops)
    }

    pub(super) async fn understanding(&self) -> Result<Arc<dyn Work>> {
        let settings = &self.settings.understand;
        let span = Span::hours(settings.duplicate_hours);
        let window = NearDuplicates::new(settings.duplicate_bits, span, understanding::WINDOW);
        let work = Arc::new(Understanding {
            store: self.store.clone(),
            understander: self.understander.clone(),
            window: Mutex::new(window),
            span,
            clock: self.clock.clone(),
            in_hand: Mutex::default(),
        });
        work.take_over().await?;
        Ok(work)
    }

    pub(super) fn routing(&self) -> Arc<dyn Work> {
        Arc::new(Routing {
            store: self.store.clone(),
            desk: self.desk.clone(),
            clock: self.clock.clone(),
        })
    }

    fn deadlines(&self) -> Arc<dyn Work> {
        Arc::new(Deadlines {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        })
    }

    /// Every loop of a process that does all.
    ///
    /// # Errors
    /// As [`Centre::working_loops`].
    pub async fn all_loops(&self) -> Result<Vec<Arc<dyn Work>>> {
        let mut loops = self.working_loops().await?;
        loops.push(Arc::new(self.indexing()));
        Ok(loops)
    }

    /// Every loop that works, but for the index: on several machines each is done by one of them.
    ///
    /// # Errors
    /// As [`Centre::inner_loops`]; channels that the settings name wrongly.
    pub async fn working_loops(&self) -> Result<Vec<Arc<dyn Work>>> {
        let collecting = self.collecting()?;
        let backfilling = Backfilling::beside(collecting.clone());
        let mut loops: Vec<Arc<dyn Work>> = vec![Arc::new(collecting), Arc::new(backfilling)];
        for work in [
            self.understanding().await?,
            self.routing(),
            self.deadlines(),
            Arc::new(self.retention()),
        ] {
            loops.push(self.in_turn(work)?);
        }
        loops.push(Arc::new(self.tables()?));
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

    /// Work that only one of several processes may do at a time.
    fn in_turn(&self, work: Arc<dyn Work>) -> Result<Arc<dyn Work>> {
        if !self.store.is_postgres() {
            return Ok(work);
        }
        let (store, clock) = (self.store.clone(), self.clock.clone());
        Ok(Arc::new(InTurn::new(work, store, clock, self.worker()?)))
    }

    /// The name of this process among those that share the database, the same after each start.
    fn worker(&self) -> Result<String> {
        self.lock.worker(|| self.ids.ulid(self.clock.now()))
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

    /// The loop that imports tables which people uploaded to this process.
    ///
    /// # Errors
    /// When the settings name a time zone that does not exist.
    pub fn tables(&self) -> Result<Tables> {
        Ok(Tables {
            desk: tables::Desk {
                store: self.store.clone(),
                keys: self.post_keys(),
                clock: self.clock.clone(),
                zone: self.zone()?,
                max_age: self.settings.incidents.max_age(),
            },
            data_dir: self.settings.data_dir.clone(),
            patience: Span::hours(self.settings.import.keep_hours),
            looked: AtomicI64::default(),
        })
    }

    /// The loop that signs and checks the journal.
    pub fn journal(&self) -> Journal {
        Journal {
            store: self.store.clone(),
            key: self.keys.journal.clone(),
            rules: self.settings.journal.clone(),
            data_dir: self.settings.data_dir.clone(),
            clock: self.clock.clone(),
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
        Ok(collecting.called(self.worker()?))
    }

    /// The loop that hears other processes; it rests on an embedded database.
    pub(super) fn listening(&self) -> Arc<dyn Work> {
        Arc::new(Listening::new(self.store.clone()))
    }

    pub(super) fn indexing(&self) -> Indexing {
        Indexing {
            store: self.store.clone(),
            writer: self.writer.clone(),
            batch: indexing::BATCH,
        }
    }
}
