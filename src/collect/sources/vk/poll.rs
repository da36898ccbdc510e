//! A visit of a VK wall, in steps that are kept one by one: the top of the wall with what VK says of
//! an official page, then older pages, then the comments that changed, then what became of posts that we
//! hold, then the discussion board. So the first posts are kept after one call, and a visit that was cut off goes on where it was.
//! Start with [`step`].
//!
//! The newest page comes first, with a pinned post of any age on top; the list may shift between
//! pages, so they overlap; posts may appear with an older date (they were moderated), so the end is
//! sought 48 hours behind the newest known, and once a week 30 days behind.

mod back;
mod board;
mod call;
mod discussion;
mod position;
mod posts;
mod refresh;

pub(crate) use self::back::read_back;
use self::{
    call::Api,
    position::{Position, Unfinished},
};
use super::{groups, wall};
use crate::{
    collect::poll::{Step, Visit, read_cursor, stop, write_cursor},
    domain::{
        source::{Cursor, FetchError, Page, PageFacts, Reaction},
        time::Timestamp,
    },
    store,
};

/// Most items of a page of `wall.get` and `wall.getComments`.
const PAGE: i64 = 100;
/// Items that two pages share, should the list shift between them.
const OVERLAP: i64 = 5;
/// Calls for comments that one step makes.
const CALLS: u32 = 5;

/// Makes the next step of a visit: the one before which it was left, or the first.
pub async fn step(visit: &Visit<'_>, cursor: &Cursor) -> Result<Step, FetchError> {
    let mut position: Position = read_cursor(cursor);
    let mut page = Page::default();
    let left = position.visit.take();
    let mut rest = match left.filter(|rest| !visit.anew && rest.is_fresh(visit.now())) {
        Some(rest) => go_on(visit, rest, &mut position, &mut page).await?,
        None => begin(visit, &mut position, &mut page).await?,
    };
    if position.resume.is_none() {
        rest.pages = 0;
    }
    if !visit.source.comments || position.discussion().is_none() {
        rest.calls = 0;
    }
    rest.refresh &= refresh::is_due(&position, visit.now());
    // A wall that is known by its short name alone, and is empty, tells no number to ask the board by.
    if !visit.source.boards || rest.owner.is_none() || !position.board.is_due(visit.now()) {
        rest.board = 0;
    }
    let goes_on = rest.pages > 0 || rest.calls > 0 || rest.refresh || rest.board > 0;
    page.more |= goes_on || position.resume.is_some();
    if let Some(listed) = &mut page.listed {
        listed.unread = position.resume.is_some();
    }
    position.visit = goes_on.then_some(rest);
    position.forget_old();
    set_site(&mut page, &visit.collector.settings.base.vk_site);
    page.next = write_cursor(&position);
    Ok(Step { page, goes_on })
}

/// The first step.
async fn begin(
    visit: &Visit<'_>,
    position: &mut Position,
    page: &mut Page,
) -> Result<Unfinished, FetchError> {
    let api = Api::new(visit, None)?;
    page.facts = facts(&api, visit, position).await?;
    posts::read_top(&api, visit, position, page).await?;
    // What stands on the wall now was just read: ages count from here on.
    position.refreshed.get_or_insert(visit.now());
    let pages = visit.pages();
    Ok(Unfinished {
        since: visit.now(),
        owner: api.owner(),
        pages: pages - 1,
        calls: pages * 2,
        refresh: true,
        board: pages,
    })
}

/// A later step: older pages while the visit may ask for some, then comments, then posts that we hold.
/// What fails here waits for the next visit; what was read is kept.
async fn go_on(
    visit: &Visit<'_>,
    mut rest: Unfinished,
    position: &mut Position,
    page: &mut Page,
) -> Result<Unfinished, FetchError> {
    let api = Api::new(visit, rest.owner)?;
    if let Some(from) = position.resume.filter(|_| rest.pages > 0) {
        rest.pages -= 1;
        if let Err(error) = posts::read_older(&api, visit, from, position, page).await {
            page.notes.push(format!("the wall ended early: {error}"));
            rest.pages = 0;
        }
    } else if rest.calls > 0 {
        rest.calls = read_comments(&api, rest.calls, position, page).await;
    } else if rest.refresh {
        rest.refresh = false;
        refresh::refresh(&api, visit, position, page).await;
    } else {
        rest.board = read_board(&api, rest.board, visit.now(), position, page).await;
    }
    Ok(rest)
}

/// Reads on in the discussion board. Gives the calls that the visit may still make.
async fn read_board(
    api: &Api<'_>,
    left: u32,
    now: Timestamp,
    position: &mut Position,
    page: &mut Page,
) -> u32 {
    let calls = left.min(CALLS);
    for _ in 0..calls {
        if !position.board.is_due(now) || !position.board.read_on(api, now, page).await {
            return 0;
        }
    }
    page.more |= position.board.is_due(now);
    left - calls
}

/// Reads on in the discussions whose number of comments changed, newest posts first. Gives the
/// calls that the visit may still make.
async fn read_comments(api: &Api<'_>, left: u32, position: &mut Position, page: &mut Page) -> u32 {
    let calls = left.min(CALLS);
    for _ in 0..calls {
        let Some(mut discussion) = position.discussion() else {
            return 0;
        };
        match discussion.read_on(api, page).await {
            Ok(()) if !discussion.is_read() => position.reading = Some(discussion),
            Ok(()) => position.discussed(&discussion),
            Err(error) if error.reaction == Reaction::Skip => {
                let note = format!("comments of a post are not to be had: {error}");
                page.notes.push(note);
                position.discussed(&discussion);
            }
            Err(error) if discussion.is_given_up(&error) => {
                let note = format!("comments of a post are left, after several tries: {error}");
                page.notes.push(note);
                position.discussed(&discussion);
            }
            Err(error) => {
                page.notes
                    .push(format!("comments wait for the next visit: {error}"));
                position.reading = Some(discussion);
                return 0;
            }
        }
    }
    page.more = position.discussion().is_some();
    left - calls
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
    let off = group.wall_off && !visit.source.boards;
    if let Some(why) = group.refusal().or(off.then_some("without a wall")) {
        return Err(FetchError {
            reaction: Reaction::Skip,
            ..stop(&format!("the community is {why}: it is not read"))
        });
    }
    Ok(Some(group.facts))
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

/// The store cannot be asked what it holds: the visit is made again.
fn unavailable(error: store::Error) -> FetchError {
    FetchError {
        reaction: Reaction::BackOff,
        code: None,
        message: format!("the posts that we hold cannot be read: {error}"),
        not_before: None,
    }
}
