//! All sources together: which factor each limit domain's budget makes, and what a day of visits comes
//! to. Pure. Start with [`Plan::of`].

use std::collections::{BTreeMap, HashSet};

use super::{
    Standing,
    interval::Bounds,
    rhythm::{Hours, Rhythm},
    share::{LEAST, PLANNED, Wish, factor},
};
use crate::{
    collect::politeness::Domain,
    config::settings::Collect,
    domain::{
        post::Platform,
        time::{Span, Timestamp},
    },
};

/// A source as the schedule sees it.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its code.
    pub code: String,
    /// Its platform.
    pub platform: Platform,
    /// Its owner: an address for feeds and sites.
    pub owner: String,
    /// An official page.
    pub official: bool,
    /// The longest time between visits that the operator wrote to it.
    pub most: Option<Span>,
    /// When it posts.
    pub rhythm: Rhythm,
}

/// A limit domain's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// How much longer than wished its sources wait; below 1 where the budget has room.
    pub factor: f64,
    /// Requests a day that the domain allows.
    pub limit: i64,
    /// The method that visits use.
    pub method: &'static str,
    /// Visits of a day, planned.
    pub visits: f64,
    /// Requests of a day, planned.
    pub requests: f64,
    /// Sources.
    pub sources: usize,
}

impl Share {
    /// Requests of a day that the budget has room for.
    pub fn room(&self) -> f64 {
        self.limit as f64 * PLANNED
    }

    /// Requests a day that do not fit even at the longest times between visits.
    pub fn over(&self) -> f64 {
        (self.requests - self.room()).max(0.0)
    }
}

/// The factors of all domains at a moment.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// By the domain's name.
    pub shares: BTreeMap<String, Share>,
    /// Sources whose posts stand in open incidents.
    wanted: HashSet<String>,
}

impl Plan {
    /// The plan of `sources` at `now`; those in `wanted` come first beside official pages.
    pub fn of(
        settings: &Collect,
        sources: &[Known],
        wanted: HashSet<String>,
        hours: Hours,
        now: Timestamp,
    ) -> Self {
        let mut plan = Self {
            shares: BTreeMap::new(),
            wanted,
        };
        let mut domains: BTreeMap<String, (Domain, &'static str, Vec<Wish>)> = BTreeMap::new();
        for source in sources {
            let found = Domain::of_source(settings, source.platform, &source.owner);
            let Some((domain, method)) = found else {
                continue;
            };
            let wish = plan.wish(settings, source, hours, now);
            let entry = domains.entry(domain.name.clone());
            let (_, _, wishes) = entry.or_insert_with(|| (domain, method, Vec::new()));
            wishes.push(wish);
        }
        for (name, (domain, method, wishes)) in domains {
            let share = share(&domain, method, &wishes);
            plan.shares.insert(name, share);
        }
        plan
    }

    fn wish(&self, settings: &Collect, source: &Known, hours: Hours, now: Timestamp) -> Wish {
        let standing = self.standing(settings, source);
        let rates = source.rhythm.rates(hours, now);
        let wanted = standing.wanted * source.rhythm.stretch();
        let wish = Wish::of(&rates, hours, now, wanted, standing.bounds);
        wish.costing(source.rhythm.cost())
    }

    /// Whether a source comes before others of its domain.
    pub fn is_first(&self, code: &str, official: bool) -> bool {
        official || self.wanted.contains(code)
    }

    /// Where a source stands; a domain in which no source was known when the plan was made has room.
    pub fn standing(&self, settings: &Collect, source: &Known) -> Standing {
        let domain = Domain::of_source(settings, source.platform, &source.owner);
        let share = domain.and_then(|(domain, _)| self.shares.get(&domain.name));
        Standing {
            wanted: match self.is_first(&source.code, source.official) {
                true => settings.posts_per_priority_visit,
                false => settings.posts_per_visit,
            },
            factor: share.map_or(LEAST, |share| share.factor),
            bounds: Bounds::of(settings, source.platform, source.most),
        }
    }
}

fn share(domain: &Domain, method: &'static str, wishes: &[Wish]) -> Share {
    let factor = factor(wishes, domain.per_day as f64 * PLANNED);
    Share {
        factor,
        limit: domain.per_day,
        method,
        visits: wishes.iter().map(|wish| wish.visits(factor)).sum(),
        requests: wishes.iter().map(|wish| wish.requests(factor)).sum(),
        sources: wishes.len(),
    }
}
