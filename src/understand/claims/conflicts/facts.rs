//! What a sentence says of numbers and negation, word by word.

use rust_stemmers::{Algorithm, Stemmer};

use crate::understand::{numerals, words::Words};

/// What a sentence says of numbers and negation, by its words.
pub(in crate::understand::claims) struct Facts {
    pub(super) stems: Vec<String>,
    pub(super) numbers: Vec<Number>,
    /// A negated word and its particle.
    pub(super) negated: Vec<(usize, usize)>,
    /// Words that deny the whole sentence: «фейк», «неправда».
    pub(super) denials: Vec<usize>,
}

pub(super) struct Number {
    pub value: f64,
    /// First word and word after the last.
    pub from: usize,
    pub to: usize,
    /// Stems of what is counted («5 дней») or numbered («школа № 14»).
    pub about: [Option<String>; 2],
}

impl Number {
    /// Whether both count or number the same.
    pub fn counts_as(&self, other: &Number) -> bool {
        let mut pairs = self.about.iter().zip(&other.about);
        pairs.any(|(a, b)| a.is_some() && a == b)
    }
}

const PARTICLES: &[&str] = &["не", "ни", "нет", "без"];
const AUXILIARIES: &[&str] = &[
    "будет",
    "будут",
    "будем",
    "буду",
    "может",
    "могут",
    "станет",
    "станут",
    "был",
    "была",
    "было",
    "были",
    "собираются",
    "планируют",
    "планируется",
    "хотят",
    "намерены",
    "должны",
    "больше",
];
const DENIALS: &[&str] = &[
    "неправд",
    "фейк",
    "лож",
    "вран",
    "опровергл",
    "опроверга",
    "вымысел",
    "выдумк",
];

impl Facts {
    pub fn of(text: &str) -> Self {
        let stemmer = Stemmer::create(Algorithm::Russian);
        let words = Words::of(text);
        let folded: Vec<&str> = words.iter().collect();
        let stems: Vec<String> = folded
            .iter()
            .map(|w| stemmer.stem(w).into_owned())
            .collect();
        let telling = |i: &usize| {
            let stem: &str = &stems[*i];
            is_telling(stem) && !is_verb(folded[*i])
        };
        let number = |n: numerals::Number| {
            let after = Some(n.to).filter(|i| *i < stems.len() && telling(i));
            let before = n.from.checked_sub(1).filter(telling);
            let about = [after, before].map(|i| i.map(|i| stems[i].clone()));
            Number {
                value: n.value,
                from: n.from,
                to: n.to,
                about,
            }
        };
        let numbers: Vec<Number> = numerals::numbers(&words).into_iter().map(number).collect();
        let denials = (0..stems.len()).filter(|i| DENIALS.iter().any(|d| stems[*i].starts_with(d)));
        Self {
            numbers,
            negated: negated(&folded),
            denials: denials.collect(),
            stems,
        }
    }

    pub(super) fn says(&self, value: f64) -> bool {
        self.numbers.iter().any(|number| number.value == value)
    }

    /// A word with the particle that negates it, if one does.
    pub(super) fn negation(&self, at: usize) -> Vec<usize> {
        let same = |(word, _): &&(usize, usize)| self.stems[*word] == self.stems[at];
        let found = self.negated.iter().find(same);
        found.map_or(vec![at], |(word, particle)| vec![*particle, *word])
    }

    /// Whether every mention of a stem is negated (`Some(true)`), or none is.
    pub(super) fn is_negated(&self, stem: &str) -> Option<bool> {
        let mentions = self.stems.iter().filter(|s| *s == stem).count();
        let negated = self
            .negated
            .iter()
            .filter(|(i, _)| self.stems[*i] == stem)
            .count();
        match negated {
            0 => Some(false),
            n if n >= mentions => Some(true),
            _ => None,
        }
    }
}

/// «не отключат» negates the verb, «не будут отключать» both words after the particle.
fn negated(words: &[&str]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let next = words.get(i + 1).copied();
        if !PARTICLES.contains(word) || matches!(next, Some("только" | "просто")) {
            continue;
        }
        let mut at = i + 1;
        while at < words.len() && at < i + 3 && AUXILIARIES.contains(&words[at]) {
            out.push((at, i));
            at += 1;
        }
        if at < words.len() {
            out.push((at, i));
        }
    }
    out
}

/// «школу № 14 закроют»: the verb is not what is counted.
fn is_verb(word: &str) -> bool {
    const NOUNS: &[&str] = &[
        "лет",
        "минут",
        "маршрут",
        "депутат",
        "комитет",
        "билет",
        "совет",
        "пакет",
        "кредит",
        "лимит",
        "институт",
        "университет",
        "кабинет",
        "предмет",
        "бюджет",
        "объект",
    ];
    let verb = ["ют", "ут", "ат", "ят", "ет", "ит", "ся"]
        .iter()
        .any(|e| word.ends_with(e));
    verb && !NOUNS.contains(&word)
}

/// Whether a stem says something by itself: longer than two letters and no small word.
pub(super) fn is_telling(stem: &str) -> bool {
    stem.chars().count() >= 3 && !is_small(stem)
}

fn is_small(stem: &str) -> bool {
    matches!(
        stem,
        "для"
            | "что"
            | "как"
            | "это"
            | "при"
            | "под"
            | "над"
            | "без"
            | "про"
            | "все"
            | "она"
            | "они"
            | "его"
            | "или"
            | "уже"
            | "еще"
            | "так"
            | "там"
            | "где"
            | "когд"
            | "есл"
            | "чтоб"
            | "тольк"
            | "тож"
            | "нет"
            | "больш"
            | "посл"
            | "чем"
    )
}
