//! The acted network: sources that post by their own hours, answers as VK, t.me and feeds give them, and
//! refusals of every kind. It knows when it may not be asked, and notes who asks then.

mod answers;
mod refusals;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
};

use otklik::{
    collect::{
        fetch::{Acted, Request},
        politeness::{Haste, allowance},
    },
    config::settings::Collect,
    domain::{
        id::Ids,
        post::Platform,
        source::{FetchError, SourceConfig},
        time::{Clock, Span, Timestamp},
    },
};

use self::refusals::Refusals;
use super::best::{Cell, Shared};
use crate::collect::source;

pub type Domains = Vec<Shared>;

/// Feeds that live on one host, and hosts that live at one address.
const FEEDS: usize = 3;
const HOSTS: usize = 4;
/// History that a first visit finds.
const BEFORE: Span = Span::days(10);

/// All that is published in the week.
pub struct World {
    voices: Vec<Voice>,
    begins: Timestamp,
    ends: Timestamp,
    /// When each post was first shown to us, by source.
    found: Mutex<Vec<Vec<Option<Timestamp>>>>,
}

/// A source and its posts.
struct Voice {
    platform: Platform,
    owner: String,
    official: bool,
    /// Posts an hour in each hour of the week.
    rates: Vec<f64>,
    posts: Vec<Timestamp>,
}

impl World {
    pub fn of(
        sources: usize,
        begins: Timestamp,
        ends: Timestamp,
        _settings: &Collect,
        ids: &Ids,
    ) -> World {
        let voices: Vec<Voice> = (0..sources)
            .map(|number| Voice::of(number, begins, ends, ids))
            .collect();
        let unfound = voices.iter().map(|voice| vec![None; voice.posts.len()]);
        World {
            found: Mutex::new(unfound.collect()),
            voices,
            begins,
            ends,
        }
    }

    pub fn listed(&self) -> Vec<SourceConfig> {
        let config = |(number, voice): (usize, &Voice)| SourceConfig {
            code: format!("source-{number}").as_str().into(),
            official: voice.official && voice.platform != Platform::Vk,
            ..source(voice.platform, &voice.owner)
        };
        self.voices.iter().enumerate().map(config).collect()
    }

    /// The median of the time from publication to capture, hours; what was not found waits for ever.
    pub fn median_delay(&self) -> f64 {
        self.median_of(|_| true)
    }

    /// The medians of the networks.
    pub fn medians(&self) -> [f64; 3] {
        [Platform::Vk, Platform::Telegram, Platform::Feed].map(|of| self.median_of(|p| p == of))
    }

    fn median_of(&self, wanted: impl Fn(Platform) -> bool) -> f64 {
        let found = self.found.lock().unwrap();
        let mut delays = Vec::new();
        let voices = self.voices.iter().zip(found.iter());
        for (voice, found) in voices.filter(|(voice, _)| wanted(voice.platform)) {
            for (published, found) in voice.posts.iter().zip(found) {
                if *published >= self.begins && *published < self.ends {
                    delays.push(found.map_or(f64::MAX, |at| hours(at.since(*published))));
                }
            }
        }
        delays.sort_by(f64::total_cmp);
        delays[delays.len() / 2]
    }

    /// What the best possible is computed from.
    pub fn domains(&self, settings: &Collect) -> Domains {
        let mut domains: BTreeMap<String, Shared> = BTreeMap::new();
        for voice in &self.voices {
            let (name, limit, least) = match voice.platform {
                Platform::Vk => ("vk".to_owned(), settings.vk_per_day, 600.0),
                Platform::Telegram => ("tme".to_owned(), settings.telegram_per_day, 900.0),
                _ => (host_of(&voice.owner), settings.host_per_day, 600.0),
            };
            let shared = domains.entry(name).or_insert_with(|| Shared {
                cells: Vec::new(),
                visits: limit as f64 * 0.9 * 7.0,
            });
            shared.cells.extend(voice.rates.iter().map(|rate| Cell {
                rate: *rate,
                most: 3600.0 / least,
                fewest: 1.0 / 24.0,
            }));
        }
        domains.into_values().collect()
    }

    /// The posts of a source that are published, newest last.
    fn published(&self, number: usize, now: Timestamp) -> usize {
        self.voices[number].posts.partition_point(|at| *at <= now)
    }

    /// Posts `from..to` of a source were shown.
    fn show(&self, number: usize, from: usize, to: usize, now: Timestamp) {
        let mut found = self.found.lock().unwrap();
        for post in &mut found[number][from..to] {
            *post = post.or(Some(now));
        }
    }
}

fn host_of(address: &str) -> String {
    let url: url::Url = address.parse().unwrap();
    url.host_str().unwrap().to_owned()
}

pub fn hours(span: Span) -> f64 {
    span.as_millis() as f64 / 3_600_000.0
}

impl Voice {
    fn of(number: usize, begins: Timestamp, ends: Timestamp, ids: &Ids) -> Voice {
        let (platform, owner) = match number % 20 {
            0..13 => (Platform::Vk, format!("-{}", 1000 + number)),
            13..16 => (Platform::Telegram, format!("channel{number}")),
            _ => {
                let feed = number / 20 * 4 + number % 20 - 16;
                let path = if feed % 40 == 7 { "closed" } else { "rss" };
                let address = format!("https://host{}.example/{path}/{number}", feed / FEEDS);
                (Platform::Feed, address)
            }
        };
        let rates = rates(ids);
        let mut posts = Vec::new();
        let mut hour = begins.minus(BEFORE);
        while hour < ends {
            let of_week = (hour.since(begins).as_millis() / 3_600_000).rem_euclid(168);
            for at in poisson(rates[of_week as usize], ids) {
                // Whole seconds, as the networks tell them.
                posts.push(hour.plus(Span::seconds((at * 3600.0) as i64)));
            }
            hour = hour.plus(Span::hours(1));
        }
        posts.sort();
        posts.dedup();
        Voice {
            platform,
            owner,
            official: number % 20 == 3,
            rates,
            posts,
        }
    }
}

/// Four posts a day on the average, log-normal over the sources; by day more than at night, each source
/// with hours of its own, less on Sundays.
fn rates(ids: &Ids) -> Vec<f64> {
    let daily = (4.0 * (normal(ids) - 0.5).exp()).min(40.0);
    let (early, weekend) = ((ids.fraction() * 6.0) as usize, 0.4 + ids.fraction() * 0.8);
    let shape = |hour: usize| {
        let of_day = (hour + 24 - early) % 24;
        let by_day = match of_day {
            5..20 => 0.3 + ((of_day - 5) as f64 / 15.0 * std::f64::consts::PI).sin(),
            _ => 0.06,
        };
        by_day * if hour / 24 == 6 { weekend } else { 1.0 }
    };
    let sum: f64 = (0..168).map(shape).sum();
    (0..168)
        .map(|hour| daily * 7.0 * shape(hour) / sum)
        .collect()
}

fn normal(ids: &Ids) -> f64 {
    (0..12).map(|_| ids.fraction()).sum::<f64>() - 6.0
}

/// Moments within an hour, as parts of it.
fn poisson(rate: f64, ids: &Ids) -> Vec<f64> {
    let mut moments = Vec::new();
    let mut at = -(1.0 - ids.fraction()).ln() / rate;
    while at < 1.0 {
        moments.push(at);
        at -= (1.0 - ids.fraction()).ln() / rate;
    }
    moments
}

/// The network over the world.
pub struct Net {
    world: Arc<World>,
    clock: Clock,
    settings: Collect,
    owners: HashMap<String, usize>,
    state: Mutex<State>,
}

struct State {
    chance: Ids,
    refusals: Refusals,
    told: Told,
    used: BTreeMap<(String, String, i64), i64>,
}

/// What happened.
#[derive(Default, Clone)]
pub struct Told {
    pub forbidden: Vec<String>,
    pub over: Vec<String>,
    requests: i64,
    answers: BTreeMap<&'static str, i64>,
    used: f64,
    planned: f64,
    /// By network: requests, and 85 % of the limits.
    parts: BTreeMap<&'static str, (f64, f64)>,
}

impl Told {
    /// The part of the schedulable budget that was used.
    pub fn used(&self) -> f64 {
        self.used / self.planned
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, {:.1} % of the schedulable budget; {} forbidden, {} over a budget;",
            self.requests,
            self.used() * 100.0,
            self.forbidden.len(),
            self.over.len()
        )?;
        for (part, (used, planned)) in &self.parts {
            write!(f, " {part} {used:.0} of {planned:.0},")?;
        }
        for (kind, count) in &self.answers {
            write!(f, " {count} {kind},")?;
        }
        Ok(())
    }
}

impl Net {
    pub fn over(world: Arc<World>, clock: Clock, settings: &Collect) -> Net {
        let owners = world.voices.iter().enumerate();
        let owners = owners
            .map(|(number, voice)| (voice.owner.clone(), number))
            .collect();
        Net {
            state: Mutex::new(State {
                chance: Ids::seeded(5),
                refusals: Refusals::from(world.begins),
                told: Told::default(),
                used: BTreeMap::new(),
            }),
            world,
            clock,
            settings: settings.clone(),
            owners,
        }
    }

    /// What happened, with the part of the budgets that was used: of 85 % of each limit, less the time in
    /// which the domain could not be asked.
    pub fn told(&self) -> Told {
        let state = self.state.lock().unwrap();
        let mut told = state.told.clone();
        let days = (hours(self.world.ends.since(self.world.begins)) / 24.0).round();
        let mut names: Vec<(String, i64)> = vec![
            ("vk:token".into(), self.settings.vk_per_day),
            ("tme".into(), self.settings.telegram_per_day),
        ];
        let feeds = self
            .world
            .voices
            .iter()
            .filter(|v| v.platform == Platform::Feed);
        let hosts = feeds
            .filter(|v| !v.owner.contains("closed"))
            .map(|v| host_of(&v.owner));
        let hosts: std::collections::BTreeSet<String> = hosts.collect();
        names.extend(
            hosts
                .iter()
                .map(|host| (format!("host:{host}"), self.settings.host_per_day)),
        );
        for (domain, limit) in names {
            let away = state.refusals.away(&domain, self.world.ends);
            let planned = limit as f64 * 0.85 * (days - hours(away) / 24.0);
            let used = state.used.iter();
            let visits = used.filter(|((of, method, _), _)| *of == domain && method != "robots");
            let used: f64 = visits.map(|(_, count)| *count as f64).sum();
            let part = match domain.as_str() {
                "vk:token" => "VK",
                "tme" => "Telegram",
                _ => "feeds",
            };
            let sums = told.parts.entry(part).or_default();
            *sums = (sums.0 + used, sums.1 + planned);
            (told.used, told.planned) = (told.used + used, told.planned + planned);
        }
        told
    }

    /// Notes who asks when nobody may, and what is used.
    fn watch(&self, state: &mut State, request: &Request, now: Timestamp) {
        let domain = &request.domain.name;
        state.told.requests += 1;
        if let Some(why) = state.refusals.forbids(request, now) {
            state
                .told
                .forbidden
                .push(format!("{domain} at {}: {why}", now.to_rfc3339()));
        }
        let into_day = now
            .since(self.world.begins)
            .as_millis()
            .rem_euclid(86_400_000);
        let day = now
            .since(self.world.begins)
            .as_millis()
            .div_euclid(86_400_000);
        let key = (domain.clone(), request.method.clone(), day);
        let used = state.used.entry(key).or_default();
        *used += 1;
        let share = into_day as f64 / 86_400_000.0;
        let allowed = allowance(request.domain.per_day, share, Haste::Scheduled);
        if *used > allowed {
            let over = format!("{domain} {} {used} of {allowed}", request.method);
            state.told.over.push(over);
        }
    }
}

impl Acted for Net {
    fn answer(&self, request: &Request, now: Timestamp) -> Result<reqwest::Response, FetchError> {
        let mut state = self.state.lock().unwrap();
        self.watch(&mut state, request, now);
        let took = 80.0 + state.chance.fraction() * 700.0;
        self.clock.advance(Span::millis(took as i64));
        let now = self.clock.now();
        let State {
            chance,
            refusals,
            told,
            ..
        } = &mut *state;
        let mut note = |kind| *told.answers.entry(kind).or_default() += 1;
        match refusals.refuse(request, chance, &self.clock) {
            Some((kind, refused)) => {
                note(kind);
                refused
            }
            None => {
                note("answers");
                drop(state);
                Ok(self.serve(request, now))
            }
        }
    }

    fn address_of(&self, host: &str) -> Option<IpAddr> {
        let number: usize = host.strip_prefix("host")?.split('.').next()?.parse().ok()?;
        Some(Ipv4Addr::new(192, 0, 2, (number / HOSTS) as u8).into())
    }
}
