//! All sources together: which factor each limit domain's budget makes, and what a day of visits comes
//! to. Pure. Start with [`Plan::of`].

use std::collections::{BTreeMap, HashSet};

use super::{
    Standing,
    interval::Bounds,
    rhythm::{Hours, Rhythm},
    share::{LEAST, PLANNED, Wish, factor, factor_within},
};
use crate::{
    collect::politeness::{Domain, Progress},
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
    /// How much longer than wished its sources wait now; below 1 where the budget has room.
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
    /// The plan of `sources` at `now`; those in `wanted` come first beside official pages. `today` tells
    /// how far a domain's day and its budget are.
    pub fn of(
        settings: &Collect,
        sources: &[Known],
        wanted: HashSet<String>,
        hours: Hours,
        now: Timestamp,
        today: impl Fn(&Domain, &str) -> Option<Progress>,
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
            let share = share(&domain, method, &wishes, today(&domain, method));
            plan.shares.insert(name, share);
        }
        plan
    }

    fn wish(&self, settings: &Collect, source: &Known, hours: Hours, now: Timestamp) -> Wish {
        let standing = self.standing(settings, source);
        let rates = source.rhythm.rates(hours);
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

/// What is left of today's budget may lengthen intervals so many times, and shorten them so far.
const LONGER: f64 = 2.0;
const SHORTER: f64 = 0.7;
/// A day that ends within so many hours is let go.
const ENDING: f64 = 2.0;

fn share(domain: &Domain, method: &'static str, wishes: &[Wish], today: Option<Progress>) -> Share {
    let room = domain.per_day as f64 * PLANNED;
    let even = factor(wishes, room);
    let now = today.filter(|day| day.left >= ENDING).map_or(even, |day| {
        let rest = (room - day.used as f64).max(0.0);
        factor_within(wishes, rest, day.left).clamp(even * SHORTER, even * LONGER)
    });
    Share {
        factor: now,
        limit: domain.per_day,
        method,
        visits: wishes.iter().map(|wish| wish.visits(even)).sum(),
        requests: wishes.iter().map(|wish| wish.requests(even)).sum(),
        sources: wishes.len(),
    }
}
