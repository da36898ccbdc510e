//! Found posts in order of time, page by page: a page begins after a post, not after a number of posts,
//! so that what comes or goes meanwhile moves nothing. Posts of one moment stand in the order of their
//! ids: feeds tell time in minutes, tables in days. Start with [`page`].

use anyhow::Result;

use super::asked::Cursor;
use crate::{
    domain::{id::PostId, time::Timestamp},
    index::{
        Index,
        query::{Found, Hit, Search},
    },
};

/// Posts of one moment that are put in order; beyond them the order is the index's own.
const MOST: usize = 10_000;
/// The largest page of the index.
const CHUNK: usize = 500;

/// The posts after a cursor, and the cursor after them.
pub(super) fn page(
    index: &Index,
    search: &Search,
    after: Option<Cursor>,
) -> Result<(Found, Option<Cursor>)> {
    let mut found = Found::default();
    let mut hits = Vec::new();
    let mut rest = search.clone();
    (rest.newest, rest.offset) = (true, 0);
    if let Some(Cursor(moment, key)) = after {
        let group = group(index, search, moment)?.into_iter();
        hits.extend(group.filter(|hit| key_of(&hit.id) > key));
        rest.until = Some(Timestamp::from_millis(moment));
    }
    if hits.len() <= search.limit {
        rest.limit = search.limit + 1 - hits.len();
        found = index.search(&rest)?;
        let is_cut = found.total > found.hits.len();
        let last = found.hits.last().filter(|_| is_cut).map(moment_of);
        let whole = found
            .hits
            .drain(..)
            .filter(|hit| Some(moment_of(hit)) != last);
        hits.extend(whole);
        if let Some(moment) = last {
            hits.extend(group(index, search, moment)?);
        }
    }
    hits.sort_by_key(|hit| (std::cmp::Reverse(moment_of(hit)), key_of(&hit.id)));
    let more = hits.len() > search.limit;
    hits.truncate(search.limit);
    let next = hits.last().filter(|_| more);
    let next = next.map(|hit| Cursor(moment_of(hit), key_of(&hit.id)));
    Ok((Found { hits, ..found }, next))
}

/// Every post of one moment.
fn group(index: &Index, search: &Search, moment: i64) -> Result<Vec<Hit>> {
    let from = Timestamp::from_millis(moment);
    if search.since.is_some_and(|since| since > from) {
        return Ok(Vec::new());
    }
    let mut hits = Vec::new();
    loop {
        let found = index.search(&Search {
            since: Some(from),
            until: Some(Timestamp::from_millis(moment.saturating_add(1))),
            newest: true,
            limit: CHUNK,
            offset: hits.len(),
            ..search.clone()
        })?;
        let ended = found.hits.len() < CHUNK;
        hits.extend(found.hits);
        if ended || hits.len() >= MOST {
            return Ok(hits);
        }
    }
}

fn moment_of(hit: &Hit) -> i64 {
    hit.published.unwrap_or_default().as_millis()
}

/// Half of the id, which is a hash, as a number that sorts.
fn key_of(id: &PostId) -> i64 {
    let id: Option<ulid::Ulid> = id.as_str().parse().ok();
    (id.map_or(0, |id| id.0) >> 65) as i64
}
