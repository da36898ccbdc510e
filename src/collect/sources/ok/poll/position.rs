//! Where a group was left: the cursor, as JSON in the store. It is written after each step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::discussion::Discussion;
use crate::domain::{
    post::CapturedPost,
    time::{Span, Timestamp},
};

/// So many newest topics are remembered…
const REMEMBERED: usize = 200;
/// …and, while their comments wait, so many in all.
const WAITING: usize = 20 * REMEMBERED;
/// A visit that was cut off is gone on with for so long; later the newest topics come first again.
const FRESH: Span = Span::minutes(5);

/// The position in a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Position {
    /// The group's number, where the catalogue names it by its address.
    pub group: Option<String>,
    /// When the newest topic was made.
    pub newest: Option<Timestamp>,
    /// The newest topics by their numbers.
    pub topics: BTreeMap<String, Topic>,
    /// Where the reading of older topics goes on.
    pub gap: Option<Gap>,
    /// The day on which the group's facts were asked for.
    pub facts_on: Option<String>,
    /// A discussion that is read in part.
    pub reading: Option<Discussion>,
    /// The visit that is not over.
    pub visit: Option<Unfinished>,
}

/// What is known of a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Topic {
    /// When it was made.
    pub created: Timestamp,
    /// Comments when they were last read.
    pub read: i64,
    /// Comments now.
    pub now: i64,
    /// The newest comment that was read.
    pub last: Option<String>,
}

/// What is left of a visit between two of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unfinished {
    /// When the newest topics were read.
    pub since: Timestamp,
    /// Pages of the stream that may still be asked for.
    pub pages: u32,
    /// Calls that may still be made for comments.
    pub calls: u32,
}

impl Unfinished {
    /// False when new topics may have come meanwhile: they are what counts.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.since) < FRESH
    }
}

/// Older topics that are not read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Gap {
    pub anchor: String,
    /// How far back.
    pub floor: Timestamp,
    /// A page without anything new ends the reading before the floor does.
    #[serde(default)]
    pub until_known: bool,
}

impl Position {
    /// Remembers a topic as it stands now; true when it was not known.
    pub fn meet(&mut self, post: &CapturedPost) -> bool {
        self.newest = self.newest.max(post.published);
        let number = &post.key.external_id;
        let fresh = !self.topics.contains_key(number);
        let topic = self.topics.entry(number.clone()).or_default();
        topic.created = post.published.unwrap_or(topic.created);
        topic.now = post.counters.comments.unwrap_or(topic.now);
        fresh
    }

    /// Known topics made after `after` and not later than `until`.
    pub fn between(&self, after: Timestamp, until: Timestamp) -> Vec<String> {
        let within = |topic: &Topic| topic.created > after && topic.created <= until;
        let known = self.topics.iter().filter(|(_, topic)| within(topic));
        known.map(|(number, _)| number.clone()).collect()
    }

    /// The discussion to read on: the one begun, else that of the newest topic whose number of comments
    /// changed.
    pub fn discussion(&self) -> Option<Discussion> {
        let waiting = self
            .topics
            .iter()
            .filter(|(_, topic)| topic.read != topic.now);
        let newest = waiting.max_by_key(|(_, topic)| topic.created);
        let next = newest.map(|(number, topic)| Discussion::of(number, topic));
        self.reading.clone().or(next)
    }

    /// A discussion was read to its end.
    pub fn discussed(&mut self, discussion: Discussion) {
        self.reading = None;
        if let Some(topic) = self.topics.get_mut(&discussion.topic) {
            topic.read = discussion.total;
            topic.last = discussion.newest.or(topic.last.take());
        }
    }

    /// Keeps the newest topics, and older ones whose comments still wait.
    pub fn forget_old(&mut self) {
        if self.topics.len() <= REMEMBERED {
            return;
        }
        let crowded = self.topics.len() > WAITING;
        let mut moments: Vec<Timestamp> = self.topics.values().map(|t| t.created).collect();
        moments.sort_unstable();
        let oldest = moments[moments.len() - REMEMBERED];
        let waits = |topic: &Topic| topic.read != topic.now && !crowded;
        self.topics
            .retain(|_, topic| topic.created >= oldest || waits(topic));
    }
}
