//! Watching the sources: each visit is counted and judged in its own transaction, and what the
//! self-checks find is raised once, told in the log, and closed when it is mended.

use super::Collecting;
use crate::{
    collect::selfcheck::{Check, Seen, Verdict},
    domain::{
        post::{CapturedPost, PostKind},
        source::FetchError,
        time::{Span, Timestamp},
        watch::{ErrorClass, Finding, GapKind, Listed},
    },
    store::{
        self, Tx, backfills,
        sources::SourceRow,
        watch::{self, NewGap},
    },
};

/// What a feed lost is shown for so long.
const LOST_IS_SHOWN: Span = Span::days(3);

/// What is taken from a page before its posts are kept.
pub(super) struct Saw {
    listed: Option<Listed>,
    moments: Vec<Timestamp>,
}

impl Saw {
    /// Of a page.
    pub fn of(listed: Option<Listed>, posts: &[CapturedPost]) -> Self {
        let of_page = posts.iter().filter(|post| post.key.kind == PostKind::Post);
        Self {
            listed,
            moments: of_page.filter_map(|post| post.published).collect(),
        }
    }
}

impl Collecting {
    /// Counts and judges a step of a visit; `over` when the visit is.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn watch(
        &self,
        tx: &mut Tx,
        source: &SourceRow,
        saw: Saw,
        known: u64,
        over: bool,
    ) -> store::Result<()> {
        let now = self.0.clock.now();
        let text = watch::find_check(tx, &source.code).await?;
        let mut check = Check::from_text(text.as_deref());
        let seen = Seen {
            listed: saw.listed,
            moments: saw.moments,
            known,
            over,
        };
        let verdict = check.observe(&seen, now);
        watch::put_check(tx, &source.code, &check.to_text()).await?;
        if let Some(verdict) = verdict {
            watch::note_visit(tx, source, now).await?;
            // Other connectors refuse a page that they cannot read: a good visit is proof enough.
            let judged = matches!(source.platform.as_str(), "vk" | "telegram" | "feed");
            let verdict = Verdict {
                blind: verdict.blind.or((!judged).then_some(false)),
                ..verdict
            };
            self.tell(tx, &source.code, &verdict, now).await?;
        }
        Ok(())
    }

    /// Counts a visit that failed. A page that looks otherwise than its parser expects is a finding at
    /// once.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn watch_failure(
        &self,
        tx: &mut Tx,
        source: &SourceRow,
        error: &FetchError,
    ) -> store::Result<()> {
        let now = self.0.clock.now();
        let class = error.class();
        watch::note_failure(tx, &source.code, class, &error.message, now).await?;
        if class == ErrorClass::Layout && source.last_success.is_some() {
            self.raise(tx, &source.code, Finding::ParserBroken, now)
                .await?;
        }
        Ok(())
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        source: &str,
        verdict: &Verdict,
        now: Timestamp,
    ) -> store::Result<()> {
        match verdict.blind {
            Some(true) => self.raise(tx, source, Finding::ParserBroken, now).await?,
            Some(false) => close(tx, source, Finding::ParserBroken, now).await?,
            None => {}
        }
        match verdict.silent {
            true => self.raise(tx, source, Finding::Silent, now).await?,
            false => close(tx, source, Finding::Silent, now).await?,
        }
        if let Some((kind, since, until)) = verdict.gap {
            self.note_gap(tx, source, kind, (since, until), now).await?;
        }
        if verdict.joined {
            watch::close_gaps(tx, source, GapKind::Unread, now).await?;
            let shown = now.minus(LOST_IS_SHOWN);
            if watch::close_found_before(tx, source, Finding::Lost, shown, now).await? {
                watch::close_gaps(tx, source, GapKind::Lost, now).await?;
            }
        }
        Ok(())
    }

    async fn raise(
        &self,
        tx: &mut Tx,
        source: &str,
        finding: Finding,
        now: Timestamp,
    ) -> store::Result<()> {
        let id = self.0.ids.ulid(now);
        if watch::raise(tx, &id, source, finding, now).await? {
            tracing::warn!(
                source.id = source,
                finding = finding.code(),
                "{}",
                advice(finding)
            );
        }
        Ok(())
    }

    /// Notes a gap; what a platform shows again is read by a backfill.
    async fn note_gap(
        &self,
        tx: &mut Tx,
        source: &str,
        kind: GapKind,
        (since, until): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> store::Result<()> {
        let known = watch::find_gap(tx, source, kind).await?;
        let backfill = self.0.ids.ulid(now);
        let wanted = kind == GapKind::Skipped && known.is_none_or(|gap| gap.backfill.is_none());
        if wanted {
            let new = backfills::NewBackfill {
                id: &backfill,
                source,
                since,
                until,
                who: "service:selfcheck",
            };
            backfills::add(tx, &new, now).await?;
        }
        let gap = NewGap {
            id: &self.0.ids.ulid(now),
            source,
            kind,
            since,
            until,
            backfill: wanted.then_some(backfill.as_str()),
        };
        watch::open_gap(tx, &gap, now).await?;
        tracing::info!(
            source.id = source,
            gap = kind.code(),
            since = since.to_rfc3339(),
            until = until.to_rfc3339(),
            "posts may be missing"
        );
        match kind {
            GapKind::Skipped => self.raise(tx, source, Finding::Gap, now).await,
            GapKind::Lost => self.raise(tx, source, Finding::Lost, now).await,
            GapKind::Unread => Ok(()),
        }
    }
}

async fn close(tx: &mut Tx, source: &str, finding: Finding, now: Timestamp) -> store::Result<()> {
    if watch::close(tx, source, finding, now).await? {
        tracing::info!(source.id = source, finding = finding.code(), "mended");
    }
    Ok(())
}

fn advice(finding: Finding) -> &'static str {
    match finding {
        Finding::ParserBroken => {
            "PARSER_BROKEN: visits answer well and yield no post where they used to; look whether the \
             page's layout changed, and tell the developers"
        }
        Finding::Silent => {
            "no post for as long as five were expected; look whether the page was closed or moved"
        }
        Finding::Gap => "posts were skipped; a backfill reads them",
        Finding::Lost => {
            "posts were missed that the feed shows no more; visit it more often, or enter them by hand"
        }
    }
}
