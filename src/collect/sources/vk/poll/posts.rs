//! The posts of a wall, a page at a time: from the top until what is known begins, then down the gap
//! that an earlier visit left. Start with [`read_top`].

use std::collections::HashMap;

use serde_json::Value;

use super::{
    OVERLAP, PAGE,
    call::Api,
    position::{Position, Resume},
    unavailable,
};
use crate::{
    collect::{
        poll::Visit,
        sources::vk::{MOST_ITEMS, json, wall},
    },
    domain::{
        source::{FetchError, Page},
        time::{Span, Timestamp},
        watch::Listed,
    },
    store::posts,
};

/// Posts may appear with a date so much older than the newest.
const LATE: Span = Span::hours(48);
/// A wall seen for the first time is read so far back, and then once each week: what was moderated for
/// longer stands deep down.
const HORIZON: Span = Span::days(30);
const WEEK: Span = Span::days(7);

/// Reads the top of the wall, and notes in the position where the reading goes on, if it does.
///
/// # Errors
/// The call's.
pub(super) async fn read_top(
    api: &Api<'_>,
    visit: &Visit<'_>,
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    let first_visit = position.last_date.is_none();
    let sweeps = position.sweeps(visit.now(), WEEK, turn(visit.source.code.as_str()));
    let floor = match position.last_date {
        Some(newest) if !sweeps => Timestamp::from_seconds(newest).minus(LATE),
        _ => visit.now().minus(HORIZON),
    };
    let count = api.most("wall.get", position.expected(first_visit));
    let items = api.wall(0, count).await?;
    let held = held(visit, position, &items).await?;
    page.listed = Some(Listed::newest());
    let seen = take(&items, &held, position, page);
    let rest = Resume {
        offset: count - OVERLAP,
        floor,
        until_known: !first_visit && !sweeps,
    };
    let rest = (!seen.ends(&rest, count)).then_some(rest);
    position.fresh = seen.fresh;
    position.long |= !first_visit && rest.is_some();
    position.resume = match (rest, position.resume) {
        (Some(new), Some(old)) => Some(new.above(old)),
        (None, Some(old)) => Some(old.pushed_down(seen.fresh)),
        (new, None) => new,
    };
    Ok(())
}

/// Reads one page further down.
///
/// # Errors
/// The call's; the position stands where it stood.
pub(super) async fn read_older(
    api: &Api<'_>,
    visit: &Visit<'_>,
    from: Resume,
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    let count = api.most("wall.get", PAGE);
    let items = api.wall(from.offset, count).await?;
    let held = held(visit, position, &items).await?;
    let seen = take(&items, &held, position, page);
    if from.until_known {
        position.fresh += seen.fresh;
    }
    position.resume = (!seen.ends(&from, count)).then_some(Resume {
        offset: from.offset + count - OVERLAP,
        ..from
    });
    Ok(())
}

/// A source's turn within the week.
fn turn(code: &str) -> Span {
    let mixed = code.bytes().fold(7_u64, |mixed, byte| {
        mixed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    Span::hours((mixed % (7 * 24)) as i64)
}

/// Posts of a page that we hold and that the position may have forgotten, with their comments as we saw
/// them last: a pinned post, or what stands deep down.
async fn held(
    visit: &Visit<'_>,
    position: &Position,
    items: &[Value],
) -> Result<HashMap<i64, Option<i64>>, FetchError> {
    let old = items
        .iter()
        .filter(|item| json::int(item, "id").is_some_and(|id| position.may_have_forgotten(id)));
    let moments: Vec<Timestamp> = old.filter_map(|item| json::moment(item, "date")).collect();
    if moments.is_empty() {
        return Ok(HashMap::new());
    }
    let known = async {
        let mut tx = visit.collector.store.read().await?;
        posts::list_known(&mut tx, visit.source.code.as_str(), &moments).await
    };
    let known = known.await.map_err(unavailable)?.into_iter();
    Ok(known
        .filter_map(|(_, id, comments)| Some((id.parse().ok()?, comments)))
        .collect())
}

/// What a page of the wall held.
struct Seen {
    all: i64,
    fresh: i64,
    oldest: Option<Timestamp>,
}

impl Seen {
    /// Whether nothing below this page needs to be read.
    fn ends(&self, reading: &Resume, asked: i64) -> bool {
        self.oldest.is_none_or(|oldest| oldest < reading.floor)
            || (reading.until_known && self.fresh == 0)
            || self.all < asked
    }
}

/// Takes the posts of a page.
fn take(
    items: &[Value],
    held: &HashMap<i64, Option<i64>>,
    position: &mut Position,
    page: &mut Page,
) -> Seen {
    let mut seen = Seen {
        all: items.len() as i64,
        fresh: 0,
        oldest: None,
    };
    for item in items.iter().take(MOST_ITEMS) {
        let post = match wall::read_post(item) {
            Ok(post) => post,
            Err(note) => {
                page.notes.push(note);
                continue;
            }
        };
        let Some(id) = json::int(item, "id") else {
            continue;
        };
        let listed = page.listed.get_or_insert_default();
        if wall::is_pinned(item) {
            listed.posts += 1;
        } else {
            listed.count(Some(id), post.published);
            seen.fresh += i64::from(!position.knows(id));
            seen.oldest = seen.oldest.min(post.published).or(post.published);
            position.reach(&post);
        }
        match held.get(&id) {
            Some(had) => position.meet_again(id, *had, post.counters.comments),
            None => position.meet(id, post.counters.comments),
        }
        page.posts.push(post);
    }
    seen
}
