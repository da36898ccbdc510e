//! Plates of cars: «А123ВС77», «а 123 вс 777 rus», with Latin letters of the same look.

use super::{
    PLATE,
    said::{Hidden, Said, is_one_of},
};

/// The twelve letters of plates, small, and the Latin ones that look like them.
const LETTERS: &str = "авекмнорстухabekmhopctyx";

/// Words of those letters that stand between numbers: «с 100 на 200», «к 100 км».
const WORDS: &str = "на не но во со ко ну то та ту те от км мм см ст мс";

/// A letter, three digits, two letters, and a region. Written apart it needs a region.
pub(super) fn plate(said: &Said<'_>, at: usize) -> Option<Hidden> {
    let shaped =
        is_digits(said, at + 1, 3..=3) && is_letters(said, at, 1) && is_letters(said, at + 2, 2);
    if !shaped {
        return None;
    }
    let glued = said.joined_by(at + 1, "") && said.joined_by(at + 2, "");
    let apart = said.joined_by(at + 1, " \u{a0}") && said.joined_by(at + 2, " \u{a0}");
    let begins = at == 0 || !said.goes_on(at - 1);
    if !(begins && (glued || apart)) {
        return None;
    }
    let last = region(said, at + 3);
    let word = is_one_of(WORDS, said.folded(at + 2)) && !said.folded(at + 1).starts_with('0');
    let sure = glued || (last.is_some() && !word);
    let last = last.unwrap_or(at + 2);
    let sure = sure && !said.goes_on(last);
    sure.then(|| said.hide(at, last, PLATE))?
}

/// The last word of the region, with «rus» after it.
fn region(said: &Said<'_>, at: usize) -> Option<usize> {
    let next = said.folded(at + 1);
    let counts = said.joined_by(at + 1, " \u{a0}")
        && ["мин", "час", "руб", "дн", "раз", "лет"]
            .iter()
            .any(|unit| next.starts_with(unit));
    let known = is_digits(said, at, 2..=3) && said.joined_by(at, " \u{a0}/") && !counts;
    let russia = matches!(next, "rus" | "рус") && said.joined_by(at + 1, " \u{a0}");
    known.then_some(at + usize::from(russia))
}

fn is_letters(said: &Said<'_>, at: usize, count: usize) -> bool {
    let word = said.folded(at);
    word.chars().count() == count && word.chars().all(|c| LETTERS.contains(c))
}

fn is_digits(said: &Said<'_>, at: usize, count: std::ops::RangeInclusive<usize>) -> bool {
    said.is_number(at) && count.contains(&said.folded(at).len())
}
