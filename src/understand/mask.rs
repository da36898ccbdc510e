//! Personal data out: phones, e-mails, card and document numbers, mentions, flats, plates of cars and
//! names in patronymic form become words.
//!
//! One pass over bytes for what numbers tell, one over words for what words tell; no regular expressions:
//! most texts leave both untouched. House numbers, prices, dates, years and bus routes stay, and names of
//! streets and institutions. Names of people without a patronymic are not recognised. What it finds and
//! what it leaves alone stands in `mask/sentences.txt`. Start with [`mask`].

mod homes;
mod names;
mod numbers;
mod plates;
mod run;
mod said;

use std::borrow::Cow;

use run::Run;

/// What stands for a phone number.
pub const PHONE: &str = "[телефон]";
/// What stands for an e-mail address.
pub const EMAIL: &str = "[почта]";
/// What stands for a payment card's number.
pub const CARD: &str = "[карта]";
/// What stands for numbers of documents and accounts.
pub const DOCUMENT: &str = "[документ]";
/// What stands for a mention of a person.
pub const MENTION: &str = "[упоминание]";
/// What stands for the number of a flat.
pub const FLAT: &str = "[квартира]";
/// What stands for the plate of a car.
pub const PLATE: &str = "[госномер]";
/// What stands for a name.
pub const NAME: &str = "[имя]";

/// The text with personal data replaced by words in brackets. Masking twice changes nothing more.
pub fn mask(text: &str) -> Cow<'_, str> {
    match mask_numbers(text) {
        Cow::Borrowed(text) => said::mask(text),
        Cow::Owned(masked) => match said::mask(&masked) {
            Cow::Borrowed(_) => Cow::Owned(masked),
            Cow::Owned(all) => Cow::Owned(all),
        },
    }
}

/// What numbers and marks alone tell.
fn mask_numbers(text: &str) -> Cow<'_, str> {
    if !may_hold_personal_data(text) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    // Up to `kept` all is written; up to `hidden` none of it is the text's own any more.
    let (mut at, mut kept, mut hidden) = (0, 0, 0);
    while at < bytes.len() {
        let found = match bytes[at] {
            b'@' => address(text, hidden, at),
            b'[' => profile(text, at),
            b'0'..=b'9' | b'+' | b'(' => {
                let run = Run::read(bytes, at);
                out.push_str(&text[kept..at]);
                kept = at;
                let found = run
                    .personal(&out, &text[at..])
                    .map(|(start, end, word)| (at + start, at + end, word));
                if found.is_none() {
                    at += run.length();
                    continue;
                }
                found
            }
            _ => None,
        };
        let Some((start, end, word)) = found else {
            at += 1;
            continue;
        };
        match kept.checked_sub(start) {
            Some(too_much) => out.truncate(out.len() - too_much),
            None => out.push_str(&text[kept..start]),
        }
        out.push_str(word);
        (at, kept, hidden) = (end, end, end);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

fn may_hold_personal_data(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|b| {
        digits += usize::from(b.is_ascii_digit());
        digits >= 5 || b == b'@' || b == b'['
    })
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"._-+".contains(&b)
}

/// An e-mail address or a mention around the «@» at `at`; nothing before `from` belongs to it.
fn address(text: &str, from: usize, at: usize) -> Option<(usize, usize, &'static str)> {
    let bytes = text.as_bytes();
    let before = bytes[from..at]
        .iter()
        .rev()
        .take_while(|&&b| is_name(b))
        .count();
    let after = bytes[at + 1..]
        .iter()
        .take_while(|&&b| is_name(b) || b == b'@')
        .count();
    let after = bytes[at + 1..at + 1 + after]
        .iter()
        .rposition(|b| b.is_ascii_alphanumeric() || *b == b'_')?
        + 1;
    let domain = &text[at + 1..at + 1 + after];
    if before > 0 && domain.contains('.') {
        return Some((at - before, at + 1 + after, EMAIL));
    }
    let start = at - before;
    let glued = text[from..start]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric);
    (before == 0 && !glued && after >= 3).then_some((at, at + 1 + after, MENTION))
}

/// VK's markup of a person, `[id1|Имя]`; communities are public and stay.
fn profile(text: &str, at: usize) -> Option<(usize, usize, &'static str)> {
    let body = text[at..].strip_prefix("[id")?;
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let rest = body[digits..].strip_prefix('|').filter(|_| digits > 0)?;
    // What was masked inside an unclosed one must not close it when the text is masked again.
    let end = rest
        .bytes()
        .take(200)
        .position(|b| matches!(b, b']' | b'['))?;
    let closed = rest.as_bytes()[end] == b']';
    closed.then_some((at, at + 3 + digits + 1 + end + 1, MENTION))
}

#[cfg(test)]
mod tests;
