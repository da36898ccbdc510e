//! A visit of a feed: one conditional request. Start with [`poll`].

use serde::{Deserialize, Serialize};
use url::Url;

use super::parse::{Reading, read_feed};
use crate::{
    collect::{
        charset,
        fetch::{Body, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, read_cursor, stop, write_cursor},
        sources::site,
    },
    domain::{
        source::{Cursor, FetchError, Page},
        watch::Listed,
    },
};

/// What the server gave to ask with next time, verbatim.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    etag: Option<String>,
    modified: Option<String>,
}

/// Visits a feed. Not modified is an empty page with the same position.
pub async fn poll(visit: &Visit<'_>, cursor: &Cursor) -> Result<Page, FetchError> {
    let position: Position = read_cursor(cursor);
    let url = address(visit.source.owner.trim())?;
    let at = url.clone();
    let collector = visit.collector;
    let domain = Domain::host(&collector.settings, url.host_str().unwrap_or_default());
    let request = Request {
        etag: position.etag,
        modified: position.modified,
        ..Request::page(url, domain, visit.haste)
    };
    let body = match collector.fetcher.fetch(request).await? {
        Fetched::Body(body) => body,
        Fetched::NotModified => {
            return Ok(Page {
                next: cursor.clone(),
                ..Page::default()
            });
        }
        Fetched::Redirect(_) => return Err(stop("the feed redirects without end")),
    };
    let reading = Reading {
        owner: &visit.source.owner,
        charset: body.charset.as_deref(),
        zone: collector.zone.clone(),
    };
    let mut page = read_feed(&body.bytes, &reading).map_err(|error| hinted(error, &body, &at))?;
    let mut listed = Listed::newest();
    for post in &page.posts {
        listed.count(None, post.published);
    }
    page.listed = Some(listed);
    page.next = write_cursor(&Position {
        etag: body.etag,
        modified: body.modified,
    });
    Ok(page)
}

/// A page that is no feed may name one: the operator is told which.
fn hinted(error: FetchError, body: &Body, address: &Url) -> FetchError {
    let page = charset::decode(&body.bytes, body.charset.as_deref()).text;
    match site::list::feed_of(&page, address) {
        Some(feed) => FetchError {
            message: format!("{}; the page names this feed: {feed}", error.message),
            ..error
        },
        None => error,
    }
}
