//! From scores to probabilities: softmax by head, and what sectors and topics tell of each other.
//!
//! The numbers used here are fitted in [`crate::understand::train`]. Start with [`distributions`].

use serde::{Deserialize, Serialize};

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

/// Probabilities of all heads from their logits.
pub(in crate::understand) fn distributions(
    mut logits: Vec<Vec<f32>>,
    joint: Option<&Joint>,
) -> Vec<Distribution> {
    if let (Some(joint), [sector, topic, ..]) = (joint, logits.as_mut_slice()) {
        joint.join(sector, topic);
    }
    logits
        .into_iter()
        .map(|l| Distribution(softmax(l)))
        .collect()
}

/// Probabilities from logits.
pub(in crate::understand) fn softmax(mut logits: Vec<f32>) -> Vec<f32> {
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
    pub(in crate::understand) fn logits(&self, scores: &[f32]) -> Vec<f32> {
        let pairs = scores.iter().zip(&self.offsets);
        pairs
            .map(|(score, offset)| self.sharpness * score + offset)
            .collect()
    }
}

impl Joint {
    /// Turns logits of both heads into joint ones: a sector gathers what its topics say; a topic
    /// is as likely as its sector times its share among the sector's topics.
    pub(in crate::understand) fn join(&self, sectors: &mut [f32], topics: &mut [f32]) {
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
