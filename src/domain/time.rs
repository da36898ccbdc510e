//! Time: UTC milliseconds, and the clock that is passed in wherever «now» matters.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch; saturates far outside human time.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This moment moved by a span, which may be negative.
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// This moment moved back by a span.
    pub const fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The span from `earlier` to this moment; negative when `earlier` is later.
    pub const fn since(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// This moment in a time zone, for people. Moments outside jiff's range show as its bound.
    pub fn in_zone(self, zone: &TimeZone) -> Zoned {
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        moment.to_zoned(zone.clone())
    }

    /// RFC 3339 in UTC, whole seconds, as the API and command line print it.
    pub fn to_rfc3339(self) -> String {
        self.in_zone(&TimeZone::UTC)
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string()
    }
}

impl From<i64> for Timestamp {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.as_millisecond())
    }
}

/// A length of time in milliseconds; may be negative.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default, Hash,
)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// From milliseconds.
    pub const fn millis(n: i64) -> Self {
        Self(n)
    }

    /// From seconds; this and the longer units saturate far outside human time.
    pub const fn seconds(n: i64) -> Self {
        Self(n.saturating_mul(1000))
    }

    /// From minutes.
    pub const fn minutes(n: i64) -> Self {
        Self(n.saturating_mul(60_000))
    }

    /// From hours.
    pub const fn hours(n: i64) -> Self {
        Self(n.saturating_mul(3_600_000))
    }

    /// From days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self(n.saturating_mul(86_400_000))
    }

    /// The length in milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// As a standard duration; negative spans become zero.
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0.max(0) as u64)
    }
}

/// The clock: the system's, one that moves only when a test tells it to, or a simulation's.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands until it is advanced.
    Manual(Arc<AtomicI64>),
    /// A clock that is advanced like a standing one, and leaps over what politeness would sleep.
    Leaping(Arc<AtomicI64>),
}

impl Clock {
    /// A standing clock.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    /// A clock for simulations of weeks.
    pub fn leaping(start: Timestamp) -> Self {
        Self::Leaping(Arc::new(AtomicI64::new(start.0)))
    }

    /// Whether no time passes while somebody waits.
    pub fn stands(&self) -> bool {
        matches!(self, Clock::Manual(_))
    }

    /// The present moment.
    #[allow(clippy::disallowed_methods, reason = "the one place where time enters")]
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => jiff::Timestamp::now().into(),
            Clock::Manual(millis) | Clock::Leaping(millis) => {
                Timestamp(millis.load(Ordering::SeqCst))
            }
        }
    }

    /// Moves a clock that is not the system's; that one is left alone.
    pub fn advance(&self, span: Span) {
        if let Clock::Manual(millis) | Clock::Leaping(millis) = self {
            millis.fetch_add(span.0, Ordering::SeqCst);
        }
    }
}
