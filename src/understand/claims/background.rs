//! How often features stand in Russian posts at large, so that a book of few claims knows which
//! words are common.
//!
//! `background.txt` was counted by `examples/claims_background.rs` over the project's own training
//! texts; its first line is the number of texts, then a feature and its count on each line.

const TABLE: &str = include_str!("background.txt");

/// Features with their counts, and the number of texts.
pub(super) fn counts() -> (impl Iterator<Item = (&'static str, f32)>, f32) {
    let (total, rest) = TABLE.split_once('\n').unwrap_or(("0", ""));
    let counts = rest.lines().filter_map(|line| {
        let (feature, count) = line.split_once('\t')?;
        Some((feature, count.parse().ok()?))
    });
    (counts, total.trim().parse().unwrap_or(0.0))
}

/// Counts the features of texts, as lines of the table: those of at least `least` texts.
pub fn count(texts: &[String], least: u32) -> String {
    let mut counts = std::collections::BTreeMap::<String, u32>::new();
    for text in texts {
        for feature in super::features::names(text) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let mut out = format!("{}\n", texts.len());
    for (feature, count) in counts.into_iter().filter(|(_, n)| *n >= least) {
        out.push_str(&format!("{feature}\t{count}\n"));
    }
    out
}
