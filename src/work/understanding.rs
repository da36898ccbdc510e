//! The loop that understands posts: new wordings first, newest first; then those read by an
//! earlier revision.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::sync::Notify;

use super::{Tick, TickFuture, Work};
use crate::{
    domain::{
        annotation::Annotation,
        id::PostId,
        time::{Clock, Span},
    },
    store::{
        Priority, Store,
        annotations::{self, ModelStamp, Understood},
        posts::{Waiting, list_stale, list_waiting},
    },
    understand::{
        duplicates::NearDuplicates,
        understander::{Input, Understander},
    },
};

/// Posts a tick: some 50 ms of writing.
const BATCH: i64 = 400;
/// Fingerprints kept for near-duplicates.
pub const WINDOW: usize = 1_000_000;

/// Understands posts.
pub struct Understanding {
    /// The store.
    pub store: Store,
    /// The models and catalogues.
    pub understander: Arc<Understander>,
    /// Texts of the last days, for near-duplicates; begins empty and is filled by taking over.
    pub window: Mutex<NearDuplicates>,
    /// How far back the window reaches.
    pub span: Span,
    /// The clock.
    pub clock: Clock,
    /// What was read and is not written yet; begins empty.
    pub in_hand: Mutex<Vec<Understood>>,
}

impl Understanding {
    /// Writes the batch read before while it reads the next one: neither the cores nor the database
    /// wait. A batch in hand that is never written is simply read again.
    async fn understand(&self) -> anyhow::Result<Tick> {
        let in_hand = std::mem::take(&mut *lock(&self.in_hand));
        let posts = self.next_posts(&in_hand).await?;
        if in_hand.is_empty() && posts.is_empty() {
            return Ok(Tick::Idle);
        }
        let read = annotate(self.understander.clone(), posts);
        let (written, annotated) = tokio::join!(self.write(&in_hand), read);
        *lock(&self.in_hand) = self.join_duplicates(annotated?);
        written?;
        Ok(Tick::Worked)
    }

    /// Waiting posts, but for those in hand.
    async fn next_posts(&self, in_hand: &[Understood]) -> anyhow::Result<Vec<Waiting>> {
        let taken: HashSet<&str> = in_hand.iter().map(|one| one.post.as_str()).collect();
        let limit = BATCH + in_hand.len() as i64;
        let mut tx = self.store.read().await?;
        let mut posts = list_waiting(&mut tx, limit).await?;
        posts.retain(|post| !taken.contains(post.id.as_str()));
        if posts.is_empty() {
            posts = list_stale(&mut tx, self.understander.revision(), limit).await?;
            posts.retain(|post| !taken.contains(post.id.as_str()));
        }
        Ok(posts)
    }

    async fn write(&self, batch: &[Understood]) -> anyhow::Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let stamp = ModelStamp {
            name: self.understander.model(),
            revision: self.understander.revision(),
        };
        let mut tx = self.store.write(Priority::Bulk).await?;
        annotations::save(&mut tx, &stamp, batch, self.clock.now()).await?;
        tx.commit().await?;
        for one in batch {
            let sector = one.annotation.sector.as_ref();
            self.store
                .meters
                .understood(sector.map(|sector| sector.code.as_str()));
        }
        self.store.hints.annotations.notify_one();
        self.store.hints.changes.notify_one();
        tracing::debug!(posts = batch.len(), "understood posts");
        Ok(())
    }

    /// Fills the window anew: another process may have understood what this one never saw.
    async fn fill_window(&self) -> anyhow::Result<Tick> {
        lock(&self.in_hand).clear();
        let since = self.clock.now().minus(self.span);
        let mut tx = self.store.read().await?;
        let prints = annotations::list_prints(&mut tx, since, WINDOW as i64).await?;
        let mut window = lock(&self.window);
        window.clear();
        for (post, print, at) in prints {
            window.insert(print, at, post);
        }
        Ok(Tick::Idle)
    }

    /// Finds for each text an earlier one that it repeats. Oldest first, so that the first to say
    /// it is the original.
    fn join_duplicates(&self, mut pairs: Vec<(Waiting, Annotation)>) -> Vec<Understood> {
        let mut window = lock(&self.window);
        pairs.sort_by_key(|(post, _)| post.published);
        pairs
            .into_iter()
            .map(|(post, annotation)| {
                let id = PostId(post.id);
                let said = post.published.into();
                let print = annotation.fingerprint;
                let original = window.find_other(print, said, Some(&id));
                window.insert(print, said, id.clone());
                Understood {
                    post: id,
                    version: post.version,
                    annotation,
                    duplicate_of: original,
                }
            })
            .collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}

/// Annotates on a blocking thread (which shares the batch among the cores).
async fn annotate(
    understander: Arc<Understander>,
    posts: Vec<Waiting>,
) -> anyhow::Result<Vec<(Waiting, Annotation)>> {
    let task = tokio::task::spawn_blocking(move || {
        let inputs: Vec<Input<'_>> = posts.iter().map(input).collect();
        let annotations = understander.annotate(&inputs);
        drop(inputs);
        posts.into_iter().zip(annotations).collect()
    });
    Ok(task.await?)
}

fn input(post: &Waiting) -> Input<'_> {
    Input {
        text: &post.text,
        title: post.title.as_deref(),
        home: post.municipality.as_deref(),
        parent: post.parent_text.as_deref(),
        place_hint: post.place_hint.as_deref(),
    }
}

impl Work for Understanding {
    fn name(&self) -> &'static str {
        "understanding"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.understand())
    }

    fn hint(&self) -> Option<&Notify> {
        Some(&self.store.hints.posts)
    }

    fn take_over(&self) -> TickFuture<'_> {
        Box::pin(self.fill_window())
    }
}
