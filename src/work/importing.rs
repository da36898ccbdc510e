//! Rows of a file on their way into the store. Not a loop: it ends with the file. Start with
//! [`store_rows`].

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use crate::{
    collect::import::{Refused, Rows},
    domain::{
        id::SourceId,
        post::{CapturedPost, Platform},
        source::SourceConfig,
        time::{Clock, Span},
    },
    store::{
        Priority, Store,
        posts::{KeepAs, Kept, Keys, keep},
        sources,
    },
};

/// Rows a transaction: some 40 ms of writing.
const BATCH: usize = 500;
/// Batches parsed ahead of the database.
const AHEAD: usize = 4;

/// What became of a file's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Rows seen, refused ones too.
    pub read: u64,
    /// Stored for the first time.
    pub new: u64,
    /// Known, with another text now.
    pub updated: u64,
    /// Not taken.
    pub refused: u64,
}

/// In whose name a file's rows are stored.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The source's code.
    pub source: String,
    /// Whether incidents of these posts may alert agencies.
    pub alerts: bool,
    /// Older posts open nothing.
    pub max_age: Span,
}

/// What happens on the way, for whoever watches.
#[derive(Debug)]
pub enum Event<'a> {
    /// A row was not taken.
    Refused(&'a Refused),
    /// A batch was stored.
    Stored(Summary),
    /// All rows are stored; the rest of their way begins.
    AllStored,
}

/// A batch of the parser's.
type Batch = (Vec<CapturedPost>, Vec<Refused>);

/// Stores every row, in batches of their own transaction, so that a kill loses no finished one and
/// a second run finishes the file.
///
/// # Errors
/// The database's, with what was being done.
pub async fn store_rows(
    store: &Store,
    keys: &Keys,
    clock: &Clock,
    rows: Rows,
    origin: &Origin,
    tell: &(dyn Fn(Event<'_>) + Send + Sync),
) -> Result<Summary> {
    let mut batches = parse(rows);
    let mut summary = Summary::default();
    let municipality = home_of(store, &origin.source).await?;
    while let Some((posts, refused)) = batches.recv().await {
        summary.read += (posts.len() + refused.len()) as u64;
        summary.refused += refused.len() as u64;
        refused
            .iter()
            .for_each(|refused| tell(Event::Refused(refused)));
        if posts.is_empty() {
            continue;
        }
        let now = clock.now();
        let as_ = KeepAs {
            source: &origin.source,
            municipality: municipality.as_deref(),
            alerts: origin.alerts,
            now,
            history: now.minus(origin.max_age),
            oldest: None,
        };
        let kept = keep_batch(store, keys, &as_, posts)
            .await
            .context("storing rows")?;
        summary.new += kept.new;
        summary.updated += kept.updated;
        tell(Event::Stored(summary));
    }
    Ok(summary)
}

/// Parses on a thread of its own, a few batches ahead.
fn parse(mut rows: Rows) -> mpsc::Receiver<Batch> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        loop {
            let (mut posts, mut refused) = (Vec::with_capacity(BATCH), Vec::new());
            for row in rows.by_ref().take(BATCH) {
                match row {
                    Ok(post) => posts.push(post),
                    Err(reason) => refused.push(reason),
                }
            }
            let ended = posts.len() + refused.len() < BATCH;
            // a closed channel means that storing failed: its error tells why
            if sender.blocking_send((posts, refused)).is_err() || ended {
                return;
            }
        }
    });
    receiver
}

/// The home municipality, where the name is that of a source of the catalogue.
pub(super) async fn home_of(store: &Store, source: &str) -> Result<Option<String>> {
    let mut tx = store.read().await?;
    let source = sources::find(&mut tx, source).await?;
    Ok(source.and_then(|source| source.municipality))
}

/// Gives a file a line among the sources, so that people see where its posts are from. It is never
/// visited. A source of that name that is there already is left as it is.
///
/// # Errors
/// The database's.
pub async fn name_source(
    store: &Store,
    clock: &Clock,
    name: &str,
    platform: Platform,
) -> Result<()> {
    let mut tx = store.write(Priority::Bulk).await?;
    if sources::find(&mut tx, name).await?.is_none() {
        let config = SourceConfig {
            code: SourceId(name.to_owned()),
            platform,
            owner: name.to_owned(),
            screen_name: None,
            name: name.to_owned(),
            municipality: None,
            official: false,
            comments: false,
            boards: false,
            enabled: Some(false),
            interval_seconds: None,
            site: None,
            open311: None,
        };
        sources::put(&mut tx, &config, false, Span::ZERO, clock.now()).await?;
    }
    Ok(tx.commit().await?)
}

async fn keep_batch(
    store: &Store,
    keys: &Keys,
    as_: &KeepAs<'_>,
    posts: Vec<CapturedPost>,
) -> Result<Kept> {
    let mut tx = store.write(Priority::Bulk).await?;
    let kept = keep(&mut tx, keys, as_, posts).await?;
    if kept.new > 0 {
        sources::add_posts(&mut tx, as_.source, kept.new, as_.now).await?;
    }
    tx.commit().await?;
    store.meters.kept(Platform::Import, kept.new, kept.updated);
    store.hints.posts.notify_one();
    store.hints.changes.notify_one();
    Ok(kept)
}
