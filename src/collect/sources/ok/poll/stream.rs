//! The topics of a group, a page at a time: from the newest until what is known begins, then down the
//! gap that an earlier visit left. Start with [`read_top`].

use std::collections::HashSet;

use serde_json::Value;

use super::{
    call::Api,
    position::{Gap, Position},
};
use crate::{
    collect::sources::{
        ok::{key, topics},
        vk::json::{text, truth},
    },
    domain::{
        post::PostKind,
        source::{FetchError, Page},
        time::{Span, Timestamp},
    },
};

/// Topics may appear with a moment so much older than the newest.
const LATE: Span = Span::hours(48);
/// A group seen for the first time is read so far back.
const HORIZON: Span = Span::days(30);

/// Reads the newest topics, and notes in the position where the reading goes on, if it does.
///
/// # Errors
/// The calls'.
pub(super) async fn read_top(
    api: &Api<'_>,
    now: Timestamp,
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    let first_visit = position.newest.is_none();
    let floor = match position.newest {
        Some(newest) => newest.minus(LATE),
        None => now.minus(HORIZON),
    };
    let older = position.gap.take();
    let seen = read_page(api, None, position, page).await?;
    let gap = seen.rest(floor, !first_visit);
    position.gap = match (gap, older) {
        // A new gap lies above an older one: one place stands for both.
        (Some(new), Some(old)) => Some(Gap {
            floor: new.floor.min(old.floor),
            until_known: false,
            ..new
        }),
        (new, old) => new.or(old),
    };
    if seen.missing.is_empty() {
        return Ok(());
    }
    ask_for(api, &seen.missing, position, page).await
}

/// Reads one page further down.
///
/// # Errors
/// The calls'; the position stands where it stood.
pub(super) async fn read_older(
    api: &Api<'_>,
    from: Gap,
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    let seen = read_page(api, Some(&from.anchor), position, page).await?;
    let rest = seen.rest(from.floor, from.until_known);
    // A page that leads to itself would be asked for without end.
    position.gap = rest.filter(|rest| rest.anchor != from.anchor);
    Ok(())
}

/// What a page of the stream held.
struct Seen {
    fresh: usize,
    oldest: Option<Timestamp>,
    /// Where the next page begins.
    anchor: Option<String>,
    /// Known topics that should lie on it and do not.
    missing: Vec<String>,
}

impl Seen {
    /// What lies below this page and is to be read.
    fn rest(&self, floor: Timestamp, until_known: bool) -> Option<Gap> {
        let done = self.oldest.is_none_or(|oldest| oldest < floor);
        let known = until_known && self.fresh == 0;
        let anchor = self.anchor.clone().filter(|_| !done && !known)?;
        Some(Gap {
            anchor,
            floor,
            until_known,
        })
    }
}

async fn read_page(
    api: &Api<'_>,
    anchor: Option<&str>,
    position: &mut Position,
    page: &mut Page,
) -> Result<Seen, FetchError> {
    let answer = api.stream(anchor).await?;
    let mut read = topics::read_topics(&answer, &api.group);
    let named = topics::unread(&answer);
    for numbers in named.chunks(50) {
        let more = api.topics(numbers).await?;
        read.posts
            .extend(topics::read_topics(&more, &api.group).posts);
    }
    let on_page = read.posts.iter().map(|post| post.key.external_id.clone());
    let on_page: HashSet<String> = on_page.collect();
    // A pinned topic of any age stands first: the last one tells how far the page reaches.
    read.posts
        .sort_by_key(|post| std::cmp::Reverse(post.published));
    let moments = || read.posts.iter().filter_map(|post| post.published);
    let (newest, oldest) = (
        moments().max(),
        last_moment(&answer, &api.group).or(moments().min()),
    );
    let missing = newest.zip(oldest).map(|(newest, oldest)| {
        let known = position.between(oldest, newest).into_iter();
        known.filter(|number| !on_page.contains(number)).collect()
    });
    let fresh = read.posts.iter().filter(|post| position.meet(post)).count();
    page.posts.extend(read.posts);
    page.notes.extend(read.notes);
    Ok(Seen {
        fresh,
        oldest,
        anchor: next(&answer),
        missing: missing.unwrap_or_default(),
    })
}

/// The moment of the answer's last topic.
fn last_moment(answer: &Value, group: &str) -> Option<Timestamp> {
    let read = topics::read_topics(answer, group);
    read.posts.last().and_then(|post| post.published)
}

/// The anchor of the next page; none after the last.
fn next(answer: &Value) -> Option<String> {
    let more = truth(answer, "has_more").unwrap_or(true);
    let anchor = text(answer, "anchor").filter(|anchor| more && !anchor.is_empty());
    anchor.map(str::to_owned)
}

/// Asks for topics by their numbers: those that are not there were deleted, or hidden.
async fn ask_for(
    api: &Api<'_>,
    numbers: &[String],
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    for numbers in numbers.chunks(50) {
        let answer = match api.topics(numbers).await {
            Ok(answer) => answer,
            Err(error) => {
                let note = format!("topics that were missed wait for the next visit: {error}");
                page.notes.push(note);
                return Ok(());
            }
        };
        let read = topics::read_topics(&answer, &api.group);
        let there: HashSet<&str> = read
            .posts
            .iter()
            .map(|p| p.key.external_id.as_str())
            .collect();
        let gone = numbers
            .iter()
            .filter(|number| !there.contains(number.as_str()));
        page.absent
            .extend(gone.map(|number| key(&api.group, PostKind::Post, number)));
        for post in &read.posts {
            position.meet(post);
        }
        page.posts.extend(read.posts);
    }
    Ok(())
}
