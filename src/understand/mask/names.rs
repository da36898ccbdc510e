//! Names of people in patronymic form, in any case: «Иванова Мария Петровна», «Марии Петровне», «М. П.
//! Иванова», «Иванов М.П.». Names without a patronymic are not recognised: too many words are names.
//!
//! Spared are those for whom something is called («улица Юрия Алексеевича Гагарина», «школа имени …»)
//! and who holds a public office, where the office stands right before the name in the same case. Start
//! with [`patronymic`] and [`initials`].

mod cases;
mod known;
mod spared;

use super::{
    NAME,
    said::{Hidden, Said},
};
use cases::{Case, patronymic_case};

/// A patronymic at `at`, with the first name before it and the surname on either side.
pub(super) fn patronymic(said: &Said<'_>, at: usize) -> Option<Hidden> {
    let case = patronymic_case(said.folded(at)).or_else(|| turkic(said, at))?;
    let first_name = at.checked_sub(1)?;
    let turkic = usize::from(turkic(said, at).is_some());
    let first_name = first_name.checked_sub(turkic)?;
    if !is_first_name(said, first_name, at) {
        return None;
    }
    let (first, last) = with_surname(said, first_name, at);
    if first > 0 && said.goes_on(first - 1) {
        return None;
    }
    let spared =
        spared::is_honoured(said, first, Some(case)) || spared::is_official(said, first, case);
    (!spared).then(|| said.hide(first, last, NAME))?
}

/// «Рашид Ахмед оглы»: the word for son or daughter after the father's name.
fn turkic(said: &Said<'_>, at: usize) -> Option<Case> {
    let of_father = matches!(said.folded(at), "оглы" | "оглу" | "кызы" | "гызы" | "улы");
    let father = at.checked_sub(1)?;
    (of_father && said.is_capital(father) && said.follows(at)).then_some(Case::Any)
}

/// A name that is known in one of its forms; or a capital that is none of a sentence's beginning; or an
/// initial.
fn is_first_name(said: &Said<'_>, at: usize, patronymic: usize) -> bool {
    let word = said.folded(at);
    let letters = word.chars().count();
    if letters == 1 && said.is_capital(at) {
        return said.gap(at + 1).starts_with('.') && said.joined_by(at + 1, ". \u{a0}");
    }
    if !said.follows(at + 1) {
        return false;
    }
    let shouting = said.word(patronymic).is_some_and(|word| word.upper);
    let capital = said.is_capital(at) && said.is_capital(patronymic) && !shouting;
    known::is_first_name(word)
        || (capital && letters > 2 && !begins_sentence(said, at) && !known::is_no_name(word))
}

fn begins_sentence(said: &Said<'_>, at: usize) -> bool {
    at == 0
        || said
            .gap(at)
            .contains(['.', '!', '?', '…', '\n', '«', '"', ':'])
}

/// The first and last word of the whole name.
fn with_surname(said: &Said<'_>, first: usize, last: usize) -> (usize, usize) {
    if let Some(before) = first.checked_sub(1)
        && said.follows(first)
        && is_surname(said, before)
        && !matches!(
            said.before(before, 1),
            "в" | "во" | "из" | "на" | "под" | "г" | "город"
        )
    {
        let double = before > 0 && said.gap(before) == "-" && said.is_capital(before - 1);
        return (before - usize::from(double), last);
    }
    match said.follows(last + 1) && is_surname(said, last + 1) {
        true => {
            let double = said.gap(last + 2) == "-" && said.is_capital(last + 2);
            (first, last + 1 + usize::from(double))
        }
        false => (first, last),
    }
}

fn is_surname(said: &Said<'_>, at: usize) -> bool {
    let word = said.folded(at);
    said.is_capital(at)
        && known::is_surname(word, begins_sentence(said, at))
        && !known::is_no_name(word)
}

/// «М. П. Иванова», «Иванова М. П.».
pub(super) fn initials(said: &Said<'_>, at: usize) -> Option<Hidden> {
    let is_initial = |at: usize| {
        let letter = said.folded(at);
        said.is_capital(at) && letter.chars().count() == 1 && !letter.is_ascii()
    };
    let pair = is_initial(at)
        && is_initial(at + 1)
        && said.gap(at + 1).starts_with('.')
        && said.joined_by(at + 1, ". \u{a0}");
    let words = (said.folded(at), said.folded(at + 1));
    let glued = at > 0 && said.goes_on(at - 1);
    if !pair || glued || matches!(words, ("п", "с") | ("и", "о") | ("р", "ф")) {
        return None;
    }
    let surname = at + 2;
    let dotted = said.gap(surname).starts_with('.') && said.joined_by(surname, ". \u{a0}");
    if dotted && said.is_capital(surname) && said.folded(surname).chars().count() > 2 {
        let street = said.is_number(surname + 1) && said.follows(surname + 1);
        let spared = street || spared::is_honoured(said, at, None);
        return (!spared).then(|| said.hide(at, surname, NAME))?;
    }
    let before = at.checked_sub(1)?;
    let named = said.follows(at) && is_surname(said, before);
    (named && !spared::is_honoured(said, before, None)).then(|| Hidden {
        start: said.start(before),
        end: said.end(at + 1) + usize::from(said.gap(at + 2).starts_with('.')),
        word: NAME,
    })
}
