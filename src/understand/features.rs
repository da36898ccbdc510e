//! Text as features: stems of words alone and in pairs, and runs of 2 to 5 letters inside words.
//!
//! One pass: letters become 6-bit codes, so a run of up to five letters is its own key without a
//! collision; words are hashed to 31 bits. Weights and labels are unknown here. Start with
//! [`Encoder::encode`], then [`Encoded::each`].

/// Letters at the start of a word that stand for the whole: Russian endings fall away, most roots
/// stay (on development data 5 and 6 did a little better than whole words).
const STEM: usize = 6;
/// The longest run of letters.
const LETTERS: usize = 5;
/// Longer texts are cut here, in letters: what a complaint is about stands earlier.
const MAX_CODES: usize = 6000;

const EDGE: u8 = 1;
const CYRILLIC: u8 = 2;
const LATIN: u8 = 34;
const DIGIT: u8 = 60;
const FOREIGN: u8 = 61;

/// Marks a key as a word's hash; keys of letter runs stay below.
const WORD: u32 = 1 << 31;

/// Code of each character below U+0500; 0 is a separator.
static CODES: [u8; 0x500] = codes();

const fn codes() -> [u8; 0x500] {
    let mut table = [0u8; 0x500];
    let mut i: u32 = 0;
    while i < 32 {
        table[(0x430 + i) as usize] = CYRILLIC + i as u8;
        table[(0x410 + i) as usize] = CYRILLIC + i as u8;
        i += 1;
    }
    // ё is е
    table[0x451] = CYRILLIC + 5;
    table[0x401] = CYRILLIC + 5;
    i = 0;
    while i < 26 {
        table[(0x61 + i) as usize] = LATIN + i as u8;
        table[(0x41 + i) as usize] = LATIN + i as u8;
        i += 1;
    }
    i = 0;
    while i < 10 {
        table[(0x30 + i) as usize] = DIGIT;
        i += 1;
    }
    // letters of other languages share three codes
    i = 0x400;
    while i < 0x500 {
        if table[i as usize] == 0 && !(0x482 <= i && i <= 0x489) {
            table[i as usize] = FOREIGN + (i / 2 % 3) as u8;
        }
        i += 1;
    }
    table
}

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

/// Encodes texts, keeping its buffers: one for each thread.
#[derive(Debug, Default)]
pub struct Encoder {
    codes: Vec<u8>,
    words: Vec<Word>,
}

/// A word: where its codes lie (without the edges) and where it stands in the text, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    first: u32,
    last: u32,
    /// First byte in the text.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

/// A text in codes.
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'a> {
    codes: &'a [u8],
    /// The words, in order.
    pub words: &'a [Word],
}

impl Encoder {
    /// Encodes a text (cleaned and masked: bracketed mask words are skipped).
    pub fn encode(&mut self, text: &str) -> Encoded<'_> {
        self.codes.clear();
        self.words.clear();
        self.codes.push(EDGE);
        let mut word = Builder::default();
        let mut skip_to = 0;
        for (at, c) in text.char_indices() {
            if at < skip_to {
                continue;
            }
            let code = CODES.get(c as usize).copied().unwrap_or(0);
            if code != 0 {
                word.push(&mut self.codes, code, at);
                continue;
            }
            self.close(&mut word, at);
            match c {
                '[' => skip_to = at + mask_length(&text[at..]),
                '?' | '!' => self.mark(c, at),
                _ => {}
            }
            if self.codes.len() > MAX_CODES {
                break;
            }
        }
        self.close(&mut word, text.len());
        Encoded {
            codes: &self.codes,
            words: &self.words,
        }
    }

    fn close(&mut self, word: &mut Builder, at: usize) {
        if let Some(done) = word.finish(&mut self.codes, at) {
            self.words.push(done);
        }
    }

    /// A question or exclamation mark is a word of its own: it tells kinds of messages apart.
    fn mark(&mut self, c: char, at: usize) {
        let code = if c == '?' { FOREIGN + 2 } else { FOREIGN + 1 };
        let first = self.codes.len() as u32;
        self.codes.extend([code, code, EDGE]);
        self.words.push(Word {
            first,
            last: first + 2,
            start: at as u32,
            end: at as u32 + 1,
        });
    }
}

/// The length of a bracketed word at the start («[телефон]»); 0 when it is none.
fn mask_length(text: &str) -> usize {
    let inside = text[1..]
        .bytes()
        .take(40)
        .position(|b| matches!(b, b']' | b' ' | b'['));
    match inside {
        Some(n) if text.as_bytes()[1 + n] == b']' => n + 2,
        _ => 0,
    }
}

/// A word in the making.
#[derive(Default)]
struct Builder {
    first: usize,
    start: usize,
    open: bool,
    cyrillic: bool,
    latin: bool,
    run: u8,
}

impl Builder {
    fn push(&mut self, codes: &mut Vec<u8>, code: u8, at: usize) {
        if !self.open {
            *self = Builder {
                first: codes.len(),
                start: at,
                open: true,
                ..Builder::default()
            };
        }
        self.run = if codes.last() == Some(&code) {
            self.run.saturating_add(1)
        } else {
            1
        };
        let limit = if code == DIGIT { 4 } else { 2 };
        if self.run > limit || codes.len() - self.first > 40 {
            return;
        }
        self.cyrillic |= code < LATIN;
        self.latin |= (LATIN..DIGIT).contains(&code);
        codes.push(code);
    }

    fn finish(&mut self, codes: &mut Vec<u8>, at: usize) -> Option<Word> {
        if !self.open {
            return None;
        }
        self.open = false;
        if self.cyrillic && self.latin {
            codes[self.first..].iter_mut().for_each(|c| *c = unmix(*c));
        }
        let last = codes.len() as u32;
        codes.push(EDGE);
        Some(Word {
            first: self.first as u32,
            last,
            start: self.start as u32,
            end: at as u32,
        })
    }
}

/// A Latin letter in a Cyrillic word, as the letter it looks like.
fn unmix(code: u8) -> u8 {
    if !(LATIN..DIGIT).contains(&code) {
        return code;
    }
    let letter = char::from(code - LATIN + b'a');
    let like = super::text::lookalike(letter).map(|c| CODES[c as usize]);
    like.unwrap_or(code)
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
