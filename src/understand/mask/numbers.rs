//! Which numbers are personal: phones, cards, documents.

use super::{CARD, DOCUMENT, PHONE};

/// A stretch of groups of digits taken as one number.
pub(super) struct Number<'a> {
    pub digits: &'a [u8],
    pub shape: &'a [(usize, usize)],
    pub marks: &'a [u8],
    pub plus: bool,
}

/// What the words before a number say of it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cue {
    Phone,
    Document,
    /// The last word is «серия»: four digits of a passport follow.
    Series,
    None,
}

impl Cue {
    pub fn of(before: &str) -> Cue {
        let tail: String = before.chars().rev().take(28).collect();
        let tail: String = tail.chars().rev().collect::<String>().to_lowercase();
        let marks = [' ', ':', '№', '\u{a0}'];
        if tail
            .trim_end_matches(marks)
            .trim_end_matches("номер")
            .trim_end()
            .ends_with(DOCUMENT)
        {
            return Cue::Document; // the second half of one: «серия [документ] № …»
        }
        // our own «[телефон]» is no cue, else masking twice would mask more
        let tail = tail.rsplit(']').next().unwrap_or_default();
        let series = tail.trim_end_matches(marks);
        if series.ends_with("серия") || series.ends_with("серии") {
            return Cue::Series;
        }
        if PHONES.iter().any(|word| says(tail, word)) {
            Cue::Phone
        } else if DOCUMENTS.iter().any(|word| says(tail, word)) {
            Cue::Document
        } else {
            Cue::None
        }
    }
}

/// Words before a phone, and before a document's number. A blank at the start: no part of another word
/// («учитель», «длинный»).
const PHONES: &[&str] = &[" тел", "звон", "☎", "📞", "whatsapp", "ватсап", "вайбер"];
const DOCUMENTS: &[&str] = &[
    "паспорт",
    "серия",
    "снилс",
    " инн",
    "полис",
    " омс",
    "свидетельств",
    "удостоверени",
    "водительск",
    "счет",
    "счёт",
    "л/с",
];

fn says(tail: &str, word: &str) -> bool {
    match word.strip_prefix(' ') {
        None => tail.contains(word),
        Some(word) => tail.match_indices(word).any(|(at, _)| {
            let before = tail[..at].chars().next_back();
            !before.is_some_and(char::is_alphabetic)
        }),
    }
}

impl Number<'_> {
    /// The word that stands for the number, when it is personal.
    pub fn word(&self, cue: Cue, after: &str) -> Option<&'static str> {
        let plain = self.digits.len() != 11 && !self.plus;
        if cue == Cue::Document && plain && self.is_document(cue) {
            Some(DOCUMENT)
        } else if self.is_card() {
            Some(CARD)
        } else if self.is_phone(after) || self.is_local_phone(cue) {
            Some(PHONE)
        } else if self.is_document(cue) {
            Some(DOCUMENT)
        } else {
            None
        }
    }

    fn sizes(&self) -> Vec<usize> {
        self.shape.iter().map(|g| g.1 - g.0).collect()
    }

    fn is_card(&self) -> bool {
        let fours = self.sizes() == [4, 4, 4, 4];
        let plain = self.shape.len() == 1 && (16..=19).contains(&self.digits.len());
        fours || (plain && luhn(self.digits))
    }

    /// A whole number: +7/8 and ten digits, ten digits of a mobile, or a foreign one after «+».
    fn is_phone(&self, after: &str) -> bool {
        let area = |d: u8| matches!(d, b'3' | b'4' | b'8' | b'9');
        let whole = match (self.digits.len(), self.digits) {
            (11, [b'7' | b'8', second, ..]) => area(*second) || (self.plus && *second == b'7'),
            (10, [b'9', ..]) => self.shape.len() == 1 || self.ends_in_pairs(),
            (10, [b'3' | b'4' | b'8', ..]) => self.ends_in_pairs(),
            (11..=13, _) => self.plus,
            _ => false,
        };
        whole && !(self.is_sum() && is_money(after))
    }

    fn ends_in_pairs(&self) -> bool {
        self.shape.len() > 1 && matches!(self.sizes().last(), Some(2 | 4))
    }

    /// `1 250 000 000`: blanks between threes.
    fn is_sum(&self) -> bool {
        self.shape.len() > 1 && self.sizes()[1..].iter().all(|&n| n == 3)
    }

    /// A number without area code: `345-67-89`, `34-56-78`, `2-34-56`.
    fn is_local_phone(&self, cue: Cue) -> bool {
        let hyphens = !self.marks.is_empty() && self.marks.iter().all(|&m| m != b' ' && m != b'.');
        match self.sizes().as_slice() {
            [3, 2, 2] => hyphens || cue == Cue::Phone,
            [2, 2, 2] => (hyphens && !self.is_date()) || cue == Cue::Phone,
            [1, 2, 2] | [5..=7] | [3, 3] | [2, 3] | [3, 4] => cue == Cue::Phone,
            _ => false,
        }
    }

    fn is_date(&self) -> bool {
        let two = |i: usize| (self.digits[i] - b'0') * 10 + (self.digits[i + 1] - b'0');
        (1..=31).contains(&two(0)) && (1..=12).contains(&two(2))
    }

    /// Passport, insurance and tax numbers, accounts.
    fn is_document(&self, cue: Cue) -> bool {
        match self.sizes().as_slice() {
            [4, 6] | [2, 2, 6] | [3, 3, 3, 2] => true,
            [4, 4, 4, 4] => cue == Cue::Document,
            [4] => cue == Cue::Series,
            [n] => *n >= 10 || (cue == Cue::Document && *n >= 6),
            _ => false,
        }
    }
}

fn is_money(after: &str) -> bool {
    let after = after.trim_start();
    ["руб", "₽", "р.", "млн", "тыс", "коп"]
        .iter()
        .any(|word| after.starts_with(word))
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| {
            let d = u32::from(d - b'0') << (i % 2);
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    sum.is_multiple_of(10)
}
