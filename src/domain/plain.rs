//! Text from outside as plain text: what people read, without what steers a terminal, a database or
//! the direction of writing. Markup is left alone: each page escapes it. Start with [`plain`].

use std::borrow::Cow;

/// The text without control characters (but line ends and tabs) and without those that turn the
/// direction of what follows. Line ends become `\n`. Joiners stay: emoji and some scripts need them.
pub fn plain(text: &str) -> Cow<'_, str> {
    match text
        .chars()
        .any(|c| c != '\n' && c != '\t' && is_steering(c))
    {
        false => Cow::Borrowed(text),
        true => Cow::Owned(kept(
            &text.replace("\r\n", "\n").replace('\r', "\n"),
            "\n\t",
        )),
    }
}

/// [`plain`] on one line, for names, titles and messages.
pub fn one_line(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_steering) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(kept(text, "")),
    }
}

/// A platform's own words inside a message of ours: one line, letters and plain punctuation, short.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 120;
    let harmless = |c: char| c.is_alphanumeric() || " .,:;()-_/'\"!?".contains(c);
    let words = text.chars().take(LONGEST);
    words.map(|c| if harmless(c) { c } else { ' ' }).collect()
}

/// Steers what comes after it instead of being read: C0, DEL, C1, line separators, and the marks,
/// embeddings, overrides and isolates of writing direction.
pub fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The first line (from 1) of a file of TOML, JSON or cells that holds what steers, as it is or as an
/// escape (`\u0000`, `\U0000202e`, `\x1b`). Names and words of a catalogue have none.
pub fn steering_line(file: &str) -> Option<usize> {
    let steers = |line: &str| {
        let line = line.trim_end_matches('\r');
        line.chars().any(|c| c != '\t' && is_steering(c)) || escapes(line).any(is_steering)
    };
    file.lines().position(steers).map(|at| at + 1)
}

/// The characters that a line writes as escapes; line ends and tabs left out.
fn escapes(line: &str) -> impl Iterator<Item = char> {
    let after = line.split('\\').skip(1);
    let read = |rest: &str| {
        let length = match rest.chars().next()? {
            'u' => 4,
            'U' => 8,
            'x' => 2,
            _ => return None,
        };
        let code = u32::from_str_radix(rest.get(1..=length)?, 16).ok()?;
        char::from_u32(code).filter(|c| !matches!(c, '\n' | '\r' | '\t'))
    };
    after.filter_map(read)
}

/// Controls become blanks, so that words do not grow together; the others vanish.
fn kept(text: &str, allowed: &str) -> String {
    let keep = |c: char| match c {
        c if !is_steering(c) || allowed.contains(c) => Some(c),
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => Some(' '),
        _ => None,
    };
    text.chars().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_goes_and_what_is_read_stays() {
        assert_eq!(plain("нет\r\nводы\rи\tсвета"), "нет\nводы\nи\tсвета");
        assert_eq!(plain("a\0b\u{1b}[2J\u{9b}1m"), "a b [2J 1m");
        assert_eq!(plain("\u{202e}gpj.exe\u{2066}x"), "gpj.exex");
        assert_eq!(plain("👩\u{200d}🔧"), "👩\u{200d}🔧");
        assert_eq!(one_line("a\r\nBcc: b"), "a  Bcc: b");
        assert_eq!(quoted("<b>no\u{1b}</b>"), " b no  /b ");
        assert_eq!(steering_line("a = 1\r\nb = \"\\u202e\"\n"), Some(2));
        assert_eq!(steering_line("a = \"\\n\\u000a\\x\"\tя\r\n"), None);
        assert!(matches!(plain("обычный текст\n"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #[test]
        fn nothing_steers_afterwards(text in "\\PC{0,40}|[\\x00-\\x1f\\x7f-\\x9f\u{2028}-\u{202e}я]{0,40}") {
            assert!(!one_line(&text).chars().any(is_steering));
            assert!(plain(&text).chars().all(|c| c == '\n' || c == '\t' || !is_steering(c)));
        }
    }
}
