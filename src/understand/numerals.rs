//! Numbers in a text, written in digits or in words: «5 000», «пять тысяч», «4-й», «четвёртый». Start with
//! [`numbers`].

mod spelled;

pub use spelled::{ordinals, value};

use super::words::{Word, Words, gap};

/// A number, with the words that say it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// First word.
    pub from: usize,
    /// Word after the last.
    pub to: usize,
}

/// All numbers of a text in order.
pub fn numbers(words: &Words) -> Vec<Number> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.list().len() {
        match read(words, at) {
            Some(number) => {
                at = number.to;
                out.push(number);
            }
            None => at += 1,
        }
    }
    out
}

fn read(words: &Words, from: usize) -> Option<Number> {
    let list = words.list();
    let (mut value, mut to) = match list[from].number {
        true => digits(words, from)?,
        false => spelled(words, from)?,
    };
    let multiplier = list.get(to).map(|w| words.folded(w)).and_then(|w| match w {
        "тыс" | "тысяча" | "тысяч" | "тысячи" | "тысячу" | "тыщ" => {
            Some(1e3)
        }
        "млн" | "миллион" | "миллиона" | "миллионов" => Some(1e6),
        "млрд" | "миллиард" | "миллиарда" | "миллиардов" => {
            Some(1e9)
        }
        _ => None,
    });
    if let Some(multiplier) = multiplier {
        value *= multiplier;
        to += 1;
    }
    Some(Number {
        value,
        from,
        to: skip_suffix(words, to),
    })
}

/// «5 000», «5,5», «1 200 300».
fn digits(words: &Words, from: usize) -> Option<(f64, usize)> {
    let list = words.list();
    let mut text = words.folded(&list[from]).to_owned();
    let mut to = from + 1;
    let touching = |a: &Word, b: &Word| b.start == a.end + 1;
    while let Some(next) = list.get(to).filter(|w| w.number) {
        let before = &list[to - 1];
        let part = words.folded(next);
        if next.gap == 0
            && touching(before, next)
            && part.len() == 3
            && words.folded(before).len() <= 3
        {
            text.push_str(part);
        } else if matches!(next.gap, gap::COMMA | gap::DOT)
            && touching(before, next)
            && !text.contains('.')
            && part.len() < 3
        {
            text.push('.');
            text.push_str(part);
        } else {
            break;
        }
        to += 1;
    }
    Some((text.parse().ok()?, to))
}

/// «двадцать пять»: each next word smaller than the one before.
fn spelled(words: &Words, from: usize) -> Option<(f64, usize)> {
    let list = words.list();
    let mut last = value(words.folded(&list[from]))?;
    let (mut sum, mut to) = (last, from + 1);
    while let Some(next) = list.get(to).and_then(|w| value(words.folded(w))) {
        let fits = next < last && (next < 10.0 && last >= 20.0 || last >= 100.0);
        if !fits {
            break;
        }
        sum += next;
        last = next;
        to += 1;
    }
    Some((sum, to))
}

/// The «й» of «4-й».
fn skip_suffix(words: &Words, at: usize) -> usize {
    let suffix =
        |w: &Word| w.gap & (gap::HYPHEN | gap::GLUED) != 0 && words.folded(w).chars().count() <= 2;
    match words.list().get(at) {
        Some(w) if !w.number && words.list()[at - 1].number && suffix(w) => at + 1,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<f64> {
        numbers(&Words::of(text)).iter().map(|n| n.value).collect()
    }

    #[test]
    fn digits_and_words_mean_the_same() {
        assert_eq!(values("штраф 5 000 рублей"), [5000.0]);
        assert_eq!(values("штраф пять тысяч рублей"), [5000.0]);
        assert_eq!(values("5 тыс. рублей, 2,5 млн"), [5000.0, 2_500_000.0]);
        assert_eq!(
            values("двадцать пять домов, двести сорок человек"),
            [25.0, 240.0]
        );
        assert_eq!(
            values("4-й трамвай, четвёртый трамвай, школу № 14"),
            [4.0, 4.0, 14.0]
        );
        assert_eq!(values("с 1 декабря до 15.12"), [1.0, 15.12]);
        assert!(values("семья пятница столовая").is_empty());
    }
}
