//! Texts in codes: which letters stand where, word by word. Start with [`Encoder::encode`].

use super::codes::{CODES, DIGIT, EDGE, FOREIGN, LATIN, unmix};

/// Longer texts are cut here, in letters: what a complaint is about stands earlier.
const MAX_CODES: usize = 6000;

/// Encodes texts, keeping its buffers: one for each thread.
#[derive(Debug, Default)]
pub struct Encoder {
    codes: Vec<u8>,
    words: Vec<Word>,
}

/// A word: where its codes lie (without the edges) and where it stands in the text, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    pub(super) first: u32,
    pub(super) last: u32,
    /// First byte in the text.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

/// A text in codes.
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'a> {
    pub(super) codes: &'a [u8],
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
