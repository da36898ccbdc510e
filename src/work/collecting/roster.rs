//! What the schedule makes of all sources together, read from the database once an hour: the factor of
//! each limit domain, and the sources that come first. Start with [`Collecting::plan`].

use std::{collections::HashSet, sync::Arc};

use super::Collecting;
use crate::{
    collect::{
        politeness::{Domain, Today},
        schedule::{
            plan::{Known, Plan},
            rhythm::{Hours, Rhythm},
        },
    },
    domain::{
        post::Platform,
        time::{Span, Timestamp},
    },
    store::{
        self,
        sources::{self, SourceRow},
    },
};

/// A plan holds so long: rates are those of hours.
const FRESH: Span = Span::hours(1);

/// The plan and when it was made.
#[derive(Default)]
pub(super) struct Roster {
    made: Option<Timestamp>,
    plan: Arc<Plan>,
}

impl Collecting {
    /// The plan of this hour.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn plan(&self) -> store::Result<Arc<Plan>> {
        let inner = &self.0;
        let now = inner.clock.now();
        let mut roster = inner.roster.lock().await;
        let fresh = |made: Timestamp| now.since(made) < FRESH && now >= made;
        if !roster.made.is_some_and(fresh) {
            roster.plan = Arc::new(self.make_plan(now).await?);
            roster.made = Some(now);
        }
        Ok(roster.plan.clone())
    }

    async fn make_plan(&self, now: Timestamp) -> store::Result<Plan> {
        let inner = &self.0;
        let mut tx = inner.store.read().await?;
        let rows = sources::list_known(&mut tx).await?;
        let wanted: HashSet<String> = sources::list_wanted(&mut tx).await?.into_iter().collect();
        let (settings, zone) = (inner.collector.settings(), inner.collector.zone());
        let today = Today::read(&mut tx, settings, zone, now).await?;
        drop(tx);
        let sources: Vec<Known> = rows.into_iter().filter_map(known).collect();
        let hours = Hours::of(zone, now);
        let progress = |domain: &Domain, method: &str| Some(today.of(domain, method));
        Ok(Plan::of(settings, &sources, wanted, hours, now, progress))
    }
}

/// A source as the schedule sees it; `None` for a platform of a later version.
pub fn known(row: sources::Known) -> Option<Known> {
    let rhythm = row.kept.as_deref().and_then(Rhythm::from_text);
    Some(Known {
        platform: Platform::from_code(&row.platform)?,
        code: row.code,
        owner: row.owner,
        official: row.official != 0,
        most: row.interval_most.map(Span::millis),
        rhythm: rhythm.unwrap_or_default(),
    })
}

/// A leased source as the schedule sees it.
pub(super) fn known_of(row: &SourceRow, platform: Platform, rhythm: Rhythm) -> Known {
    Known {
        code: row.code.clone(),
        platform,
        owner: row.owner.clone(),
        official: row.official != 0,
        most: row.interval_most.map(Span::millis),
        rhythm,
    }
}
