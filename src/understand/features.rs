//! Text as features: stems of words alone and in pairs, and runs of 2 to 5 letters inside words.
//!
//! One pass: letters become 6-bit codes, so a run of up to five letters is its own key without a
//! collision; words are hashed to 31 bits. Weights and labels are unknown here. Start with
//! [`Encoder::encode`], then [`Encoded::each`].

mod codes;
mod encode;

pub use encode::{Encoded, Encoder, Word};

/// Letters at the start of a word that stand for the whole: Russian endings fall away, most roots
/// stay (on development data 5 and 6 did a little better than whole words).
const STEM: usize = 6;
/// The longest run of letters.
const LETTERS: usize = 5;

/// Marks a key as a word's hash; keys of letter runs stay below.
const WORD: u32 = 1 << 31;

/// What a feature is made of. The two kinds are scaled apart, so that neither drowns the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// A stem, or two stems in a row.
    Words,
    /// A run of letters inside a word.
    Letters,
}

impl Block {
    /// The block that a key belongs to.
    pub fn of(key: u32) -> Block {
        if key & WORD == 0 {
            Block::Letters
        } else {
            Block::Words
        }
    }
}

impl Encoded<'_> {
    /// Calls `take(key, word)` for each feature of the text, `word` being the index of the (last)
    /// word that holds it. Words come first, then letters.
    pub fn each(&self, mut take: impl FnMut(u32, usize)) {
        let mut before = 0u32;
        for (i, word) in self.words.iter().enumerate() {
            let codes = &self.codes[word.first as usize..word.last as usize];
            if codes.len() < 2 {
                continue;
            }
            let hash = hash_codes(&codes[..codes.len().min(STEM)]);
            take(hash | WORD, i);
            if before != 0 {
                take(pair(before, hash) | WORD, i);
            }
            before = hash;
        }
        for (i, word) in self.words.iter().enumerate() {
            // with an edge on each side
            let codes = &self.codes[word.first as usize - 1..=word.last as usize];
            for start in 0..codes.len() - 1 {
                let mut key = u32::from(codes[start]);
                for &code in codes[start + 1..].iter().take(LETTERS - 1) {
                    key = key << 6 | u32::from(code);
                    take(key, i);
                }
            }
        }
    }
}

fn hash_codes(codes: &[u8]) -> u32 {
    let mut packed = 0u64;
    for &code in codes {
        packed = packed << 6 | u64::from(code);
    }
    mix(packed)
}

fn pair(first: u32, second: u32) -> u32 {
    mix(u64::from(first) << 32 | u64::from(second))
}

fn mix(value: u64) -> u32 {
    let h = (value ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let h = (h ^ (h >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (h >> 33) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn keys(text: &str) -> HashSet<u32> {
        let mut keys = HashSet::new();
        Encoder::default().encode(text).each(|key, _| {
            keys.insert(key);
        });
        keys
    }

    #[test]
    fn spellings_of_one_word_are_one() {
        assert_eq!(keys("Ёлка"), keys("елка"));
        assert_eq!(keys("снeг"), keys("снег"), "Latin e");
        assert_eq!(keys("снееееег"), keys("снеег"));
        assert_eq!(keys("снег, [телефон] лёд"), keys("снег лед"));
    }

    #[test]
    fn endings_share_most_features() {
        let (a, b) = (keys("отопление"), keys("отопления"));
        assert!(a.intersection(&b).count() * 3 > a.len() * 2);
    }

    #[test]
    fn words_and_letters_are_told_apart() {
        let keys = keys("нет воды");
        let words = keys
            .iter()
            .filter(|k| Block::of(**k) == Block::Words)
            .count();
        assert_eq!(words, 3, "two words and their pair");
    }

    #[test]
    fn odd_texts_are_harmless() {
        for text in [
            "",
            "[",
            "[]",
            "🙂",
            "]] [[ ?",
            &"а".repeat(100_000),
            "\u{0}",
            "العربية",
        ] {
            keys(text);
        }
        assert!(keys("").is_empty());
    }

    #[test]
    fn words_know_where_they_stand() {
        let mut encoder = Encoder::default();
        let text = "Нет света!";
        let encoded = encoder.encode(text);
        let word = encoded.words[1];
        assert_eq!(&text[word.start as usize..word.end as usize], "света");
    }
}
