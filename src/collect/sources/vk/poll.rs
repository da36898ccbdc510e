//! A visit of a VK wall: new posts, then the comments that changed, then once a day what VK says of
//! an official page. Start with [`poll`].
//!
//! The newest page comes first, with a pinned post of any age on top; the list may shift between
//! pages, so they overlap; posts may appear with an older date (they were moderated), so the end is
//! sought 48 hours behind the newest known.

mod call;
mod position;

use serde_json::Value;

use self::{
    call::Api,
    position::{Position, Resume},
};
use super::{comments, groups, json, wall};
use crate::{
    collect::poll::{Visit, read_cursor, stop, write_cursor},
    domain::{
        post::CapturedPost,
        source::{Cursor, FetchError, Page, PageFacts, Reaction},
        time::{Span, Timestamp},
    },
};

/// Most items of a page of `wall.get` and `wall.getComments`.
const PAGE: i64 = 100;
/// Items that two pages share, should the list shift between them.
const OVERLAP: i64 = 5;
/// Posts may appear with a date so much older than the newest.
const LATE: Span = Span::hours(48);
/// A wall seen for the first time is read so far back.
const HORIZON: Span = Span::days(30);

/// Visits the wall of a community.
pub async fn poll(visit: &Visit<'_>, cursor: &Cursor) -> Result<Page, FetchError> {
    let api = Api::new(visit)?;
    let mut position: Position = read_cursor(cursor);
    let mut page = Page {
        facts: facts(&api, visit, &mut position).await?,
        ..Page::default()
    };
    read_wall(&api, visit, &mut position, &mut page).await?;
    if visit.source.comments {
        read_comments(&api, visit, &mut position, &mut page).await;
    }
    position.forget_old();
    set_site(&mut page, &visit.collector.settings.base.vk_site);
    page.next = write_cursor(&position);
    Ok(page)
}

/// What VK says of an official page, once a day. A closed community is refused here, before its
/// wall is asked for.
async fn facts(
    api: &Api<'_>,
    visit: &Visit<'_>,
    position: &mut Position,
) -> Result<Option<PageFacts>, FetchError> {
    let today = visit
        .now()
        .in_zone(&visit.collector.zone)
        .date()
        .to_string();
    if !visit.source.official || position.facts_on.as_deref() == Some(today.as_str()) {
        return Ok(None);
    }
    let found = match api.groups(groups::FIELDS).await {
        Ok(found) => found,
        // The wall can be read without knowing the mark.
        Err(error) if matches!(error.reaction, Reaction::Skip | Reaction::Stop) => {
            tracing::warn!(source.id = %visit.source.code, %error, "the page's facts are not known");
            position.facts_on = Some(today);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    position.facts_on = Some(today);
    let Some(group) = found.into_iter().next() else {
        return Ok(None);
    };
    if group.closed || group.deactivated.is_some() {
        let why = group.deactivated.as_deref().unwrap_or("closed");
        return Err(FetchError {
            reaction: Reaction::Skip,
            ..stop(&format!("the community is {why}: it is not read"))
        });
    }
    Ok(Some(group.facts))
}

/// Reads pages of the wall until what is known begins.
async fn read_wall(
    api: &Api<'_>,
    visit: &Visit<'_>,
    position: &mut Position,
    page: &mut Page,
) -> Result<(), FetchError> {
    let known = position.clone();
    let first_visit = known.last_date.is_none();
    let floor = match known.last_date {
        Some(newest) => Timestamp::from_seconds(newest).minus(LATE),
        None => visit.now().minus(HORIZON),
    };
    let mut left = visit.pages();
    let mut fresh = 0;
    let mut count = known.expected(first_visit);
    let mut offset = 0;
    let mut resume = None;
    loop {
        if left == 0 {
            resume = Some(Resume { offset, floor });
            break;
        }
        left -= 1;
        let items = match api.wall(offset, count).await {
            Ok(items) => items,
            Err(error) if offset == 0 => return Err(error),
            Err(error) => {
                page.notes.push(format!("the visit ended early: {error}"));
                resume = Some(Resume { offset, floor });
                break;
            }
        };
        let seen = take(&items, &known, position, page);
        fresh += seen.fresh;
        if seen.reaches(floor) || (seen.fresh == 0 && !first_visit) || seen.all < count {
            break;
        }
        offset += count - OVERLAP;
        count = PAGE;
    }
    position.fresh = fresh;
    let resume = match (resume, known.resume) {
        // The new gap lies above the old one: one place stands for both.
        (Some(new), Some(old)) => Some(Resume {
            floor: new.floor.min(old.floor),
            ..new
        }),
        (Some(new), None) => Some(new),
        (None, Some(old)) => go_on(api, old, &known, position, page, left).await,
        (None, None) => None,
    };
    page.more = resume.is_some();
    position.resume = resume;
    Ok(())
}

/// Goes on where an earlier visit ran out of pages; new posts have pushed that place down.
async fn go_on(
    api: &Api<'_>,
    from: Resume,
    known: &Position,
    position: &mut Position,
    page: &mut Page,
    left: u32,
) -> Option<Resume> {
    let mut offset = (from.offset + position.fresh - OVERLAP).max(0);
    for _ in 0..left {
        let Ok(items) = api.wall(offset, PAGE).await else {
            break;
        };
        let seen = take(&items, known, position, page);
        if seen.reaches(from.floor) || seen.all < PAGE {
            return None;
        }
        offset += PAGE - OVERLAP;
    }
    Some(Resume { offset, ..from })
}

/// What a page of the wall held.
struct Seen {
    all: i64,
    fresh: i64,
    oldest: Option<Timestamp>,
}

impl Seen {
    fn reaches(&self, floor: Timestamp) -> bool {
        self.oldest.is_none_or(|oldest| oldest < floor)
    }
}

/// Takes the posts of a page that this visit has not taken yet.
fn take(items: &[Value], known: &Position, position: &mut Position, page: &mut Page) -> Seen {
    let mut seen = Seen {
        all: items.len() as i64,
        fresh: 0,
        oldest: None,
    };
    for item in items {
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
        if !wall::is_pinned(item) {
            seen.fresh += i64::from(!known.knows(id));
            seen.oldest = seen.oldest.min(post.published).or(post.published);
            position.reach(&post);
        }
        if !page.posts.iter().any(|taken| taken.key == post.key) {
            position.meet(id, post.counters.comments);
            page.posts.push(post);
        }
    }
    seen
}

/// Reads the comments of posts whose number of comments changed, newest posts first, as many as
/// the budget allows; the rest waits for the next visit.
async fn read_comments(api: &Api<'_>, visit: &Visit<'_>, position: &mut Position, page: &mut Page) {
    let budget = visit.pages() * 2;
    let mut left = budget;
    let changed: Vec<(i64, i64)> = position.with_new_comments();
    for (post, total) in changed {
        // A discussion longer than a whole visit's budget is cut, else it would block the others.
        let alone = left == budget;
        match comments_of(api, post, &mut left).await {
            Ok((read, complete)) => {
                page.posts.extend(read.posts);
                page.notes.extend(read.notes);
                if !complete && !alone {
                    page.more = true;
                    return;
                }
                if !complete {
                    page.notes.push("a very long discussion was cut".into());
                }
                position.comments_read(post, total);
            }
            Err(error) if error.reaction == Reaction::Skip => {
                page.notes
                    .push(format!("comments of a post are not to be had: {error}"));
                position.comments_read(post, total);
            }
            Err(error) => {
                page.notes
                    .push(format!("comments wait for the next visit: {error}"));
                return;
            }
        }
    }
}

/// The comments of one post: pages in their order, then the branches that are longer than shown.
/// False when the budget ended before they did.
async fn comments_of(api: &Api<'_>, post: i64, left: &mut u32) -> Result<(Page, bool), FetchError> {
    let mut all = Page::default();
    let mut branches = Vec::new();
    let mut offset = 0;
    loop {
        if *left == 0 {
            return Ok((all, false));
        }
        *left -= 1;
        let answer = api.comments(post, None, offset).await?;
        let came = json::items(&answer).len() as i64;
        let (page, unread) = comments::read_comments(&answer, &api.under(post));
        all.posts.extend(page.posts);
        all.notes.extend(page.notes);
        branches.extend(unread);
        offset += came;
        let level = json::int(&answer, "current_level_count").unwrap_or(0);
        if came == 0 || (came < PAGE && offset >= level) {
            break;
        }
    }
    for branch in branches {
        if *left == 0 {
            return Ok((all, false));
        }
        *left -= 1;
        let answer = api.comments(post, Some(branch.comment), 0).await?;
        let (page, _) = comments::read_comments(&answer, &api.under(post));
        all.posts.extend(page.posts);
    }
    dedup(&mut all.posts);
    Ok((all, true))
}

/// A comment of a branch came with its head and again with the branch: the last one stands.
fn dedup(posts: &mut Vec<CapturedPost>) {
    let mut seen = std::collections::HashSet::new();
    posts.reverse();
    posts.retain(|post| seen.insert(post.key.clone()));
    posts.reverse();
}

/// Links lead to the configured site of VK.
fn set_site(page: &mut Page, site: &str) {
    let site = site.trim_end_matches('/');
    for url in page.posts.iter_mut().filter_map(|post| post.url.as_mut()) {
        if let Some(path) = url.strip_prefix(wall::SITE) {
            *url = format!("{site}{path}");
        }
    }
}
