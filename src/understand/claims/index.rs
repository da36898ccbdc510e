//! An inverted index over the vectors of claims: the nearest of a hundred thousand without looking
//! at each.

use std::collections::BinaryHeap;

use super::{features::FeatureMap, vectors::Vector};

/// Postings looked at for one sentence, the most telling features first. What is left out are
/// endings and small words; the best candidates are then compared whole.
const BUDGET: usize = 60_000;
/// Candidates compared whole.
const CANDIDATES: usize = 64;

pub(super) struct Index {
    vectors: Vec<Vector>,
    /// Who has a feature, and with what weight.
    postings: FeatureMap<Vec<(u32, f32)>>,
}

impl Index {
    pub fn new(vectors: Vec<Vector>) -> Self {
        let mut postings: FeatureMap<Vec<(u32, f32)>> = FeatureMap::default();
        for (number, vector) in vectors.iter().enumerate() {
            for (feature, weight) in vector {
                postings
                    .entry(*feature)
                    .or_default()
                    .push((number as u32, *weight));
            }
        }
        Self { vectors, postings }
    }

    /// The vectors most like `query`, with their likeness of at least `floor`, best first.
    pub fn nearest(&self, query: &Vector, count: usize, floor: f32) -> Vec<(usize, f32)> {
        let candidates = self.candidates(query, floor);
        let whole = candidates
            .into_iter()
            .map(|n| (n as usize, dot(query, &self.vectors[n as usize])));
        let mut nearest: Vec<(usize, f32)> = whole.filter(|(_, s)| *s >= floor).collect();
        nearest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        nearest.truncate(count);
        nearest
    }

    /// Rare features first. What the features left can still add is bounded by their length, as
    /// all vectors have length one: below `floor` no newcomer can reach it, and reading stops.
    fn candidates(&self, query: &Vector, floor: f32) -> Vec<u32> {
        let mut lists: Vec<(f32, &[(u32, f32)])> = query
            .iter()
            .filter_map(|(feature, weight)| Some((*weight, self.postings.get(feature)?.as_slice())))
            .collect();
        lists.sort_by_key(|(_, list)| list.len());
        let mut left: f32 = lists.iter().map(|(weight, _)| weight * weight).sum();
        let mut sums = vec![0f32; self.vectors.len()];
        let mut touched = Vec::new();
        let mut spent = 0;
        for (weight, list) in lists {
            spent += list.len();
            if left.max(0.0).sqrt() < floor || spent > BUDGET && !touched.is_empty() {
                break;
            }
            left -= weight * weight;
            for (number, other) in list {
                let sum = &mut sums[*number as usize];
                if *sum == 0.0 {
                    touched.push(*number);
                }
                *sum += weight * other;
            }
        }
        let reach = floor - left.max(0.0).sqrt();
        touched.retain(|number| sums[*number as usize] >= reach);
        best(&sums, touched)
    }
}

/// The numbers with the highest sums.
fn best(sums: &[f32], touched: Vec<u32>) -> Vec<u32> {
    // Sums are not negative, so their bits order as they do.
    let mut heap: BinaryHeap<std::cmp::Reverse<(u32, u32)>> =
        BinaryHeap::with_capacity(CANDIDATES + 1);
    for number in touched {
        let key = std::cmp::Reverse((sums[number as usize].to_bits(), u32::MAX - number));
        if heap.len() < CANDIDATES {
            heap.push(key);
        } else if heap.peek().is_some_and(|least| key < *least) {
            heap.pop();
            heap.push(key);
        }
    }
    heap.into_iter()
        .map(|std::cmp::Reverse((_, n))| u32::MAX - n)
        .collect()
}

/// The dot product of two vectors sorted by feature.
pub(super) fn dot(a: &Vector, b: &Vector) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some((f, x)), Some((g, y))) = (a.get(i), b.get(j)) {
        match f.cmp(g) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += x * y;
                i += 1;
                j += 1;
            }
        }
    }
    sum
}
