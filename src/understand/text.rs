//! Text made comparable: markup out, one Unicode form, one spelling of letters; words.
//!
//! [`clean`] gives what people read, [`fold`] what machines compare. It hides nothing: personal
//! data are masked by [`super::mask`].

mod markup;

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text as people read it: NFC, HTML tags and entities resolved, invisible and control
/// characters dropped, runs of blanks and blank lines squeezed, ends trimmed.
pub fn clean(text: &str) -> Cow<'_, str> {
    let text = markup::strip(text);
    if is_nfc_quick(text.chars()) == IsNormalized::Yes && is_tidy(&text) {
        return match text {
            Cow::Borrowed(t) => Cow::Borrowed(t.trim()),
            Cow::Owned(t) => Cow::Owned(t.trim().to_owned()),
        };
    }
    Cow::Owned(tidy(text.nfc()))
}

/// The text for comparison: [`clean`], small letters, ё as е, Latin look-alikes inside Cyrillic
/// words as Cyrillic, letters repeated more than twice as two, all else as single blanks.
pub fn fold(text: &str) -> String {
    let text = clean(text);
    let mut folded = String::with_capacity(text.len());
    for word in words(&text) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        fold_word(word, &mut folded);
    }
    folded
}

/// Words of a text: runs of letters and digits, inner hyphens and apostrophes kept.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || is_joiner(c)))
        .map(|w| w.trim_matches(is_joiner))
        .filter(|w| !w.is_empty())
}

/// The Cyrillic letter that a Latin one looks like, in small letters.
pub fn lookalike(c: char) -> Option<char> {
    Some(match c {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '-' | '\'' | '’' | '‑')
}

fn fold_word(word: &str, folded: &mut String) {
    let mixed = word.chars().any(is_cyrillic);
    let (mut last, mut run) = ('\0', 0);
    for c in word.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'ё' => 'е',
            '’' => '\'',
            '‑' => '-',
            c if mixed && c.is_ascii() => lookalike(c).unwrap_or(c),
            c => c,
        };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= 2 || c.is_numeric() {
            folded.push(c);
        }
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
        || (c.is_control() && c != '\n' && c != '\t' && c != '\r')
}

fn is_tidy(text: &str) -> bool {
    let mut last = 'x';
    text.chars().all(|c| {
        let squeezes = c.is_whitespace() && last.is_whitespace();
        last = c;
        !squeezes && !is_invisible(c) && (c == ' ' || c == '\n' || !c.is_whitespace())
    })
}

fn tidy(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut gap: Option<char> = None;
    for c in chars.filter(|&c| !is_invisible(c)) {
        if c.is_whitespace() {
            gap = Some(if c == '\n' || gap == Some('\n') {
                '\n'
            } else {
                ' '
            });
            continue;
        }
        if let Some(gap) = gap.take().filter(|_| !out.is_empty()) {
            out.push(gap);
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_goes_and_text_stays() {
        let html = "<p>Во&nbsp;дворе&#32;<b>яма</b></p><p>глубиной &lt; метра &amp; с водой</p>";
        assert_eq!(clean(html), "Во дворе яма\nглубиной < метра & с водой");
        assert_eq!(clean("5 < 7 и я <3 вас & всех"), "5 < 7 и я <3 вас & всех");
        assert_eq!(
            clean("Те\u{AD}п\u{200B}ло\u{0}  \t есть \n\n\n да"),
            "Тепло есть\nда"
        );
        assert_eq!(clean("и\u{306}од"), "йод");
    }

    #[test]
    fn folding_makes_spellings_equal() {
        assert_eq!(fold("Ёлка, ЁЛКА! елка…"), "елка елка елка");
        assert_eq!(fold("Кoгдa пoчинят??"), "когда починят");
        assert_eq!(fold("Надоелоооооо 😡😡 2000 руб."), "надоелоо 2000 руб");
        assert_eq!(fold("из-за YouTube"), "из-за youtube");
    }

    proptest! {
        #[test]
        fn cleaning_and_folding_never_panic_and_settle(text in "\\PC*|[<&;a-zа-я#x0-9> \n]{0,60}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded.clone());
            }

        #[test]
        fn cleaning_twice_is_cleaning_once(text in "[а-яёА-Я a-z\u{200B}\n\t.,!?-]{0,80}") {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once), once.as_str());
        }
    }
}
