//! When a source posts: an exponentially weighted rate by hour of the week, shrunk to the source's own
//! mean. Pure; the store keeps it as text. Start with [`Rhythm::observe`] and [`Rhythm::rates`].
//!
//! A post counts half after a week. How long an hour of the week was watched follows from the moments
//! when watching began and of the last visit, so only posts are counted. Moments tell posts apart: what is not newer than the
//! newest post of the visit before was counted then.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::domain::time::{Span, Timestamp};

/// Hours of a week.
pub const WEEK: usize = 168;
/// A post counts half after so many hours.
const HALF_LIFE: f64 = 168.0;
/// A source of which nothing is known posts three times a day, believed as much as a quarter of a post.
const PRIOR_POSTS: f64 = 0.25;
const PRIOR_HOURS: f64 = 2.0;
/// An hour is believed to differ from the mean as much as so many posts tell.
const SHRINK: f64 = 1.0;
/// Nothing came although so many posts were expected: chance does that once in twenty times.
const SURPRISE: f64 = 3.0;
/// How far surprises shorten and stretch the interval.
const STRETCH: (f32, f32) = (0.25, 4.0);
/// How fast the cost of a visit is learnt, and the most that is believed.
const LEARN: f32 = 0.2;
const COSTLY: f32 = 50.0;
/// A page whose posts are all new and at least so many may have pushed others out.
const FULL: usize = 5;

/// Posts per hour in each hour of the week, from Monday's first.
pub type Rates = [f32; WEEK];

/// Turns moments into hours of the week of a zone.
#[derive(Debug, Clone, Copy)]
pub struct Hours {
    /// The zone's offset now, milliseconds.
    offset: i64,
}

impl Hours {
    /// The hours as the zone counts them at `now`.
    pub fn of(zone: &jiff::tz::TimeZone, now: Timestamp) -> Self {
        let seconds = now.in_zone(zone).offset().seconds();
        Self {
            offset: i64::from(seconds) * 1000,
        }
    }

    /// The hour of the week, 0 to 167.
    pub fn index(self, at: Timestamp) -> usize {
        let hours = (at.as_millis() + self.offset).div_euclid(3_600_000);
        // The epoch began on a Thursday.
        (hours + 72).rem_euclid(WEEK as i64) as usize
    }

    /// When the hour of `at` ends.
    pub fn end(self, at: Timestamp) -> Timestamp {
        let local = at.as_millis() + self.offset;
        let next = (local.div_euclid(3_600_000) + 1) * 3_600_000;
        Timestamp::from_millis(next - self.offset)
    }
}

/// What is known of when a source posts.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    /// Posts by hour of the week, each worth less the older it is.
    counts: Box<Rates>,
    /// Watching began; nothing is known without it.
    since: Option<Timestamp>,
    /// To which moment the counts were made older.
    at: Timestamp,
    /// Posts up to here were counted by visits that are over.
    upto: Timestamp,
    /// From the oldest to the newest post counted by the visit under way.
    under_way: Option<(Timestamp, Timestamp)>,
    /// What surprises made of the interval: 1 for none.
    stretch: f32,
    /// Requests that a visit costs, and those of the visit under way.
    cost: (f32, f32),
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            counts: Box::new([0.0; WEEK]),
            since: None,
            at: Timestamp::default(),
            upto: Timestamp::default(),
            under_way: None,
            stretch: 1.0,
            cost: (1.0, 0.0),
        }
    }
}

/// What one step of a visit brought.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// When the posts of the page were published.
    pub moments: Vec<Timestamp>,
    /// New posts that tell no moment.
    pub undated: u64,
    /// More waits: the visit goes on, or the next one reads the rest.
    pub more: bool,
    /// Requests that count against the budget of visits.
    pub requests: u64,
}

impl Rhythm {
    /// Counts what a step of a visit brought.
    pub fn observe(&mut self, seen: &Observed, hours: Hours, now: Timestamp) {
        let expected = self.expected_since(hours, now);
        self.grow_older(now);
        let first = self.since.is_none();
        let new: Vec<Timestamp> = self.newer(seen, now).collect();
        for moment in &new {
            self.counts[hours.index(*moment)] += weight(now.since(*moment)) as f32;
        }
        self.counts[hours.index(now)] += seen.undated as f32;
        self.watch_from(&new, now);
        let came = new.len() + seen.undated as usize;
        if !first {
            let full = came >= FULL && came == seen.moments.len();
            self.be_surprised(came, full, expected);
        }
        self.go_on(&new, seen.more);
        self.pay(seen);
    }

    fn pay(&mut self, seen: &Observed) {
        self.cost.1 += seen.requests as f32;
        if !seen.more {
            let of_visit = self.cost.1.clamp(1.0, COSTLY);
            self.cost = (self.cost.0 + (of_visit - self.cost.0) * LEARN, 0.0);
        }
    }

    /// Requests that a visit costs, pages and repeats included.
    pub fn cost(&self) -> f64 {
        f64::from(self.cost.0)
    }

    /// Posts that no step counted yet.
    fn newer(&self, seen: &Observed, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let (upto, under_way) = (self.upto, self.under_way);
        let fresh = move |moment: &Timestamp| {
            *moment > upto && under_way.is_none_or(|(low, high)| *moment < low || *moment > high)
        };
        let moments = seen.moments.iter().map(move |moment| (*moment).min(now));
        moments.filter(fresh).collect::<Vec<_>>().into_iter()
    }

    /// The first visit brings history: watching began with its oldest post, a month ago at most.
    fn watch_from(&mut self, new: &[Timestamp], now: Timestamp) {
        let month = now.minus(Span::days(30));
        let oldest = new.iter().copied().min().unwrap_or(now).max(month);
        match self.since {
            None => self.since = Some(oldest),
            // A visit of several steps goes on into the past.
            Some(since) if self.under_way.is_some() && self.upto == Timestamp::default() => {
                self.since = Some(since.min(oldest));
            }
            Some(_) => {}
        }
    }

    fn go_on(&mut self, new: &[Timestamp], more: bool) {
        let range = new.iter().fold(self.under_way, |range, moment| {
            let (low, high) = range.unwrap_or((*moment, *moment));
            Some((low.min(*moment), high.max(*moment)))
        });
        self.under_way = range.filter(|_| more);
        if let Some((_, high)) = range.filter(|_| !more) {
            self.upto = self.upto.max(high);
        }
    }

    /// A full page may have lost posts: halve. Nothing where posts were sure to come: grow by half.
    fn be_surprised(&mut self, came: usize, full: bool, expected: f64) {
        self.stretch = match () {
            () if full => (self.stretch.min(1.0) / 2.0).max(STRETCH.0),
            () if came > 0 => 1.0,
            () if expected >= SURPRISE => (self.stretch.max(1.0) * 1.5).min(STRETCH.1),
            () => self.stretch,
        };
    }

    /// What surprises make of the interval: from 0.25 to 4.
    pub fn stretch(&self) -> f64 {
        f64::from(self.stretch)
    }

    fn expected_since(&self, hours: Hours, now: Timestamp) -> f64 {
        let from = self.at.max(now.minus(Span::days(7)));
        match self.since {
            Some(_) => expected(&self.rates(hours), hours, from, now),
            None => 0.0,
        }
    }

    fn grow_older(&mut self, now: Timestamp) {
        if self.since.is_some() && now > self.at {
            let factor = weight(now.since(self.at)) as f32;
            self.counts.iter_mut().for_each(|count| *count *= factor);
        }
        self.at = self.at.max(now);
    }

    /// Posts per hour in each hour of the week, as far as the last visit tells: each hour shrunk to that
    /// hour of all days, and that to the mean. What came since then nobody has seen, so the time since
    /// then says nothing either.
    pub fn rates(&self, hours: Hours) -> Rates {
        let watched = self
            .since
            .map_or(0.0, |since| in_hours(self.at.since(since)));
        let count = |hour: usize| f64::from(self.counts[hour]);
        let all: f64 = (0..WEEK).map(count).sum();
        let mean = (all + PRIOR_POSTS) / (whole_exposure(watched) + PRIOR_HOURS);
        let last = hours.index(self.at);
        let ago = |hour: usize| ((last + WEEK - hour) % WEEK) as f64;
        let exposed = |hour: usize| exposure(ago(hour), watched);
        let daily: [f64; 24] = std::array::from_fn(|of_day| {
            let days = || (0..7).map(|day| day * 24 + of_day);
            let posts: f64 = days().map(count).sum();
            let time: f64 = days().map(exposed).sum();
            shrunk(posts, time, mean)
        });
        std::array::from_fn(|hour| shrunk(count(hour), exposed(hour), daily[hour % 24]) as f32)
    }

    /// As the store keeps it.
    pub fn to_text(&self) -> String {
        let bytes: Vec<u8> = self.counts.iter().flat_map(|c| c.to_le_bytes()).collect();
        let part = |moment: Option<Timestamp>| moment.map_or(-1, Timestamp::as_millis);
        let (low, high) = self.under_way.unzip();
        format!(
            "1 {} {} {} {} {} {} {} {} {}",
            part(self.since),
            self.at.as_millis(),
            self.upto.as_millis(),
            part(low),
            part(high),
            self.stretch,
            self.cost.0,
            self.cost.1,
            STANDARD_NO_PAD.encode(bytes)
        )
    }

    /// As the store kept it; text of another version is none.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix("1 ")?.split(' ');
        let mut moment = || words.next()?.parse::<i64>().ok();
        let [since, at, upto, low, high] = [moment()?, moment()?, moment()?, moment()?, moment()?];
        let known = |millis: i64| (millis >= 0).then_some(Timestamp::from_millis(millis));
        let mut number = || words.next()?.parse::<f32>().ok().filter(|n| n.is_finite());
        let (stretch, cost) = (number()?, (number()?, number()?));
        let bytes = STANDARD_NO_PAD.decode(words.next()?).ok()?;
        let mut counts = [0.0; WEEK];
        if bytes.len() != WEEK * 4 {
            return None;
        }
        for (count, four) in counts.iter_mut().zip(bytes.chunks_exact(4)) {
            *count = f32::from_le_bytes(four.try_into().ok()?);
        }
        Some(Self {
            counts: Box::new(counts),
            since: known(since),
            at: at.into(),
            upto: upto.into(),
            under_way: known(low).zip(known(high)),
            stretch,
            cost,
        })
    }
}

/// Posts that a source is expected to have made between two moments.
pub fn expected(rates: &Rates, hours: Hours, from: Timestamp, to: Timestamp) -> f64 {
    let (mut at, mut sum) = (from, 0.0);
    while at < to {
        let end = hours.end(at).min(to);
        sum += f64::from(rates[hours.index(at)]) * in_hours(end.since(at));
        at = end;
    }
    sum
}

fn shrunk(posts: f64, time: f64, mean: f64) -> f64 {
    (posts + SHRINK) / (time + SHRINK / mean)
}

pub(super) fn in_hours(span: Span) -> f64 {
    span.as_millis() as f64 / 3_600_000.0
}

/// What is left of a post's worth after a span.
fn weight(age: Span) -> f64 {
    0.5_f64.powf(in_hours(age).max(0.0) / HALF_LIFE)
}

/// How long an hour that came last `ago` hours before now was watched, in hours of today's worth.
fn exposure(ago: f64, watched: f64) -> f64 {
    let times = ((watched - ago) / WEEK as f64).ceil().max(0.0);
    0.5_f64.powf(ago / HALF_LIFE) * 2.0 * (1.0 - 0.5_f64.powf(times))
}

/// The same of all hours together.
fn whole_exposure(watched: f64) -> f64 {
    HALF_LIFE / std::f64::consts::LN_2 * (1.0 - 0.5_f64.powf(watched / HALF_LIFE))
}

#[cfg(test)]
mod tests;
