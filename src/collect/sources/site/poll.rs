//! A visit of a site: its list (or sitemap), then the pages of what is new, then some that are known.
//! Start with [`poll`].
//!
//! What a visit has no budget left for waits in the position: nothing that a list named is forgotten.
//! A list that holds nothing is an error, never «no news» ([`check`]).

mod check;
mod map;
mod pages;
mod position;

use jiff::tz::TimeZone;
use url::Url;

use self::position::{Known, Position};
use super::{
    Reading, Selectors,
    item::Item,
    list::{List, read_list},
    same_site,
};
use crate::{
    collect::{
        fetch::{Body, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, read_cursor, stop, write_cursor},
        sources::pos::look::look,
    },
    domain::{
        reading::Site,
        source::{Cursor, FetchError, Page, PageFacts},
        time::Span,
    },
};

/// A list seen for the first time is read so far back.
const HORIZON: Span = Span::days(30);
/// Pages of a list that are walked back, whatever it says.
const LONGEST: u32 = 50;

/// Visits a site.
pub async fn poll(visit: &Visit<'_>, cursor: &Cursor) -> Result<Page, FetchError> {
    let site = visit.source.site.clone().unwrap_or_default();
    let mut tour = Tour::of(visit, &site, read_cursor(cursor))?;
    if site.item.is_some() || site.sitemap.is_none() {
        tour.read_lists().await?;
    }
    if site.sitemap.is_some() {
        tour.read_maps().await?;
    }
    tour.read_pages().await?;
    tour.look_for_widget().await;
    Ok(tour.end())
}

/// A visit under way.
struct Tour<'a> {
    visit: &'a Visit<'a>,
    site: &'a Site,
    selectors: Selectors,
    zone: TimeZone,
    home: Url,
    was: Position,
    position: Position,
    page: Page,
    /// Requests that the visit may still make.
    left: u32,
}

impl<'a> Tour<'a> {
    fn of(visit: &'a Visit<'a>, site: &'a Site, was: Position) -> Result<Self, FetchError> {
        let selectors = Selectors::of(site).map_err(|why| stop(&why))?;
        let home = address(site.list.as_deref().unwrap_or(&visit.source.owner).trim())?;
        let zone = selectors.zone.clone();
        Ok(Self {
            zone: zone.unwrap_or_else(|| visit.collector.zone.clone()),
            left: visit.pages(),
            position: was.clone(),
            page: Page::default(),
            visit,
            site,
            selectors,
            home,
            was,
        })
    }

    fn end(mut self) -> Page {
        self.position.trim();
        self.page.more = !self.position.waiting.is_empty()
            || self.position.older.is_some()
            || !self.position.maps.is_empty();
        self.page.next = write_cursor(&self.position);
        self.page
    }

    /// The first page of the list, and older ones while they hold what is not known.
    async fn read_lists(&mut self) -> Result<(), FetchError> {
        let (etag, modified) = (self.was.etag.clone(), self.was.modified.clone());
        let first = self.ask(self.home.clone(), etag, modified).await?;
        if let Some(body) = first {
            self.position.etag.clone_from(&body.etag);
            self.position.modified.clone_from(&body.modified);
            let address = self.home.clone();
            let list = self.understand(&body, &address)?;
            if list.items.is_empty() && !self.selectors.names_item() {
                return self.take_whole(&body);
            }
            check::list(&list.items, &self.selectors, &self.was).map_err(|why| stop(&why))?;
            self.note_first(&list);
            self.position.noted(&list.items);
            let reaches = self.take_list(list, 1);
            self.position.older = self.position.older.take().or(reaches);
        }
        while let Some(next) = self.position.older.take() {
            // Half of the visit belongs to the pages of what was found.
            if self.left <= self.visit.pages() / 2 {
                self.position.older = Some(next);
                break;
            }
            self.position.older = self.read_older(&next).await?;
        }
        Ok(())
    }

    async fn read_older(
        &mut self,
        next: &(String, u32),
    ) -> Result<Option<(String, u32)>, FetchError> {
        let url = address(&next.0)?;
        match self.ask(url.clone(), None, None).await {
            Ok(Some(body)) => {
                let list = self.understand(&body, &url)?;
                Ok(self.take_list(list, next.1))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                let note = format!("page {} of the list was not read: {error}", next.1);
                self.page.notes.push(note);
                Ok(None)
            }
        }
    }

    /// Takes what is new of a list page; where to go on, when it holds nothing else.
    fn take_list(&mut self, list: List, number: u32) -> Option<(String, u32)> {
        let horizon = self.visit.now().minus(HORIZON);
        let mut fresh = !list.items.is_empty();
        for item in list.items {
            let old = item.published.is_some_and(|at| at < horizon);
            let known = !self.take_item(item, list.nofollow);
            fresh &= !known && !old;
        }
        let next = list.next.or_else(|| {
            let pattern = self.site.pages.as_deref()?;
            let page = pattern.replace("{page}", &(number + 1).to_string());
            self.home.join(&page).ok()
        });
        next.filter(|_| fresh && number < LONGEST)
            .map(|url| (url.into(), number + 1))
    }

    /// Whether the item was not known: posted at once when its text stands in the list, else its page
    /// waits to be read.
    fn take_item(&mut self, item: Item, nofollow: bool) -> bool {
        let (id, print) = (item.id(), item.print());
        let known = self.position.known.get(&id);
        let is_new = known.is_none() && !self.position.is_waiting(&item);
        if known.is_some_and(|known| known.listed == print) {
            return is_new;
        }
        // A list may name pages of other sites: they are not this source's to read.
        let link = item.link.as_ref();
        let own = link.is_some_and(|link| same_site(link, &self.home));
        let follows = !self.selectors.in_list && !nofollow && own;
        if follows {
            self.position.wait(item, print);
        } else {
            let known = Known::listed(print, self.visit.now());
            self.position.known.insert(id, known);
            self.page
                .posts
                .extend(item.into_post(&self.visit.source.owner));
        }
        is_new
    }

    /// A page that is no list is read whole: a notice that is written anew now and then.
    fn take_whole(&mut self, body: &Body) -> Result<(), FetchError> {
        if self.was.items > 0 {
            return Err(stop(&check::empty(&self.selectors, &self.was)));
        }
        let address = self.home.clone();
        let article = self.article(body, &address).map_err(|why| {
            stop(&format!(
                "PARSER_BROKEN: {why}: look at {address} and give the source selectors"
            ))
        })?;
        self.keep_article(article, String::new());
        Ok(())
    }

    /// What an operator should know of a site that is read for the first time.
    fn note_first(&mut self, list: &List) {
        if let Some(feed) = list
            .feed
            .as_ref()
            .filter(|_| self.was == Position::default())
        {
            let note = format!("the page names a feed, which is surer than a page: {feed}");
            self.page.notes.push(note);
        }
    }

    /// An official site shows the widget of the state feedback platform: looked for once a day.
    async fn look_for_widget(&mut self) {
        let now = self.visit.now();
        let due = self
            .position
            .looked
            .is_none_or(|at| now.since(at) >= Span::days(1));
        let front = self.home.join("/").ok();
        let (true, Some(front)) = (due && self.visit.source.official && self.left > 0, front)
        else {
            return;
        };
        let collector = self.visit.collector;
        let found = look(
            &collector.fetcher,
            &collector.settings,
            &front,
            self.visit.haste,
        )
        .await;
        self.position.looked = Some(now);
        match found {
            Ok(widget) => {
                self.page.facts = Some(PageFacts {
                    widget: Some(widget),
                    ..PageFacts::default()
                });
            }
            Err(error) => self
                .page
                .notes
                .push(format!("the widget was not looked for: {error}")),
        }
    }

    fn understand(&self, body: &Body, address: &Url) -> Result<List, FetchError> {
        read_list(&body.bytes, &self.reading(body, address))
            .map_err(|why| stop(&format!("PARSER_BROKEN: {why}: look at {address}")))
    }

    fn reading<'r>(&'r self, body: &'r Body, address: &'r Url) -> Reading<'r> {
        Reading {
            selectors: &self.selectors,
            address,
            charset: body.charset.as_deref(),
            robots: &body.robots,
            zone: self.zone.clone(),
            now: self.visit.now(),
        }
    }

    /// One request; `None` when nothing changed.
    async fn ask(
        &mut self,
        url: Url,
        etag: Option<String>,
        modified: Option<String>,
    ) -> Result<Option<Body>, FetchError> {
        self.left = self.left.saturating_sub(1);
        let collector = self.visit.collector;
        let domain = Domain::host(&collector.settings, url.host_str().unwrap_or_default());
        let request = Request {
            etag,
            modified,
            ..Request::page(url, domain, self.visit.haste)
        };
        match collector.fetcher.fetch(request).await? {
            Fetched::Body(body) => Ok(Some(body)),
            Fetched::NotModified => Ok(None),
            Fetched::Redirect(_) => Err(stop("the page redirects without end")),
        }
    }
}
