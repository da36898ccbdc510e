//! Texts of people on a page: plain pieces with a class, so that a template escapes every one.

use crate::understand::mask::{CARD, DOCUMENT, EMAIL, MENTION, PHONE};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub text: String,
    /// Stands for something masked.
    pub masked: bool,
}

/// Tells masked places from the rest; all pieces joined are the text.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((at, token)) = next_masked(rest) {
        push(&mut found, &rest[..at], false);
        push(&mut found, token.trim_matches(['[', ']']), true);
        rest = &rest[at + token.len()..];
    }
    push(&mut found, rest, false);
    found
}

fn push(found: &mut Vec<Piece>, text: &str, masked: bool) {
    if !text.is_empty() {
        let text = text.to_owned();
        found.push(Piece { text, masked });
    }
}

fn next_masked(text: &str) -> Option<(usize, &'static str)> {
    [PHONE, EMAIL, CARD, DOCUMENT, MENTION]
        .into_iter()
        .filter_map(|token| Some((text.find(token)?, token)))
        .min()
}

/// The beginning of a text, cut at a word.
pub(crate) fn beginning(text: &str, length: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(length) {
        None => flat,
        Some((end, _)) => {
            let cut = flat[..end].rfind(' ').unwrap_or(end);
            format!(
                "{}…",
                flat[..cut].trim_end_matches([',', '.', ':', ';', '—'])
            )
        }
    }
}

/// The label of the n-th voice within one incident: «А», «Б», … «А2». Letters that people mix up
/// are left out.
pub(crate) fn voice(n: usize, russian: bool) -> String {
    let letters: Vec<char> = match russian {
        true => "АБВГДЕЖИКЛМНПРСТУФХЦШЭЮЯ".chars().collect(),
        false => "ABCDEFGHJKLMNPQRSTUVWXYZ".chars().collect(),
    };
    let letter = letters[n % letters.len()];
    match n / letters.len() {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_places_are_told_apart_and_nothing_is_lost() {
        let text = "Звоните [телефон] или [почта], [скобки] свои";
        let all = pieces(text);
        let masked: Vec<_> = all
            .iter()
            .filter(|p| p.masked)
            .map(|p| p.text.as_str())
            .collect();
        assert_eq!(masked, ["телефон", "почта"]);
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn voices_have_letters() {
        assert_eq!(voice(0, true), "А");
        assert_eq!(voice(24, true), "А2");
        assert_eq!(voice(1, false), "B");
    }

    #[test]
    fn beginnings_end_at_words() {
        assert_eq!(beginning("Нет воды,  третий день", 12), "Нет воды…");
        assert_eq!(beginning("Нет воды", 12), "Нет воды");
    }
}
