//! The `poll` side of the seam: one polite visit of one source, from its cursor to a page, in steps
//! that can be kept one by one. Start with [`Collector::step`].
//!
//! A step's page is stored whole or not at all, by `store::posts::keep`; a crash in between repeats
//! the step and changes nothing. The other two sides are `receive` (`web::receive`) and
//! `import` ([`super::import`]).

use std::{collections::HashSet, sync::Arc};

use jiff::tz::TimeZone;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use super::{
    fetch::{Acted, Fetcher},
    politeness::{Domain, Haste, Politeness},
    sources::{feed, max, ok, open311, site, telegram, vk},
};
use crate::{
    config::settings::Collect,
    domain::{
        id::Ids,
        post::{CapturedPost, Platform},
        source::{Cursor, FetchError, Page, Reaction, SourceConfig},
        time::{Clock, Span, Timestamp},
    },
    store::Store,
};

/// Visits sources.
pub struct Collector {
    pub(super) settings: Collect,
    pub(super) fetcher: Fetcher,
    pub(super) clock: Clock,
    /// The region's zone: dates without one, days of quotas.
    pub(super) zone: TimeZone,
    /// What is known of the posts that are asked for again. Read only.
    pub(super) store: Store,
    /// What the VK connector remembers between calls.
    pub(super) vk: vk::Memory,
}

/// One visit: what the connectors are given.
pub(crate) struct Visit<'a> {
    pub collector: &'a Collector,
    pub source: &'a SourceConfig,
    pub haste: Haste,
    /// Begin with what is newest, whatever an earlier visit left unfinished.
    pub anew: bool,
}

/// A part of a visit, to be kept before the next one is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it brought.
    pub page: Page,
    /// The visit is not over: its next step begins at the page's position.
    pub goes_on: bool,
}

impl Step {
    /// A visit of one step.
    pub(super) fn whole(page: Page) -> Self {
        Self {
            page,
            goes_on: false,
        }
    }
}

impl Collector {
    /// A collector whose gates are kept in `store`.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(
        settings: &Collect,
        zone: TimeZone,
        store: Store,
        clock: Clock,
        ids: Ids,
    ) -> anyhow::Result<Self> {
        let politeness = Politeness::new(store.clone(), zone.clone(), clock.clone(), ids);
        Ok(Self {
            settings: settings.clone(),
            fetcher: Fetcher::new(settings, politeness, clock.clone())?,
            clock,
            zone,
            store,
            vk: vk::Memory::default(),
        })
    }

    /// The same collector, asking a network that is acted in process.
    #[must_use]
    pub fn over(self, network: Arc<dyn Acted>) -> Self {
        Self {
            fetcher: self.fetcher.over(network),
            ..self
        }
    }

    /// The settings of collecting.
    pub fn settings(&self) -> &Collect {
        &self.settings
    }

    /// The region's zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The gates, for tests and the page of sources.
    pub fn politeness(&self) -> &Politeness {
        &self.fetcher.politeness
    }

    /// How far our clock goes ahead of the networks' that sources are read from, by host; hosts that do
    /// not answer are left out. Asks `most` hosts at most, each once.
    pub async fn ahead_of(&self, sources: &[SourceConfig], most: usize) -> Vec<(String, Span)> {
        let mut hosts: Vec<(Url, Domain)> = Vec::new();
        for source in sources {
            if let Some((url, domain)) = self.host_of(source)
                && !hosts.iter().any(|(known, _)| known.host() == url.host())
            {
                hosts.push((url, domain));
            }
        }
        let mut told = Vec::new();
        for (url, domain) in hosts.iter().take(most) {
            if let Some(ahead) = self.fetcher.ahead_of(url, domain).await {
                told.push((url.host_str().unwrap_or_default().to_owned(), ahead));
            }
        }
        told
    }

    /// Where a source's answers come from; none for one that is not visited.
    fn host_of(&self, source: &SourceConfig) -> Option<(Url, Domain)> {
        let settings = &self.settings;
        match source.platform {
            Platform::Vk => Some((Url::parse(&settings.base.vk).ok()?, Domain::vk(settings))),
            Platform::Ok => Some((Url::parse(&settings.base.ok).ok()?, Domain::ok(settings))),
            Platform::Max => Some((Url::parse(&settings.base.max).ok()?, Domain::max(settings))),
            Platform::Telegram if settings.telegram => Some((
                Url::parse(&settings.base.telegram).ok()?,
                Domain::telegram(settings),
            )),
            Platform::Feed | Platform::Site | Platform::Open311 => {
                let url = Url::parse(&source.owner).ok()?;
                let domain = Domain::host(settings, url.host_str()?);
                Some((url, domain))
            }
            _ => None,
        }
    }

    /// Makes one step of a visit: what is new since `cursor`, or what a visit before left over.
    ///
    /// # Errors
    /// What failed and how to react; gates that the error closes are closed already. See
    /// [`super::schedule`] for when to come again.
    pub async fn step(
        &self,
        source: &SourceConfig,
        cursor: &Cursor,
        haste: Haste,
    ) -> Result<Step, FetchError> {
        let visit = Visit {
            collector: self,
            source,
            haste,
            anew: false,
        };
        visit.step(cursor).await
    }

    /// Visits a source from its newest post on, every step of it, within the visit's budget of
    /// pages.
    ///
    /// # Errors
    /// As [`Collector::step`].
    pub async fn poll(
        &self,
        source: &SourceConfig,
        cursor: &Cursor,
        haste: Haste,
    ) -> Result<Page, FetchError> {
        let visit = Visit {
            collector: self,
            source,
            haste,
            anew: true,
        };
        let Step { mut page, goes_on } = visit.step(cursor).await?;
        let mut goes_on = goes_on;
        while goes_on {
            let next = self.step(source, &page.next, haste).await?;
            goes_on = next.goes_on;
            join(&mut page, next.page);
        }
        keep_last(&mut page.posts);
        Ok(page)
    }
}

/// Adds a step's page to those before it.
fn join(whole: &mut Page, part: Page) {
    whole.posts.extend(part.posts);
    whole.notes.extend(part.notes);
    whole.absent.extend(part.absent);
    whole.events.extend(part.events);
    whole.facts = part.facts.or(whole.facts.take());
    whole.listed = match (whole.listed, part.listed) {
        (Some(above), Some(below)) => Some(above.and(below)),
        (above, below) => above.or(below),
    };
    whole.next = part.next;
    whole.more = part.more;
}

/// A post stood on two pages that overlap, or a comment came with its head and again with its
/// branch: the last one stands.
fn keep_last(posts: &mut Vec<CapturedPost>) {
    let mut seen = HashSet::new();
    posts.reverse();
    posts.retain(|post| seen.insert(post.key.clone()));
    posts.reverse();
}

impl Visit<'_> {
    async fn step(&self, cursor: &Cursor) -> Result<Step, FetchError> {
        let settings = &self.collector.settings;
        if !settings.enabled {
            return Err(stop("collecting is switched off (collect.enabled)"));
        }
        match self.source.platform {
            Platform::Vk => vk::poll::step(self, cursor).await,
            Platform::Telegram if !settings.telegram => Err(stop(
                "Telegram is switched off: switch collect.telegram on after your own check of its terms",
            )),
            Platform::Telegram => telegram::poll::poll(self, cursor).await.map(Step::whole),
            Platform::Feed => feed::poll::poll(self, cursor).await.map(Step::whole),
            Platform::Site => site::poll::poll(self, cursor).await.map(Step::whole),
            Platform::Open311 => open311::poll::poll(self, cursor).await.map(Step::whole),
            Platform::Ok => ok::poll::step(self, cursor).await,
            Platform::Max => max::poll::step(self, cursor).await,
            other => Err(stop(&format!("sources of {other} are not visited yet"))),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.collector.clock.now()
    }

    /// The budget of pages.
    pub fn pages(&self) -> u32 {
        self.collector.settings.pages_per_visit.max(1)
    }
}

/// A failure that a person must mend.
pub(super) fn stop(message: &str) -> FetchError {
    FetchError {
        reaction: Reaction::Stop,
        code: None,
        message: message.to_owned(),
        not_before: None,
    }
}

/// An address built from settings and catalogue.
pub(super) fn address(text: &str) -> Result<Url, FetchError> {
    Url::parse(text).map_err(|error| stop(&format!("{text:?} is not an address: {error}")))
}

/// A connector's position. One that cannot be read (another version wrote it) begins anew: what is
/// known already is stored once anyway.
pub(super) fn read_cursor<T: DeserializeOwned + Default>(cursor: &Cursor) -> T {
    serde_json::from_str(&cursor.0).unwrap_or_default()
}

/// A position as the store keeps it.
pub(super) fn write_cursor<T: Serialize>(position: &T) -> Cursor {
    Cursor(serde_json::to_string(position).unwrap_or_default())
}
