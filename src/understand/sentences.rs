//! Where sentences end, and the pieces of a text that are compared with claims: sentences, pairs of
//! short neighbours, and parts of sentences that never end. Start with [`units`].

/// Two neighbours longer than this together are not compared as one, in bytes.
const PAIR: usize = 240;
/// A sentence longer than this is also compared in parts, in bytes.
const LONG: usize = 320;
/// Words in a part; parts overlap by half.
const PART: usize = 16;

/// Abbreviations whose full stop ends no sentence.
const SHORT: &str = "ул д г с п пос пер пр просп мкр кв корп стр р обл им т тел руб коп ст гр др \
    пр-т пл наб б-р ш тыс млн чел мин напр см лит вх оф эт респ дер";

/// Pieces of a text of at least `min` characters, as spans of the text. A text that is one short
/// sentence gives none.
pub fn units(text: &str, min: usize) -> Vec<&str> {
    let sentences = sentences(text);
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

/// Sentences of a text, trimmed, none empty. A full stop after an abbreviation («ул.», «д.»,
/// «г.»), an initial or inside a number ends nothing.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = match c {
            '\n' => true,
            '!' | '?' | '…' => !matches!(chars.peek(), Some((_, '!' | '?' | '.' | '…' | ')'))),
            '.' => {
                let next = text[at + 1..].chars().next();
                next.is_none_or(char::is_whitespace) && !is_abbreviation(&text[start..at])
            }
            _ => false,
        };
        if ends {
            let end = at + c.len_utf8();
            keep(&mut found, &text[start..end]);
            start = end;
        }
    }
    keep(&mut found, &text[start..]);
    found
}

fn keep<'a>(found: &mut Vec<&'a str>, sentence: &'a str) {
    let sentence = sentence.trim();
    if sentence.chars().any(char::is_alphanumeric) {
        found.push(sentence);
    }
}

/// Whether what stands before a full stop is an abbreviation or an initial.
fn is_abbreviation(before: &str) -> bool {
    let mut parts = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '-'));
    let tail = parts.next().unwrap_or_default();
    let mut chars = tail.chars();
    let initial = matches!((chars.next(), chars.next()), (Some(c), None) if c.is_uppercase());
    let tail = tail.to_lowercase();
    initial || SHORT.split(' ').any(|short| short == tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_survive_abbreviations_and_numbers() {
        let text = "На ул. Мира, д. 5 нет воды. Ждём с 10.05.2031! А.И. Котов обещал?! Нет...";
        let expected = [
            "На ул. Мира, д. 5 нет воды.",
            "Ждём с 10.05.2031!",
            "А.И. Котов обещал?!",
            "Нет...",
        ];
        assert_eq!(sentences(text), expected);
        assert!(sentences("!!! ... 🙂").is_empty());
    }

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

    proptest::proptest! {
        #[test]
        fn cutting_never_panics(text in "\\PC*|[<&;a-zа-я#x0-9> .!\n]{0,60}") {
            units(&text, 3);
        }
    }

    #[test]
    fn an_endless_sentence_is_cut() {
        let text = "слово и ещё одно длинное слово ".repeat(30);
        assert!(units(&text, 10).len() > 10);
    }
}
