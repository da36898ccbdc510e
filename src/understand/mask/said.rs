//! What words say: flats, plates of cars, names. Start with [`mask`].
//!
//! A cheap look finds the places that are worth a second; the words around them are offered to the rules
//! in turn. A rule says which bytes go and what stands for them.

use std::{borrow::Cow, ops::Range, sync::LazyLock};

use aho_corasick::AhoCorasick;

use super::{homes, names, plates};
use crate::understand::words::{Word, Words};

/// A text in the hands of the rules.
pub(super) struct Said<'a> {
    pub text: &'a str,
    words: &'a Words,
}

/// What a rule hides: bytes of the text, and the word that stands for them.
pub(super) struct Hidden {
    pub start: usize,
    pub end: usize,
    pub word: &'static str,
}

type Rule = fn(&Said<'_>, usize) -> Option<Hidden>;

/// The rules, in the order in which they are asked of each word.
const RULES: &[Rule] = &[
    homes::after_the_word,
    homes::before_the_word,
    homes::behind_the_house,
    plates::plate,
    names::patronymic,
    names::initials,
];

/// How «кв.» and «квартира» begin: a flat is meant when a number is near.
const FLATS: &[&str] = &["кв", "Кв", "КВ"];
/// Parts of words without which there is no patronymic; in capitals as well.
const NAMES: &str = "ович евич овна евна овны евны овне евне овну евну овной евной овною евною ыч \
    льич узьмич укич омич итич авич окич льиничн зьминичн укиничн оминичн китичн авичн аввичн окичн \
    иванн Иванн палн Палн михалн Михалн оглы оглу кызы гызы";

static LOOK: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let capital = NAMES.split(' ').map(str::to_uppercase);
    let small = NAMES.split(' ').map(str::to_owned);
    let flats = FLATS.iter().map(|&part| part.to_owned());
    AhoCorasick::new(flats.chain(small).chain(capital))
        .expect("a short list of plain words is always a pattern")
});

/// How much of a text around such a place the rules see, in bytes: names stand among titles and offices,
/// flats in lists.
const BEFORE: usize = 240;
const AFTER: usize = 320;

/// The text without flats, plates and names.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    for around in stretches(text) {
        let words = Words::of(&text[around.clone()]);
        let said = Said {
            text: &text[around.clone()],
            words: &words,
        };
        for found in said.hidden() {
            out.push_str(&text[kept..around.start + found.start]);
            out.push_str(found.word);
            kept = around.start + found.end;
        }
    }
    match kept {
        0 => Cow::Borrowed(text),
        _ => {
            out.push_str(&text[kept..]);
            Cow::Owned(out)
        }
    }
}

/// The stretches of a text that are worth cutting into words: most texts have none.
fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<usize> = marks(text);
    places.extend(parts(text));
    places.sort_unstable();
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in places {
        let from = text.floor_char_boundary(at.saturating_sub(BEFORE));
        let blank = text[from..].find(char::is_whitespace);
        let from = if from == 0 {
            0
        } else {
            at.min(from + blank.unwrap_or_default())
        };
        let to = text.ceil_char_boundary(text.len().min(at + AFTER));
        let to = text[to..]
            .find(char::is_whitespace)
            .map_or(text.len(), |blank| to + blank);
        match found.last_mut() {
            Some(last) if from <= last.end => last.end = last.end.max(to),
            _ => found.push(from..to),
        }
    }
    found
}

/// Where a flat or a patronymic may stand.
fn parts(text: &str) -> impl Iterator<Item = usize> {
    let whole = LOOK.find_iter(text).filter(|found| {
        let from = found.start().saturating_sub(24);
        let to = text.len().min(found.end() + 48);
        let numbered = || text.as_bytes()[from..to].iter().any(u8::is_ascii_digit);
        found.pattern().as_usize() >= FLATS.len() || numbered()
    });
    whole.map(|found| found.start())
}

/// Two numbers with a hyphen, three digits behind a lone letter, or a capital before a full stop.
fn marks(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut digits = 0;
    let mut found = Vec::new();
    for (at, &b) in bytes.iter().enumerate() {
        if b.is_ascii_digit() {
            digits += 1;
            continue;
        }
        let run = std::mem::take(&mut digits);
        let is_mark = match b {
            b'-' => {
                let before = &bytes[at.saturating_sub(3)..at];
                let number = before.iter().any(u8::is_ascii_digit);
                number && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
            }
            b'.' => at > 1 && bytes[at - 2] == 0xD0 && (0x90..=0xAF).contains(&bytes[at - 1]),
            _ => run == 3 && is_behind_letter(&text[..at - run]),
        };
        if is_mark {
            found.push(at - run);
        }
    }
    found
}

/// Whether a text ends in a letter that stands alone, with or without a blank behind it.
fn is_behind_letter(before: &str) -> bool {
    let before = before.strip_suffix([' ', '\u{a0}']).unwrap_or(before);
    let mut back = before.chars().rev();
    let letter = back.next().is_some_and(char::is_alphabetic);
    letter && !back.next().is_some_and(char::is_alphanumeric)
}

/// Whether a list of words with blanks between them holds this one.
pub(super) fn is_one_of(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|listed| listed == word)
}

impl<'a> Said<'a> {
    /// What the rules hide, from the left.
    fn hidden(&self) -> Vec<Hidden> {
        let mut found: Vec<Hidden> = Vec::new();
        let mut kept = 0;
        for at in 0..self.words.list().len() {
            if self.start(at) < kept {
                continue;
            }
            let hides = RULES.iter().find_map(|rule| rule(self, at));
            if let Some(hidden) = hides.filter(|hidden| hidden.start >= kept) {
                kept = hidden.end;
                found.push(hidden);
            }
        }
        found
    }

    /// The word at a place, if there is one.
    pub fn word(&self, at: usize) -> Option<&'a Word> {
        self.words.list().get(at)
    }

    /// That word folded; nothing where there is none.
    pub fn folded(&self, at: usize) -> &'a str {
        self.word(at).map_or("", |word| self.words.folded(word))
    }

    /// Folded, `back` words before `at`.
    pub fn before(&self, at: usize, back: usize) -> &'a str {
        at.checked_sub(back).map_or("", |at| self.folded(at))
    }

    /// Whether the word is a number.
    pub fn is_number(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| word.number)
    }

    /// Whether the word begins with a capital.
    pub fn is_capital(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| word.capital)
    }

    /// First byte of a word.
    pub fn start(&self, at: usize) -> usize {
        self.word(at)
            .map_or(self.text.len(), |word| word.start as usize)
    }

    /// Byte after a word.
    pub fn end(&self, at: usize) -> usize {
        self.word(at)
            .map_or(self.text.len(), |word| word.end as usize)
    }

    /// What stands between a word and the one before it; the text's beginning before the first.
    pub fn gap(&self, at: usize) -> &'a str {
        let from = at.checked_sub(1).map_or(0, |before| self.end(before));
        &self.text[from..self.start(at)]
    }

    /// Whether nothing but these marks stands before a word.
    pub fn joined_by(&self, at: usize, marks: &str) -> bool {
        at > 0 && self.word(at).is_some() && self.gap(at).chars().all(|c| marks.contains(c))
    }

    /// Whether the next word stands without anything between.
    pub fn goes_on(&self, at: usize) -> bool {
        self.word(at + 1).is_some() && self.gap(at + 1).is_empty()
    }

    /// Whether a blank alone stands before a word.
    pub fn follows(&self, at: usize) -> bool {
        self.joined_by(at, " \u{a0}") && !self.gap(at).is_empty()
    }

    /// Hides the words from `first` to `last`.
    pub fn hide(&self, first: usize, last: usize, word: &'static str) -> Option<Hidden> {
        Some(Hidden {
            start: self.start(first),
            end: self.end(last),
            word,
        })
    }
}
