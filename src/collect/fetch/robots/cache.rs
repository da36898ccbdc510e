//! What sites' robots.txt said, kept for a day; «cannot be had» for five minutes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    collect::robots::Robots,
    domain::time::{Span, Timestamp},
};

/// RFC 9309 allows a day.
const FRESH: Span = Span::days(1);
/// Nutch waits five minutes before it asks an unreachable host again.
const RETRY: Span = Span::minutes(5);
/// Hosts kept; beyond it the memory is begun anew.
const MOST: usize = 10_000;

#[derive(Default)]
pub(in crate::collect::fetch) struct RobotsCache(Mutex<HashMap<String, (Arc<Robots>, Timestamp)>>);

impl RobotsCache {
    /// The rules of an origin while they are fresh.
    pub fn find(&self, origin: &str, now: Timestamp) -> Option<Arc<Robots>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (robots, until) = known.get(origin)?;
        (*until > now).then(|| Arc::clone(robots))
    }

    /// Keeps an answer. When the file cannot be had now, the rules known before stay in force.
    pub fn put(&self, origin: &str, robots: Robots, now: Timestamp) -> Arc<Robots> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let unreachable = matches!(robots, Robots::DisallowAll);
        let before = known
            .get(origin)
            .filter(|_| unreachable)
            .map(|(old, _)| Arc::clone(old));
        let robots = before.unwrap_or_else(|| Arc::new(robots));
        let until = now.plus(if unreachable { RETRY } else { FRESH });
        known.insert(origin.to_owned(), (Arc::clone(&robots), until));
        robots
    }
}
