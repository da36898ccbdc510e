//! The loop that keeps this process's index in step with the change log.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::sync::Notify;

use super::{Tick, TickFuture, Work};
use crate::{
    domain::id::PostId,
    index::{IndexDoc, Position as IndexPosition, Writer},
    store::{
        Store,
        changes::{self, Change, ChangeKind, Position, compact},
        posts::{IndexRow, list_for_index},
    },
};

/// Changes a commit, for a living index.
pub const BATCH: i64 = 4000;
/// Changes a commit when much comes at once and nobody searches yet: each commit makes segments that
/// are merged later.
pub const BULK: i64 = 40_000;

/// Follows the change log by position; index and position commit together.
pub struct Indexing {
    /// The store.
    pub store: Store,
    /// The one writer of this process's index.
    pub writer: Arc<Mutex<Writer>>,
    /// Changes a commit, at most.
    pub batch: i64,
}

impl Indexing {
    async fn index(&self) -> anyhow::Result<Tick> {
        let mut tx = self.store.read().await?;
        let floor = index_position(compact::floor(&mut tx).await?);
        if lock(&self.writer).missed(floor) {
            tracing::warn!("the index was away for too long: building it anew");
            let writer = self.writer.clone();
            tokio::task::spawn_blocking(move || lock(&writer).begin_anew(floor)).await??;
            return Ok(Tick::Worked);
        }
        let at = self.position();
        let changes = changes::list_after(&mut tx, at, self.batch).await?;
        let Some(last) = changes.last().map(|change| change.position) else {
            drop(tx);
            return self.scrub().await;
        };
        let touched = touched(&changes);
        let rows = list_for_index(&mut tx, &touched).await?;
        drop(tx);
        let writer = self.writer.clone();
        let indexed = rows.len();
        let purged = purged(&changes);
        tokio::task::spawn_blocking(move || commit(&writer, rows, touched, &purged, last))
            .await??;
        tracing::debug!(changes = changes.len(), indexed, "indexed posts");
        Ok(Tick::Worked)
    }

    /// Whether stored changes wait, those included that cannot be read before an older transaction
    /// ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_behind(&self) -> anyhow::Result<bool> {
        let mut tx = self.store.read().await?;
        Ok(changes::any_after(&mut tx, self.position()).await?)
    }

    /// When nothing waits, words of purged posts are brought out of the files.
    async fn scrub(&self) -> anyhow::Result<Tick> {
        if !lock(&self.writer).is_dirty() {
            return Ok(Tick::Idle);
        }
        let writer = self.writer.clone();
        tokio::task::spawn_blocking(move || lock(&writer).scrub()).await??;
        tracing::debug!("wrote segments with purged posts anew");
        Ok(Tick::Idle)
    }

    fn position(&self) -> Position {
        let IndexPosition { xid, seq } = lock(&self.writer).position();
        Position { xid, seq }
    }
}

fn lock(writer: &Mutex<Writer>) -> MutexGuard<'_, Writer> {
    writer.lock().unwrap_or_else(|broken| broken.into_inner())
}

fn purged(changes: &[Change]) -> Vec<PostId> {
    changes
        .iter()
        .filter(|change| change.kind == ChangeKind::Purged)
        .map(|change| change.post.clone())
        .collect()
}

/// The posts to look at anew. New and edited wordings follow as understood, so they are left out.
fn touched(changes: &[Change]) -> Vec<PostId> {
    let mut seen = HashSet::new();
    changes
        .iter()
        .filter(|change| !matches!(change.kind, ChangeKind::New | ChangeKind::Edited))
        .filter(|change| seen.insert(&change.post))
        .map(|change| change.post.clone())
        .collect()
}

fn commit(
    writer: &Mutex<Writer>,
    rows: Vec<IndexRow>,
    touched: Vec<PostId>,
    purged: &[PostId],
    last: Position,
) -> anyhow::Result<()> {
    let present: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let gone: Vec<PostId> = touched
        .iter()
        .filter(|id| !present.contains(id.as_str()))
        .cloned()
        .collect();
    let docs: Vec<IndexDoc> = rows.into_iter().map(document).collect();
    let mut writer = lock(writer);
    writer.apply(docs, gone)?;
    writer.purge(purged);
    writer.commit(index_position(last))
}

fn index_position(Position { xid, seq }: Position) -> IndexPosition {
    IndexPosition { xid, seq }
}

fn document(row: IndexRow) -> IndexDoc {
    IndexDoc {
        id: row.id,
        text: row.text,
        source: row.source,
        platform: row.platform,
        language: row.language,
        kind: row.kind,
        sector: row.sector,
        topic: row.topic,
        municipality: row.municipality,
        place: row.place,
        published: row.published.into(),
    }
}

impl Work for Indexing {
    fn name(&self) -> &'static str {
        "indexing"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.index())
    }

    fn hint(&self) -> Option<&Notify> {
        Some(&self.store.hints.changes)
    }
}
