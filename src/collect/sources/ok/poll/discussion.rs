//! One discussion, read call by call from its newest comment back to the first known one. Start with
//! [`Discussion::read_on`].

use serde::{Deserialize, Serialize};

use super::{call::Api, position::Topic};
use crate::{
    collect::sources::{
        ok::comments::{Under, read_comments},
        vk::json::{text, truth},
    },
    domain::source::{FetchError, Page},
};

/// Pages of one discussion beyond this are left: they would cost the other topics.
const LONGEST: u32 = 100;

/// The discussion of a topic, and how far it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Discussion {
    /// The topic.
    pub topic: String,
    /// How many comments it had when the reading began.
    pub total: i64,
    /// The newest comment that this reading met.
    pub newest: Option<String>,
    /// Where to go on; the newest comments without.
    anchor: Option<String>,
    /// The comment that ends the reading; all are read without.
    until: Option<String>,
    /// Pages that were read.
    #[serde(default)]
    pages: u32,
}

impl Discussion {
    /// A discussion of which nothing is read. Fewer comments than before: some were deleted or the order
    /// is not what it was, so all are read again.
    pub fn of(number: &str, topic: &Topic) -> Self {
        Self {
            topic: number.to_owned(),
            total: topic.now,
            newest: None,
            anchor: None,
            until: topic.last.clone().filter(|_| topic.now > topic.read),
            pages: 0,
        }
    }

    /// Makes one call and adds what it brought to the page; true when everything is read.
    ///
    /// # Errors
    /// The call's; the discussion stands where it stood.
    pub async fn read_on(&mut self, api: &Api<'_>, page: &mut Page) -> Result<bool, FetchError> {
        let anchor = self.anchor.as_deref().unwrap_or("LAST");
        let answer = api.comments(&self.topic, anchor).await?;
        let under = Under {
            group: api.group.clone(),
            topic: self.topic.clone(),
        };
        let read = read_comments(&answer, &under);
        let newest = read.posts.iter().max_by_key(|comment| comment.published);
        let newest = newest.map(|comment| comment.key.external_id.clone());
        self.newest = self.newest.take().or(newest);
        let is_known = |id: &str| self.until.as_deref() == Some(id);
        let reached = read.posts.iter().any(|c| is_known(&c.key.external_id));
        let empty = read.posts.is_empty();
        page.posts.extend(read.posts);
        page.notes.extend(read.notes);
        self.pages += 1;
        let more = truth(&answer, "has_more").unwrap_or(false);
        let next = text(&answer, "anchor").filter(|next| *next != anchor);
        self.anchor = next.map(str::to_owned);
        if more && self.pages >= LONGEST {
            page.notes.push("a very long discussion was cut".into());
            return Ok(true);
        }
        Ok(reached || empty || !more || self.anchor.is_none())
    }
}
