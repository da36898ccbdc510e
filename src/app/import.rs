//! Import whole: rows are stored while the inner loops understand, route and index behind them.
//!
//! [`into_centre`] returns when all that is done; [`into_store`] only stores, for a folder on which
//! another process works.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio_util::sync::CancellationToken;

use super::Centre;
use crate::{
    collect::import::Rows,
    domain::{post::Platform, time::Clock},
    store::{Store, posts::Keys},
    work::{
        Tick, Work,
        importing::{Event, Origin, Summary, name_source, store_rows},
        indexing::{self, Indexing},
    },
};

/// How long, and how often, an older transaction is waited for.
const WAIT: Duration = Duration::from_millis(20);
const WAITS: usize = 500;

/// Told of what happens on the way.
pub type Tell<'a> = &'a (dyn Fn(Event<'_>) + Send + Sync);

/// Stores the rows and brings them through: understood, routed and indexed when it returns.
///
/// # Errors
/// The first that a part of the way met; what is stored stays, and a second run goes on.
pub async fn into_centre(
    centre: &Centre,
    rows: Rows,
    origin: &Origin,
    tell: Tell<'_>,
) -> Result<Summary> {
    let keys = centre.post_keys();
    let storing = into_store(&centre.store, &keys, &centre.clock, rows, origin, tell);
    bring_through(centre, storing, || tell(Event::AllStored)).await
}

/// Understands, routes and indexes what `storing` stores, while it does and after it; `stored` is called
/// in between.
///
/// # Errors
/// As [`into_centre`].
pub async fn bring_through<T, E: Into<anyhow::Error>>(
    centre: &Centre,
    storing: impl Future<Output = Result<T, E>>,
    all_stored: impl FnOnce(),
) -> Result<T> {
    let stored = CancellationToken::new();
    let understood = CancellationToken::new();
    let understanding = centre.understanding().await?;
    let understanding = tokio::spawn(drain(understanding, stored.clone(), understood.clone()));
    let routing = tokio::spawn(drain(
        centre.routing(),
        understood.clone(),
        CancellationToken::new(),
    ));
    let indexing = Indexing {
        batch: indexing::BULK,
        ..centre.indexing()
    };
    let summary = {
        let _ends = stored.drop_guard();
        storing.await
    };
    if summary.is_ok() {
        all_stored();
    }
    understanding.await??;
    routing.await??;
    index_all(&indexing).await?;
    summary.map_err(Into::into)
}

/// Brings the index up to the last change. On PostgreSQL a change is read when every older
/// transaction of the server has ended: that is waited for, but not for ever.
async fn index_all(indexing: &Indexing) -> Result<()> {
    for _ in 0..WAITS {
        while indexing.tick().await? == Tick::Worked {}
        if !indexing.is_behind().await? {
            return Ok(());
        }
        tokio::time::sleep(WAIT).await;
    }
    tracing::warn!("an old transaction holds the index back: it follows when that has ended");
    Ok(())
}

/// Builds the index of a data folder anew; gives the number of posts in it.
///
/// # Errors
/// When another process holds the index, or the folder cannot be written.
pub async fn reindex(store: &Store, data_dir: &Path) -> Result<u64> {
    let folder = data_dir.join("index");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot delete {}", folder.display()))?;
    }
    let (index, writer) = super::open_index(data_dir, store).await?;
    let indexing = Indexing {
        store: store.clone(),
        writer: Arc::new(Mutex::new(writer)),
        batch: indexing::BULK,
    };
    index_all(&indexing).await?;
    Ok(index.count())
}

/// Stores the rows alone.
///
/// # Errors
/// The database's; batches stored before stay.
pub async fn into_store(
    store: &Store,
    keys: &Keys,
    clock: &Clock,
    rows: Rows,
    origin: &Origin,
    tell: Tell<'_>,
) -> Result<Summary> {
    name_source(store, clock, &origin.source, Platform::Import).await?;
    store_rows(store, keys, clock, rows, origin, tell).await
}

/// Ticks until the work before it has ended and nothing is left; then `ended` tells the next.
async fn drain(
    work: Arc<dyn Work>,
    before: CancellationToken,
    ended: CancellationToken,
) -> Result<()> {
    let _ended = ended.drop_guard();
    loop {
        let is_last = before.is_cancelled();
        let tick = work.tick().await.map_err(|e| e.context(work.name()))?;
        match tick {
            Tick::Worked => {}
            Tick::Idle if is_last => return Ok(()),
            Tick::Idle => {
                tokio::select! {
                    () = before.cancelled() => {}
                    () = tokio::time::sleep(work.poll()) => {}
                    () = async { match work.hint() {
                        Some(hint) => hint.notified().await,
                        None => std::future::pending().await,
                    } } => {}
                }
            }
        }
    }
}
