//! Numeral words in all their case forms.

use std::{collections::HashMap, sync::LazyLock};

use crate::understand::morph;

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
