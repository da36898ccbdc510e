//! What HTTP's statuses mean, as one table, and what each platform means by them where it differs.
//! Start with [`Answers::status`].

use reqwest::header::HeaderMap;

use super::{HOUR, MINUTE, Row, Words, of_number, row, span};
use crate::domain::source::Reaction::{After, BackOff, Skip, Stop};

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The answer that was asked for.
    Answer,
    /// Nothing changed since the last time.
    Unchanged,
    /// It is elsewhere.
    Elsewhere,
    /// A failure.
    Refusal(&'static Row),
}

/// How a platform answers: what its statuses mean, and where its own errors stand.
#[derive(Debug)]
pub struct Answers {
    /// Rows that differ from the common ones; the first that fits wins.
    pub statuses: &'static [Row],
    /// Reads the platform's own error out of an answer of any status; `None` where it holds none, and
    /// for platforms whose connector reads errors itself.
    pub told: Option<Told>,
}

/// Reads an error out of headers and body.
pub type Told = fn(&HeaderMap, &[u8]) -> Option<Words>;

impl Answers {
    /// What a status means here.
    pub fn status(&self, status: u16) -> Status {
        let status = i64::from(status);
        if let Some(row) = of_number(self.statuses, status) {
            return Status::Refusal(row);
        }
        match status {
            200..=299 => Status::Answer,
            304 => Status::Unchanged,
            301 | 302 | 303 | 307 | 308 => Status::Elsewhere,
            _ => Status::Refusal(of_number(COMMON, status).unwrap_or(&UNKNOWN)),
        }
    }
}

/// A status below 200 or beyond 599.
static UNKNOWN: Row = row(0, BackOff, 0, "the server answered what is no answer");

/// Statuses that mean the same everywhere, unless a platform says otherwise.
pub const COMMON: &[Row] = &[
    span(
        300,
        399,
        Skip,
        0,
        "the server sends elsewhere, but not where",
    ),
    row(400, Skip, 0, "the server does not understand the request"),
    row(401, Skip, 0, "the server asks who we are"),
    row(403, Skip, 0, "the server refuses"),
    row(404, Skip, 0, "there is no such page"),
    row(
        408,
        BackOff,
        0,
        "the server waited too long for the request",
    ),
    row(410, Skip, 0, "the page is gone for good"),
    row(418, Skip, 0, "the server refuses"),
    row(425, BackOff, 0, "the server asks to come later"),
    row(429, After, 0, "the server asks for fewer requests"),
    span(400, 499, Skip, 0, "the server refuses"),
    row(503, After, 0, "the server is busy or under repair"),
    span(500, 599, BackOff, 0, "the server failed"),
];

/// Sites and feeds.
pub static SITES: Answers = Answers {
    statuses: &[],
    told: None,
};

/// Calls of a network that tells its errors with 200: any other refusal is a block, and a person must
/// look.
#[rustfmt::skip]
pub const CALLS: &[Row] = &[
    span(300, 399, Stop, 0, "the network sends elsewhere: look at collect.base"),
    row(408, BackOff, 0, "the network waited too long for the request"),
    row(425, BackOff, 0, "the network asks to come later"),
    row(429, After, 0, "the network asks for fewer requests"),
    span(400, 499, Stop, 0, "the network refuses whatever we ask: this address may be blocked"),
];

/// VK; its connector reads the errors itself.
pub static VK: Answers = Answers {
    statuses: CALLS,
    told: None,
};

/// Telegram's public previews.
pub static TELEGRAM: Answers = Answers {
    statuses: &[
        row(
            304,
            BackOff,
            0,
            "t.me answered that nothing changed, which it was not asked",
        ),
        span(
            300,
            399,
            Skip,
            0,
            "no public preview: t.me sends to the channel's information page",
        ),
        row(403, Stop, 0, "t.me refuses this address: it may be blocked"),
        row(429, After, MINUTE, "t.me asks for fewer requests").slowing(HOUR),
        row(503, After, MINUTE, "t.me is busy").slowing(HOUR),
        span(500, 599, BackOff, MINUTE, "t.me failed").slowing(HOUR),
    ],
    told: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::Reaction;

    fn reaction(answers: &Answers, status: u16) -> Option<Reaction> {
        match answers.status(status) {
            Status::Refusal(row) => Some(row.reaction),
            _ => None,
        }
    }

    #[test]
    fn every_status_means_something_on_every_platform() {
        for status in 0..=999 {
            for answers in [&SITES, &VK, &TELEGRAM] {
                let refused = reaction(answers, status).is_some();
                assert!(refused || (200..400).contains(&status), "{status}");
            }
        }
    }

    #[test]
    fn platforms_differ_where_they_say_so() {
        for (status, site, vk, telegram) in [
            (200, None, None, None),
            (302, None, Some(Stop), Some(Skip)),
            (304, None, Some(Stop), Some(BackOff)),
            (403, Some(Skip), Some(Stop), Some(Stop)),
            (404, Some(Skip), Some(Stop), Some(Skip)),
            (410, Some(Skip), Some(Stop), Some(Skip)),
            (418, Some(Skip), Some(Stop), Some(Skip)),
            (429, Some(After), Some(After), Some(After)),
            (500, Some(BackOff), Some(BackOff), Some(BackOff)),
            (503, Some(After), Some(After), Some(After)),
        ] {
            let said = [&SITES, &VK, &TELEGRAM].map(|answers| reaction(answers, status));
            assert_eq!(said, [site, vk, telegram], "{status}");
        }
    }
}
