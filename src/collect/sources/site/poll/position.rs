//! Where a site was left: what is known, what waits to be read. Start with [`Position`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    collect::sources::site::item::Item,
    domain::time::{Span, Timestamp},
};

/// Pages remembered; older ones are told from new ones by their date.
const MOST_KNOWN: usize = 600;
/// Pages that wait; a site that names more at once is read from its newest.
const MOST_WAITING: usize = 500;
/// Pages whose dates are remembered.
const LATELY: usize = 10;
/// A page is read again after so long…
const AGAIN: Span = Span::days(1);
/// …while it is so young.
const YOUNG: Span = Span::days(7);
/// A page that cannot be read is asked for so many times.
const TRIES: u8 = 3;

/// Where a site was left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Position {
    /// The list's, verbatim.
    pub etag: Option<String>,
    pub modified: Option<String>,
    /// Items of the list's first page at the last visit.
    pub items: usize,
    /// They were dated.
    pub dated: bool,
    /// Whether the pages read lately told dates, oldest first.
    pub lately: Vec<bool>,
    /// By identity.
    pub known: BTreeMap<String, Known>,
    /// Newest first.
    pub waiting: Vec<Waiting>,
    /// The list's next page that is to be read, and its number.
    pub older: Option<(String, u32)>,
    /// Sitemaps that are to be read.
    pub maps: Vec<Map>,
    /// The newest change that each sitemap told.
    pub read_maps: BTreeMap<String, i64>,
    /// When the sitemaps were begun.
    pub mapped: Option<Timestamp>,
    /// When the widget was looked for.
    pub looked: Option<Timestamp>,
}

/// A page that was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Known {
    /// How the list told it.
    pub listed: String,
    /// What its page said; empty when it was not read.
    pub said: String,
    /// When it was seen first, and read last.
    pub first: Timestamp,
    pub read: Timestamp,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// What the sitemap says of its change.
    pub changed: Option<Timestamp>,
}

/// A page to be read, with what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub link: String,
    pub title: Option<String>,
    pub text: String,
    pub published: Option<Timestamp>,
    pub listed: String,
    pub changed: Option<Timestamp>,
    pub tries: u8,
}

/// A sitemap to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Map {
    pub address: String,
    pub depth: u8,
}

impl Known {
    /// Of an item that a list told whole.
    pub fn listed(print: String, now: Timestamp) -> Self {
        Self {
            listed: print,
            first: now,
            read: now,
            ..Self::default()
        }
    }
}

impl Position {
    /// Remembers how a list looked.
    pub fn noted(&mut self, items: &[Item]) {
        self.items = items.len();
        self.dated = items.iter().any(|item| item.published.is_some());
    }

    /// Remembers whether a page told its date.
    pub fn told(&mut self, dated: bool) {
        self.lately.push(dated);
        let over = self.lately.len().saturating_sub(LATELY);
        self.lately.drain(..over);
    }

    /// Puts an item's page into the queue, once.
    pub fn wait(&mut self, item: Item, listed: String) {
        if self.is_waiting(&item) {
            return;
        }
        let Some(link) = item.link.map(String::from) else {
            return;
        };
        self.waiting.push(Waiting {
            link,
            title: item.title,
            text: item.text,
            published: item.published,
            listed,
            changed: item.edited,
            tries: 0,
        });
    }

    /// Whether an item's page waits already.
    pub fn is_waiting(&self, item: &Item) -> bool {
        let link = item.link.as_ref().map(Url::as_str);
        self.waiting
            .iter()
            .any(|waiting| Some(waiting.link.as_str()) == link)
    }

    /// The page to be read next: the newest that waits.
    pub fn take_next(&mut self) -> Option<Waiting> {
        let newest = (0..self.waiting.len())
            .max_by_key(|at| (self.waiting[*at].published, std::cmp::Reverse(*at)))?;
        Some(self.waiting.remove(newest))
    }

    /// A page that failed waits again, a few times.
    pub fn put_back(&mut self, mut waiting: Waiting) -> bool {
        waiting.tries += 1;
        let again = waiting.tries < TRIES;
        if again {
            self.waiting.push(waiting);
        }
        again
    }

    /// Young pages whose last reading is a day old, the longest ago first.
    pub fn due(&self, now: Timestamp) -> Vec<String> {
        let young = |known: &Known| now.since(known.published.unwrap_or(known.first)) < YOUNG;
        let due = |known: &Known| {
            !known.said.is_empty() && young(known) && now.since(known.read) >= AGAIN
        };
        let mut found: Vec<(&Timestamp, &String)> = self
            .known
            .iter()
            .filter(|(_, known)| due(known))
            .map(|(id, known)| (&known.read, id))
            .collect();
        found.sort();
        found.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// Forgets what is oldest beyond what a position may hold.
    pub fn trim(&mut self) {
        self.waiting.truncate(MOST_WAITING);
        let over = self.known.len().saturating_sub(MOST_KNOWN);
        if over == 0 {
            return;
        }
        let mut by_age: Vec<(Timestamp, String)> = self
            .known
            .iter()
            .map(|(id, known)| (known.first, id.clone()))
            .collect();
        by_age.sort();
        for (_, id) in by_age.into_iter().take(over) {
            self.known.remove(&id);
        }
    }
}
