//! The house number after a street: «14», «д. 14а», «5 корпус 2», «12/1», «7 стр. 3».

use super::{Roles, Spot};
use crate::understand::words::{Words, gap};

/// A house number as it is shown, and how many words it took.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct House {
    pub shown: String,
    pub words: usize,
    /// Said outright: «дом 14».
    pub explicit: bool,
}

/// Reads a house number from word `at` on.
pub(super) fn read(words: &Words, spots: &[Spot], at: usize) -> Option<House> {
    let mut i = at;
    let mut explicit = false;
    let list = words.list();
    if matches!(
        words.folded(list.get(i)?),
        "д" | "дом" | "дома" | "доме" | "дому" | "домом"
    ) {
        explicit = true;
        i += 1;
    }
    let first = list.get(i)?;
    let far = gap::STOP | if explicit { 0 } else { gap::OTHER };
    if !first.number || first.gap & far != 0 || first.gap == gap::DOT && i == at {
        return None;
    }
    let digits = words.folded(first);
    if digits.len() > 3 || digits.starts_with('0') || is_quantity(words, spots, i, explicit) {
        return None;
    }
    let mut shown = digits.to_owned();
    i += 1;
    i = read_fraction(words, i, &mut shown);
    i = read_letter(words, i, &mut shown);
    i = read_part(
        words,
        i,
        &["к", "корп", "корпус", "корпусе", "корпуса"],
        "к",
        &mut shown,
    );
    i = read_part(
        words,
        i,
        &["с", "стр", "строение", "строении", "строения"],
        " стр. ",
        &mut shown,
    );
    Some(House {
        shown,
        words: i - at,
        explicit,
    })
}

/// Reads a house number said before its street, back from word `last`: «дома № 12а по улице
/// Речной», «к дому 5 пр. Дружбы». Only after the word «дом» itself.
pub(super) fn read_before(words: &Words, last: usize) -> Option<House> {
    let list = words.list();
    let word = |i: usize| Some(words.folded(list.get(i)?));
    let next = list.get(last + 1)?;
    if next.gap & (gap::STOP | gap::DOT | gap::COMMA) != 0 {
        return None;
    }
    let mut shown = String::new();
    let mut at = last;
    if !list.get(at)?.number {
        let letter = word(at)?;
        let glued = list[at].gap & (gap::GLUED | gap::HYPHEN) != 0;
        if !glued || letter.chars().count() != 1 || !"абвгдежз".contains(letter) {
            return None;
        }
        shown = letter.to_uppercase();
        at = at.checked_sub(1)?;
    }
    let digits = word(at)?;
    let house = at.checked_sub(1).and_then(word)?;
    let said = matches!(house, "дом" | "дома" | "доме" | "дому" | "домом" | "д");
    let number = list[at].number && digits.len() <= 3 && !digits.starts_with('0');
    (said && number).then(|| House {
        shown: format!("{digits}{shown}"),
        words: 0,
        explicit: true,
    })
}

/// «2 часа», «20 апреля», «18:30», «5 %», «3-й день» are no houses.
fn is_quantity(words: &Words, spots: &[Spot], at: usize, explicit: bool) -> bool {
    let Some(next) = words.list().get(at + 1) else {
        return false;
    };
    let spaced = next.gap & !gap::GLUED == 0 && next.gap != gap::GLUED;
    let unit = spots[at + 1].has(Roles::UNIT);
    let time = next.number
        && next.gap & (gap::OTHER | gap::DOT) != 0
        && next.start <= words.list()[at].end + 1;
    let ordinal = next.gap == gap::HYPHEN && unit;
    time || ordinal || !explicit && unit && spaced
}

fn read_fraction(words: &Words, at: usize, shown: &mut String) -> usize {
    match words.list().get(at) {
        Some(w) if w.number && w.gap == gap::SLASH && words.folded(w).len() <= 3 => {
            shown.push('/');
            shown.push_str(words.folded(w));
            at + 1
        }
        _ => at,
    }
}

/// «14а», «14-А», «14 А»; a small letter after a blank is a word («14 и 16», «14 а у нас»).
fn read_letter(words: &Words, at: usize, shown: &mut String) -> usize {
    let Some(word) = words.list().get(at) else {
        return at;
    };
    let letter = words.folded(word);
    let close = word.gap == gap::GLUED || word.gap == gap::HYPHEN || word.gap == 0 && word.capital;
    let follows = words
        .list()
        .get(at + 1)
        .is_some_and(|w| w.number && w.gap == gap::GLUED);
    if close
        && !follows
        && word.gap & gap::STOP == 0
        && letter.chars().count() == 1
        && "абвгдежзик".contains(letter)
    {
        shown.push_str(&letter.to_uppercase());
        return at + 1;
    }
    at
}

fn read_part(words: &Words, at: usize, names: &[&str], mark: &str, shown: &mut String) -> usize {
    let (Some(name), Some(number)) = (words.list().get(at), words.list().get(at + 1)) else {
        return at;
    };
    let near = (name.gap | number.gap) & (gap::STOP | gap::OTHER) == 0;
    if near
        && names.contains(&words.folded(name))
        && number.number
        && words.folded(number).len() <= 2
    {
        shown.push_str(mark);
        shown.push_str(words.folded(number));
        return at + 2;
    }
    at
}
