//! Near-duplicates: one text posted many times, word for word or nearly.
//!
//! A text becomes a 64-bit SimHash; two are near when few bits differ. The window finds the near
//! ones of the last hours without comparing all with all. It joins nothing by itself and does not
//! know of events told in other words. Start with [`fingerprint`] and [`NearDuplicates::find`].

use std::collections::{HashMap, VecDeque};

use super::words::Words;
use crate::domain::{
    id::PostId,
    time::{Span, Timestamp},
};

/// Texts of fewer words are too short to be told apart: «Да», «Спасибо большое».
const MIN_WORDS: usize = 4;
/// Bands of 16 bits: two fingerprints with at most three bits apart agree in one band at least.
const BANDS: u32 = 4;

/// A text sent a hundred thousand times fills its buckets; only the newest are looked at.
const NEWEST: usize = 256;

/// The SimHash of a text's words and pairs of words, stable between versions and machines; 0 for
/// texts of fewer than four words, which are near to nothing.
pub fn fingerprint(text: &str) -> u64 {
    let words = Words::of(text);
    if words.list().len() < MIN_WORDS {
        return 0;
    }
    let mut votes = [0i32; 64];
    let mut before = 0u64;
    for word in words.iter() {
        let hash = hash(word);
        vote(&mut votes, mix(hash));
        vote(&mut votes, mix(hash ^ before.rotate_left(17)));
        before = hash;
    }
    let bits = votes.iter().enumerate().filter(|(_, v)| **v > 0);
    bits.fold(0, |print, (i, _)| print | 1 << i).max(1)
}

fn vote(votes: &mut [i32; 64], hash: u64) {
    for (i, count) in votes.iter_mut().enumerate() {
        *count += if hash >> i & 1 == 1 { 1 } else { -1 };
    }
}

/// FNV-1a.
fn hash(word: &str) -> u64 {
    let step = |h: u64, b: u8| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    word.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Spreads the bits (the finaliser of SplitMix64): FNV alone leaves short words alike.
fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

struct Entry {
    print: u64,
    at: Timestamp,
    post: PostId,
}

/// The fingerprints of the last hours, in memory. Holds no text.
pub struct NearDuplicates {
    bits: u32,
    span: Span,
    capacity: usize,
    entries: VecDeque<Entry>,
    /// Number of the first entry; numbers grow for ever.
    first: u64,
    bands: [HashMap<u16, VecDeque<u64>>; BANDS as usize],
}

impl NearDuplicates {
    /// Posts are near when at most `bits` of 64 differ (more than three may be missed) and no
    /// more than `span` lies between them. At most `capacity` posts are remembered.
    pub fn new(bits: u32, span: Span, capacity: usize) -> Self {
        Self {
            bits,
            span,
            capacity: capacity.max(1),
            entries: VecDeque::new(),
            first: 0,
            bands: Default::default(),
        }
    }

    /// The nearest remembered post to a text of time `at`, the latest among equals.
    pub fn find(&self, print: u64, at: Timestamp) -> Option<PostId> {
        self.find_other(print, at, None)
    }

    /// As [`NearDuplicates::find`], passing over one post: the text's own, when it was edited.
    pub fn find_other(&self, print: u64, at: Timestamp, own: Option<&PostId>) -> Option<PostId> {
        if print == 0 {
            return None;
        }
        let near = |number: &u64| {
            let entry = &self.entries[(number - self.first) as usize];
            let apart = (entry.print ^ print).count_ones();
            let hours = at.since(entry.at).as_millis().abs() <= self.span.as_millis();
            (apart <= self.bits && hours && Some(&entry.post) != own).then_some((apart, entry))
        };
        let in_band = |band: u32| self.bands[band as usize].get(&cut(print, band));
        (0..BANDS)
            .filter_map(in_band)
            .flat_map(|bucket| bucket.iter().rev().take(NEWEST))
            .filter_map(near)
            .min_by_key(|(apart, entry)| (*apart, std::cmp::Reverse(entry.at)))
            .map(|(_, entry)| entry.post.clone())
    }

    /// Remembers a post; what is older than the window, or too much, is forgotten. A print of 0
    /// is not remembered.
    pub fn insert(&mut self, print: u64, at: Timestamp, post: PostId) {
        let span = self.span.as_millis();
        let too_old = |e: &Entry| at.since(e.at).as_millis() > span;
        while self.entries.len() >= self.capacity || self.entries.front().is_some_and(too_old) {
            self.forget_first();
        }
        if print == 0 {
            return;
        }
        let number = self.first + self.entries.len() as u64;
        for band in 0..BANDS {
            let bucket = self.bands[band as usize].entry(cut(print, band));
            bucket.or_default().push_back(number);
        }
        self.entries.push_back(Entry { print, at, post });
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bands = Default::default();
    }

    /// How many posts are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Numbers stand in their buckets in order, so the first of all is the first of each.
    fn forget_first(&mut self) {
        let Some(entry) = self.entries.pop_front() else {
            return;
        };
        self.first += 1;
        for band in 0..BANDS {
            let key = cut(entry.print, band);
            if let Some(bucket) = self.bands[band as usize].get_mut(&key) {
                bucket.pop_front();
                if bucket.is_empty() {
                    self.bands[band as usize].remove(&key);
                }
            }
        }
    }
}

fn cut(print: u64, band: u32) -> u16 {
    (print >> (band * 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Во дворе дома 12 по улице Садовой третью неделю не вывозят мусор, контейнеры \
        переполнены, ветер разносит пакеты по детской площадке, управляющая компания не отвечает";

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_millis(0).plus(Span::hours(hour))
    }

    fn window(capacity: usize) -> NearDuplicates {
        NearDuplicates::new(3, Span::hours(72), capacity)
    }

    #[test]
    fn spelling_and_marks_do_not_count_and_other_texts_are_far() {
        let copy = TEXT.to_uppercase().replace(", ", " !!! ");
        assert_eq!(fingerprint(TEXT), fingerprint(&copy));
        let other =
            fingerprint("На проспекте сломан светофор, машины едут через перекрёсток как хотят");
        assert!((fingerprint(TEXT) ^ other).count_ones() > 15);
        assert_eq!(fingerprint("Да, подтверждаю!"), 0);
    }

    #[test]
    fn a_copy_is_found_within_its_hours() {
        let mut seen = window(100);
        seen.insert(fingerprint(TEXT), at(0), PostId::from("a"));
        let copy = fingerprint(&format!("{TEXT}!!!"));
        assert_eq!(seen.find(copy, at(70)), Some(PostId::from("a")));
        assert_eq!(
            seen.find_other(copy, at(70), Some(&PostId::from("a"))),
            None
        );
        assert_eq!(seen.find(copy, at(80)), None);
        assert_eq!(seen.find(copy ^ 0b111, at(1)), Some(PostId::from("a")));
        assert_eq!(seen.find(copy ^ 0b1111, at(1)), None);
        assert_eq!(seen.find(0, at(1)), None);
    }

    #[test]
    fn memory_is_bounded_by_time_and_number() {
        let mut seen = window(50);
        for i in 0..1000u64 {
            seen.insert(mix(i + 1), at(0), PostId::from(i.to_string()));
        }
        assert_eq!(seen.len(), 50);
        assert_eq!(seen.find(mix(1), at(0)), None);
        assert_eq!(seen.find(mix(1000), at(0)), Some(PostId::from("999")));
        seen.insert(mix(5000), at(100), PostId::from("late"));
        assert_eq!(seen.len(), 1);
        assert!(seen.bands.iter().all(|b| b.len() == 1));
    }
}
