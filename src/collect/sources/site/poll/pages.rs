//! The pages of what was found, and known ones from time to time. Start with `Tour::read_pages`.

use url::Url;

use super::{
    Tour, check,
    position::{Known, Waiting},
};
use crate::{
    collect::{
        fetch::Body,
        poll::stop,
        sources::site::{article::read_article, item::Item, key, plain_address},
    },
    domain::source::{FetchError, Reaction},
};

/// Known pages read again in one visit.
const MOST_AGAIN: usize = 3;

impl Tour<'_> {
    /// Reads the pages that wait while the budget lasts, then known ones whose turn it is.
    pub(super) async fn read_pages(&mut self) -> Result<(), FetchError> {
        while self.left > 0 {
            let Some(waiting) = self.position.take_next() else {
                break;
            };
            if !self.read_page(waiting).await {
                return Ok(());
            }
            check::pages(&self.position.lately, &self.selectors).map_err(|why| stop(&why))?;
        }
        let due = self.position.due(self.visit.now());
        for id in due.into_iter().take(MOST_AGAIN) {
            if self.left == 0 || !self.read_again(&id).await {
                break;
            }
        }
        Ok(())
    }

    /// Whether the visit may go on.
    async fn read_page(&mut self, waiting: Waiting) -> bool {
        // What the position holds was an address when it was written.
        let Ok(link) = Url::parse(&waiting.link) else {
            return true;
        };
        let body = match self.ask(link.clone(), None, None).await {
            Ok(body) => body,
            Err(error) => return self.page_failed(waiting, &link, &error),
        };
        let Some(body) = body else { return true };
        let id = plain_address(&link);
        let listed = Item {
            link: Some(link.clone()),
            title: waiting.title,
            text: waiting.text,
            published: waiting.published,
            edited: None,
        };
        match self.article(&body, &link) {
            Ok(article) => {
                self.position
                    .told(article.published.is_some() || listed.published.is_some());
                let mut item = listed.completed(article);
                // Found again by the address that the list gave.
                item.link = Some(link);
                self.keep_article(item, waiting.listed);
            }
            Err(why) => {
                let path = link.path();
                self.page
                    .notes
                    .push(format!("{path} was not understood: {why}"));
                self.keep_article(listed, waiting.listed);
            }
        }
        if let Some(known) = self.position.known.get_mut(&id) {
            known.changed = waiting.changed;
        }
        true
    }

    fn page_failed(&mut self, waiting: Waiting, link: &Url, error: &FetchError) -> bool {
        let gone = error.reaction == Reaction::Skip;
        let path = link.path();
        self.page
            .notes
            .push(format!("{path} was not read: {error}"));
        if !gone && self.position.put_back(waiting.clone()) {
            return false;
        }
        // Known by what the list told of it, so that it is not asked for each time.
        let known = Known::listed(waiting.listed, self.visit.now());
        self.position.known.insert(plain_address(link), known);
        gone
    }

    /// A known page: edited, gone, or as it was.
    async fn read_again(&mut self, id: &str) -> bool {
        let now = self.visit.now();
        let Ok(link) = Url::parse(id) else {
            return true;
        };
        match self.ask(link.clone(), None, None).await {
            Ok(Some(body)) => {
                let Some(known) = self.position.known.get(id).cloned() else {
                    return true;
                };
                if let Ok(mut article) = self.article(&body, &link) {
                    article.link = Some(link);
                    article.published = known.published.or(article.published);
                    self.keep_article(article, known.listed);
                }
            }
            Ok(None) => {}
            Err(error) if matches!(error.code, Some(404 | 410)) => {
                self.page.absent.push(key(&self.visit.source.owner, id));
            }
            Err(error) => {
                self.page
                    .notes
                    .push(format!("{} was not read again: {error}", link.path()));
                return error.reaction == Reaction::Skip;
            }
        }
        if let Some(known) = self.position.known.get_mut(id) {
            known.read = now;
        }
        true
    }

    pub(super) fn article(&self, body: &Body, address: &Url) -> Result<Item, String> {
        read_article(&body.bytes, &self.reading(body, address))
    }

    /// Hands an item over when it says something new.
    pub(super) fn keep_article(&mut self, item: Item, listed: String) {
        let (id, said, now) = (item.id(), item.print(), self.visit.now());
        let known = self.position.known.get(&id);
        let (first, changed) = known.map_or((now, None), |known| (known.first, known.changed));
        let same = known.is_some_and(|known| known.said == said);
        self.position.known.insert(
            id,
            Known {
                listed,
                said,
                first,
                read: now,
                published: item.published,
                changed,
            },
        );
        if !same {
            self.page
                .posts
                .extend(item.into_post(&self.visit.source.owner));
        }
    }
}
