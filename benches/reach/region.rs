//! An invented region of any size, the same in each run: incidents in the order in which they were
//! opened, most of them ended, with their posts, clocks and events. Start with [`Region::incident`].

use otklik::{
    config::{catalogue::Catalogue, region::RegionCatalogue},
    domain::{
        place::PlaceKind,
        time::{Span, Timestamp},
    },
};

/// The moment at which the region is looked at: 2026-11-22 12:00 UTC.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);
/// How far back the oldest incident was opened; within the term for which ended ones are kept.
const SPAN: Span = Span::days(1000);
/// Of the last incidents, in thousandths of all, …
const RECENT: u64 = 30;
/// … so many percent are still open; of the older ones two in a thousand are.
const RECENT_OPEN: u64 = 35;
/// Municipalities, those of the demo's region among them.
const MUNICIPALITIES: usize = 42;
/// Staff who hold incidents.
const STAFF: u64 = 120;
const VOCABULARY: u64 = 60_000;

/// A sequence of numbers that is the same in each run (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// The sequence of a thing.
    pub fn of(thing: u64) -> Self {
        Self(thing.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number below `n` of which small ones are common, as with words and towns.
    pub fn skewed(&mut self, n: u64) -> u64 {
        let even = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((n as f64 + 1.0).powf(even) - 1.0) as u64
    }
}

/// An incident with everything that hangs on it.
pub struct Incident {
    pub id: String,
    pub number: i64,
    pub sector: String,
    pub topic: String,
    pub title: String,
    pub municipality: String,
    pub state: &'static str,
    pub holder: Option<String>,
    pub cycle: i64,
    pub opened: i64,
    pub updated: i64,
    /// When the first answer is promised.
    pub due: i64,
    /// When it was given.
    pub answered: Option<i64>,
    pub posts: Vec<Post>,
}

impl Incident {
    pub fn is_ended(&self) -> bool {
        matches!(self.state, "closed" | "declined")
    }
}

/// A post.
pub struct Post {
    pub id: String,
    pub platform: &'static str,
    pub source: u64,
    pub author: String,
    pub published: i64,
    pub text: String,
    pub fingerprint: i64,
}

/// A topic of the shipped catalogue.
struct Topic {
    code: String,
    sector: String,
    words: Vec<String>,
}

/// The region.
pub struct Region {
    /// How many incidents there are.
    pub incidents: u64,
    topics: Vec<Topic>,
    municipalities: Vec<String>,
}

impl Region {
    pub fn new(incidents: u64) -> anyhow::Result<Self> {
        let catalogue = Catalogue::load(None)?;
        let topics = catalogue.topics().iter().map(|topic| Topic {
            code: topic.code.clone(),
            sector: topic.sector.clone(),
            words: topic.keywords.clone(),
        });
        let places = RegionCatalogue::svetlorechye(NOW)?.places;
        let known = places
            .into_iter()
            .filter(|place| place.kind == PlaceKind::Municipality)
            .map(|place| place.code);
        let more = (0..).map(|n| format!("{}", 99_800_000 + n * 1000));
        Ok(Self {
            incidents,
            topics: topics.collect(),
            municipalities: known.chain(more).take(MUNICIPALITIES).collect(),
        })
    }

    /// Posts in all: three for each incident.
    pub fn posts(&self) -> u64 {
        self.incidents * 3
    }

    /// A municipality; the first has most incidents.
    pub fn municipality(&self, n: usize) -> &str {
        &self.municipalities[n]
    }

    /// The incident of a place in the order of opening.
    pub fn incident(&self, n: u64) -> Incident {
        let mut dice = Dice::of(n + 1);
        let from_end = self.incidents - n;
        let age = SPAN.as_millis() / 1000 * (from_end * 1000 / self.incidents) as i64;
        let opened = NOW.as_millis() - age - dice.below(80_000_000) as i64;
        let is_recent = from_end <= (self.incidents * RECENT / 1000).max(50);
        let is_open = match is_recent {
            true => dice.below(100) < RECENT_OPEN,
            false => dice.below(1000) < 2,
        };
        let topic = &self.topics[dice.skewed(self.topics.len() as u64) as usize];
        let place = dice.skewed(self.municipalities.len() as u64) as usize;
        let mut posts = posts(&mut dice, n, topic, opened);
        if dice.below(5) < 2 {
            posts.truncate(1);
        }
        let state = state(&mut dice, is_open);
        let due = match state {
            "new" | "assigned" | "in_progress" => {
                NOW.as_millis() + dice.below(864_000_000) as i64 - 60_000_000
            }
            _ => opened + 86_400_000,
        };
        let kept = due - 40_000_000 + dice.below(50_000_000) as i64;
        let answered = (!matches!(state, "new" | "assigned" | "in_progress")).then_some(kept);
        let has_holder = !matches!(state, "new" | "assigned");
        Incident {
            id: ulid(opened, dice.next()),
            number: n as i64 + 1,
            sector: topic.sector.clone(),
            topic: topic.code.clone(),
            title: posts[0].text.chars().take(70).collect(),
            municipality: self.municipalities[place].clone(),
            state,
            holder: has_holder.then(|| format!("staff{}", dice.below(STAFF))),
            cycle: if dice.below(33) == 0 { 2 } else { 1 },
            opened,
            updated: answered.unwrap_or(opened + 3_600_000),
            due,
            answered,
            posts,
        }
    }

    /// A post that became nothing, of the last weeks.
    pub fn loose(&self, n: u64) -> (Post, &str, &str) {
        let mut dice = Dice::of(n + (1 << 40));
        let topic = &self.topics[dice.skewed(self.topics.len() as u64) as usize];
        let at = NOW.as_millis() - dice.below(25 * 86_400_000) as i64;
        (post(&mut dice, topic, at, "vk"), &topic.sector, &topic.code)
    }

    /// Words that people search for: a topic's keyword, or one of the vocabulary.
    pub fn question(&self, dice: &mut Dice) -> String {
        match dice.below(3) {
            0 => word(20 + dice.skewed(VOCABULARY)),
            1 => format!("{} {}", word(dice.skewed(900)), word(20 + dice.skewed(900))),
            _ => {
                let topic = &self.topics[dice.below(self.topics.len() as u64) as usize];
                topic.words[dice.below(topic.words.len() as u64) as usize].clone()
            }
        }
    }
}

fn state(dice: &mut Dice, is_open: bool) -> &'static str {
    let n = dice.below(100);
    match is_open {
        true if n < 18 => "new",
        true if n < 30 => "assigned",
        true if n < 75 => "in_progress",
        true => "answered",
        false if n < 8 => "declined",
        false => "closed",
    }
}

/// One to twelve posts, mostly few; mostly of one network.
fn posts(dice: &mut Dice, n: u64, topic: &Topic, opened: i64) -> Vec<Post> {
    const MAIN: [&str; 10] = [
        "vk", "vk", "vk", "vk", "vk", "vk", "telegram", "telegram", "ok", "feed",
    ];
    let main = MAIN[dice.below(10) as usize];
    let count = 1 + dice.skewed(12).min(11);
    (0..count)
        .map(|i| {
            let platform = match dice.below(100) < 85 {
                true => main,
                false => MAIN[((n + i) % 10) as usize],
            };
            post(
                dice,
                topic,
                opened - 600_000 + i as i64 * 5_000_000,
                platform,
            )
        })
        .collect()
}

fn post(dice: &mut Dice, topic: &Topic, published: i64, platform: &'static str) -> Post {
    let mut text = topic.words[dice.below(topic.words.len() as u64) as usize].clone();
    for _ in 0..12 + dice.below(22) {
        text.push(' ');
        text.push_str(&word(dice.skewed(VOCABULARY)));
    }
    Post {
        // as a keyed hash: in no order
        id: ulid::Ulid(u128::from(dice.next()) << 64 | u128::from(dice.next())).to_string(),
        platform,
        source: dice.skewed(40),
        author: format!("{:016x}", dice.next()),
        published,
        text,
        fingerprint: (dice.next() >> 1) as i64 | 1,
    }
}

fn ulid(at: i64, chance: u64) -> String {
    ulid::Ulid::from_parts(at as u64, u128::from(chance)).to_string()
}

/// A pronounceable word for a number.
fn word(mut number: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ва", "ро", "ми", "тел", "ку", "дор", "сне", "ля", "го", "бат", "ре", "шко", "жи", "пол",
        "ну", "чес",
    ];
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[(number % 16) as usize]);
        number /= 16;
    }
    word
}
