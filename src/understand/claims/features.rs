//! What texts are compared by: word stems and character triples, as hashes of 64 bits.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use rust_stemmers::{Algorithm, Stemmer};

use crate::understand::words::Words;

/// Marks a feature as a stem, not a triple.
const STEM: u64 = 1 << 63;

/// Whether a feature is a stem; stems are greater than all triples.
pub(super) fn is_stem(feature: u64) -> bool {
    feature & STEM != 0
}

/// Features are hashes already.
#[derive(Default)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A map by feature.
pub(super) type FeatureMap<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// The features of a text, word by word, as often as they stand there.
pub(super) fn features(text: &str, stemmer: &Stemmer) -> Vec<u64> {
    let words = Words::of(text);
    let mut out = Vec::with_capacity(text.len());
    for word in words.iter() {
        word_features(word, stemmer, &mut out);
    }
    out
}

/// Adds the triples of a word with a blank on either side, and its stem.
pub(super) fn word_features(word: &str, stemmer: &Stemmer, out: &mut Vec<u64>) {
    let mut window = [0, 0, u64::from(b' ')];
    for (i, c) in word.chars().chain([' ']).enumerate() {
        window = [window[1], window[2], c as u64];
        if i > 0 {
            out.push(pack(window));
        }
    }
    out.push(hash(&stemmer.stem(word)) | STEM);
}

/// Three characters of 21 bits, mixed so that the value can serve as its own hash.
fn pack([a, b, c]: [u64; 3]) -> u64 {
    mix(a << 42 | b << 21 | c) & !STEM
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    let step = |h: u64, b: u8| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ x >> 31
}

/// A line of the background: a stem after «=», else three characters.
pub(super) fn feature_of(line: &str) -> u64 {
    if let Some(stem) = line.strip_prefix('=') {
        return hash(stem) | STEM;
    }
    let mut window = [0u64; 3];
    for (slot, c) in window.iter_mut().zip(line.chars()) {
        *slot = if c == '_' { ' ' as u64 } else { c as u64 };
    }
    pack(window)
}

/// Features as the background file writes them, each once per text.
pub(super) fn names(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::Russian);
    let words = Words::of(text);
    let mut out = Vec::new();
    for word in words.iter() {
        let padded: Vec<char> = format!("_{word}_").chars().collect();
        out.extend(padded.windows(3).map(|w| w.iter().collect::<String>()));
        out.push(format!("={}", stemmer.stem(word)));
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_names_the_same_features() {
        let named: Vec<u64> = names("Вода в кране")
            .iter()
            .map(|n| feature_of(n))
            .collect();
        let stemmer = Stemmer::create(Algorithm::Russian);
        let all = features("Вода в кране", &stemmer);
        assert!(all.iter().all(|f| named.contains(f)));
        assert_eq!(all.len(), named.len());
    }
}
