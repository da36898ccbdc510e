//! Where a wall was left: the cursor, as JSON in the store.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{post::CapturedPost, time::Timestamp};

/// So many newest posts are remembered.
const REMEMBERED: usize = 200;

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
    /// Where the reading of older posts goes on.
    pub resume: Option<Resume>,
    /// The day on which the page's facts were asked for.
    pub facts_on: Option<String>,
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
}

impl Position {
    pub fn knows(&self, post: i64) -> bool {
        self.ids.contains_key(&post)
    }

    /// How many posts to ask for: twice what came last time and ten more.
    pub fn expected(&self, first_visit: bool) -> i64 {
        if first_visit {
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

    /// Posts whose number of comments changed, newest first, with the number.
    pub fn with_new_comments(&self) -> Vec<(i64, i64)> {
        let changed = self.ids.iter().rev().filter(|(_, c)| c.0 != c.1);
        changed
            .map(|(post, comments)| (*post, comments.1))
            .collect()
    }

    /// The comments of a post were read when there were `total`.
    pub fn comments_read(&mut self, post: i64, total: i64) {
        if let Some(comments) = self.ids.get_mut(&post) {
            comments.0 = total;
        }
    }

    /// Keeps the newest posts, and older ones whose comments still wait.
    pub fn forget_old(&mut self) {
        let extra = self.ids.len().saturating_sub(REMEMBERED);
        let mut place = 0;
        self.ids.retain(|_, comments| {
            place += 1;
            place > extra || (comments.0 != comments.1 && extra < REMEMBERED * 4)
        });
    }
}
