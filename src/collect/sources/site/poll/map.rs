//! Pages by the site's sitemaps: robots.txt tells where they are, else /sitemap.xml. Start with
//! `Tour::read_maps`.

use url::Url;

use super::{HORIZON, Tour, position::Map};
use crate::{
    collect::{
        fetch::{Fetched, Request},
        politeness::Domain,
        poll::{address, stop},
        sources::site::{
            item::Item,
            plain_address, same_site,
            sitemap::{DEEPEST, Entry, LARGEST, Sitemap, dates_vary, read_sitemap},
        },
    },
    domain::{
        source::FetchError,
        time::{Span, Timestamp},
    },
};

/// Sitemaps are begun anew at most so often.
const OFTEN: Span = Span::hours(1);
/// Pages of a sitemap without dates that are looked at: its last ones, where new pages are added.
const UNDATED: usize = 300;
/// Of those, so many are read at the first visit; the others count as known.
const UNDATED_FIRST: usize = 20;
/// Sitemaps that wait at most.
const MOST_MAPS: usize = 500;

impl Tour<'_> {
    /// Reads sitemaps while the budget lasts, and puts their new and changed pages into the queue.
    pub(super) async fn read_maps(&mut self) -> Result<(), FetchError> {
        let now = self.visit.now();
        let due = self.position.mapped.is_none_or(|at| now.since(at) >= OFTEN);
        if self.position.maps.is_empty() && due {
            self.position.maps = self.begin().await?;
            self.position.mapped = Some(now);
        }
        let alone = self.site.item.is_none();
        let mut found = self.position.maps.is_empty();
        while self.left > 0 && (self.left > self.visit.pages() / 2 || !found) {
            let Some(map) = self.position.maps.pop() else {
                break;
            };
            match self.read_map(&map).await {
                Ok(sitemap) => found |= self.take_map(&map, sitemap),
                // Another sitemap may still be there; a visit that read none failed.
                Err(error)
                    if alone && self.was.known.is_empty() && self.position.maps.is_empty() =>
                {
                    return Err(error);
                }
                Err(error) => {
                    found = true;
                    self.page
                        .notes
                        .push(format!("a sitemap was not read: {error}"));
                }
            }
        }
        let never = self.was.known.is_empty() && self.was.read_maps.is_empty();
        if alone && never && !found && self.position.maps.is_empty() {
            return Err(stop(
                "PARSER_BROKEN: the sitemap names no page of this site's that fits: look at \
                 `sitemap` and `sitemap_match`",
            ));
        }
        Ok(())
    }

    /// Where to begin.
    async fn begin(&mut self) -> Result<Vec<Map>, FetchError> {
        let told = match self.site.sitemap.as_deref() {
            Some("auto") | None => {
                let haste = self.visit.haste;
                let fetcher = &self.visit.collector.fetcher;
                let domain = self.domain(&self.home);
                let request = Request::page(self.home.clone(), domain, haste);
                let mut told = fetcher.sitemaps(&request).await?;
                if told.is_empty() {
                    told.extend(self.home.join("/sitemap.xml").map(String::from));
                }
                told
            }
            Some(given) => vec![given.to_owned()],
        };
        let maps = told.into_iter().take(MOST_MAPS);
        Ok(maps.map(|address| Map { address, depth: 1 }).collect())
    }

    fn domain(&self, url: &Url) -> Domain {
        let settings = &self.visit.collector.settings;
        Domain::host(settings, url.host_str().unwrap_or_default())
    }

    async fn read_map(&mut self, map: &Map) -> Result<Sitemap, FetchError> {
        self.left = self.left.saturating_sub(1);
        let url = address(&map.address)?;
        let request = Request {
            limit: LARGEST,
            ..Request::page(url.clone(), self.domain(&url), self.visit.haste)
        };
        match self.visit.collector.fetcher.fetch(request).await? {
            Fetched::Body(body) => read_sitemap(&body.bytes)
                .map_err(|why| stop(&format!("PARSER_BROKEN: {why}: look at {url}"))),
            _ => Err(stop("the sitemap leads nowhere")),
        }
    }

    /// Takes what is new of a sitemap; whether it named pages.
    fn take_map(&mut self, map: &Map, sitemap: Sitemap) -> bool {
        self.page.notes.extend(sitemap.note);
        if map.depth < DEEPEST {
            self.take_maps(map.depth + 1, sitemap.maps);
        }
        let vary = dates_vary(&sitemap.pages);
        let wanted: Vec<Entry> = sitemap
            .pages
            .into_iter()
            .filter(|page| self.is_wanted(&page.address))
            .collect();
        let named = !wanted.is_empty();
        let newest = wanted.iter().filter_map(|page| page.changed).max();
        match vary || wanted.iter().any(|page| page.published.is_some()) {
            true => self.take_dated(map, wanted, vary),
            false => self.take_undated(wanted),
        }
        if let Some(newest) = newest {
            let seen = self
                .position
                .read_maps
                .entry(map.address.clone())
                .or_default();
            *seen = newest.as_millis().max(*seen);
        }
        named
    }

    /// Further sitemaps, unless they say that nothing changed in them; the newest is read first.
    fn take_maps(&mut self, depth: u8, maps: Vec<Entry>) {
        let mut fresh: Vec<Entry> = maps
            .into_iter()
            .filter(|map| {
                let seen = self.position.read_maps.get(map.address.as_str());
                let changed = map.changed.map(Timestamp::as_millis);
                seen.zip(changed)
                    .is_none_or(|(seen, changed)| changed > *seen)
            })
            .collect();
        fresh.sort_by_key(|map| map.changed);
        for map in fresh {
            if self.position.maps.len() < MOST_MAPS {
                let address = String::from(map.address);
                self.position.maps.push(Map { address, depth });
            }
        }
    }

    /// Pages of this site's under the wanted path.
    fn is_wanted(&self, page: &Url) -> bool {
        let path = self.site.sitemap_match.as_deref().unwrap_or("/");
        same_site(page, &self.home) && page.as_str().contains(path) && page != &self.home
    }

    /// Pages that tell when they were changed or published: what is younger than the last reading.
    fn take_dated(&mut self, map: &Map, pages: Vec<Entry>, vary: bool) {
        let horizon = self.visit.now().minus(HORIZON);
        let seen = self.position.read_maps.get(&map.address);
        // A day of overlap: dates without time of day.
        let since = seen.map_or(horizon, |seen| {
            Timestamp::from_millis(*seen).minus(Span::days(1))
        });
        for page in pages {
            let changed = page.changed.filter(|_| vary);
            let at = changed.max(page.published);
            let known = self.position.known.get(&plain_address(&page.address));
            let edited =
                known.is_some_and(|known| known.changed.is_some() && changed > known.changed);
            let fresh = known.is_none() && at.is_some_and(|at| at >= since.max(horizon));
            if fresh || edited {
                self.take_entry(page, changed);
            }
        }
    }

    /// Pages without dates: those at the end of the file that are not known.
    fn take_undated(&mut self, pages: Vec<Entry>) {
        let first = self.was.known.is_empty();
        let skip = pages.len().saturating_sub(UNDATED);
        if skip > 0 {
            let note = format!(
                "the sitemap tells no dates: of its pages the last {UNDATED} are looked at; narrow `sitemap_match`"
            );
            self.page.notes.push(note);
        }
        let last: Vec<Entry> = pages.into_iter().skip(skip).collect();
        let known_from = last.len().saturating_sub(UNDATED_FIRST);
        for (at, page) in last.into_iter().enumerate() {
            let id = plain_address(&page.address);
            if self.position.known.contains_key(&id) {
                continue;
            }
            if first && at < known_from {
                let known = super::Known::listed(String::new(), self.visit.now());
                self.position.known.insert(id, known);
            } else {
                self.take_entry(page, None);
            }
        }
    }

    fn take_entry(&mut self, page: Entry, changed: Option<Timestamp>) {
        let item = Item {
            link: Some(page.address),
            title: page.title,
            text: String::new(),
            published: page.published,
            edited: changed,
        };
        self.position.wait(item, String::new());
    }
}
