//! A visit of a group at OK, in steps that are kept one by one: the newest topics with what OK says of an
//! official page, then older topics, then the comments whose number changed. Start with [`step`].
//!
//! The stream comes newest first and is gone through by anchors. Edits have no mark: a topic that is read
//! again is compared by its content. A topic that should lie on a page and does not is asked for by its
//! number; what then is not there is told as absent.

mod call;
mod discussion;
mod position;
mod stream;

use self::{
    call::Api,
    position::{Position, Unfinished},
};
use super::groups;
use crate::{
    collect::poll::{Step, Visit, read_cursor, stop, write_cursor},
    domain::source::{Cursor, FetchError, Page, PageFacts, Reaction},
};

/// Items of a page.
const PAGE: i64 = 100;
/// Calls for comments that one step makes.
const CALLS: u32 = 5;

/// Makes the next step of a visit: the one before which it was left, or the first.
pub async fn step(visit: &Visit<'_>, cursor: &Cursor) -> Result<Step, FetchError> {
    let mut position: Position = read_cursor(cursor);
    let mut page = Page::default();
    let left = position.visit.take();
    let left = left.filter(|rest| !visit.anew && rest.is_fresh(visit.now()));
    let mut api = Api::new(visit)?;
    api.find_group(&mut position).await?;
    let mut rest = match left {
        Some(rest) => go_on(&api, rest, &mut position, &mut page).await,
        None => begin(&api, visit, &mut position, &mut page).await?,
    };
    if position.gap.is_none() {
        rest.pages = 0;
    }
    if !visit.source.comments || position.discussion().is_none() {
        rest.calls = 0;
    }
    let goes_on = rest.pages > 0 || rest.calls > 0;
    page.more |= goes_on || position.gap.is_some();
    position.visit = goes_on.then_some(rest);
    position.forget_old();
    set_site(&mut page, &visit.collector.settings.base.ok_site);
    page.next = write_cursor(&position);
    Ok(Step { page, goes_on })
}

/// The first step.
async fn begin(
    api: &Api<'_>,
    visit: &Visit<'_>,
    position: &mut Position,
    page: &mut Page,
) -> Result<Unfinished, FetchError> {
    page.facts = facts(api, visit, position).await?;
    stream::read_top(api, visit.now(), position, page).await?;
    Ok(Unfinished {
        since: visit.now(),
        pages: visit.pages() - 1,
        calls: visit.pages() * 2,
    })
}

/// A later step: older topics while the visit may ask for some, then comments. What fails here waits for
/// the next visit; what was read is kept.
async fn go_on(
    api: &Api<'_>,
    mut rest: Unfinished,
    position: &mut Position,
    page: &mut Page,
) -> Unfinished {
    let Some(gap) = position.gap.clone().filter(|_| rest.pages > 0) else {
        rest.calls = read_comments(api, rest.calls, position, page).await;
        return rest;
    };
    rest.pages -= 1;
    if let Err(error) = stream::read_older(api, gap, position, page).await {
        page.notes.push(format!("the stream ended early: {error}"));
        rest.pages = 0;
    }
    rest
}

/// Reads on in the discussions whose number of comments changed, newest topics first. Gives the calls
/// that the visit may still make.
async fn read_comments(api: &Api<'_>, left: u32, position: &mut Position, page: &mut Page) -> u32 {
    let calls = left.min(CALLS);
    for _ in 0..calls {
        let Some(mut discussion) = position.discussion() else {
            return 0;
        };
        match discussion.read_on(api, page).await {
            Ok(true) => position.discussed(discussion),
            Ok(false) => position.reading = Some(discussion),
            Err(error) if error.reaction == Reaction::Skip => {
                let note = format!("comments of a topic are not to be had: {error}");
                page.notes.push(note);
                position.discussed(discussion);
            }
            Err(error) => {
                let note = format!("comments wait for the next visit: {error}");
                page.notes.push(note);
                return 0;
            }
        }
    }
    page.more = position.discussion().is_some();
    left - calls
}

/// What OK says of the group, once a day: of an official page, and of each before it is first read. A
/// closed group is refused here.
async fn facts(
    api: &Api<'_>,
    visit: &Visit<'_>,
    position: &mut Position,
) -> Result<Option<PageFacts>, FetchError> {
    let today = visit.now().in_zone(&visit.collector.zone).date();
    let today = Some(today.to_string());
    let wanted = visit.source.official || position.facts_on.is_none();
    if !wanted || position.facts_on == today {
        return Ok(None);
    }
    let found = api.groups(groups::FIELDS).await?;
    position.facts_on = today;
    let Some(group) = found.into_iter().next() else {
        return Ok(None);
    };
    if group.closed {
        return Err(FetchError {
            reaction: Reaction::Skip,
            ..stop("the group is closed: it is not read")
        });
    }
    Ok(Some(group.facts))
}

/// Links lead to the configured site of OK.
fn set_site(page: &mut Page, site: &str) {
    let site = site.trim_end_matches('/');
    for url in page.posts.iter_mut().filter_map(|post| post.url.as_mut()) {
        if let Some(path) = url.strip_prefix(super::SITE) {
            *url = format!("{site}{path}");
        }
    }
}
