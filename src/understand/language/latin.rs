//! Texts in other letters than Cyrillic and Hebrew: whatlang decides, where it is sure.
//!
//! On few words whatlang guesses wildly, so short texts need a common English word or stay
//! unknown. Start with [`detect`].

use whatlang::{Lang, Script};

use super::{UNKNOWN, alphabet};

/// Letters from which whatlang is trusted with Latin script.
const ENOUGH: usize = 24;

/// Words by which a short text shows itself as English.
const ENGLISH: &str = " the and you are is this that what where when why how have has not with \
    for from your my me we they he she it hello hi thanks thank please sorry good morning road \
    water school bus city house street light hospital doctor help need there here very was were \
    will can do does did of to in on ";

/// The code for `text`; `alone` when no letter of ours stands beside.
pub fn detect(text: &str, alone: bool) -> &'static str {
    let words: Vec<&str> = alphabet::words(text).collect();
    let text = words.join(" ");
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let Some(info) = whatlang::detect(&text) else {
        return UNKNOWN;
    };
    if info.script() != Script::Latin {
        return code(info.lang());
    }
    let english = share_of_english(&words);
    if english >= 0.3 && words.len() >= 2 || info.lang() == Lang::Eng && english > 0.0 {
        return "eng";
    }
    if alone && letters >= ENOUGH && info.is_reliable() {
        return code(info.lang());
    }
    UNKNOWN
}

fn share_of_english(words: &[&str]) -> f32 {
    let known = words.iter().filter(|w| is_english(w)).count();
    known as f32 / words.len().max(1) as f32
}

fn is_english(word: &str) -> bool {
    let word = word.to_lowercase();
    ENGLISH.split_whitespace().any(|w| w == word)
}

/// whatlang names Yiddish by its group and Chinese by its chief language; the rest are ISO 639-3.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Yid => "ydd",
        other => other.code(),
    }
}
