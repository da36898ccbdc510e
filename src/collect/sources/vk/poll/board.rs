//! The discussion board of a community, for sources that switch it on: the topics that were written in
//! since the last time, then their new messages, call by call. Start with [`Board::read_on`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{OVERLAP, PAGE, call::Api};
use crate::{
    collect::sources::vk::{boards, json},
    domain::{
        source::{FetchError, Page, Reaction},
        time::{Span, Timestamp},
    },
};

/// Talk on boards runs over days: the list of topics is asked for so often.
const EVERY: Span = Span::minutes(30);
/// A board seen for the first time is read so far back.
const HORIZON: Span = Span::days(30);
/// The topics that are remembered, the newest ones.
const REMEMBERED: usize = 300;
/// Of a topic that we did not know so many messages are read, the newest.
const LAST: i64 = 500;

/// How far a board is read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Board {
    /// When the topics were last asked for.
    asked: Option<Timestamp>,
    /// When something was last said, as far as all topics are known.
    updated: Option<Timestamp>,
    /// The same, of the list that is being read.
    newest: Option<Timestamp>,
    /// Where the reading of the list goes on.
    offset: Option<i64>,
    /// The topics, by their numbers.
    topics: BTreeMap<i64, Topic>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Topic {
    /// Messages that were read.
    read: i64,
    /// Messages that there are.
    now: i64,
    /// When it was opened.
    created: Option<Timestamp>,
    /// When something was last said.
    updated: Option<Timestamp>,
}

impl Board {
    /// Whether there is something to ask for now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let idle = self.asked.is_none_or(|asked| now.since(asked) >= EVERY);
        idle || self.offset.is_some() || self.waiting().is_some()
    }

    /// Makes one call and adds what it brought. False when the rest must wait for the next visit.
    pub async fn read_on(&mut self, api: &Api<'_>, now: Timestamp, page: &mut Page) -> bool {
        let outcome = match (self.offset, self.waiting()) {
            (None, Some(topic)) => self.read_topic(api, topic, page).await,
            (offset, _) => self.read_list(api, offset.unwrap_or(0), now, page).await,
        };
        if let Err(error) = &outcome {
            page.notes.push(format!("the board waits: {error}"));
        }
        outcome.is_ok()
    }

    /// The topic with new messages that was written in last.
    fn waiting(&self) -> Option<i64> {
        let waiting = self
            .topics
            .iter()
            .filter(|(_, topic)| topic.read < topic.now);
        waiting
            .max_by_key(|(_, topic)| topic.updated)
            .map(|(id, _)| *id)
    }

    async fn read_list(
        &mut self,
        api: &Api<'_>,
        offset: i64,
        now: Timestamp,
        page: &mut Page,
    ) -> Result<(), FetchError> {
        self.asked = Some(now);
        self.offset = None;
        let count = api.most("board.getTopics", PAGE);
        let answer = api.topics(offset, count).await?;
        let (topics, notes) = boards::read_topics(&answer, api.number());
        page.notes.extend(notes);
        let floor = self.updated.unwrap_or(now.minus(HORIZON));
        let oldest = topics.iter().filter(|topic| !topic.fixed);
        let oldest = oldest.filter_map(|topic| topic.updated).min();
        let all = topics.len() as i64;
        for topic in topics
            .into_iter()
            .filter(|topic| topic.updated >= Some(floor))
        {
            self.newest = self.newest.max(topic.updated);
            self.meet(&topic);
            page.posts.push(topic.post);
        }
        if all >= count && oldest.is_some_and(|oldest| oldest >= floor) {
            self.offset = Some(offset + count - OVERLAP);
        } else {
            self.updated = self.updated.max(self.newest.take());
        }
        self.forget_old();
        Ok(())
    }

    fn meet(&mut self, topic: &boards::Topic) {
        let unknown = Topic {
            read: (topic.messages - LAST).max(0),
            ..Topic::default()
        };
        let known = self.topics.entry(topic.id).or_insert(unknown);
        known.now = topic.messages;
        known.created = topic.post.published;
        known.updated = topic.updated;
    }

    async fn read_topic(
        &mut self,
        api: &Api<'_>,
        id: i64,
        page: &mut Page,
    ) -> Result<(), FetchError> {
        let Some(topic) = self.topics.get_mut(&id) else {
            return Ok(());
        };
        // Messages that were deleted meanwhile have moved the others up.
        let offset = (topic.read - OVERLAP).max(0);
        let answer = match api.messages(id, offset).await {
            Err(error) if error.reaction == Reaction::Skip => {
                topic.read = topic.now;
                page.notes
                    .push(format!("a topic is not to be had: {error}"));
                return Ok(());
            }
            answer => answer?,
        };
        let came = json::items(&answer).len() as i64;
        let total = json::int(&answer, "count").unwrap_or(topic.now);
        let read = boards::read_messages(&answer, api.number(), id, topic.created);
        page.posts.extend(read.posts);
        page.notes.extend(read.notes);
        topic.read = offset + came;
        if came == 0 || topic.read >= total {
            topic.read = topic.now;
        }
        Ok(())
    }

    fn forget_old(&mut self) {
        while self.topics.len() > REMEMBERED {
            let oldest = self.topics.iter().min_by_key(|(_, topic)| topic.updated);
            let Some(id) = oldest.map(|(id, _)| *id) else {
                return;
            };
            self.topics.remove(&id);
        }
    }
}
