//! Events that networks send us by themselves: each is kept once, however often it is sent. The event's
//! number and what it tells commit together, so whoever answers `ok` after the commit has it. Start with
//! [`take`].

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{
    Result, Sql, Tx,
    posts::{self, KeepAs, Kept, Keys},
    sources::{self, SourceRow},
    sql::{execute, statements},
};
use crate::domain::{
    post::Platform,
    source::Event,
    time::{Span, Timestamp},
};

statements! {
    TAKE = Sql::both("insert into inbox (id, at) values ($1, $2) on conflict (id) do nothing");
}

/// How long an event's number is remembered: networks send again for hours.
pub const REMEMBERED: Span = Span::days(7);

/// Takes an event in: false when it was taken before. `number` tells it from the others of its source.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn take(tx: &mut Tx, source: &str, number: &str, now: Timestamp) -> Result<bool> {
    let mut hash = Sha256::new();
    hash.update(source);
    hash.update([0]);
    hash.update(number);
    let id: String = hash.finalize()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(execute!(tx, TAKE, id, now.as_millis())? > 0)
}

/// Which posts are kept, and what they may open: as [`KeepAs`], whatever the source.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The moment of capture.
    pub now: Timestamp,
    /// Posts published before open nothing.
    pub history: Timestamp,
    /// Unknown posts published before are not stored.
    pub oldest: Option<Timestamp>,
}

impl Terms {
    /// To keep in the name of a source.
    pub fn within(self, source: &SourceRow) -> KeepAs<'_> {
        KeepAs {
            source: &source.code,
            municipality: source.municipality.as_deref(),
            alerts: true,
            now: self.now,
            history: self.history,
            oldest: self.oldest,
        }
    }
}

/// Keeps events of one source.
///
/// # Errors
/// [`super::Error::Database`]; then the transaction must be dropped.
pub async fn keep_of(
    tx: &mut Tx,
    keys: &Keys,
    source: &SourceRow,
    terms: Terms,
    events: Vec<Event>,
) -> Result<Kept> {
    let kept = posts::keep_told(tx, keys, &terms.within(source), events).await?;
    if kept.new > 0 {
        sources::add_posts(tx, &source.code, kept.new, terms.now).await?;
    }
    Ok(kept)
}

/// Keeps events in the name of the sources whose owners they belong to. What belongs to none that is read
/// is passed over: nobody decided to read it.
///
/// # Errors
/// [`super::Error::Database`]; then the transaction must be dropped.
pub async fn keep(
    tx: &mut Tx,
    keys: &Keys,
    platform: Platform,
    terms: Terms,
    events: Vec<Event>,
) -> Result<Kept> {
    let mut by_owner: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        let owner = event.post.key.owner.clone();
        by_owner.entry(owner).or_default().push(event);
    }
    let mut all = Kept::default();
    for (owner, events) in by_owner {
        match sources::of_owner(tx, platform.code(), &owner).await? {
            Some(source) => all += keep_of(tx, keys, &source, terms, events).await?,
            None => {
                tracing::info!(%platform, count = events.len(), "events of no source passed over")
            }
        }
    }
    Ok(all)
}
