//! Five folds: rows of one group together, classes spread evenly, the same for the same seed.

use std::collections::HashMap;

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::Sample;

/// How many folds.
pub const COUNT: usize = 5;
const SEED: u64 = 5;

/// The fold of each sample; [`COUNT`] for those that are only learned from. A sample with an empty
/// group is a group of its own.
pub fn assign(samples: &[Sample]) -> Vec<usize> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (i, sample) in samples.iter().enumerate() {
        if sample.given {
            continue;
        }
        if sample.group.is_empty() {
            groups.push(vec![i]);
            continue;
        }
        let group = *known.entry(&sample.group).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(i);
    }
    let mut rng = StdRng::seed_from_u64(SEED);
    for i in (1..groups.len()).rev() {
        groups.swap(i, rng.random_range(0..=i));
    }
    // large groups first: they are the hardest to place
    groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
    let mut folds = vec![COUNT; samples.len()];
    let mut of_class: HashMap<Option<usize>, [usize; COUNT]> = HashMap::new();
    let mut sizes = [0; COUNT];
    for group in groups {
        let label = |i: usize| samples[i].labels.first().copied().flatten();
        let class = of_class.entry(label(group[0])).or_default();
        let fold = (0..COUNT)
            .min_by_key(|&f| (class[f], sizes[f], f))
            .unwrap_or(0);
        class[fold] += group.len();
        sizes[fold] += group.len();
        group.iter().for_each(|&i| folds[i] = fold);
    }
    folds
}
