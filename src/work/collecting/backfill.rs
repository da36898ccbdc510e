//! The loop that reads periods again: one request at a time, through the same gates as visits, with a
//! pause that leaves the day's budget to them. Progress commits with the posts, so a kill repeats a
//! request and loses nothing. Start with [`Backfilling::step`].

use super::{Collecting, config_of};
use crate::{
    collect::backfill::{Period, Stretch},
    domain::{
        post::Platform,
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
        watch::{BackfillEnd, ErrorClass, Finding, GapKind},
    },
    store::{
        self, Error, Priority, Tx,
        backfills::{self, BackfillRow, Held, Progress},
        posts,
        sources::{self, SourceRow},
        watch,
    },
    work::{Tick, TickFuture, Work},
};

/// Longer than a request lasts.
const LEASE: Span = Span::minutes(3);
/// Failures in a row after which it is given up, and the longest wait between two tries.
const TRIES: i64 = 12;
const LONGEST: Span = Span::hours(1);

/// Reads periods again. Cheap to clone; shares gates and keys with the visits.
#[derive(Clone)]
pub struct Backfilling(Collecting);

impl Backfilling {
    /// Beside the visits of `collecting`.
    pub fn beside(collecting: Collecting) -> Self {
        Self(collecting)
    }

    /// Makes one request of the backfill that waits longest, if one is due.
    ///
    /// # Errors
    /// Only the store's; what a network answers is the backfill's state.
    pub async fn step(&self) -> store::Result<bool> {
        let inner = &self.0.0;
        let now = inner.clock.now();
        let mut tx = inner.store.read().await?;
        if !backfills::is_due(&mut tx, now).await? {
            return Ok(false);
        }
        drop(tx);
        let mut tx = inner.store.write(Priority::Bulk).await?;
        let row = backfills::lease(&mut tx, now, LEASE).await?;
        tx.commit().await?;
        let Some(row) = row else {
            return Ok(false);
        };
        self.go_on(&row).await?;
        Ok(true)
    }

    async fn go_on(&self, row: &BackfillRow) -> store::Result<()> {
        let inner = &self.0.0;
        let mut tx = inner.store.read().await?;
        let source = sources::find(&mut tx, &row.source).await?;
        drop(tx);
        let Some((source, config)) = source.and_then(|s| config_of(&s).map(|config| (s, config)))
        else {
            return Ok(());
        };
        let period = Period {
            since: row.since.into(),
            until: row.until.into(),
            kept: inner.clock.now().minus(inner.ages.kept),
        };
        let answer = inner.collector.read_back(&config, &period, &row.position);
        match answer.await {
            Ok(stretch) => self.keep(row, &source, stretch).await,
            Err(error) => self.hold(row, &error).await,
        }
    }

    async fn keep(
        &self,
        row: &BackfillRow,
        source: &SourceRow,
        stretch: Stretch,
    ) -> store::Result<()> {
        let inner = &self.0.0;
        let now = inner.clock.now();
        for note in &stretch.page.notes {
            tracing::info!(source.id = source.code, "{note}");
        }
        let as_ = self.0.terms(now).within(source);
        let found = stretch.page.posts.len() as u64;
        let mut tx = inner.store.write(Priority::Bulk).await?;
        let kept = posts::keep(&mut tx, &inner.keys, &as_, stretch.page.posts).await?;
        let platform = Platform::from_code(&source.platform).unwrap_or(Platform::Import);
        let progress = Progress {
            position: &stretch.position,
            reached: stretch.reached,
            posts: (found, kept.new, kept.outlived),
            end: stretch.end.map(BackfillEnd::code),
            not_before: now.plus(inner.collector.backfill_pause(platform)),
        };
        match backfills::advance(&mut tx, row, &progress, now).await {
            Ok(()) => {}
            // Somebody stopped it, or was faster: what they kept is the same.
            Err(Error::Conflict(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        if let Some(end) = stretch.end {
            self.fill(&mut tx, row, (end, platform, stretch.reached), now)
                .await?;
        }
        tx.commit().await?;
        inner.store.meters.kept(platform, kept.new, kept.updated);
        inner.store.hints.posts.notify_one();
        Ok(())
    }

    /// Closes the gaps that were read. A feed fills them as far as it reaches.
    async fn fill(
        &self,
        tx: &mut Tx,
        row: &BackfillRow,
        (end, platform, reached): (BackfillEnd, Platform, Option<Timestamp>),
        now: Timestamp,
    ) -> store::Result<()> {
        let since = match (end, platform) {
            (BackfillEnd::CannotGoBack, _) => return Ok(()),
            (BackfillEnd::NothingOlder, Platform::Feed) => match reached {
                Some(reached) => reached,
                None => return Ok(()),
            },
            _ => row.since.into(),
        };
        let period = (since, row.until.into());
        for (kind, finding) in [
            (GapKind::Skipped, Finding::Gap),
            (GapKind::Lost, Finding::Lost),
        ] {
            if backfills::fill_gaps(tx, &row.source, period, kind, now).await? == 0 {
                watch::close(tx, &row.source, finding, now).await?;
            }
        }
        tracing::info!(
            source.id = row.source,
            end = end.code(),
            "a backfill is over"
        );
        Ok(())
    }

    async fn hold(&self, row: &BackfillRow, error: &FetchError) -> store::Result<()> {
        let inner = &self.0.0;
        let now = inner.clock.now();
        let kept_back = matches!(error.reaction, Reaction::Day | Reaction::After);
        let hopeless = matches!(
            error.reaction,
            Reaction::Skip | Reaction::Stop | Reaction::Auth
        );
        let doubled = Span::millis(60_000 << row.failures.clamp(0, 8)).min(LONGEST);
        let named = error.not_before.unwrap_or(now.plus(doubled));
        let class: ErrorClass = error.class();
        let held = Held {
            failed: !kept_back,
            over: hopeless || row.failures >= TRIES,
            reason: class.code(),
            note: &error.message,
            not_before: named.max(now.plus(Span::seconds(5))),
        };
        let mut tx = inner.store.write(Priority::Bulk).await?;
        backfills::hold(&mut tx, &row.id, &held, now).await?;
        tx.commit().await?;
        tracing::warn!(
            source.id = row.source,
            code = error.code,
            "a backfill waits: {error}"
        );
        Ok(())
    }
}

impl Work for Backfilling {
    fn name(&self) -> &'static str {
        "backfilling"
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(async move {
            Ok(match self.step().await? {
                true => Tick::Worked,
                false => Tick::Idle,
            })
        })
    }
}
