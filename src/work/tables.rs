//! Tables of other systems on their way into the store: batches are compared or kept, and each batch's
//! counts, refused rows and place in the file commit with it, so that a kill repeats and loses nothing.
//!
//! [`run`] does one import from beginning to end; [`Tables`] is the loop that does those that people
//! start on pages. How a file is read is `collect::import::table`'s.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::{
    Tick, TickFuture, Work,
    importing::{home_of, name_source},
};
use crate::{
    collect::import::table::{
        NoTable, Plan, Step, TableFault, look,
        waiting::{FOLDER, file_of, remove},
    },
    domain::{
        id::made,
        post::Platform,
        table::{Appeal, Facts, Item, RefusedRow, Total},
        time::{Clock, Span, Timestamp},
    },
    store::{
        Error, Priority, Store,
        posts::{KeepAs, Kept, Keys},
        scope::Scope,
        sources,
        tables::{
            appeals::{self, Said},
            imports::{self, Counts, ImportRow, ImportState, MOST_REFUSED},
            totals,
        },
    },
    understand::mask::mask,
};

/// Rows a transaction.
const BATCH: usize = 500;
/// Batches read ahead of the database.
const AHEAD: usize = 2;
/// Longer than any batch takes; after a kill another process goes on when it has passed.
const LEASE: Span = Span::minutes(2);
/// How often the folder is looked through for files that are to go.
const LOOK_THROUGH: Span = Span::minutes(1);

/// What an import works with.
#[derive(Clone)]
#[allow(missing_docs, reason = "each is named after its type")]
pub struct Desk {
    pub store: Store,
    pub keys: Keys,
    pub clock: Clock,
    pub zone: TimeZone,
    /// Older messages open nothing.
    pub max_age: Span,
}

/// One import.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// Its id.
    pub id: &'a str,
    /// The last line of which everything is done.
    pub position: u64,
    /// Whether rows are only compared.
    pub dry: bool,
    /// Whether incidents of these messages may alert agencies.
    pub alerts: bool,
}

/// Why an import did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The file.
    #[error(transparent)]
    File(#[from] NoTable),
    /// The source's name is that of a network that is crawled.
    #[error("the source «{0}» is crawled: give the table a name of its own")]
    Taken(String),
    /// Anything else: the database.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Stopped::Other(error.into())
    }
}

/// Told of what happens on the way: refused rows, and the counts after each batch.
pub type Tell<'a> = &'a (dyn Fn(Progress<'_>) + Send + Sync);

/// What happens on the way.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A row was not taken.
    Refused(&'a RefusedRow),
    /// A batch was done; the counts of this run so far.
    Done(Counts),
}

/// Rows as the reader gives them: a line and what stands there, and at the end how reading went.
enum Read {
    Rows(Vec<(u64, Result<Item, RefusedRow>)>),
    Ended(Result<(), NoTable>),
}

/// Reads a file by a plan and keeps its rows (or only compares them), from the line after the task's
/// position. What was done stays done, whatever happens.
///
/// # Errors
/// [`Stopped`].
pub async fn run(
    desk: &Desk,
    file: &Path,
    plan: Plan,
    task: Task<'_>,
    tell: Tell<'_>,
) -> Result<Counts, Stopped> {
    let source = plan.mapping().source.clone();
    if !task.dry {
        claim_source(desk, &source, plan.mapping().platform).await?;
    }
    let municipality = home_of(&desk.store, &source).await?;
    let mut batches = read(file.to_owned(), plan, task.position);
    let (mut sum, mut position, mut said) = (Counts::default(), task.position, Said::default());
    while let Some(read) = batches.recv().await {
        let rows = match read {
            Read::Rows(rows) => rows,
            Read::Ended(how) => {
                how?;
                return Ok(sum);
            }
        };
        let last = rows.last().map_or(position, |(line, _)| *line);
        let (now, batch) = (desk.clock.now(), Batch::of(rows));
        batch
            .refused
            .iter()
            .for_each(|row| tell(Progress::Refused(row)));
        let refused = batch.refused.len() as i64;
        let room = (MOST_REFUSED - sum.refused).clamp(0, refused) as usize;
        let noted: Vec<RefusedRow> = batch.refused[..room].to_vec();
        let as_ = KeepAs {
            source: &source,
            municipality: municipality.as_deref(),
            alerts: task.alerts,
            now,
            history: now.minus(desk.max_age),
            oldest: None,
        };
        let compared = match task.dry {
            true => Some(
                batch
                    .compare(desk, &source, task.id, &mut said, now)
                    .await?,
            ),
            false => None,
        };
        let mut tx = desk.store.write(Priority::Bulk).await?;
        let (mut counts, kept) = match compared {
            Some(counts) => (counts, None),
            None => {
                let (counts, kept) = batch.keep(&mut tx, desk, &as_, task.id).await?;
                (counts, Some(kept))
            }
        };
        counts.seen += refused;
        counts.refused = refused;
        let lease = (now, LEASE);
        imports::advance(&mut tx, task.id, (position, last), counts, &noted, lease).await?;
        tx.commit().await?;
        if let Some(kept) = kept {
            desk.told(&kept);
        }
        position = last;
        sum = add(sum, counts);
        tell(Progress::Done(sum));
    }
    // the reader's thread broke on it: it would again
    Err(Stopped::File(TableFault::Damaged.into()))
}

impl Desk {
    fn told(&self, kept: &Kept) {
        self.store
            .meters
            .kept(Platform::Import, kept.new, kept.updated);
        self.store.hints.posts.notify_one();
        self.store.hints.changes.notify_one();
    }
}

/// The source's line, unless a network that is crawled has that name.
async fn claim_source(desk: &Desk, source: &str, platform: Platform) -> Result<(), Stopped> {
    let mut tx = desk.store.read().await?;
    let known = sources::find(&mut tx, source).await?;
    drop(tx);
    let own = [Platform::Pos.code(), Platform::Import.code()];
    if known.is_some_and(|known| !own.contains(&known.platform.as_str())) {
        return Err(Stopped::Taken(source.to_owned()));
    }
    name_source(&desk.store, &desk.clock, source, platform).await?;
    Ok(())
}

fn add(a: Counts, b: Counts) -> Counts {
    Counts {
        seen: a.seen + b.seen,
        added: a.added + b.added,
        changed: a.changed + b.changed,
        same: a.same + b.same,
        refused: a.refused + b.refused,
    }
}

/// Reads on a thread of its own, a few batches ahead of the database.
fn read(file: PathBuf, plan: Plan, position: u64) -> mpsc::Receiver<Read> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut rows = Vec::with_capacity(BATCH);
        let how = plan.read(&file, |line, row| {
            if line <= position {
                return Step::Continue(());
            }
            rows.push((line, row));
            if rows.len() < BATCH {
                return Step::Continue(());
            }
            let full = std::mem::replace(&mut rows, Vec::with_capacity(BATCH));
            // a closed channel means that storing failed: its error tells why
            match sender.blocking_send(Read::Rows(full)) {
                Ok(()) => Step::Continue(()),
                Err(_) => Step::Break(()),
            }
        });
        if !rows.is_empty() {
            let _ = sender.blocking_send(Read::Rows(rows));
        }
        let _ = sender.blocking_send(Read::Ended(how));
    });
    receiver
}

/// A batch by what its rows are. What tells of people in short cells is masked here, as texts are where
/// they are understood.
#[derive(Default)]
struct Batch {
    appeals: Vec<Appeal>,
    totals: Vec<Total>,
    refused: Vec<RefusedRow>,
}

impl Batch {
    fn of(rows: Vec<(u64, Result<Item, RefusedRow>)>) -> Batch {
        let mut batch = Batch::default();
        for (_, row) in rows {
            match row {
                Ok(Item::Appeal(appeal)) => batch.appeals.push(masked(appeal)),
                Ok(Item::Total(total)) => batch.totals.push(Total {
                    body: mask(&total.body).into_owned(),
                    theme: total.theme,
                    ..total
                }),
                Err(refused) => batch.refused.push(refused),
            }
        }
        batch
    }

    async fn compare(
        &self,
        desk: &Desk,
        source: &str,
        import: &str,
        said: &mut Said,
        now: Timestamp,
    ) -> Result<Counts, Error> {
        let mut tx = desk.store.read().await?;
        let appeals = appeals::compare(&mut tx, &desk.keys, &self.appeals, said).await?;
        let totals = totals::keep(&mut tx, (source, import), &self.totals, true, now).await?;
        Ok(add(appeals, totals))
    }

    async fn keep(
        self,
        tx: &mut crate::store::Tx,
        desk: &Desk,
        as_: &KeepAs<'_>,
        import: &str,
    ) -> Result<(Counts, Kept), Error> {
        let (appeals, kept) = appeals::keep(tx, &desk.keys, as_, import, self.appeals).await?;
        if kept.new > 0 {
            sources::add_posts(tx, as_.source, kept.new, as_.now).await?;
        }
        let totals = totals::keep(tx, (as_.source, import), &self.totals, false, as_.now).await?;
        Ok((add(appeals, totals), kept))
    }
}

fn masked(mut appeal: Appeal) -> Appeal {
    let hide = |cell: Option<String>| cell.map(|text| mask(&text).into_owned());
    let facts = appeal.facts;
    appeal.facts = Facts {
        status: hide(facts.status),
        category: hide(facts.category),
        subcategory: hide(facts.subcategory),
        executor: hide(facts.executor),
        channel: hide(facts.channel),
        ..facts
    };
    appeal.post.place_hint = hide(appeal.post.place_hint);
    appeal
}

/// The loop that does imports which people started, and clears away files with which nobody went on.
pub struct Tables {
    /// What imports work with.
    pub desk: Desk,
    /// Where files wait.
    pub data_dir: PathBuf,
    /// How long a file waits for somebody to go on.
    pub patience: Span,
    /// When the folder was last looked through, UTC milliseconds; begins long ago.
    pub looked: AtomicI64,
}

impl Tables {
    async fn run_one(&self) -> Result<Tick> {
        let now = self.desk.clock.now();
        let waiting = imports::waiting(&mut self.desk.store.read().await?, now).await?;
        for row in waiting {
            let file = file_of(&self.data_dir, &row.id);
            // Another machine of the same database has the file of its own visitors.
            if file.exists() && self.take(&row, now).await? {
                self.import(&row, &file).await?;
                return Ok(Tick::Worked);
            }
        }
        self.clear_away(now).await?;
        Ok(Tick::Idle)
    }

    async fn take(&self, row: &ImportRow, now: Timestamp) -> Result<bool> {
        let mut tx = self.desk.store.write(Priority::Bulk).await?;
        let taken = imports::lease(&mut tx, &row.id, now, LEASE).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn import(&self, row: &ImportRow, file: &Path) -> Result<()> {
        let dry = row.state() == ImportState::Checking;
        let task = Task {
            id: &row.id,
            position: row.position.max(0) as u64,
            dry,
            alerts: false,
        };
        let done = match self.plan(row, file).await {
            Ok(plan) => run(&self.desk, file, plan, task, &|_| {}).await.map(|_| ()),
            Err(stopped) => Err(stopped),
        };
        let (state, fault) = match done {
            Ok(()) if dry => (ImportState::Checked, ""),
            Ok(()) => (ImportState::Done, ""),
            Err(Stopped::File(error)) => {
                tracing::warn!(import.id = row.id, "a table cannot be read: {error}");
                (ImportState::Failed, error.fault.code())
            }
            Err(Stopped::Taken(_)) => (ImportState::Failed, "taken"),
            Err(Stopped::Other(error)) => return Err(error),
        };
        let mut tx = self.desk.store.write(Priority::Bulk).await?;
        imports::end(&mut tx, &row.id, state, fault, self.desk.clock.now()).await?;
        tx.commit().await?;
        if state == ImportState::Done {
            remove(file)?;
        }
        Ok(())
    }

    async fn plan(&self, row: &ImportRow, file: &Path) -> Result<Plan, Stopped> {
        let mapping = row
            .chosen()
            .ok_or(Stopped::File(TableFault::Damaged.into()))?;
        let (path, sheet) = (file.to_owned(), mapping.sheet.clone());
        let looked = tokio::task::spawn_blocking(move || look(&path, &sheet)).await;
        let look = looked.context("looking at a table")??;
        let plan = Plan::of(&look, mapping, self.desk.zone.clone());
        plan.map_err(|_| Stopped::File(TableFault::Damaged.into()))
    }

    /// Files of imports that nobody went on with, and files that belong to none, leave the disk: names
    /// and phones stand in them.
    async fn clear_away(&self, now: Timestamp) -> Result<()> {
        let last = Timestamp::from_millis(self.looked.load(Ordering::Relaxed));
        if now.since(last) < LOOK_THROUGH && now >= last {
            return Ok(());
        }
        self.looked.store(now.as_millis(), Ordering::Relaxed);
        let before = now.minus(self.patience);
        let left = imports::left_lying(&mut self.desk.store.read().await?, before).await?;
        for id in left {
            let mut tx = self.desk.store.write(Priority::Bulk).await?;
            imports::give_up(&mut tx, &id, now).await?;
            tx.commit().await?;
            remove(&file_of(&self.data_dir, &id))?;
        }
        let Ok(folder) = std::fs::read_dir(self.data_dir.join(FOLDER)) else {
            return Ok(()); // nobody uploaded anything yet
        };
        for entry in folder {
            self.clear_one(&entry?.path(), before).await?;
        }
        Ok(())
    }

    /// A process that was killed between two steps leaves a file whose import is over, or never began.
    async fn clear_one(&self, file: &Path, before: Timestamp) -> Result<()> {
        let name = file.file_name().and_then(|name| name.to_str());
        let Some((id, made)) = name.and_then(|id| Some((id, made(id)?))) else {
            return Ok(()); // not ours
        };
        let scope = Scope::service("tables");
        let row = imports::find(&mut self.desk.store.read().await?, &scope, id).await?;
        let is_over = match row.map(|row| row.state()) {
            Some(state) => matches!(state, ImportState::Done | ImportState::Dropped),
            None => made < before,
        };
        if is_over { remove(file) } else { Ok(()) }
    }
}

impl Work for Tables {
    fn name(&self) -> &'static str {
        "tables"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(self.run_one())
    }

    fn poll(&self) -> Duration {
        Duration::from_secs(1)
    }
}
