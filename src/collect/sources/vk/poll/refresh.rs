//! Asking again, by name, for posts that we hold: how their counters grew, whether they were edited,
//! whether they are still there. `wall.getById` takes a hundred names and has no daily limit, so older
//! posts cost `wall.get` nothing. Start with [`refresh`].
//!
//! A post is asked for at certain ages, rarer as it grows older, and once more an hour after it was not
//! there: only what is missing twice is deleted.

use std::collections::HashMap;

use serde_json::Value;

use super::{call::Api, position::Position, unavailable};
use crate::{
    collect::{
        poll::Visit,
        sources::vk::{json, wall},
    },
    domain::{
        post::PostKind,
        source::{FetchError, Page},
        time::{Span, Timestamp},
    },
    store::posts,
};

/// The ages at which a post is asked for. Talk and deletions come in the first day, numbers still grow in
/// the first week; after a month nothing is asked for any more.
const AGES: [Span; 6] = [
    Span::hours(1),
    Span::hours(6),
    Span::days(1),
    Span::days(3),
    Span::days(7),
    Span::days(30),
];
/// Posts of a source are gathered for so long, to ask for many in one call.
const EVERY: Span = Span::hours(1);
/// Names in one call of `wall.getById`.
const NAMES: usize = 100;
/// Posts that are asked for at one time: after a long pause the newest count.
const MOST: usize = 5 * NAMES;

/// Whether posts may have come to an age since they were last looked for.
pub(super) fn is_due(position: &Position, now: Timestamp) -> bool {
    position
        .refreshed
        .is_some_and(|last| now.since(last) >= EVERY)
}

/// Asks for the posts whose age has come, and for those that were missing. What fails waits for the
/// next time.
pub(super) async fn refresh(
    api: &Api<'_>,
    visit: &Visit<'_>,
    position: &mut Position,
    page: &mut Page,
) {
    let now = visit.now();
    let since = position.refreshed.replace(now).unwrap_or(now);
    match refresh_since(api, visit, since, position, page).await {
        Ok(()) => position.refresh_from = None,
        Err(error) => {
            page.notes
                .push(format!("posts were not asked for again: {error}"));
            position.refresh_from.get_or_insert(since);
        }
    }
}

async fn refresh_since(
    api: &Api<'_>,
    visit: &Visit<'_>,
    since: Timestamp,
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    let since = position.refresh_from.unwrap_or(since);
    let asked = wanted(api, visit, since, position).await?;
    for asked in asked.chunks(NAMES) {
        let names: Vec<Name> = asked.iter().map(|post| post.name).collect();
        let items = api.by_id(&names).await?;
        take(&items, asked, visit, position, page);
    }
    Ok(())
}

/// A post's owner and number.
pub(super) type Name = (i64, i64);

/// A post that is asked for.
struct Wanted {
    name: Name,
    /// Its number of comments as we last saw it.
    comments: Option<i64>,
}

/// What to ask for. Topics of boards are posts of another kind: their names are no numbers.
async fn wanted(
    api: &Api<'_>,
    visit: &Visit<'_>,
    since: Timestamp,
    position: &Position,
) -> Result<Vec<Wanted>, FetchError> {
    let source = visit.source.code.as_str();
    let known = async {
        let mut tx = visit.collector.store.read().await?;
        posts::list_to_refresh(&mut tx, source, &AGES, since, visit.now(), MOST as i64).await
    };
    let known = known.await.map_err(unavailable)?;
    let mut wanted: Vec<Wanted> = known.iter().filter_map(of_wall).collect();
    for post in position.missing_before(visit.now().minus(EVERY)) {
        let name = api.owner().map(|owner| (owner, post));
        let name = name.filter(|name| wanted.iter().all(|post| post.name != *name));
        wanted.extend(name.map(|name| Wanted {
            name,
            comments: None,
        }));
    }
    wanted.truncate(MOST);
    Ok(wanted)
}

fn of_wall((owner, id, comments): &posts::Known) -> Option<Wanted> {
    let name = (owner.parse().ok()?, id.parse().ok()?);
    (name.0 < 0).then_some(Wanted {
        name,
        comments: *comments,
    })
}

/// Takes what came, and notes what did not.
fn take(
    items: &[Value],
    asked: &[Wanted],
    visit: &Visit<'_>,
    position: &mut Position,
    page: &mut Page,
) {
    let mut there = HashMap::with_capacity(items.len());
    for item in items {
        match wall::read_post(item) {
            Ok(post) if !post.deleted => {
                let name = json::int(item, "owner_id").zip(json::int(item, "id"));
                there.extend(name.map(|name| (name, post.counters.comments)));
                page.posts.push(post);
            }
            Ok(_) => {} // `is_deleted`: it is as good as missing
            Err(note) => page.notes.push(note),
        }
    }
    for Wanted { name, comments } in asked {
        let (owner, post) = *name;
        match there.get(name) {
            Some(now) => {
                position.found(post);
                if visit.source.comments {
                    position.meet_again(post, *comments, *now);
                }
            }
            None => {
                position.missed(post, visit.now());
                page.absent.push(wall::key(owner, PostKind::Post, post));
            }
        }
    }
}
