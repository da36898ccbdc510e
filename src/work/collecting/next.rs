//! When a source comes next: what a step saw becomes part of its rhythm, in the visit's transaction, and
//! what the gates kept back keeps its place.

use super::{Collecting, roster::known_of};
use crate::{
    collect::{
        politeness::{Domain, used_up},
        schedule::{
            plan::Plan,
            rhythm::{Hours, Observed, Rhythm},
        },
    },
    domain::{
        post::{CapturedPost, Platform, PostKind},
        source::{FetchError, Page, Reaction},
        time::Span,
    },
    store::{
        self, Priority, budget,
        sources::{self, SourceRow},
    },
};

/// What the schedule says of a source after a step.
pub(super) struct Next {
    pub interval: Span,
    pub soon: Span,
    pub most: Span,
    pub first: bool,
    pub domain: String,
}

/// The posts of a page, before they are kept; comments tell nothing of when a page posts.
pub(super) fn observed(posts: &[CapturedPost]) -> Seen {
    let of_page = posts.iter().filter(|post| post.key.kind == PostKind::Post);
    Seen {
        undated: of_page.clone().any(|post| post.published.is_none()),
        observed: Observed {
            moments: of_page.filter_map(|post| post.published).collect(),
            ..Observed::default()
        },
    }
}

/// What a step saw.
pub(super) struct Seen {
    observed: Observed,
    undated: bool,
}

impl Seen {
    /// After keeping: how much of it was new where it tells no moments.
    pub fn with(self, page: &Page, goes_on: bool, new: u64) -> Observed {
        let dated = !self.observed.moments.is_empty();
        Observed {
            more: goes_on || page.more,
            undated: if self.undated && !dated { new } else { 0 },
            ..self.observed
        }
    }
}

impl Collecting {
    /// Counts what was seen and finds the next interval.
    pub(super) async fn next(
        &self,
        tx: &mut store::Tx,
        source: &SourceRow,
        plan: &Plan,
        seen: &Observed,
    ) -> store::Result<Next> {
        let inner = &self.0;
        let (now, settings) = (inner.clock.now(), inner.collector.settings());
        let hours = Hours::of(inner.collector.zone(), now);
        let kept = sources::find_rhythm(tx, &source.code).await?;
        let mut rhythm = kept
            .and_then(|text| Rhythm::from_text(&text))
            .unwrap_or_default();
        rhythm.observe(seen, hours, now);
        sources::put_rhythm(tx, &source.code, &rhythm.to_text()).await?;
        let platform = Platform::from_code(&source.platform).unwrap_or(Platform::Import);
        let known = known_of(source, platform, rhythm);
        let standing = plan.standing(settings, &known);
        let domain = Domain::of_source(settings, platform, &known.owner);
        let interval = standing.next(&known.rhythm, hours, now);
        Ok(Next {
            interval,
            soon: standing.soon(interval),
            most: standing.bounds.most,
            first: plan.is_first(&known.code, known.official),
            domain: domain.map_or_else(String::new, |(domain, _)| domain.name),
        })
    }

    /// Requests that this process made so far of the kind that the source's visits are planned with;
    /// one visit of a domain is under way at a time.
    pub(super) fn sent(&self, source: &SourceRow) -> u64 {
        let collector = &self.0.collector;
        let platform = Platform::from_code(&source.platform);
        let domain =
            platform.and_then(|p| Domain::of_source(collector.settings(), p, &source.owner));
        domain.map_or(0, |(domain, method)| {
            collector.politeness().sent(&domain, method)
        })
    }

    /// Our own gates kept the visit back: nothing was asked and nothing failed. The source keeps its
    /// place, and its domain's queue rests until the gates open.
    pub(super) async fn is_kept_back(
        &self,
        source: &SourceRow,
        error: &FetchError,
    ) -> store::Result<bool> {
        let platform = Platform::from_code(&source.platform);
        let settings = self.0.collector.settings();
        let domain = platform.and_then(|p| Domain::of_source(settings, p, &source.owner));
        let (Some(until), Some((domain, method)), None) = (error.not_before, domain, error.code)
        else {
            return Ok(false);
        };
        let ours = match error.reaction {
            Reaction::After => true,
            // What another method has used up does not keep visits back.
            Reaction::Day => error.message == used_up(&domain, method),
            _ => false,
        };
        if !ours {
            return Ok(false);
        }
        let mut tx = self.0.store.write(Priority::Bulk).await?;
        budget::rest(&mut tx, &domain.name, until).await?;
        sources::put_back(&mut tx, &source.code, &domain.name).await?;
        tx.commit().await?;
        Ok(true)
    }
}
