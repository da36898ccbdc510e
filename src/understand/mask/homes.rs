//! Numbers of flats: «кв. 12», «в 12-й квартире», «д. 5-12». The house stays: it is where the trouble is.

use super::{
    FLAT,
    said::{Hidden, Said, is_one_of},
};

/// The word itself, by its forms in the singular and its abbreviations.
const FLATS: &str = "кв квр кварт квартира квартиры квартире квартиру квартирой квартирою";
/// The singular forms that a number may stand before; «21 квартира» and «2 квартиры» are counts.
const NUMBERED: &str = "квартира квартиры квартире квартиру квартирой квартирою";
/// After these «2 квартиры» is no count.
const OF: &[&str] = &["из", "от", "у", "над", "под", "с"];
/// Endings of ordinals: «12-й», «12-ой».
const ORDINALS: &str = "й я ю ой ей ая ую го му ом";
/// What is counted in a flat: «в квартире 14 градусов», «квартира 45 кв. м»; whole words.
const COUNTED: &[&str] = &["кв", "м", "р", "г", "шт", "лет", "тепла", "мороза"];
/// The same by their beginning.
const COUNTED_PARTS: &str = "метр квадрат руб тыс млн год месяц мес недел дн день сут час минут раз комн чел процент семе \
    семь жил градус дет ребен взросл окн окон батаре собак кош этаж";
/// A house in the singular: «дома 5-12» are houses from 5 to 12.
const HOUSES: &[&str] = &["д", "дом", "доме", "дому", "домом"];
/// Kinds of streets, by their forms.
const STREETS: &str = "ул улица улице улицы улицу пр пр-т пр-кт просп проспект проспекте проспекта пер переулок \
    переулке переулка бульвар бульваре б-р проезд проезде наб набережная набережной шоссе мкр \
    микрорайон микрорайоне";

/// «кв. 12», «квартира № 12а», «квартиры 12, 14 и 15».
pub(super) fn after_the_word(said: &Said<'_>, at: usize) -> Option<Hidden> {
    let word = said.folded(at);
    if !word.starts_with("кв") || !is_one_of(FLATS, word) {
        return None;
    }
    // «д5кв12» is one word to whoever wrote it.
    if at > 0 && said.goes_on(at - 1) && !HOUSES.contains(&said.before(at, 2)) {
        return None;
    }
    let named = matches!(said.folded(at + 1), "номер" | "n");
    let first = at + 1 + usize::from(named);
    if !is_flat(said, first, " \u{a0}.№#:-", said.folded(at)) {
        return None;
    }
    let mut last = with_letter(said, first);
    while let Some(next) = next_of_list(said, last) {
        last = with_letter(said, next);
    }
    said.hide(at, last, FLAT)
}

/// Whether a number may be a flat's: not an area, a temperature or a year.
fn is_flat(said: &Said<'_>, at: usize, marks: &str, word: &str) -> bool {
    let digits = said.folded(at);
    let fits = said.is_number(at) && (1..=4).contains(&digits.len()) && said.joined_by(at, marks);
    let is_quarter = word == "кв" && digits.len() == 4 && digits.starts_with(['1', '2']);
    fits && !is_quarter && !is_count(said, at)
}

/// Whether what follows a number says what it counts, or makes it part of another: «1-комнатная», «3 м»,
/// «18:30», «14°».
fn is_count(said: &Said<'_>, at: usize) -> bool {
    let next = said.folded(at + 1);
    let after = &said.text[said.end(at)..];
    let glued =
        after.starts_with(['%', '°', ':', '+']) || after.trim_start().starts_with(['%', '°', '₽']);
    let hyphen = after.starts_with('-') && !said.is_number(at + 1) && !is_one_of(ORDINALS, next);
    let part =
        after.starts_with(['.', ',']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    let floor = next.starts_with("этаж") && said.is_number(at + 2);
    let counted =
        COUNTED.contains(&next) || COUNTED_PARTS.split(' ').any(|part| next.starts_with(part));
    let unit = said.joined_by(at + 1, " \u{a0}") && !floor && counted;
    glued || (hyphen && !next.is_empty() && next.chars().count() > 1) || part || unit
}

/// The letter of «12а» or the ending of «12-я» goes with its number.
fn with_letter(said: &Said<'_>, at: usize) -> usize {
    let next = said.folded(at + 1);
    let close = said.joined_by(at + 1, "-") && !said.is_number(at + 1);
    let letter = next.chars().count() == 1 || is_one_of(ORDINALS, next);
    at + usize::from(close && letter)
}

/// «12, 14», «1-40», «12 и 14»: more flats of the same list, unless something is told of the number.
fn next_of_list(said: &Said<'_>, last: usize) -> Option<usize> {
    let next = match said.folded(last + 1) {
        "и" if said.follows(last + 1) && said.follows(last + 2) => last + 2,
        _ => last + 1,
    };
    let joined = next == last + 2 || said.joined_by(next, ",-–— ");
    let marked = next == last + 2 || !said.gap(next).trim().is_empty();
    let whole = joined && marked && is_flat(said, next, ",-–— \u{a0}", "");
    let comma = said.gap(next).contains(',');
    let told = comma && said.joined_by(next + 1, " \u{a0}") && said.folded(next + 1) != "и";
    (whole && !told).then_some(next)
}

/// «в 12 квартире», «из 12-й квартиры». «2 квартиры» and «дом 12 квартира 5» are something else.
pub(super) fn before_the_word(said: &Said<'_>, at: usize) -> Option<Hidden> {
    let digits = said.folded(at);
    if !said.is_number(at) || digits.len() > 4 || HOUSES.contains(&said.before(at, 1)) {
        return None;
    }
    let ordinal = said.joined_by(at + 1, "-") && is_one_of(ORDINALS, said.folded(at + 1));
    let word = at + 1 + usize::from(ordinal);
    let form = said.folded(word);
    if !form.starts_with("кв") {
        return None;
    }
    let teen = digits.len() > 1 && digits[..digits.len() - 1].ends_with('1');
    let count = match form {
        "квартира" => digits.ends_with('1') && !teen,
        "квартиры" => {
            digits.ends_with(['2', '3', '4']) && !teen && !OF.contains(&said.before(at, 1))
        }
        _ => false,
    };
    let named = is_one_of(NUMBERED, form) && (ordinal || !count);
    let part = !said.gap(at).is_empty() && said.gap(at).ends_with(['-', ',', '.', '/']);
    let counts = said.is_number(word + 1) && said.joined_by(word + 1, " \u{a0}№.");
    let whole = said.follows(word) && !counts && !part;
    (whole && named).then(|| said.hide(at, word, FLAT))?
}

/// «д. 5-12», «ул. Мира, 5а-12»: the number after the house's.
pub(super) fn behind_the_house(said: &Said<'_>, at: usize) -> Option<Hidden> {
    let digits = said.folded(at);
    if !said.is_number(at) || digits.len() > 3 || !is_house(said, at) {
        return None;
    }
    let lettered = said.joined_by(at + 1, "") && said.folded(at + 1).chars().count() == 1;
    let flat = at + 1 + usize::from(lettered && !said.is_number(at + 1));
    let tight = said.gap(flat) == "-" && said.is_number(flat) && said.folded(flat).len() <= 4;
    let longer = said.joined_by(flat + 1, "-–.:") && said.is_number(flat + 1);
    let houses = said.folded(flat + 1).starts_with("дом");
    (tight && !longer && !houses).then(|| said.hide(flat, flat, FLAT))?
}

/// After «д.», or after a street's name that follows its kind.
fn is_house(said: &Said<'_>, at: usize) -> bool {
    if HOUSES.contains(&said.before(at, 1)) {
        return said.joined_by(at, " \u{a0}.№");
    }
    let street = (2..=3).any(|back| is_one_of(STREETS, said.before(at, back)));
    street && said.joined_by(at, " \u{a0},") && !said.is_number(at - 1)
}
