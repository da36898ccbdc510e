//! A channel's messages: from the newest back to what is known, and what an earlier visit left over.
//! Start with [`read`]. What is new between two visits comes faster by the bot's events; this fills their
//! gaps, refreshes views and finds what was removed unseen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Api;
use crate::{
    collect::{
        poll::{Visit, read_cursor, stop, write_cursor},
        sources::max::{chats::read_chat, key, messages::read_messages},
    },
    domain::{
        source::{Cursor, FetchError, Page, PageFacts, Reaction},
        time::{Span, Timestamp},
    },
};

/// Messages of a page.
const PAGE: usize = 100;
/// A channel seen for the first time is read so far back.
const HORIZON: Span = Span::days(30);
/// Messages are read again for so long: edits have no mark there, and views grow.
const OVERLAP: Span = Span::hours(48);
/// So many newest messages are remembered.
const REMEMBERED: usize = 200;

/// Where a channel was left.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// When the newest message was written.
    newest: Option<Timestamp>,
    /// The newest messages, and when they were written.
    known: BTreeMap<String, Timestamp>,
    /// What an earlier visit could not read.
    gap: Option<Gap>,
    /// The day on which the channel's facts were asked for.
    facts_on: Option<String>,
}

/// Messages written before `from`, down to `floor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    from: Timestamp,
    floor: Timestamp,
}

/// Visits a channel.
pub(super) async fn read(
    api: &Api<'_>,
    visit: &Visit<'_>,
    cursor: &Cursor,
) -> Result<Page, FetchError> {
    let mut position: Position = read_cursor(cursor);
    let chat = number(visit)?;
    let mut page = Page {
        facts: facts(api, visit, chat, &mut position).await?,
        ..Page::default()
    };
    let floor = match position.newest {
        Some(newest) => newest.minus(OVERLAP),
        None => visit.now().minus(HORIZON),
    };
    let older = position.gap.take();
    let mut left = visit.pages();
    let mut gap = read_page(api, chat, None, floor, &mut position, &mut page).await?;
    missing(api, chat, &mut position, &mut page).await;
    if let Some(older) = older {
        // Two gaps become one that spans both: reading some messages twice changes nothing.
        let from = gap.map_or(older.from, |gap| gap.from);
        let floor = older.floor.min(gap.map_or(older.floor, |gap| gap.floor));
        gap = Some(Gap { from, floor });
    }
    while let Some(open) = gap.filter(|_| left > 1) {
        left -= 1;
        let next = read_page(
            api,
            chat,
            Some(open.from),
            open.floor,
            &mut position,
            &mut page,
        );
        match next.await {
            Ok(next) => gap = next.filter(|next| next.from < open.from),
            Err(error) => {
                page.notes.push(format!("the visit ended early: {error}"));
                break;
            }
        }
    }
    position.gap = gap;
    position.forget_old();
    page.more = gap.is_some();
    page.next = write_cursor(&position);
    Ok(page)
}

fn number(visit: &Visit<'_>) -> Result<i64, FetchError> {
    let owner = visit.source.owner.trim();
    match owner.parse::<i64>() {
        Ok(chat) if chat < 0 => Ok(chat),
        Ok(_) => Err(stop(
            "a number above zero is a dialogue's: dialogues are never read",
        )),
        Err(_) => Err(stop(&format!(
            "{owner:?} is not the number of a channel, which looks like -70801090403050"
        ))),
    }
}

/// What MAX says of the channel, once a day; a closed one is refused here.
async fn facts(
    api: &Api<'_>,
    visit: &Visit<'_>,
    chat: i64,
    position: &mut Position,
) -> Result<Option<PageFacts>, FetchError> {
    let today = visit.now().in_zone(&visit.collector.zone).date();
    let today = Some(today.to_string());
    if position.facts_on == today {
        return Ok(None);
    }
    let chat = read_chat(&api.chat(chat).await?);
    if let Some(why) = chat.refused {
        return Err(FetchError {
            reaction: Reaction::Skip,
            ..stop(&format!("{why}: it is not read"))
        });
    }
    position.facts_on = today;
    Ok(Some(chat.facts))
}

/// Reads one page; what is left below it, if anything.
async fn read_page(
    api: &Api<'_>,
    chat: i64,
    from: Option<Timestamp>,
    floor: Timestamp,
    position: &mut Position,
    page: &mut Page,
) -> Result<Option<Gap>, FetchError> {
    let answer = api.messages(chat, from, Some(floor), PAGE).await?;
    let mut read = read_messages(&answer);
    let all = read.posts.len();
    // What another chat's answer brings is nobody's question.
    read.posts.retain(|post| post.key.owner == chat.to_string());
    let oldest = read.posts.iter().filter_map(|post| post.published).min();
    for post in &read.posts {
        if let Some(at) = post.published {
            position.known.insert(post.key.external_id.clone(), at);
        }
    }
    position.newest = position.newest.max(position.known.values().max().copied());
    page.posts.extend(read.posts);
    page.notes.extend(read.notes);
    let below = oldest.filter(|oldest| all >= PAGE && *oldest > floor);
    // Messages of one moment may lie on both sides of the border.
    Ok(below.map(|oldest| Gap {
        from: oldest,
        floor,
    }))
}

/// Asks for known messages that should lie among those that were read and do not.
async fn missing(api: &Api<'_>, chat: i64, position: &mut Position, page: &mut Page) {
    let moments = || page.posts.iter().filter_map(|post| post.published);
    let Some((oldest, newest)) = moments().min().zip(moments().max()) else {
        return;
    };
    let there = |number: &str| page.posts.iter().any(|p| p.key.external_id == number);
    let known = position.known.iter();
    let lost: Vec<String> = known
        .filter(|(number, at)| **at > oldest && **at <= newest && !there(number))
        .map(|(number, _)| number.clone())
        .take(PAGE)
        .collect();
    if lost.is_empty() {
        return;
    }
    let found = match api.named(&lost).await {
        Ok(answer) => read_messages(&answer),
        Err(error) => {
            let note = format!("messages that were missed wait for the next visit: {error}");
            page.notes.push(note);
            return;
        }
    };
    let is_found = |number: &String| found.posts.iter().any(|p| p.key.external_id == *number);
    let gone = lost.iter().filter(|number| !is_found(number));
    page.absent.extend(gone.map(|number| key(chat, number)));
    page.posts.extend(found.posts);
}

impl Position {
    fn forget_old(&mut self) {
        if self.known.len() <= REMEMBERED {
            return;
        }
        let mut moments: Vec<Timestamp> = self.known.values().copied().collect();
        moments.sort_unstable();
        let oldest = moments[moments.len() - REMEMBERED];
        self.known.retain(|_, at| *at >= oldest);
    }
}
