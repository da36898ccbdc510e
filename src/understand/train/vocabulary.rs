//! Features of the samples: how often each stands in a text, and how rare it is among texts.

use std::collections::HashMap;

use super::Sample;
use crate::understand::features::{Block, Encoder};

/// Features of one text, in the order of their keys, and how often each is there.
pub(super) type Counts = Vec<(u32, u8)>;

/// Counts the features of each sample.
pub(super) fn count(samples: &[Sample]) -> Vec<Counts> {
    let mut encoder = Encoder::default();
    let count = |sample: &Sample| {
        let mut seen: HashMap<u32, u8> = HashMap::new();
        encoder.encode(&sample.text).each(|key, _| {
            let n = seen.entry(key).or_default();
            *n = n.saturating_add(1);
        });
        let mut counts: Counts = seen.into_iter().collect();
        counts.sort_unstable();
        counts
    };
    samples.iter().map(count).collect()
}

/// The features that count, and how rare they are.
pub(super) struct Vocabulary {
    pub keys: Vec<u32>,
    pub idf: Vec<f32>,
}

impl Vocabulary {
    /// The features that at least `min_samples` samples of a subset have.
    pub fn gather(counts: &[Counts], subset: &[usize], min_samples: u32) -> Vocabulary {
        let mut seen: HashMap<u32, u32> = HashMap::new();
        for &i in subset {
            counts[i]
                .iter()
                .for_each(|(key, _)| *seen.entry(*key).or_default() += 1);
        }
        let mut known: Vec<(u32, u32)> = seen.into_iter().filter(|s| s.1 >= min_samples).collect();
        known.sort_unstable();
        let n = subset.len() as f32;
        let idf = |&(_, df): &(u32, u32)| ((1.0 + n) / (1.0 + df as f32)).ln() + 1.0;
        Vocabulary {
            idf: known.iter().map(idf).collect(),
            keys: known.into_iter().map(|k| k.0).collect(),
        }
    }

    /// Term weights as [`Model`] counts them, each block of length one.
    pub fn vector(&self, counts: &Counts) -> Vec<(u32, f32)> {
        let mut vector = Vec::with_capacity(counts.len());
        let mut norms = [0f32; 2];
        let block = |key: u32| usize::from(Block::of(key) == Block::Letters);
        for &(key, count) in counts {
            if let Ok(column) = self.keys.binary_search(&key) {
                let value = (1.0 + f32::from(count).ln()) * self.idf[column];
                norms[block(key)] += value * value;
                vector.push((column as u32, value));
            }
        }
        for (column, value) in &mut vector {
            *value /= norms[block(self.keys[*column as usize])].sqrt();
        }
        vector
    }

    /// Keeps the weightiest features.
    pub fn keep(&mut self, weight: &[f32], most: usize) {
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_by(|&a, &b| weight[b].total_cmp(&weight[a]).then(a.cmp(&b)));
        order.truncate(most);
        order.sort_unstable();
        self.keys = order.iter().map(|&i| self.keys[i]).collect();
        self.idf = order.iter().map(|&i| self.idf[i]).collect();
    }
}
