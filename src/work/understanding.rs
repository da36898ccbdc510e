//! The loop that understands posts: new wordings first, newest first; then those read by an
//! earlier revision.

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::{Tick, TickFuture, Work};
use crate::{
    domain::{annotation::Annotation, id::PostId, time::Clock},
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

/// Understands posts.
pub struct Understanding {
    /// The store.
    pub store: Store,
    /// The models and catalogues.
    pub understander: Arc<Understander>,
    /// Texts of the last days, for near-duplicates.
    pub window: Mutex<NearDuplicates>,
    /// The clock.
    pub clock: Clock,
}

impl Understanding {
    async fn understand(&self) -> anyhow::Result<Tick> {
        let revision = self.understander.revision();
        let mut tx = self.store.read().await?;
        let mut posts = list_waiting(&mut tx, BATCH).await?;
        if posts.is_empty() {
            posts = list_stale(&mut tx, revision, BATCH).await?;
        }
        drop(tx);
        if posts.is_empty() {
            return Ok(Tick::Idle);
        }
        let annotated = annotate(self.understander.clone(), posts).await?;
        let batch = self.join_duplicates(annotated);
        let stamp = ModelStamp {
            name: self.understander.model(),
            revision,
        };
        let mut tx = self.store.write(Priority::Bulk).await?;
        annotations::save(&mut tx, &stamp, &batch, self.clock.now()).await?;
        tx.commit().await?;
        self.store.hints.annotations.notify_one();
        self.store.hints.changes.notify_one();
        tracing::debug!(posts = batch.len(), "understood posts");
        Ok(Tick::Worked)
    }

    /// Finds for each text an earlier one that it repeats. Oldest first, so that the first to say
    /// it is the original.
    fn join_duplicates(&self, mut pairs: Vec<(Waiting, Annotation)>) -> Vec<Understood> {
        let mut window = self
            .window
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
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
}
