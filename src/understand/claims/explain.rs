//! A sentence beside a claim: which words they share and which clash, for the eye of the reviewer.

use rust_stemmers::{Algorithm, Stemmer};

use super::conflicts::Facts;
use crate::understand::words::{Words, gap};

/// How a word stands to the other text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The other text has it, in whatever form.
    Same,
    /// It contradicts the other text: another number, a negation.
    Clash,
    /// Neither.
    Plain,
}

/// A piece of a text: a word, or what stands between words. All pieces joined are the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedWord {
    /// As written.
    pub word: String,
    /// How it stands to the other text.
    pub mark: Mark,
}

/// Marks a sentence and a claim against each other, in this order.
pub fn explain(sentence: &str, claim: &str) -> (Vec<MarkedWord>, Vec<MarkedWord>) {
    let clashes = Facts::of(sentence).clashes(&Facts::of(claim));
    let own: Vec<usize> = clashes.iter().flat_map(|c| c.own.iter().copied()).collect();
    let theirs: Vec<usize> = clashes
        .iter()
        .flat_map(|c| c.theirs.iter().copied())
        .collect();
    let (a, b) = (keys(sentence), keys(claim));
    (
        marked(sentence, &a, &b, &own),
        marked(claim, &b, &a, &theirs),
    )
}

/// Stems of the words; none for words too small to count.
fn keys(text: &str) -> Vec<Option<String>> {
    let stemmer = Stemmer::create(Algorithm::Russian);
    let words = Words::of(text);
    let key = |word: &str| {
        let counts = word.chars().count() > 2 || word.starts_with(|c: char| c.is_ascii_digit());
        counts.then(|| stemmer.stem(word).into_owned())
    };
    words.iter().map(key).collect()
}

fn marked(
    text: &str,
    own: &[Option<String>],
    other: &[Option<String>],
    clashes: &[usize],
) -> Vec<MarkedWord> {
    let words = Words::of(text);
    let mut out: Vec<MarkedWord> = Vec::new();
    let mut at = 0;
    for (i, word) in words.list().iter().enumerate() {
        let (start, end) = (word.start as usize, word.end as usize);
        if start > at {
            out.push(MarkedWord {
                word: text[at..start].to_owned(),
                mark: Mark::Plain,
            });
        }
        let same = own[i].is_some() && other.contains(&own[i]);
        let mark = match (clashes.contains(&i), same) {
            (true, _) => Mark::Clash,
            (_, true) => Mark::Same,
            _ => Mark::Plain,
        };
        // «5к2» and «4й» are one word to the eye.
        match out.last_mut() {
            Some(last) if word.gap & gap::GLUED != 0 && last.mark == mark => {
                last.word.push_str(&text[start..end])
            }
            _ => out.push(MarkedWord {
                word: text[start..end].to_owned(),
                mark,
            }),
        }
        at = end;
    }
    if at < text.len() {
        out.push(MarkedWord {
            word: text[at..].to_owned(),
            mark: Mark::Plain,
        });
    }
    out
}
