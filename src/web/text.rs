//! Texts of people on a page: plain pieces with a class, so that a template escapes every one.

use std::fmt;

use askama::filters::HtmlSafe;

use super::locale::Tr;
use crate::understand::mask::{CARD, DOCUMENT, EMAIL, FLAT, MENTION, NAME, PHONE, PLATE};

/// What stands for masked data, with the code of its words.
const MASKED: [(&str, &str); 8] = [
    (PHONE, "phone"),
    (EMAIL, "email"),
    (CARD, "card"),
    (DOCUMENT, "document"),
    (MENTION, "mention"),
    (FLAT, "flat"),
    (PLATE, "plate"),
    (NAME, "name"),
];

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text, or what was masked: `phone`, `email`, `card`, `document`, `mention`,
    /// `flat`, `plate`, `name`.
    pub text: String,
    /// Stands for something masked.
    pub masked: bool,
}

/// Tells masked places from the rest.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((at, token, code)) = next_masked(rest) {
        push(&mut found, &rest[..at], false);
        push(&mut found, code, true);
        rest = &rest[at + token.len()..];
    }
    push(&mut found, rest, false);
    found
}

/// A title as people read it: «Счёт (документ скрыт), ул. Речная».
pub(crate) fn title(tr: Tr, text: &str) -> String {
    let said = |piece: Piece| match piece.masked {
        true => format!("({})", tr.code("masked", &piece.text)),
        false => piece.text,
    };
    pieces(text).into_iter().map(said).collect()
}

/// ` lang="…"` around words in another language than the page's; nothing when they are in its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LangAttr(&'static str);

impl LangAttr {
    /// For words in a language by its ISO 639-3 code, as `understand` tells it. What it does not
    /// know is Russian: that is what most people write.
    pub(crate) fn of(page: Tr, language: &str) -> Self {
        let code = LANGUAGES
            .iter()
            .find(|(iso, _)| *iso == language)
            .map_or("ru", |(_, code)| code);
        Self(if code == page.lang.code() { "" } else { code })
    }
}

/// ISO 639-3 as `understand` writes it, and the shortest tag of BCP 47.
const LANGUAGES: [(&str, &str); 12] = [
    ("rus", "ru"),
    ("eng", "en"),
    ("ukr", "uk"),
    ("bel", "be"),
    ("tat", "tt"),
    ("bak", "ba"),
    ("chv", "cv"),
    ("kaz", "kk"),
    ("kir", "ky"),
    ("uzb", "uz"),
    ("tgk", "tg"),
    ("hye", "hy"),
];

impl fmt::Display for LangAttr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => Ok(()),
            code => write!(f, r#" lang="{code}""#),
        }
    }
}

impl HtmlSafe for LangAttr {}

fn push(found: &mut Vec<Piece>, text: &str, masked: bool) {
    if !text.is_empty() {
        let text = text.to_owned();
        found.push(Piece { text, masked });
    }
}

fn next_masked(text: &str) -> Option<(usize, &'static str, &'static str)> {
    MASKED
        .into_iter()
        .filter_map(|(token, code)| Some((text.find(token)?, token, code)))
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
    use crate::web::locale::Lang;

    #[test]
    fn masked_places_are_told_apart_and_nothing_is_lost() {
        let text = "Звоните [телефон] или [почта], [скобки] свои";
        let all = pieces(text);
        let masked: Vec<_> = all
            .iter()
            .filter(|p| p.masked)
            .map(|p| p.text.as_str())
            .collect();
        assert_eq!(masked, ["phone", "email"]);
        assert_eq!(all.len(), 5);
        let tr = Tr::default();
        assert_eq!(
            title(tr, "Счёт [документ], дом 5"),
            "Счёт (документ скрыт), дом 5"
        );
        for (_, code) in MASKED {
            assert!(!tr.code("masked", code).starts_with("masked"), "{code}");
        }
    }

    #[test]
    fn only_foreign_words_are_marked_as_such() {
        let (ru, en) = (Tr { lang: Lang::Ru }, Tr { lang: Lang::En });
        assert_eq!(LangAttr::of(ru, "rus").to_string(), "");
        assert_eq!(LangAttr::of(en, "und").to_string(), r#" lang="ru""#);
        assert_eq!(LangAttr::of(ru, "ukr").to_string(), r#" lang="uk""#);
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
