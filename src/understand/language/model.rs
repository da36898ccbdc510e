//! Letter models of all languages side by side: how likely is the next letter after the last ones.
//!
//! Each language has an n-gram model with Witten–Bell smoothing; the table holds one row per
//! n-gram with a number for every language, so that a letter costs a few look-ups in all, not
//! a few per language. A word may speak against a language only so much: names and borrowed words
//! do not outvote the rest. Start with [`Model::learn`] and [`Model::add_word`].

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::alphabet::Symbol;

/// Letters looked at together.
const ORDER: usize = 4;

/// Places for languages in a row; a multiple of what the processor adds at once.
const LANES: usize = 24;

/// Parts of a natural unit of log-probability that one step of a row means.
const UNIT: f32 = 1000.0;

/// How much more than Witten and Bell would we leave to unseen letters: the texts are short.
const SURPRISE: f32 = 2.0;

/// The share of a letter that no text has shown.
const UNSEEN: f32 = 1.0 / 160.0;

/// The most that one word may speak against a language, in natural units.
const WORD_CAP: f32 = 14.0;

/// One number per language.
pub type Scores = [f32; LANES];

type Row = [i16; LANES];

/// A language to learn: code, words as symbols, and how much sooner than others to expect it.
pub struct Lesson {
    /// ISO 639-3.
    pub code: &'static str,
    /// Every word between two edges.
    pub words: Vec<Vec<Symbol>>,
    /// Natural logarithm of its prior weight.
    pub prior: f32,
}

/// The learned table.
pub struct Model {
    codes: Vec<&'static str>,
    start: Scores,
    after: Table<Row>,
    backoff: Table<Row>,
    nothing: Row,
}

impl Model {
    /// Learns from at most 24 languages.
    pub fn learn(lessons: &[Lesson]) -> Self {
        let lessons = &lessons[..lessons.len().min(LANES)];
        let mut start = [f32::NEG_INFINITY; LANES];
        let mut counts = Table::<[u32; LANES]>::default();
        for (lane, lesson) in lessons.iter().enumerate() {
            start[lane] = lesson.prior;
            for word in &lesson.words {
                count_word(word, lane, &mut counts);
            }
        }
        let (after, backoff) = smooth(&counts);
        Self {
            codes: lessons.iter().map(|l| l.code).collect(),
            start,
            after,
            backoff,
            nothing: [log_step(UNSEEN); LANES],
        }
    }

    /// Scores before the first word.
    pub fn start(&self) -> Scores {
        self.start
    }

    /// Adds what one word (symbols between edges) says; an empty one says nothing.
    pub fn add_word(&self, word: &[Symbol], scores: &mut Scores) {
        let mut sum = [0i32; LANES];
        for at in 1..word.len() {
            self.add_letter(&word[..=at], &mut sum);
        }
        let lanes = self.codes.len();
        let top = sum[..lanes].iter().copied().max().unwrap_or(0);
        for (score, sum) in scores.iter_mut().zip(sum) {
            *score += ((sum - top) as f32 / UNIT).max(-WORD_CAP);
        }
    }

    /// The code of the best score.
    pub fn best(&self, scores: &Scores) -> &'static str {
        let best = self
            .codes
            .iter()
            .zip(scores)
            .max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or(super::UNKNOWN, |(code, _)| code)
    }

    /// Adds the last letter of `read`, given those before it.
    fn add_letter(&self, read: &[Symbol], sum: &mut [i32; LANES]) {
        for from in read.len().saturating_sub(ORDER)..read.len() {
            let gram = &read[from..];
            if let Some(row) = self.after.get(&key(gram)) {
                return add(sum, row);
            }
            if let Some(row) = self.backoff.get(&key(&gram[..gram.len() - 1])) {
                add(sum, row);
            }
        }
        add(sum, &self.nothing);
    }
}

fn add(sum: &mut [i32; LANES], row: &Row) {
    for (sum, step) in sum.iter_mut().zip(row) {
        *sum += i32::from(*step);
    }
}

fn log_step(share: f32) -> i16 {
    (share.ln() * UNIT).round() as i16
}

/// The key of up to four symbols: their numbers, and a one above them for the length.
fn key(gram: &[Symbol]) -> u64 {
    gram.iter().fold(1, |key, s| key << 8 | u64::from(*s))
}

/// The key without its first symbol.
fn tail(key: u64, length: usize) -> u64 {
    let bits = 8 * (length - 1);
    (key & ((1 << bits) - 1)) | 1 << bits
}

fn length(key: u64) -> usize {
    (63 - key.leading_zeros() as usize) / 8
}

fn count_word(word: &[Symbol], lane: usize, counts: &mut Table<[u32; LANES]>) {
    for at in 1..word.len() {
        for from in (at + 1).saturating_sub(ORDER)..=at {
            counts.entry(key(&word[from..=at])).or_default()[lane] += 1;
        }
    }
}

/// How often a context was seen and with how many different letters after it, per language.
#[derive(Clone, Copy, Default)]
struct Context {
    total: [u32; LANES],
    kinds: [u32; LANES],
}

/// Rows of smoothed log-probabilities by n-gram, and of what is left for unseen letters by context.
fn smooth(counts: &Table<[u32; LANES]>) -> (Table<Row>, Table<Row>) {
    let mut contexts = Table::<Context>::default();
    for (gram, seen) in counts {
        let context = contexts.entry(gram >> 8).or_default();
        for (lane, times) in seen.iter().enumerate() {
            context.total[lane] += times;
            context.kinds[lane] += u32::from(*times > 0);
        }
    }
    let mut grams: Vec<u64> = counts.keys().copied().collect();
    grams.sort_unstable();
    let mut shares = Table::<[f32; LANES]>::default();
    for gram in grams {
        let lower = match length(gram) {
            1 => [UNSEEN; LANES],
            n => shares
                .get(&tail(gram, n))
                .copied()
                .unwrap_or([UNSEEN; LANES]),
        };
        let context = contexts.get(&(gram >> 8)).copied().unwrap_or_default();
        shares.insert(gram, blend(&counts[&gram], &context, &lower));
    }
    let after = shares
        .iter()
        .map(|(gram, s)| (*gram, s.map(log_step)))
        .collect();
    let backoff = contexts.iter().map(|(k, c)| (*k, left_over(c))).collect();
    (after, backoff)
}

/// Witten–Bell: the more different letters follow a context, the more is left for others.
fn blend(seen: &[u32; LANES], context: &Context, lower: &[f32; LANES]) -> [f32; LANES] {
    std::array::from_fn(|lane| {
        let (total, kinds) = (
            context.total[lane] as f32,
            context.kinds[lane] as f32 * SURPRISE,
        );
        if total == 0.0 {
            return lower[lane];
        }
        (seen[lane] as f32 + kinds * lower[lane]) / (total + kinds)
    })
}

fn left_over(context: &Context) -> Row {
    std::array::from_fn(|lane| match (context.total[lane], context.kinds[lane]) {
        (0, _) => 0,
        (total, kinds) => {
            let kinds = kinds as f32 * SURPRISE;
            log_step(kinds / (total as f32 + kinds))
        }
    })
}

type Table<T> = HashMap<u64, T, BuildHasherDefault<KeyHasher>>;

/// One multiplication: the keys are our own, nobody can choose them to collide.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
