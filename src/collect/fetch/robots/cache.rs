//! What sites' robots.txt said, kept for a day at most, in memory and in the database, so that a restart
//! asks nobody again. A site that cannot be reached is asked again after five minutes; meanwhile what it
//! said before holds, and where it said nothing everything is forbidden (RFC 9309, 2.3.1.4).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    collect::robots::Robots,
    domain::time::{Span, Timestamp},
    store::{
        self, Priority, Store,
        robots::{self as kept, RobotsRow},
    },
};

/// RFC 9309 allows a day.
pub(super) const FRESH: Span = Span::days(1);
/// Nutch waits five minutes before it asks an unreachable host again.
const RETRY: Span = Span::minutes(5);
/// A file that cannot be had for so long counts as one that is not there.
const LOST: Span = Span::days(30);
/// Hosts kept in memory; beyond it the memory is begun anew.
const MOST: usize = 10_000;

/// An answer to the question for robots.txt.
pub(super) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// How long it may be kept.
    pub fresh: Span,
}

impl Answer {
    pub fn of(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            fresh: FRESH,
        }
    }

    fn is_unreachable(&self) -> bool {
        matches!(self.status, 429 | 500..)
    }

    /// What is kept of it, after what was kept before.
    fn after(self, before: Option<RobotsRow>, now: Timestamp) -> RobotsRow {
        if !self.is_unreachable() {
            return RobotsRow {
                status: self.status.into(),
                // PostgreSQL's text holds no zero byte.
                body: String::from_utf8_lossy(&self.body).replace('\0', " "),
                fresh_until: now.plus(self.fresh).as_millis(),
                unreachable_since: None,
            };
        }
        let unknown = RobotsRow {
            status: self.status.into(),
            body: String::new(),
            fresh_until: 0,
            unreachable_since: None,
        };
        let before = before.unwrap_or(unknown);
        RobotsRow {
            fresh_until: now.plus(RETRY).as_millis(),
            unreachable_since: before.unreachable_since.or(Some(now.as_millis())),
            ..before
        }
    }
}

#[derive(Default)]
pub(in crate::collect::fetch) struct RobotsCache(Mutex<HashMap<String, (Arc<Robots>, Timestamp)>>);

impl RobotsCache {
    /// The rules of an origin while they are fresh. A database that is away knows none.
    pub(super) async fn find(
        &self,
        store: &Store,
        origin: &str,
        agent: &str,
        now: Timestamp,
    ) -> Option<Arc<Robots>> {
        if let Some((robots, until)) = self.known().get(origin)
            && *until > now
        {
            return Some(Arc::clone(robots));
        }
        let row = before(store, origin).await.ok()??;
        let fresh = Timestamp::from_millis(row.fresh_until) > now;
        fresh.then(|| self.remember(origin, agent, &row, now))
    }

    /// Keeps an answer; gives the rules that hold now.
    pub(super) async fn put(
        &self,
        store: &Store,
        origin: &str,
        agent: &str,
        answer: Answer,
        now: Timestamp,
    ) -> Arc<Robots> {
        let known = before(store, origin).await.unwrap_or_default();
        let row = answer.after(known, now);
        if let Err(error) = write(store, origin, &row).await {
            tracing::warn!(%error, "a robots.txt could not be kept");
        }
        self.remember(origin, agent, &row, now)
    }

    fn remember(&self, origin: &str, agent: &str, row: &RobotsRow, now: Timestamp) -> Arc<Robots> {
        let robots = Arc::new(rules(row, agent, now));
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        let until = Timestamp::from_millis(row.fresh_until);
        known.insert(origin.to_owned(), (Arc::clone(&robots), until));
        robots
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Arc<Robots>, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rules that a kept answer makes at `now`.
fn rules(row: &RobotsRow, agent: &str, now: Timestamp) -> Robots {
    let status = u16::try_from(row.status).unwrap_or(503);
    let lost = row
        .unreachable_since
        .is_some_and(|since| now.since(since.into()) > LOST);
    match Robots::read(status, row.body.as_bytes(), agent) {
        Robots::DisallowAll if lost => Robots::AllowAll,
        robots => robots,
    }
}

async fn before(store: &Store, origin: &str) -> store::Result<Option<RobotsRow>> {
    kept::find(&mut store.read().await?, origin).await
}

async fn write(store: &Store, origin: &str, row: &RobotsRow) -> store::Result<()> {
    let mut tx = store.write(Priority::Bulk).await?;
    kept::put(&mut tx, origin, row).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);
    const PAGE: &str = "https://gorod.example/news";

    fn allows(row: &RobotsRow, now: Timestamp) -> bool {
        rules(row, "Otklik", now).allows(PAGE)
    }

    #[test]
    fn unreachable_forbids_until_a_month_has_passed() {
        let gone = |before, now| Answer::of(503, Vec::new()).after(before, now);
        let first = gone(None, NOW);
        assert!(!allows(&first, NOW));
        assert_eq!(first.fresh_until, NOW.plus(RETRY).as_millis());
        let later = NOW.plus(Span::days(29));
        let still = gone(Some(first), later);
        assert!(!allows(&still, later));
        let long = NOW.plus(Span::days(31));
        assert!(allows(&gone(Some(still), long), long));
    }

    #[test]
    fn what_was_said_before_holds_while_the_site_is_away() {
        let rules = b"User-agent: *\nDisallow: /private".to_vec();
        let said = Answer::of(200, rules).after(None, NOW);
        assert!(allows(&said, NOW));
        let away = Answer::of(500, Vec::new()).after(Some(said.clone()), NOW);
        assert!(allows(&away, NOW));
        assert_eq!((away.status, &away.body), (said.status, &said.body));
        let back = Answer::of(404, Vec::new()).after(Some(away), NOW);
        assert_eq!(back.unreachable_since, None);
    }
}
