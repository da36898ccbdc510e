//! Raw scores of a text: integer weights added up by feature, scaled by block.
//!
//! The inner loop of understanding: with a thread's [`Scratch`] nothing is allocated here. Start
//! with [`Model::scores`].

use std::sync::LazyLock;

use super::Model;
use crate::understand::features::{Block, Encoder};

/// Scale of term weights in integer arithmetic.
const TERM: f32 = 64.0;
/// Terms seen more often than this weigh no more.
const MOST: usize = 63;

/// `TERM · (1 + ln n)`, the weight of a term seen n times.
static TERMS: LazyLock<[i16; MOST + 1]> = LazyLock::new(|| {
    std::array::from_fn(|n| (TERM * (1.0 + (n.max(1) as f32).ln())).round() as i16)
});

/// Buffers of one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) encoder: Encoder,
    /// How often each of the model's features was seen; all zero between texts.
    counts: Vec<u8>,
    /// Rows of the features that were seen.
    touched: Vec<u32>,
    /// Sums of all lanes: those of words, then those of letters.
    sums: Vec<i32>,
    scores: Vec<f32>,
}

impl Model {
    /// Raw scores of all heads' classes, one head after the other.
    pub(in crate::understand) fn scores<'a>(
        &self,
        text: &str,
        scratch: &'a mut Scratch,
    ) -> &'a [f32] {
        self.count(text, scratch);
        let scales = self.add_up(scratch);
        let (words, letters) = scratch.sums.split_at(self.lanes);
        let heads = self.header.heads.iter();
        let constants = heads.flat_map(|head| head.bias.iter().zip(&head.unit));
        scratch.scores.clear();
        for (lane, (bias, unit)) in constants.enumerate() {
            let sum = words[lane] as f32 * scales[0] + letters[lane] as f32 * scales[1];
            scratch.scores.push(bias + unit * sum);
        }
        &scratch.scores
    }

    fn count(&self, text: &str, scratch: &mut Scratch) {
        scratch.counts.resize(self.keys.len(), 0);
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
    }

    /// Sums the weights of what was counted, which is forgotten; gives what scales each block to
    /// length one.
    fn add_up(&self, scratch: &mut Scratch) -> [f32; 2] {
        scratch.sums.clear();
        scratch.sums.resize(2 * self.lanes, 0);
        let (words, letters) = scratch.sums.split_at_mut(self.lanes);
        let mut norms = [0f32; 2];
        for &row in &scratch.touched {
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
        norms.map(|n| if n > 0.0 { n.sqrt().recip() } else { 0.0 })
    }
}

fn add(sums: &mut [i32], weights: &[i16], term: i16) {
    for (sum, &weight) in sums.iter_mut().zip(weights) {
        *sum += i32::from(weight) * i32::from(term);
    }
}
