//! Snippets, made from the masked text that the caller has read: the index has none.

use std::collections::HashSet;

use super::schema::{analyzer, fold};

/// A part of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// One of the words that were asked for.
    pub is_match: bool,
}

/// The stretch of at most `length` characters with the most of the asked words, cut at words, the
/// matches told apart. Without a match it is the beginning.
pub fn snippet(text: &str, stems: &[String], length: usize) -> Vec<Part> {
    let matches = matches(text, stems);
    let (from, to) = window(text, &matches, length);
    let mut parts = Vec::new();
    let mut at = from;
    push(&mut parts, if from > 0 { "…" } else { "" }, false);
    for &(start, end) in matches.iter().filter(|(s, e)| *s >= from && *e <= to) {
        push(&mut parts, &text[at..start], false);
        push(&mut parts, &text[start..end], true);
        at = end;
    }
    push(&mut parts, &text[at..to], false);
    push(&mut parts, if to < text.len() { "…" } else { "" }, false);
    parts
}

fn push(parts: &mut Vec<Part>, text: &str, is_match: bool) {
    if text.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(last) if last.is_match == is_match => last.text.push_str(text),
        _ => parts.push(Part {
            text: text.to_owned(),
            is_match,
        }),
    }
}

/// Byte ranges of the words whose stem was asked for.
fn matches(text: &str, stems: &[String]) -> Vec<(usize, usize)> {
    let wanted: HashSet<&str> = stems.iter().map(String::as_str).collect();
    let folded = fold(text);
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(&folded);
    let mut found = Vec::new();
    while stream.advance() {
        let token = stream.token();
        if wanted.contains(token.text.as_str()) {
            found.push((token.offset_from, token.offset_to));
        }
    }
    found
}

/// The byte range to show.
fn window(text: &str, matches: &[(usize, usize)], length: usize) -> (usize, usize) {
    let boundaries: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    if boundaries.len() <= length + 1 {
        return (0, text.len());
    }
    let char_of = |byte: usize| boundaries.partition_point(|&b| b < byte);
    let best = matches
        .iter()
        .map(|&(start, _)| char_of(start).saturating_sub(length / 6))
        .max_by_key(|&from| {
            let (lo, hi) = (
                boundaries[from],
                boundaries[(from + length).min(boundaries.len() - 1)],
            );
            // They follow each other: a text may hold a hundred thousand of them.
            let before = matches.partition_point(|(start, _)| *start < lo);
            let within = matches.partition_point(|(_, end)| *end <= hi);
            (within.saturating_sub(before), usize::MAX - from)
        })
        .unwrap_or(0);
    let first = best.min(boundaries.len() - 1 - length);
    let (from, to) = (boundaries[first], boundaries[first + length]);
    let from = whole_word_after(text, from, to);
    (from, whole_word_before(text, from, to))
}

/// The beginning of the first whole word from `from` on; `from` itself when there is none.
fn whole_word_after(text: &str, from: usize, to: usize) -> usize {
    let mut gaps = text[from..to]
        .char_indices()
        .filter(|(_, c)| c.is_whitespace());
    match gaps.next() {
        Some((at, gap)) if from > 0 => from + at + gap.len_utf8(),
        _ => from,
    }
}

fn whole_word_before(text: &str, from: usize, to: usize) -> usize {
    if to == text.len() {
        return to;
    }
    let cut = text[from..to].rfind(char::is_whitespace);
    cut.map_or(to, |at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(words: &str) -> Vec<String> {
        let mut analyzer = analyzer();
        let mut stream = analyzer.token_stream(words);
        let mut found = Vec::new();
        while stream.advance() {
            found.push(stream.token().text.clone());
        }
        found
    }

    #[test]
    fn a_word_said_without_end_is_shown_at_once() {
        let text = "вода нет ".repeat(300_000); // each against each would take minutes
        let shown = snippet(&text, &stems("вода"), 200);
        let length: usize = shown.iter().map(|part| part.text.chars().count()).sum();
        assert!(length <= 202, "{length}");
    }

    #[test]
    fn other_forms_of_the_word_are_marked() {
        let parts = snippet("Нет горячей воды, вода рыжая", &stems("вода"), 200);
        let marked: Vec<&str> = parts
            .iter()
            .filter(|part| part.is_match)
            .map(|part| part.text.as_str())
            .collect();
        assert_eq!(marked, ["воды", "вода"]);
    }

    #[test]
    fn a_long_text_is_cut_around_the_match() {
        let text = format!(
            "{} ёлка упала на провода {}",
            "слово ".repeat(90),
            "ещё ".repeat(90)
        );
        let parts = snippet(&text, &stems("елка"), 80);
        let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
        assert!(whole.starts_with('…') && whole.ends_with('…') && whole.contains("ёлка упала"));
        assert!(whole.chars().count() <= 83, "{whole}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in ".{0,300}", words in ".{0,20}", length in 0usize..100) {
            let parts = snippet(&text, &stems(&words), length);
            let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
            proptest::prop_assert!(text.contains(whole.trim_matches('…')));
        }
    }
}
