//! A visit of a channel's preview: the newest page, then older ones until what is known. Start with
//! [`poll`].
//!
//! Numbers of posts grow, and gaps are normal: albums, deleted and service messages. The newest page
//! is always read whole, so edits are seen.

mod back;

use serde::{Deserialize, Serialize};

pub(crate) use self::back::read_back;

use super::preview::{Preview, read_page};
use crate::{
    collect::{
        fetch::{Body, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, read_cursor, write_cursor},
        reactions::http::TELEGRAM,
    },
    domain::{
        source::{Cursor, FetchError, Page},
        time::{Span, Timestamp},
        watch::Listed,
    },
};

/// A channel seen for the first time is read so far back.
const HORIZON: Span = Span::days(30);

/// Where a channel was left.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// The newest message's number.
    max_id: i64,
    /// What an earlier visit could not read.
    gap: Option<Gap>,
}

/// Messages older than `before` and newer than `floor`, down to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    before: i64,
    floor: i64,
    since: Timestamp,
}

/// Visits a channel.
pub async fn poll(visit: &Visit<'_>, cursor: &Cursor) -> Result<Page, FetchError> {
    let known: Position = read_cursor(cursor);
    let channel = Channel::of(visit)?;
    let newest = channel.read(None).await?;
    let mut page = Page {
        facts: Some(newest.facts.clone()),
        ..Page::default()
    };
    let mut left = visit.pages() - 1;
    let top = newest.ids.iter().copied().max().unwrap_or(0);
    let first = Gap {
        before: i64::MAX,
        floor: known.max_id,
        since: visit.now().minus(HORIZON),
    };
    let mut gaps = Vec::new();
    gaps.extend(first.after(newest, &mut page));
    gaps.extend(known.gap);
    let mut open = Vec::new();
    for gap in gaps {
        open.extend(channel.close(gap, &mut left, &mut page).await);
    }
    // Two gaps become one that spans both: reading some posts twice changes nothing.
    let gap = open.iter().copied().reduce(Gap::span);
    page.more = gap.is_some();
    let mut listed = Listed::newest();
    for post in &page.posts {
        listed.count(post.key.external_id.parse().ok(), post.published);
    }
    listed.unread = gap.is_some();
    page.listed = Some(listed);
    page.next = write_cursor(&Position {
        max_id: known.max_id.max(top),
        gap,
    });
    Ok(page)
}

impl Gap {
    /// Takes a page out of the gap; what is left of it, if anything.
    fn after(self, preview: Preview, page: &mut Page) -> Option<Gap> {
        let lowest = preview.ids.iter().copied().min();
        let oldest = preview.posts.iter().filter_map(|post| post.published).min();
        let older = preview.older;
        page.posts.extend(preview.posts);
        page.notes.extend(preview.notes);
        let lowest = lowest?;
        let reached = lowest <= self.floor.saturating_add(1);
        let too_old = self.floor == 0 && oldest.is_some_and(|oldest| oldest < self.since);
        if reached || too_old || lowest <= 1 || lowest >= self.before {
            return None;
        }
        older.map(|_| Gap {
            before: lowest,
            ..self
        })
    }

    fn span(self, other: Gap) -> Gap {
        Gap {
            before: self.before.max(other.before),
            floor: self.floor.min(other.floor),
            since: self.since.min(other.since),
        }
    }
}

struct Channel<'a> {
    visit: &'a Visit<'a>,
    base: String,
    name: String,
}

impl<'a> Channel<'a> {
    fn of(visit: &'a Visit<'a>) -> Result<Self, FetchError> {
        let owner = visit.source.owner.trim().trim_start_matches('@');
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if owner.is_empty() || !owner.chars().all(fits) {
            let sentence = format!("{owner:?} is not the name of a channel");
            return Err(crate::collect::poll::stop(&sentence));
        }
        let base = visit.collector.settings.base.telegram.trim_end_matches('/');
        Ok(Self {
            visit,
            base: base.to_owned(),
            name: owner.to_owned(),
        })
    }

    /// Reads the pages of a gap while the budget lasts; what is left of it, if anything.
    async fn close(&self, gap: Gap, left: &mut u32, page: &mut Page) -> Option<Gap> {
        let mut gap = gap;
        while *left > 0 {
            *left -= 1;
            match self.read(Some(gap.before)).await {
                Ok(preview) => gap = gap.after(preview, page)?,
                Err(error) => {
                    page.notes.push(format!("the visit ended early: {error}"));
                    break;
                }
            }
        }
        Some(gap)
    }

    async fn read(&self, before: Option<i64>) -> Result<Preview, FetchError> {
        let mut url = address(&format!("{}/s/{}", self.base, self.name))?;
        if let Some(before) = before {
            url.set_query(Some(&format!("before={before}")));
        }
        let domain = Domain::telegram(&self.visit.collector.settings);
        let request = Request {
            language: Some("en"),
            follow: false,
            answers: &TELEGRAM,
            ..Request::page(url, domain, self.visit.haste)
        };
        let fetcher = &self.visit.collector.fetcher;
        match fetcher.fetch(request).await? {
            Fetched::Body(body) => self.understand(&body),
            Fetched::NotModified | Fetched::Redirect(_) => {
                Err(crate::collect::poll::stop("t.me answered without a page"))
            }
        }
    }

    fn understand(&self, body: &Body) -> Result<Preview, FetchError> {
        read_page(&String::from_utf8_lossy(&body.bytes), &self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(ids: &[i64]) -> Preview {
        Preview {
            ids: ids.to_vec(),
            older: ids.first().copied(),
            ..Preview::default()
        }
    }

    #[test]
    fn a_gap_closes_at_what_is_known() {
        let gap = Gap {
            before: i64::MAX,
            floor: 80,
            since: Timestamp::default(),
        };
        let mut page = Page::default();
        let left = gap.after(preview(&[101, 120]), &mut page);
        assert_eq!(left.map(|gap| gap.before), Some(101));
        let left = left.and_then(|gap| gap.after(preview(&[81, 100]), &mut page));
        assert_eq!(left, None);
        assert_eq!(gap.after(preview(&[]), &mut page), None);
        // A page that does not go down would be asked for without end.
        let stuck = Gap { before: 101, ..gap };
        assert_eq!(stuck.after(preview(&[101, 120]), &mut page), None);
    }
}
