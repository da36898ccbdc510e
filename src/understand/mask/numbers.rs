//! Which runs of digits are personal: phones, cards, documents.

use super::{CARD, DOCUMENT, PHONE};

/// Digits with the marks that people put between them, as one run: `8 (912) 345-67-89`.
#[derive(Debug)]
pub(super) struct Run {
    /// Groups of digits: start and end in bytes from the start of the run.
    groups: Vec<(usize, usize)>,
    digits: Vec<u8>,
    /// The byte before each group: a blank, a hyphen, a bracket.
    marks: Vec<u8>,
    length: usize,
}

/// A stretch of groups taken as one number.
struct Number<'a> {
    digits: &'a [u8],
    shape: &'a [(usize, usize)],
    marks: &'a [u8],
    plus: bool,
}

impl Run {
    /// Reads the run that begins at `at`; its length is at least one byte.
    pub(super) fn read(bytes: &[u8], at: usize) -> Run {
        let mut run = Run {
            groups: Vec::new(),
            digits: Vec::new(),
            marks: Vec::new(),
            length: 1,
        };
        let mut pos = at;
        loop {
            let gap = gap_length(&bytes[pos..], run.groups.is_empty());
            let start = pos + gap;
            let count = bytes[start..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            if count == 0 || (gap == 0 && !run.groups.is_empty()) {
                return run;
            }
            run.marks
                .push(if gap == 0 { b' ' } else { bytes[start - 1] });
            run.groups.push((start - at, start - at + count));
            run.digits.extend(&bytes[start..start + count]);
            pos = start + count;
            run.length = pos - at;
        }
    }

    /// Bytes to step over when nothing in the run is personal.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The first personal number: start and end within the run, and the word for it. `before` is
    /// the masked text so far (for cues such as «тел.»), `text` begins with the run.
    pub(super) fn personal(
        &self,
        before: &str,
        text: &str,
    ) -> Option<(usize, usize, &'static str)> {
        let mut offset = 0;
        for first in 0..self.groups.len() {
            let cue = Cue::of(if first == 0 { before } else { "" });
            for last in (first..self.groups.len().min(first + 8)).rev() {
                let (start, end) = (self.groups[first].0, self.groups[last].1);
                let count: usize = self.groups[first..=last].iter().map(|g| g.1 - g.0).sum();
                let number = Number {
                    digits: &self.digits[offset..offset + count],
                    shape: &self.groups[first..=last],
                    marks: &self.marks[first + 1..=last],
                    plus: text[..start].trim_end_matches(['(', ' ']).ends_with('+'),
                };
                if let Some(word) = number.word(cue, &text[end..]) {
                    let lead = text[..start].trim_end_matches(['(', ' ', '+']).len();
                    return Some((if first == 0 { 0 } else { start.min(lead + 1) }, end, word));
                }
            }
            offset += self.groups[first].1 - self.groups[first].0;
        }
        None
    }
}

/// Bytes of marks before the next group of digits; 0 when there is none.
fn gap_length(bytes: &[u8], leading: bool) -> usize {
    let mut length = 0;
    while length < 4 {
        match bytes.get(length) {
            Some(b'0'..=b'9') => return length,
            Some(b'+') if leading => length += 1,
            Some(b' ' | b'-' | b'(' | b')' | b'.') => length += 1,
            // no-break space and dashes, two and three bytes
            Some(0xC2) if bytes.get(length + 1) == Some(&0xA0) => length += 2,
            Some(0xE2)
                if matches!(bytes.get(length + 1..length + 3), Some([0x80, 0x90..=0x95])) =>
            {
                length += 3;
            }
            _ => return 0,
        }
    }
    if bytes.get(length).is_some_and(u8::is_ascii_digit) {
        length
    } else {
        0
    }
}

/// What the words before a number say of it.
#[derive(Clone, Copy, PartialEq)]
enum Cue {
    Phone,
    Document,
    None,
}

impl Cue {
    fn of(before: &str) -> Cue {
        let tail: String = before.chars().rev().take(24).collect();
        let tail: String = tail.chars().rev().collect::<String>().to_lowercase();
        // our own «[телефон]» is no cue, else masking twice would mask more
        let tail = tail.rsplit(']').next().unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|w| tail.contains(w));
        if has(&["тел", "звон", "☎", "📞", "whatsapp", "ватсап", "вайбер"]) {
            Cue::Phone
        } else if has(&[
            "паспорт",
            "серия",
            "снилс",
            "инн",
            "полис",
            "счет",
            "счёт",
            "л/с",
        ]) {
            Cue::Document
        } else {
            Cue::None
        }
    }
}

impl Number<'_> {
    fn word(&self, cue: Cue, after: &str) -> Option<&'static str> {
        if self.is_card() {
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
