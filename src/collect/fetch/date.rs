//! The moment that a host names in its answers: what our clock is compared with.

use reqwest::header;
use url::Url;

use super::{Fetcher, answer};
use crate::{
    collect::{
        dates,
        politeness::{Domain, Haste},
    },
    domain::time::Span,
};

impl Fetcher {
    /// How far our clock goes ahead of a host's (negative: behind), by one polite question for its
    /// robots.txt; none when it does not answer or names no moment.
    pub async fn ahead_of(&self, origin: &Url, domain: &Domain) -> Option<Span> {
        self.guard.check(origin).ok()?;
        let url = origin.join("/robots.txt").ok()?;
        let pass = self
            .politeness
            .pass(domain, "robots", Haste::Urgent, None)
            .await
            .ok()?;
        let asked = self.clock.now();
        let sent = self.wire.head(url).await;
        let now = self.clock.now();
        pass.answered(now);
        let named = answer::header_text(&sent?, header::DATE)?;
        let named = dates::parse(&named, &jiff::tz::TimeZone::UTC)?;
        // the answer was written somewhere between, and tells whole seconds
        let half = now.since(asked).as_millis() / 2;
        Some(Span::millis(asked.since(named).as_millis() + half - 500))
    }
}
