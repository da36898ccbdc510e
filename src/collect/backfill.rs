//! Reading a period of a source again, a request at a time, from its newest end back. Start with
//! [`Collector::read_back`]. How far back a platform shows its posts is its own matter: VK walls and
//! Telegram previews to their beginning, feeds as far as they reach, others not at all.

use serde::{Deserialize, Serialize};

use super::{
    politeness::Haste,
    poll::{Collector, Visit, stop},
    sources::{feed, telegram, vk},
};
use crate::domain::{
    post::{CapturedPost, Platform, PostKind},
    source::{Cursor, FetchError, Page, SourceConfig},
    time::{Span, Timestamp},
    watch::BackfillEnd,
};

/// Backfills use at most this part of a day's budget: visits come first.
const SHARE: i64 = 4;
/// And at least so much lies between two requests.
const PAUSE: Span = Span::seconds(5);

/// What is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From this moment on.
    pub since: Timestamp,
    /// Until this one.
    pub until: Timestamp,
    /// What is older is not kept: nothing further back is asked for.
    pub kept: Timestamp,
}

/// Where the reading stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// VK: posts from the top.
    pub offset: i64,
    /// Telegram: older than this number.
    pub before: Option<i64>,
}

/// One page further back.
pub(crate) struct Older {
    pub posts: Vec<CapturedPost>,
    pub notes: Vec<String>,
    /// The oldest of the page, pinned posts aside.
    pub oldest: Option<Timestamp>,
    /// Where to go on; `None` when the source shows nothing older.
    pub next: Option<Place>,
}

/// What one step brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Posts and comments of the period.
    pub page: Page,
    /// Where to go on, as text for the store.
    pub position: String,
    /// The oldest moment that was read.
    pub reached: Option<Timestamp>,
    /// Set when there is nothing more to read.
    pub end: Option<BackfillEnd>,
}

impl Collector {
    /// Reads one page of a source's posts of a period, going on at `position` (empty at the start), with
    /// the haste of the schedule.
    ///
    /// # Errors
    /// As [`Collector::step`].
    pub async fn read_back(
        &self,
        source: &SourceConfig,
        period: &Period,
        position: &str,
    ) -> Result<Stretch, FetchError> {
        let visit = Visit {
            collector: self,
            source,
            haste: Haste::Scheduled,
            anew: true,
        };
        let telegram = source.platform == Platform::Telegram;
        if !self.settings.enabled || (telegram && !self.settings.telegram) {
            return Err(stop("collecting is switched off there by the settings"));
        }
        let place: Place = serde_json::from_str(position).unwrap_or_default();
        let older = match source.platform {
            Platform::Vk => vk::poll::read_back(&visit, place).await?,
            Platform::Telegram => telegram::poll::read_back(&visit, place).await?,
            Platform::Feed => whole(feed::poll::poll(&visit, &Cursor::default()).await?),
            _ => return Ok(Stretch::cannot()),
        };
        Ok(Stretch::of(older, period))
    }

    /// The least time between two requests of backfills at a source's platform.
    pub fn backfill_pause(&self, platform: Platform) -> Span {
        let limit = match platform {
            Platform::Vk => self.settings.vk_per_day,
            Platform::Telegram => self.settings.telegram_per_day,
            _ => self.settings.host_per_day,
        };
        let share = (limit / SHARE).max(1);
        Span::millis(Span::days(1).as_millis() / share).max(PAUSE)
    }
}

/// What a feed shows is all that it has.
fn whole(page: Page) -> Older {
    Older {
        oldest: page.posts.iter().filter_map(|post| post.published).min(),
        posts: page.posts,
        notes: page.notes,
        next: None,
    }
}

impl Stretch {
    fn cannot() -> Self {
        Self {
            page: Page::default(),
            position: String::new(),
            reached: None,
            end: Some(BackfillEnd::CannotGoBack),
        }
    }

    fn of(older: Older, period: &Period) -> Self {
        let (since, until) = (period.since, period.until);
        let within = |post: &CapturedPost| {
            let at = post.published;
            at.is_some_and(|at| since <= at && at <= until) || post.key.kind == PostKind::Comment
        };
        let end = match (older.oldest, older.next) {
            (Some(oldest), _) if oldest < since.max(period.kept) => Some(BackfillEnd::Reached),
            (_, None) => Some(BackfillEnd::NothingOlder),
            _ => None,
        };
        let place = older.next.unwrap_or_default();
        Self {
            page: Page {
                posts: older.posts.into_iter().filter(within).collect(),
                notes: older.notes,
                ..Page::default()
            },
            position: serde_json::to_string(&place).unwrap_or_default(),
            reached: older.oldest,
            end,
        }
    }
}
