//! `otklik sources plan`: the schedule of a day, from the database and the catalogue alone. Start with
//! [`day_plan`].

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jiff::{civil::Date, tz::TimeZone};

use crate::{
    collect::{
        politeness::Domain,
        schedule::{
            forecast::{Forecast, Waits},
            plan::{Known, Plan, Share},
            rhythm::Hours,
        },
    },
    config::settings::Settings,
    domain::time::{Span, Timestamp},
    store::{Store, budget, sources},
    work::collecting::known,
};

/// A day's plan.
pub struct DayPlan {
    /// The first moment told: now, or the beginning of the day.
    pub from: Timestamp,
    /// The end of the day.
    pub until: Timestamp,
    /// Limit domains by name.
    pub domains: BTreeMap<String, DomainPlan>,
    /// Sources that no request is made for: the code of each, with its platform.
    pub unvisited: Vec<(String, String)>,
    /// Since when a person keeps all collecting stopped.
    pub stopped: Option<Timestamp>,
}

/// A limit domain's day.
pub struct DomainPlan {
    /// Its budget and factor.
    pub share: Share,
    /// Requests used on the day so far.
    pub used: i64,
    /// Left alone until then, and why.
    pub held: Option<(Timestamp, String)>,
    /// Its sources, those that come first at the top, then by posts.
    pub sources: Vec<SourcePlan>,
    /// How long a post waits to be found, on the average of all.
    pub delay: Option<Span>,
}

/// A source's day.
pub struct SourcePlan {
    /// Its code.
    pub code: String,
    /// The name people know.
    pub name: String,
    /// An official page, or the source of an open incident.
    pub first: bool,
    /// Visits, posts, delay.
    pub day: Forecast,
    /// False when the budget has no room for its visits.
    pub fits: bool,
}

/// The plan of `day` in the region's zone; of the rest of today when left out.
///
/// # Errors
/// The database's; a day beyond the calendar.
pub async fn day_plan(
    store: &Store,
    settings: &Settings,
    zone: &TimeZone,
    now: Timestamp,
    day: Option<Date>,
) -> Result<DayPlan> {
    let (from, until) = bounds(zone, now, day)?;
    let mut tx = store.read().await?;
    let rows = sources::list_known(&mut tx).await?;
    let wanted = sources::list_wanted(&mut tx).await?.into_iter().collect();
    let name = from.in_zone(zone).date().to_string();
    let used = budget::list_used(&mut tx, &name).await?;
    let held = budget::list_closed(&mut tx, from).await?;
    let stopped = sources::stopped(&mut tx).await?;
    drop(tx);
    let about: BTreeMap<String, (String, Timestamp)> = rows
        .iter()
        .map(|row| (row.code.clone(), (row.name.clone(), row.next_visit.into())))
        .collect();
    let all: Vec<Known> = rows.into_iter().filter_map(known).collect();
    let collect = &settings.collect;
    let hours = Hours::of(zone, from);
    let plan = Plan::of(collect, &all, wanted, hours, from, |_, _| None);
    let mut told = DayPlan {
        from,
        until,
        domains: BTreeMap::new(),
        unvisited: Vec::new(),
        stopped,
    };
    for source in &all {
        let domain = Domain::of_source(collect, source.platform, &source.owner);
        let share = domain.and_then(|(d, _)| plan.shares.get(&d.name).map(|s| (d.name, s)));
        let Some((domain, share)) = share else {
            let platform = source.platform.code().to_owned();
            told.unvisited.push((source.code.clone(), platform));
            continue;
        };
        let standing = plan.standing(collect, source);
        let (name, due) = about[&source.code].clone();
        let line = SourcePlan {
            day: Forecast::of(&standing, source, hours, from, until, due),
            first: plan.is_first(&source.code, source.official),
            code: source.code.clone(),
            name,
            fits: true,
        };
        let entry = told.domains.entry(domain);
        let entry = entry.or_insert_with_key(|name| new_domain(name, share, &used, &held));
        entry.sources.push(line);
    }
    told.domains.values_mut().for_each(DomainPlan::finish);
    Ok(told)
}

fn bounds(zone: &TimeZone, now: Timestamp, day: Option<Date>) -> Result<(Timestamp, Timestamp)> {
    let today = now.in_zone(zone).date();
    let date = day.unwrap_or(today);
    let beyond = "such a day is not in the calendar";
    let begins = date.to_zoned(zone.clone()).context(beyond)?;
    let next = date.tomorrow().context(beyond)?;
    let ends = next.to_zoned(zone.clone()).context(beyond)?;
    let from = match date == today {
        true => now,
        false => begins.timestamp().into(),
    };
    Ok((from, ends.timestamp().into()))
}

fn new_domain(
    name: &str,
    share: &Share,
    used: &[(String, String, i64, i64)],
    held: &[(String, i64, String)],
) -> DomainPlan {
    let counted = used
        .iter()
        .find(|(domain, method, ..)| domain == name && method == share.method);
    let held = held.iter().find(|(domain, ..)| domain == name);
    DomainPlan {
        used: counted.map_or(0, |(_, _, used, _)| *used),
        held: held.map(|(_, until, why)| ((*until).into(), why.clone())),
        share: share.clone(),
        sources: Vec::new(),
        delay: None,
    }
}

impl DomainPlan {
    /// Puts the sources in order and finds those that the budget has no room for: where even the
    /// longest intervals are too many visits, the last ones wait for longer than their bound.
    fn finish(&mut self) {
        self.sources.sort_by(|a, b| {
            let posts = b.day.posts.total_cmp(&a.day.posts);
            b.first.cmp(&a.first).then(posts).then(a.code.cmp(&b.code))
        });
        let mut waits = Waits::default();
        let mut over = self.share.over();
        for source in self.sources.iter_mut().rev() {
            source.fits = over < 0.5;
            over -= source.day.visits.len() as f64;
        }
        for source in &self.sources {
            waits.join(&source.day);
        }
        self.delay = waits.mean();
    }
}
