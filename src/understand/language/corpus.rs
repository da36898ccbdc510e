//! The texts the letter models learn from, and how their lines are read.
//!
//! `models/language/<code>.txt`: sentences and words, one or many a line; `#` opens a comment;
//! `@ a b : x y` stands for each beginning with each ending (ax ay bx by), so that a few lines
//! show how a language bends its words. Start with [`MODEL`].

use std::sync::LazyLock;

use super::alphabet::{self, Symbol};
use super::model::{Lesson, Model};

/// Russian fills the region's networks: a text that could be either is Russian.
const RUSSIAN_FIRST: f32 = 2.0;

/// The model of all languages of `models/language`, learned at first use.
pub static MODEL: LazyLock<Model> = LazyLock::new(|| Model::learn(&lessons()));

macro_rules! texts {
    ($($code:literal),* $(,)?) => {
        &[$(($code, include_str!(concat!("../../../models/language/", $code, ".txt")))),*]
    };
}

const TEXTS: &[(&str, &str)] = texts![
    "rus", "ukr", "bel", "kaz", "kir", "tat", "bak", "chv", "sah", "tyv", "alt", "khk", "bxr",
    "xal", "oss", "kbd", "koi", "ydd", "heb",
];

fn lessons() -> Vec<Lesson> {
    TEXTS
        .iter()
        .map(|(code, text)| Lesson {
            code,
            words: read(text),
            prior: if *code == "rus" { RUSSIAN_FIRST } else { 0.0 },
        })
        .collect()
}

/// The words of a text in the form that is described above.
fn read(text: &str) -> Vec<Vec<Symbol>> {
    let mut words = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('@').and_then(|line| line.split_once(':')) {
            Some((stems, endings)) => bend(stems, endings, &mut words),
            None => alphabet::words(line).for_each(|word| keep(word, &mut words)),
        }
    }
    words
}

fn bend(stems: &str, endings: &str, words: &mut Vec<Vec<Symbol>>) {
    for stem in stems.split_whitespace() {
        for ending in endings.split_whitespace() {
            keep(&format!("{stem}{ending}"), words);
        }
    }
}

fn keep(word: &str, words: &mut Vec<Vec<Symbol>>) {
    let mut symbols = Vec::new();
    alphabet::spell(word, &mut symbols);
    if !symbols.is_empty() {
        words.push(symbols);
    }
}
