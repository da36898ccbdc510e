//! Topic, sector and kind of a text by one linear model: scores, calibrated probabilities, the
//! words that decided.
//!
//! One pass over a text's features fills the scores of every class of every head at once: weights
//! are small integers in one row per feature, so results are the same on every machine. Training
//! is in [`super::train`], abstaining in [`super`]. Start with [`Model::predict`].

mod file;

use serde::{Deserialize, Serialize};

pub use file::ModelError;

use super::features::{Block, Encoder};

/// Name of the model's file in its folder.
pub const FILE: &str = "model.bin";

/// Lanes are filled up to a multiple of this, so that rows suit vector registers.
const LANES: usize = 16;
/// Scale of term weights in integer arithmetic.
const TERM: f32 = 64.0;
/// Terms seen more often than this weigh no more.
const MOST: usize = 63;

/// What the model's file says before its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Name: the folder's.
    pub name: String,
    /// Which one it is among models of its kind: raise it, and posts are read again.
    pub revision: i64,
    /// What is predicted; the first is the main one.
    pub heads: Vec<Head>,
    /// How sectors and topics are joined, when the heads are `sector`, `topic`, ….
    pub joint: Option<Joint>,
    /// Below this probability of the main head it abstains.
    pub threshold: f32,
}

/// One question that the model answers, with its possible answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// `label`, `sector`, `topic` or `kind`.
    pub name: String,
    /// Labels.
    pub classes: Vec<String>,
    /// Constant of each class.
    pub bias: Vec<f32>,
    /// Value of one unit of each class's integer weights.
    pub unit: Vec<f32>,
    /// From scores to probabilities.
    pub calibration: Calibration,
}

/// Softmax of `sharpness · score + offset`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How much a difference of scores means.
    pub sharpness: f32,
    /// Constant of each class: undoes the balancing of rare classes.
    pub offsets: Vec<f32>,
}

/// Evidence for a sector: its own score, and that of its topics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joint {
    /// The sector of each topic, as index.
    pub parents: Vec<usize>,
    /// Weight of the sector's own score.
    pub own: f32,
    /// Weight of its topics' joint score.
    pub topics: f32,
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    header: Header,
    checksum: String,
    keys: Vec<u32>,
    idf: Vec<f32>,
    table: Table,
    lanes: usize,
    /// A row of `lanes` for each key; idf is already in.
    rows: Vec<i16>,
}

/// Buffers of one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    encoder: Encoder,
    counts: Vec<u8>,
    touched: Vec<u32>,
    sums: Vec<i32>,
    scores: Vec<f32>,
}

/// Probabilities of one head's classes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Distribution(pub Vec<f32>);

impl Distribution {
    /// The likeliest class and its probability.
    pub fn best(&self) -> Option<(usize, f32)> {
        self.ranked().next()
    }

    /// Classes by falling probability.
    pub fn ranked(&self) -> impl Iterator<Item = (usize, f32)> {
        let mut order: Vec<_> = self.0.iter().copied().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order.into_iter()
    }
}

impl Model {
    /// Reads a model.
    ///
    /// # Errors
    /// What is wrong with the bytes; nothing in them can make it panic.
    pub fn read(bytes: &[u8]) -> Result<Model, ModelError> {
        file::read(bytes)
    }

    /// The model built into the program (`models/topics-ru`).
    ///
    /// # Errors
    /// None in a tested build: a test reads it.
    pub fn shipped() -> Result<Model, ModelError> {
        Model::read(include_bytes!("../../models/topics-ru/model.bin"))
    }

    /// Reads `FOLDER/model.bin`.
    ///
    /// # Errors
    /// With the path: unreadable or broken.
    pub fn open(folder: &std::path::Path) -> anyhow::Result<Model> {
        use anyhow::Context;
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path)
            .with_context(|| format!("cannot read the model {}", path.display()))?;
        Model::read(&bytes).with_context(|| format!("the model {} is unusable", path.display()))
    }

    /// Puts a model together: for each key its idf and, lane by lane, the weights of all heads.
    pub(super) fn build(
        header: Header,
        keys: Vec<u32>,
        idf: Vec<f32>,
        weights: &[i8],
        checksum: String,
    ) -> Model {
        let classes: usize = header.heads.iter().map(|h| h.classes.len()).sum();
        let lanes = classes.next_multiple_of(LANES);
        let mut rows = vec![0i16; keys.len() * lanes];
        for (row, given) in rows
            .chunks_exact_mut(lanes)
            .zip(weights.chunks_exact(classes.max(1)))
        {
            for (lane, &weight) in row.iter_mut().zip(given) {
                *lane = i16::from(weight);
            }
        }
        Model {
            table: Table::new(&keys),
            header,
            checksum,
            keys,
            idf,
            lanes,
            rows,
        }
    }

    /// The model as bytes.
    pub fn write(&self) -> Vec<u8> {
        file::write(self)
    }

    /// What it predicts and how.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// SHA-256 that ends the model's file, in hexadecimal digits.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// How many features it knows.
    pub fn features(&self) -> usize {
        self.keys.len()
    }

    /// Index of a head by name.
    pub fn head(&self, name: &str) -> Option<usize> {
        self.header.heads.iter().position(|h| h.name == name)
    }

    /// Probabilities of each head's classes for a text (cleaned and masked). A text without a
    /// known feature gets what the constants say.
    pub fn predict(&self, text: &str, scratch: &mut Scratch) -> Vec<Distribution> {
        self.score(text, scratch);
        let mut rest = scratch.scores.as_slice();
        let mut logits = Vec::with_capacity(self.header.heads.len());
        for head in &self.header.heads {
            let (scores, after) = rest.split_at(head.classes.len());
            logits.push(head.calibration.logits(scores));
            rest = after;
        }
        distributions(logits, self.header.joint.as_ref())
    }

    /// Raw scores of all heads' classes, one head after the other.
    pub(super) fn scores<'a>(&self, text: &str, scratch: &'a mut Scratch) -> &'a [f32] {
        self.score(text, scratch);
        &scratch.scores
    }

    /// Replaces what turns scores into probabilities.
    pub(super) fn set_calibration(
        &mut self,
        calibrations: Vec<Calibration>,
        joint: Option<Joint>,
        threshold: f32,
    ) {
        for (head, calibration) in self.header.heads.iter_mut().zip(calibrations) {
            head.calibration = calibration;
        }
        self.header.joint = joint;
        self.header.threshold = threshold;
    }

    /// Raw scores of all heads' classes into `scratch.scores`.
    fn score(&self, text: &str, scratch: &mut Scratch) {
        scratch.counts.resize(self.keys.len(), 0);
        scratch.sums.clear();
        scratch.sums.resize(2 * self.lanes, 0);
        scratch.touched.clear();
        let (counts, touched) = (&mut scratch.counts, &mut scratch.touched);
        scratch.encoder.encode(text).each(|key, _| {
            if let Some(row) = self.table.find(key) {
                let count = &mut counts[row as usize];
                if *count == 0 {
                    touched.push(row);
                }
                *count = count.saturating_add(1);
            }
        });
        let (words, letters) = scratch.sums.split_at_mut(self.lanes);
        let mut norms = [0f32; 2];
        for &row in scratch.touched.iter() {
            let row = row as usize;
            let count = usize::from(std::mem::take(&mut scratch.counts[row])).min(MOST);
            let term = TERMS[count];
            let value = f32::from(term) * self.idf[row];
            let weights = &self.rows[row * self.lanes..(row + 1) * self.lanes];
            match Block::of(self.keys[row]) {
                Block::Words => {
                    norms[0] += value * value;
                    add(words, weights, term);
                }
                Block::Letters => {
                    norms[1] += value * value;
                    add(letters, weights, term);
                }
            }
        }
        let scale = norms.map(|n| if n > 0.0 { n.sqrt().recip() } else { 0.0 });
        scratch.scores.clear();
        let constants = self
            .header
            .heads
            .iter()
            .flat_map(|h| h.bias.iter().zip(&h.unit));
        for (lane, (bias, unit)) in constants.enumerate() {
            let sum = words[lane] as f32 * scale[0] + letters[lane] as f32 * scale[1];
            scratch.scores.push(bias + unit * sum);
        }
    }

    /// The words that spoke most for a class of a head, strongest first, as the text has them.
    pub fn reasons(
        &self,
        text: &str,
        (head, class): (usize, usize),
        most: usize,
        scratch: &mut Scratch,
    ) -> Vec<String> {
        let heads = &self.header.heads;
        let first: usize = heads[..head].iter().map(|h| h.classes.len()).sum();
        let lane = first + class;
        let encoded = scratch.encoder.encode(text);
        // a positive weight speaks for the class, a negative one for all others
        let mut shares = vec![[0f32; 2]; encoded.words.len()];
        let mut norms = [1e-6f32; 2];
        encoded.each(|key, word| {
            if let Some(row) = self.table.find(key) {
                let block = usize::from(Block::of(key) == Block::Letters);
                norms[block] += self.idf[row as usize].powi(2);
                shares[word][block] += f32::from(self.rows[row as usize * self.lanes + lane]);
            }
        });
        let scale = norms.map(|n| n.sqrt().recip());
        let share = |parts: [f32; 2]| parts[0] * scale[0] + parts[1] * scale[1];
        let mut ranked: Vec<(String, f32)> = Vec::new();
        for (word, share) in encoded.words.iter().zip(shares.into_iter().map(share)) {
            let shown = text[word.start as usize..word.end as usize].to_lowercase();
            match ranked.iter_mut().find(|(known, _)| *known == shown) {
                Some((_, sum)) => *sum += share,
                None if shown.chars().count() > 2 => ranked.push((shown, share)),
                None => {}
            }
        }
        ranked.retain(|(_, share)| *share > 0.0);
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
            .into_iter()
            .take(most)
            .map(|(word, _)| word)
            .collect()
    }
}

/// `TERM · (1 + ln n)`, the weight of a term seen n times.
static TERMS: std::sync::LazyLock<[i16; MOST + 1]> = std::sync::LazyLock::new(|| {
    std::array::from_fn(|n| (TERM * (1.0 + (n.max(1) as f32).ln())).round() as i16)
});

fn add(sums: &mut [i32], weights: &[i16], term: i16) {
    for (sum, &weight) in sums.iter_mut().zip(weights) {
        *sum += i32::from(weight) * i32::from(term);
    }
}

/// Probabilities of all heads from their logits.
pub(super) fn distributions(mut logits: Vec<Vec<f32>>, joint: Option<&Joint>) -> Vec<Distribution> {
    if let (Some(joint), [sector, topic, ..]) = (joint, logits.as_mut_slice()) {
        joint.join(sector, topic);
    }
    logits
        .into_iter()
        .map(|l| Distribution(softmax(l)))
        .collect()
}

/// Probabilities from logits.
pub(super) fn softmax(mut logits: Vec<f32>) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for logit in &mut logits {
        *logit = (*logit - top).exp();
        sum += *logit;
    }
    logits.iter_mut().for_each(|p| *p /= sum);
    logits
}

impl Calibration {
    pub(super) fn logits(&self, scores: &[f32]) -> Vec<f32> {
        let pairs = scores.iter().zip(&self.offsets);
        pairs
            .map(|(score, offset)| self.sharpness * score + offset)
            .collect()
    }
}

impl Joint {
    /// Turns logits of both heads into joint ones: a sector gathers what its topics say; a topic
    /// is as likely as its sector times its share among the sector's topics.
    pub(super) fn join(&self, sectors: &mut [f32], topics: &mut [f32]) {
        let mut gathered = vec![f32::NEG_INFINITY; sectors.len()];
        for (topic, &parent) in topics.iter().zip(&self.parents) {
            gathered[parent] = log_add(gathered[parent], *topic);
        }
        for (sector, all) in sectors.iter_mut().zip(&gathered) {
            // a sector without topics is judged by its own score
            let all = if all.is_finite() { *all } else { *sector };
            *sector = self.own * *sector + self.topics * all;
        }
        for (topic, &parent) in topics.iter_mut().zip(&self.parents) {
            *topic += sectors[parent] - gathered[parent];
        }
    }
}

fn log_add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f32::NEG_INFINITY {
        high
    } else {
        high + (low - high).exp().ln_1p()
    }
}

/// Keys to rows: open addressing, at most half full.
#[derive(Debug, Clone)]
struct Table {
    slots: Vec<(u32, u32)>,
    shift: u32,
}

const FREE: u32 = u32::MAX;

impl Table {
    fn new(keys: &[u32]) -> Table {
        let size = (keys.len() * 2).next_power_of_two().max(16);
        let shift = 32 - size.trailing_zeros();
        let mut table = Table {
            slots: vec![(0, FREE); size],
            shift,
        };
        for (row, &key) in keys.iter().enumerate() {
            let mut slot = table.slot(key);
            while table.slots[slot].1 != FREE {
                slot = (slot + 1) % size;
            }
            table.slots[slot] = (key, row as u32);
        }
        table
    }

    fn slot(&self, key: u32) -> usize {
        (key.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    fn find(&self, key: u32) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = self.slot(key);
        loop {
            let (known, row) = self.slots[slot & mask];
            if row == FREE {
                return None;
            }
            if known == key {
                return Some(row);
            }
            slot += 1;
        }
    }
}
