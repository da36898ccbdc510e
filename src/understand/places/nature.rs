//! How telling a name is by itself: a rare word, a surname, an adjective, a plain word.

use super::common;
use crate::{
    domain::place::PlaceKind,
    understand::{morph, numerals},
};

/// How telling a name is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// Hardly anything else: «Светлореченск», «Кызылбаево».
    Rare,
    /// A surname in the genitive: «Ленина».
    Personal,
    /// An adjective: «Речная», «Заводской».
    Adjective,
    /// A plain word: «Ключи», «Центр».
    Common,
    /// A plain word frozen in the genitive: «Мира», «Строителей».
    Genitive,
    /// Several words, one of them telling.
    Phrase,
    /// «Школа № 14»: sure to be one, though any town has it.
    Numbered,
    /// Several plain words: «Старый город».
    CommonPhrase,
    /// A number or a date, or a name that counts only beside its type word: «3-й», «8 Марта».
    Bare,
}

/// «Гагарка», «Пятидесятка»: a street's nickname declines.
pub(super) fn is_nickname(word: &str, words: usize) -> bool {
    words == 1 && ["ка", "ги", "ня"].iter().any(|e| word.ends_with(e))
}

pub(super) fn nature_of(words: &[String], kind: PlaceKind) -> Nature {
    let months = [
        "марта",
        "мая",
        "октября",
        "ноября",
        "июня",
        "июля",
        "января",
        "февраля",
        "декабря",
    ];
    let counted = |w: &String| is_number(w) || is_ordinal(w);
    if words
        .iter()
        .all(|w| counted(w) || months.contains(&w.as_str()))
    {
        return Nature::Bare;
    }
    if let [word] = words {
        return nature_of_word(word, kind);
    }
    if kind == PlaceKind::Object && words.iter().any(counted) {
        return Nature::Numbered;
    }
    let plain = |w: &String| {
        counted(w) || is_preposition(w) || is_plain(w) || morph::adjective(w).is_some()
    };
    let joined = ["летия", "лет", "города", "горка", "центр"];
    if words
        .iter()
        .all(|w| plain(w) || joined.contains(&w.as_str()))
        && !words.iter().any(|w| is_institution(w))
    {
        Nature::CommonPhrase
    } else {
        Nature::Phrase
    }
}

/// «Поликлиника № 5», «краевая больница»: with its number or attribute it is that very one.
fn is_institution(word: &str) -> bool {
    [
        "поликлиника",
        "больница",
        "школа",
        "мост",
        "рынок",
        "парк",
        "пруд",
        "озеро",
    ]
    .contains(&word)
}

pub(super) fn nature_of_word(word: &str, kind: PlaceKind) -> Nature {
    if morph::adjective(word).is_some() {
        return Nature::Adjective;
    }
    let genitive = kind == PlaceKind::Street && !is_nickname(word, 1) || word.ends_with("ов");
    if is_plain(word) {
        return if genitive {
            Nature::Genitive
        } else {
            Nature::Common
        };
    }
    let surname = ["ова", "ева", "ина", "ына", "ого", "его", "ой", "ко"]
        .iter()
        .any(|e| word.ends_with(e));
    let plural = ["ов", "ев", "ей"].iter().any(|e| word.ends_with(e));
    match kind {
        PlaceKind::Street if surname => Nature::Personal,
        PlaceKind::Street | PlaceKind::District if plural => Nature::Genitive,
        _ => Nature::Rare,
    }
}

fn is_plain(word: &str) -> bool {
    common::NOUNS.split(' ').any(|w| w == word)
}

pub(super) fn is_preposition(word: &str) -> bool {
    common::PREPOSITIONS.split(' ').any(|w| w == word)
}

fn is_ordinal(word: &str) -> bool {
    numerals::ordinals().any(|(form, _)| form == word)
}

pub(super) fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// «ККБ», «ЛБ»: at most four letters, all capital.
pub(super) fn is_acronym(alias: &str) -> bool {
    let count = alias.chars().count();
    (2..=4).contains(&count) && alias.chars().all(char::is_uppercase)
}
