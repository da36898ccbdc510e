//! Numbers in a text, written in digits or in words: «5 000», «пять тысяч», «4-й», «четвёртый».

use std::{collections::HashMap, sync::LazyLock};

use super::{
    morph,
    words::{Word, Words, gap},
};

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

/// Cardinals whose case forms follow no rule, and collectives.
const CARDINALS: &[(f64, &str)] = &[
    (2.0, "два две двух двум двумя двое"),
    (3.0, "три трех трем тремя трое"),
    (4.0, "четыре четырех четырем четверо"),
    (8.0, "восемь восьми восемью"),
    (40.0, "сорок сорока"),
    (50.0, "пятьдесят пятидесяти"),
    (60.0, "шестьдесят шестидесяти"),
    (70.0, "семьдесят семидесяти"),
    (80.0, "восемьдесят восьмидесяти"),
    (90.0, "девяносто девяноста"),
    (100.0, "сто ста"),
    (200.0, "двести двухсот"),
    (300.0, "триста трехсот"),
    (400.0, "четыреста четырехсот"),
    (500.0, "пятьсот пятисот"),
    (600.0, "шестьсот шестисот"),
    (700.0, "семьсот семисот"),
    (800.0, "восемьсот восьмисот"),
    (900.0, "девятьсот девятисот"),
];

/// Cardinals in «ь».
const SOFT: &[(f64, &str)] = &[
    (5.0, "пять"),
    (6.0, "шесть"),
    (7.0, "семь"),
    (9.0, "девять"),
    (10.0, "десять"),
    (11.0, "одиннадцать"),
    (12.0, "двенадцать"),
    (13.0, "тринадцать"),
    (14.0, "четырнадцать"),
    (15.0, "пятнадцать"),
    (16.0, "шестнадцать"),
    (17.0, "семнадцать"),
    (18.0, "восемнадцать"),
    (19.0, "девятнадцать"),
    (20.0, "двадцать"),
    (30.0, "тридцать"),
];

const ORDINALS: &[(f64, &str)] = &[
    (1.0, "первый"),
    (2.0, "второй"),
    (4.0, "четвертый"),
    (5.0, "пятый"),
    (6.0, "шестой"),
    (7.0, "седьмой"),
    (8.0, "восьмой"),
    (9.0, "девятый"),
    (10.0, "десятый"),
    (11.0, "одиннадцатый"),
    (12.0, "двенадцатый"),
    (13.0, "тринадцатый"),
    (14.0, "четырнадцатый"),
    (15.0, "пятнадцатый"),
    (16.0, "шестнадцатый"),
    (17.0, "семнадцатый"),
    (18.0, "восемнадцатый"),
    (19.0, "девятнадцатый"),
    (20.0, "двадцатый"),
    (30.0, "тридцатый"),
];
const THIRD: &str = "третий третья третье третьего третьей третьему третьим третьем третью";

static WORDS: LazyLock<HashMap<String, f64>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (value, forms) in CARDINALS {
        words.extend(forms.split(' ').map(|f| (f.to_owned(), *value)));
    }
    for (value, lemma) in SOFT {
        let stem = lemma.trim_end_matches('ь');
        words.extend(["ь", "и", "ью"].map(|e| (format!("{stem}{e}"), *value)));
    }
    words.extend(ordinals());
    words
});

/// Ordinals to 20, in every case and gender, folded.
pub fn ordinals() -> impl Iterator<Item = (String, f64)> {
    let regular = ORDINALS.iter().flat_map(|(value, masculine)| {
        let stem = masculine
            .strip_suffix("ый")
            .or(masculine.strip_suffix("ой"))
            .unwrap_or(masculine);
        let lemmas = [
            (*masculine).to_owned(),
            format!("{stem}ая"),
            format!("{stem}ое"),
        ];
        let forms: Vec<String> = lemmas
            .iter()
            .filter_map(|l| morph::adjective(l))
            .flatten()
            .collect();
        forms.into_iter().map(|form| (form, *value))
    });
    regular.chain(THIRD.split(' ').map(|form| (form.to_owned(), 3.0)))
}

/// The value of a numeral word, folded: 2 to 19, tens, hundreds, and ordinals to 20.
pub fn value(word: &str) -> Option<f64> {
    WORDS.get(word).copied()
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
