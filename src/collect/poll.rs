//! The `poll` side of the seam: one polite visit of one source, from its cursor to a page. Start
//! with [`Collector::poll`].
//!
//! A page is stored whole or not at all, by `store::posts::keep`; a crash in between repeats the
//! visit and changes nothing. The other two sides are `receive` ([`super::sources::vk::events`]) and
//! `import` ([`super::import`]).

use jiff::tz::TimeZone;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use super::{
    fetch::Fetcher,
    politeness::{Haste, Politeness},
    sources::{feed, telegram, vk},
};
use crate::{
    config::settings::Collect,
    domain::{
        id::Ids,
        post::Platform,
        source::{Cursor, FetchError, Page, Reaction, SourceConfig},
        time::{Clock, Timestamp},
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
}

/// One visit: what the connectors are given.
pub(crate) struct Visit<'a> {
    pub collector: &'a Collector,
    pub source: &'a SourceConfig,
    pub haste: Haste,
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
        let politeness = Politeness::new(store, zone.clone(), clock.clone(), ids);
        Ok(Self {
            settings: settings.clone(),
            fetcher: Fetcher::new(settings, politeness, clock.clone())?,
            clock,
            zone,
        })
    }

    /// The gates, for tests and the page of sources.
    pub fn politeness(&self) -> &Politeness {
        &self.fetcher.politeness
    }

    /// Visits a source: what is new since `cursor`, within the visit's budget of pages.
    ///
    /// # Errors
    /// What failed and how to react; gates that the error closes are closed already. See
    /// [`super::schedule`] for when to come again.
    pub async fn poll(
        &self,
        source: &SourceConfig,
        cursor: &Cursor,
        haste: Haste,
    ) -> Result<Page, FetchError> {
        if !self.settings.enabled {
            return Err(stop("collecting is switched off (collect.enabled)"));
        }
        let visit = Visit {
            collector: self,
            source,
            haste,
        };
        match source.platform {
            Platform::Vk => vk::poll::poll(&visit, cursor).await,
            Platform::Telegram if !self.settings.telegram => Err(stop(
                "Telegram is switched off: switch collect.telegram on after your own check of its terms",
            )),
            Platform::Telegram => telegram::poll::poll(&visit, cursor).await,
            Platform::Feed => feed::poll::poll(&visit, cursor).await,
            other => Err(stop(&format!("sources of {other} are not visited yet"))),
        }
    }
}

impl Visit<'_> {
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
