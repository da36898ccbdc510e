//! The pieces of a text that are compared with claims: sentences, pairs of short neighbours, and
//! parts of sentences that never end.
//!
//! Where sentences end is told by [`super::text::sentences`].

use super::text;

/// Two neighbours longer than this together are not compared as one, in bytes.
const PAIR: usize = 240;
/// A sentence longer than this is also compared in parts, in bytes.
const LONG: usize = 320;
/// Words in a part; parts overlap by half.
const PART: usize = 16;

/// Pieces of a text of at least `min` characters, as spans of the text. A text that is one short
/// sentence gives none.
pub fn units(text: &str, min: usize) -> Vec<&str> {
    let sentences = text::sentences(text);
    let mut units = Vec::with_capacity(sentences.len() * 2);
    for (i, sentence) in sentences.iter().enumerate() {
        push(&mut units, sentence, min);
        if sentence.len() > LONG {
            parts(sentence).for_each(|p| push(&mut units, p, min));
        }
        if let Some(next) = sentences.get(i + 1)
            && sentence.len() + next.len() < PAIR
        {
            push(&mut units, span(text, sentence, next), min);
        }
    }
    units
}

fn push<'a>(units: &mut Vec<&'a str>, unit: &'a str, min: usize) {
    if unit.chars().count() >= min {
        units.push(unit);
    }
}

/// From the start of one piece of `text` to the end of a later one.
fn span<'a>(text: &'a str, first: &str, last: &str) -> &'a str {
    let offset = |piece: &str| piece.as_ptr() as usize - text.as_ptr() as usize;
    text.get(offset(first)..offset(last) + last.len())
        .unwrap_or_default()
}

fn parts(sentence: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let last = words.len().saturating_sub(1);
    (0..last)
        .step_by(PART / 2)
        .take_while(move |at| *at == 0 || at + PART / 2 <= last)
        .map(move |at| span(sentence, words[at], words[(at + PART - 1).min(last)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_compared_together_too() {
        let text = "Воды нет вторые сутки. Обещали включить к вечеру. Да.";
        let expected = [
            "Воды нет вторые сутки.",
            "Воды нет вторые сутки. Обещали включить к вечеру.",
            "Обещали включить к вечеру.",
            "Обещали включить к вечеру. Да.",
        ];
        assert_eq!(units(text, 10), expected);
        assert!(units("Да.", 10).is_empty());
    }

    #[test]
    fn an_endless_sentence_is_cut() {
        let text = "слово и ещё одно длинное слово ".repeat(30);
        assert!(units(&text, 10).len() > 10);
    }
}
