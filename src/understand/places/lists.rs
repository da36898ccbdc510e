//! Names in a row: a sure street vouches for its neighbours.

use super::{Spot, nature::Nature, spot::Mention};
use crate::understand::words::{Word, Words, gap};

/// «Ленина, Мира и Садовая»: a sure street lifts the doubtful ones listed with it.
pub(super) fn lift_lists(found: &mut [Mention], words: &Words, spots: &[Spot]) {
    for _ in 0..2 {
        for i in 0..found.len() {
            let near = |other: &Mention, one: &Mention| {
                let (left, right) = if other.first < one.first {
                    (other, one)
                } else {
                    (one, other)
                };
                other.candidates.iter().any(|c| c.score >= 0.5)
                    && listed(words.list(), spots, words, left.end, right.first)
            };
            let lifted = i > 0 && near(&found[i - 1], &found[i])
                || found.get(i + 1).is_some_and(|n| near(n, &found[i]));
            let capital = words.list()[found[i].first].capital;
            if lifted {
                for c in found[i].candidates.iter_mut().filter(|c| c.score < 0.5) {
                    if matches!(c.nature, Nature::Personal) || capital {
                        c.score = 0.55;
                    }
                }
            }
        }
    }
}

/// Between two names stand only «и», «до», «на», a comma, a hyphen or a slash.
fn listed(list: &[Word], spots: &[Spot], words: &Words, from: usize, to: usize) -> bool {
    let small = |i: usize| {
        matches!(
            words.folded(&list[i]),
            "и" | "до" | "от" | "или" | "на" | "по" | "с"
        )
    };
    let marks = gap::COMMA | gap::HYPHEN | gap::SLASH | gap::OTHER;
    to >= from
        && to - from <= 2
        && (from..to).all(|i| small(i) || !spots[i].class.is_none())
        && (from..=to).all(|i| list[i].gap & gap::STOP == 0)
        && (from < to || list[to].gap & marks != 0)
}
