//! Where a wall was left: the cursor, as JSON in the store. It is written after each step, so it
//! also tells what a visit that was cut off goes on with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{board::Board, discussion::Discussion};
use crate::domain::{
    post::CapturedPost,
    time::{Span, Timestamp},
};

/// So many newest posts are remembered…
const REMEMBERED: usize = 200;
/// …and, while their comments wait, so many in all.
const WAITING: usize = 20 * REMEMBERED;
/// A visit that was cut off is gone on with for so long; later the wall comes first again.
const FRESH: Span = Span::minutes(5);

/// The position on a wall.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Position {
    /// The newest unpinned post's moment, Unix seconds.
    pub last_date: Option<i64>,
    /// The newest posts: number, and its comments as they were when read and as they are.
    ids: BTreeMap<i64, Comments>,
    /// New posts at the last visit: how many to expect.
    pub fresh: i64,
    /// A short page was not enough once: the wall is so busy that a long one saves a call.
    pub long: bool,
    /// Where the reading of older posts goes on.
    pub resume: Option<Resume>,
    /// The day on which the page's facts were asked for.
    pub facts_on: Option<String>,
    /// A discussion that is read in part.
    pub reading: Option<Discussion>,
    /// The visit that is not over.
    pub visit: Option<Unfinished>,
    /// When the wall was last read far down.
    swept: Option<Timestamp>,
    /// When posts were last asked for by name.
    pub refreshed: Option<Timestamp>,
    /// From when on ages count that could not be asked for.
    pub refresh_from: Option<Timestamp>,
    /// The discussion board.
    pub board: Board,
    /// Posts that were asked for by name and were missing once, and when.
    missing: BTreeMap<i64, Timestamp>,
}

/// What is left of a visit between two of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unfinished {
    /// When the top of the wall was read.
    pub since: Timestamp,
    /// The community's number, negative.
    pub owner: Option<i64>,
    /// Pages of the wall that may still be asked for.
    pub pages: u32,
    /// Calls that may still be made for comments.
    pub calls: u32,
    /// Posts that we hold may be asked for again.
    #[serde(default)]
    pub refresh: bool,
    /// Calls that may still be made for the board.
    #[serde(default)]
    pub board: u32,
}

impl Unfinished {
    /// False when new posts may have come meanwhile: they are what counts.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.since) < FRESH
    }
}

/// Numbers of comments under a post.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Comments(
    /// When they were last read.
    i64,
    /// Now.
    i64,
);

/// A place on the wall, and how far back to read from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Resume {
    pub offset: i64,
    pub floor: Timestamp,
    /// A page without anything new ends the reading before the floor does.
    #[serde(default)]
    pub until_known: bool,
}

impl Resume {
    /// A new gap lies above an older one: one place stands for both.
    pub fn above(self, older: Resume) -> Resume {
        Resume {
            floor: self.floor.min(older.floor),
            until_known: false,
            ..self
        }
    }

    /// So many new posts have pushed the place down.
    pub fn pushed_down(self, fresh: i64) -> Resume {
        Resume {
            offset: (self.offset + fresh - super::OVERLAP).max(0),
            ..self
        }
    }
}

impl Position {
    pub fn knows(&self, post: i64) -> bool {
        self.ids.contains_key(&post)
    }

    /// How many posts to ask for: twice what came last time and ten more; all that a call gives where
    /// that was not enough once.
    pub fn expected(&self, first_visit: bool) -> i64 {
        if first_visit || self.long {
            return super::PAGE;
        }
        (self.fresh * 2 + 10).clamp(20, super::PAGE)
    }

    /// An unpinned post moves the newest moment.
    pub fn reach(&mut self, post: &CapturedPost) {
        let seconds = post.published.map(|moment| moment.as_millis() / 1000);
        self.last_date = self.last_date.max(seconds);
    }

    /// Remembers a post and how many comments it has now.
    pub fn meet(&mut self, post: i64, comments: Option<i64>) {
        self.ids.entry(post).or_default().1 = comments.unwrap_or(0);
    }

    /// Whether a post may have been remembered once.
    pub fn may_have_forgotten(&self, post: i64) -> bool {
        self.ids.len() >= REMEMBERED && !self.knows(post)
    }

    /// Remembers a post that we hold, when it has other comments now than it `had` when we saw it last.
    pub fn meet_again(&mut self, post: i64, had: Option<i64>, comments: Option<i64>) {
        let comments = comments.unwrap_or(0);
        match (self.ids.get_mut(&post), had) {
            (Some(known), _) => known.1 = comments,
            (None, Some(had)) if had != comments => {
                self.ids.insert(post, Comments(had, comments));
            }
            _ => {}
        }
    }

    /// Whether the wall is to be read far down again. Walls of one installation take turns: `turn` is
    /// this one's, within `every`.
    pub fn sweeps(&mut self, now: Timestamp, every: Span, turn: Span) -> bool {
        let last = *self.swept.get_or_insert(now.minus(turn));
        let due = now.since(last) >= every;
        if due {
            self.swept = Some(now);
        }
        due
    }

    /// The discussion to read on: the one begun, else that of the newest post whose number of
    /// comments changed.
    pub fn discussion(&self) -> Option<Discussion> {
        let mut newest_first = self.ids.iter().rev();
        let changed = newest_first.find(|(_, comments)| comments.0 != comments.1);
        let changed = changed.map(|(post, comments)| Discussion::of(*post, comments.1));
        self.reading.clone().or(changed)
    }

    /// A discussion was read to its end.
    pub fn discussed(&mut self, discussion: &Discussion) {
        self.reading = None;
        if let Some(comments) = self.ids.get_mut(&discussion.post) {
            comments.0 = discussion.total;
        }
    }

    /// Posts that were missing once, at this moment or before.
    pub fn missing_before(&self, moment: Timestamp) -> impl Iterator<Item = i64> {
        self.missing
            .iter()
            .filter(move |(_, then)| **then <= moment)
            .map(|(post, _)| *post)
    }

    /// A post was there when it was asked for.
    pub fn found(&mut self, post: i64) {
        self.missing.remove(&post);
    }

    /// A post was missing; the second time settles it.
    pub fn missed(&mut self, post: i64, now: Timestamp) {
        if self.missing.remove(&post).is_none() && self.missing.len() < WAITING {
            self.missing.insert(post, now);
        }
    }

    /// Keeps the newest posts, and older ones whose comments still wait.
    pub fn forget_old(&mut self) {
        let extra = self.ids.len().saturating_sub(REMEMBERED);
        let mut place = 0;
        self.ids.retain(|_, comments| {
            place += 1;
            place > extra || (comments.0 != comments.1 && extra < WAITING)
        });
    }
}
