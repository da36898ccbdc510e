//! Sources: what is visited, how a visit ends, and what it yields.

use serde::{Deserialize, Serialize};

use super::{
    id::SourceId,
    post::{CapturedPost, Platform, PostKey, coded},
    reading::{Open311, Site, Tables},
    time::Timestamp,
    watch::Listed,
    widget::Widget,
};

coded! {
    /// How a source is doing (the words of Apache StormCrawler, as people see them).
    SourceState {
        /// Visited on schedule.
        Active = "active",
        /// Waits: a limit, a captcha, repeated failures. Recovers by itself or by a person.
        Parked = "parked",
        /// Closed, deleted or refused: not visited again before the long re-check.
        Gone = "gone",
        /// Switched off by a person.
        Off = "off",
    }
}

/// A source as its catalogue describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Short code, unique: `vk-svetlorechensk-ryadom`.
    pub code: SourceId,
    /// The platform.
    pub platform: Platform,
    /// VK: the group's number; Telegram: the channel's name; feeds, sites and endpoints: the address.
    pub owner: String,
    /// VK: the short name, for links.
    #[serde(default)]
    pub screen_name: Option<String>,
    /// The name people know.
    pub name: String,
    /// The home municipality: where a post without a place probably is.
    #[serde(default)]
    pub municipality: Option<String>,
    /// An official page of a body.
    #[serde(default)]
    pub official: bool,
    /// Read comments also (VK).
    #[serde(default)]
    pub comments: bool,
    /// Read the discussion boards also (VK).
    #[serde(default)]
    pub boards: bool,
    /// Visited at all. Telegram is off until the operator switches it on.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Usual time between visits, seconds.
    #[serde(default)]
    pub interval_seconds: Option<i64>,
    /// Sites: where things stand on their pages.
    #[serde(default)]
    pub site: Option<Site>,
    /// Open311: how the endpoint wants to be asked.
    #[serde(default)]
    pub open311: Option<Open311>,
}

impl SourceConfig {
    /// The tables that tell how it is read, as JSON for the database; none when it has none.
    pub fn tables(&self) -> Option<String> {
        let tables = Tables {
            site: self.site.clone(),
            open311: self.open311.clone(),
        };
        let told = tables != Tables::default();
        told.then(|| serde_json::to_string(&tables).ok()).flatten()
    }
}

/// A connector's own position, as JSON text. Only the connector reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What one visit yields; `keep` stores it whole or not at all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Posts and comments, any order.
    pub posts: Vec<CapturedPost>,
    /// The position after this page.
    pub next: Cursor,
    /// More is known to wait: visit again soon.
    pub more: bool,
    /// What the platform says of the page itself.
    pub facts: Option<PageFacts>,
    /// Sentences about what was skipped and why (never post text).
    pub notes: Vec<String>,
    /// Posts that were asked for by name and were not there: deleted at the source when that happens
    /// twice.
    pub absent: Vec<PostKey>,
    /// What happened in any of the platform's sources: each is kept in the name of the source whose
    /// owner it belongs to, and passed over where there is none.
    pub events: Vec<Event>,
    /// What was seen of the list of newest posts; `None` where this step did not read it.
    pub listed: Option<Listed>,
}

/// What happened to a post, as its platform tells it by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It was published.
    New,
    /// Its words are other now; [`CapturedPost::edited`] tells since when, where the platform does.
    Edited,
    /// It was removed: only its key is told.
    Deleted,
}

/// A post in the words of an event. It may come late, twice, and after what happened since.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened.
    pub told: Told,
    /// The post after it.
    pub post: CapturedPost,
}

/// What a platform tells about an official page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageFacts {
    /// Its name.
    pub name: Option<String>,
    /// Subscribers.
    pub members: Option<i64>,
    /// The platform's own tick.
    pub verified: Option<bool>,
    /// The mark «Госорганизация»; `None` when the token never receives the field.
    pub government: Option<bool>,
    /// Sites: what they show of the state feedback platform's widget.
    #[serde(default)]
    pub widget: Option<Widget>,
}

/// What to do after a platform's error: the retry classes of the source notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Repeat once after the limiter allows.
    Now,
    /// Temporary: wait with growing delay.
    BackOff,
    /// The server named a time.
    After,
    /// A daily quota is exhausted.
    Day,
    /// The object is gone or closed.
    Skip,
    /// Configuration or rights are wrong: a person is needed.
    Stop,
    /// The token is invalid.
    Auth,
}

/// How a visit failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// What to do.
    pub reaction: Reaction,
    /// The platform's code, if it gave one.
    pub code: Option<i64>,
    /// What happened, for the operator; holds no token and no post text.
    pub message: String,
    /// Not before this moment, when the server named one.
    pub not_before: Option<Timestamp>,
}
