//! What a source's visits tell of the source itself: a parser that went blind, a silence that is not
//! like it, posts that no visit saw. Pure; the store keeps a [`Check`] as text. Start with
//! [`Check::observe`].
//!
//! It judges whole visits: the steps of one are put together until it is over. «Nothing new» is no
//! finding; only lists that always show their last posts are judged by being empty.

mod pulse;

use serde::{Deserialize, Serialize};

use self::pulse::Pulse;
use crate::domain::{
    time::{Span, Timestamp},
    watch::{GapKind, Listed},
};

/// So many visits in a row whose list was empty where it never was.
const BLIND: u32 = 2;
/// Posts that were expected and did not come.
const MISSED: f64 = 5.0;
/// Sources that post more rarely are not expected to.
const OFTEN: f64 = 1.0;
/// No silence is judged before this: nobody is woken for a quiet evening.
const PATIENCE: Span = Span::hours(6);
/// A list of so many posts that are all new may have pushed others out.
const FULL: u64 = 3;

/// What is known of a source from its visits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// When watching began.
    pub began: Option<Timestamp>,
    /// Some visit yielded posts.
    yielded: bool,
    /// Visits in a row whose list was empty since.
    empty: u32,
    /// The highest number that visits saw which are over.
    top: Option<i64>,
    /// When the newest post was published that they saw.
    newest: Option<Timestamp>,
    /// The visit under way.
    visit: Option<Visit>,
    pulse: Pulse,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Visit {
    posts: u64,
    numbers: Option<(i64, i64)>,
    published: Option<(Timestamp, Timestamp)>,
    unread: bool,
    /// Posts of it that were known before.
    known: u64,
}

/// What one step of a visit brought.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The list, where the step read it.
    pub listed: Option<Listed>,
    /// When its posts were published, comments aside.
    pub moments: Vec<Timestamp>,
    /// How many of its posts the store knew.
    pub known: u64,
    /// The visit is over.
    pub over: bool,
}

/// What a visit says when it is over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Whether the list is empty where it never was; `None` when the visit did not look.
    pub blind: Option<bool>,
    /// Posts that were expected did not come.
    pub silent: bool,
    /// Where posts may be missing; `None` inside when all is known.
    pub gap: Option<(GapKind, Timestamp, Timestamp)>,
    /// The list was read down to what is known.
    pub joined: bool,
}

impl Check {
    /// As the store kept it; what cannot be read begins anew.
    pub fn from_text(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    /// As the store keeps it.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Posts a day, by the last weeks.
    pub fn posts_a_day(&self) -> f64 {
        self.pulse.a_day()
    }

    /// Takes a step in; gives the verdict when the visit is over.
    pub fn observe(&mut self, seen: &Seen, now: Timestamp) -> Option<Verdict> {
        self.began.get_or_insert(now);
        if let Some(listed) = seen.listed {
            let begun = self.visit.take().filter(|_| !listed.top);
            self.visit = Some(begun.unwrap_or_default().and(listed, seen.known));
        }
        self.pulse.count(&seen.moments, now);
        if !seen.over {
            return None;
        }
        let mut verdict = match self.visit.take() {
            Some(visit) => self.judge(visit),
            None => Verdict::default(),
        };
        let rests = self
            .pulse
            .newest()
            .is_some_and(|at| now.since(at) >= PATIENCE);
        verdict.silent = rests && self.pulse.a_day() > OFTEN && self.pulse.expected(now) >= MISSED;
        Some(verdict)
    }

    fn judge(&mut self, visit: Visit) -> Verdict {
        if visit.posts == 0 {
            self.empty = self.empty.saturating_add(u32::from(self.yielded));
            return Verdict {
                blind: (self.empty >= BLIND).then_some(true),
                ..Verdict::default()
            };
        }
        let gap = self.gap(&visit);
        (self.yielded, self.empty) = (true, 0);
        // Until the first reading is over nothing is known that a gap could lie above.
        let first = self.newest.is_none();
        if !(visit.unread && first) {
            self.top = self.top.max(visit.numbers.map(|(_, high)| high));
            self.newest = self.newest.max(visit.published.map(|(_, newest)| newest));
        }
        Verdict {
            blind: Some(false),
            silent: false,
            joined: gap.is_none() && !visit.unread,
            gap,
        }
    }

    /// Between what was known and what this visit saw.
    fn gap(&self, visit: &Visit) -> Option<(GapKind, Timestamp, Timestamp)> {
        let known = self.newest?;
        let (oldest, _) = visit.published?;
        let kind = match (self.top, visit.numbers) {
            _ if visit.unread => GapKind::Unread,
            (Some(top), Some((low, _))) if low > top.saturating_add(1) => GapKind::Skipped,
            (None, None) if visit.known == 0 && visit.posts >= FULL => GapKind::Lost,
            _ => return None,
        };
        (oldest > known).then_some((kind, known, oldest))
    }
}

impl Visit {
    fn and(self, listed: Listed, known: u64) -> Self {
        let before = Listed {
            top: true,
            posts: self.posts,
            numbers: self.numbers,
            published: self.published,
            unread: self.unread,
        };
        let all = before.and(listed);
        Self {
            posts: all.posts,
            numbers: all.numbers,
            published: all.published,
            unread: all.unread,
            known: self.known + known,
        }
    }
}

#[cfg(test)]
mod tests;
