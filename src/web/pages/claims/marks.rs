//! The words of a post's sentence and of a claim, marked as equal or clashing.

use crate::{
    domain::claim::Claim,
    store::{claims::MatchRow, posts::PostRow},
    understand::claims::{Mark, MarkedWord, explain},
    web::text::pieces,
};

/// A piece of a text.
pub(super) struct Marked {
    pub text: String,
    /// `same`, `clash`, `masked` or nothing.
    pub class: &'static str,
}

/// Both texts, and how many words are the same.
pub(super) struct Both {
    pub left: Vec<Marked>,
    pub right: Vec<Marked>,
    pub same: i64,
}

/// The sentence stands inside its post; what is around it stays plain.
pub(super) fn of(found: &MatchRow, post: &PostRow, claim: &Claim) -> Both {
    let (sentence, right) = explain(&found.sentence, &claim.text);
    let same = sentence.iter().filter(|word| word.mark == Mark::Same);
    let same = same.count() as i64;
    let around = post.text.split_once(&found.sentence);
    let (before, after) = around.unwrap_or_default();
    let mut left = plain(before);
    left.extend(merge(sentence));
    left.extend(plain(after));
    let right = merge(right);
    Both { left, right, same }
}

fn plain(text: &str) -> Vec<Marked> {
    let marked = |piece: crate::web::text::Piece| Marked {
        class: if piece.masked { "masked" } else { "" },
        text: piece.text,
    };
    pieces(text).into_iter().map(marked).collect()
}

/// Neighbouring words of one mark become one piece, with the white space between them.
fn merge(words: Vec<MarkedWord>) -> Vec<Marked> {
    let mut all: Vec<Marked> = Vec::new();
    let mut gap = String::new();
    for word in words {
        let class = class(word.mark);
        if word.word.trim().is_empty() && class.is_empty() {
            gap.push_str(&word.word);
            continue;
        }
        let gap = std::mem::take(&mut gap);
        match all.last_mut().filter(|last| last.class == class) {
            Some(last) => last.text.extend([gap, word.word]),
            None => all.extend(apart(gap, word.word, class)),
        }
    }
    all
}

/// A piece of another mark, after what was between.
fn apart(gap: String, text: String, class: &'static str) -> impl Iterator<Item = Marked> {
    let gap = (!gap.is_empty()).then_some(Marked {
        text: gap,
        class: "",
    });
    gap.into_iter().chain([Marked { text, class }])
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "same",
        Mark::Clash => "clash",
        Mark::Plain => "",
    }
}
