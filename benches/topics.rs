//! How fast a text is understood, step by step, on one core. Reports, no limits: `cargo bench
//! --bench topics`. The aim is 20,000 texts a second for the topic step.
//!
//! The texts are those of models/corpus, joined in twos to the length of ordinary posts (some 200
//! letters).

use divan::{Bencher, counter::ItemsCount};
use otklik::{
    config::catalogue::Catalogue,
    understand::{
        Input, Understander, language, mask, text,
        topics::{Model, Scratch},
    },
};

fn main() {
    divan::main();
}

fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for sector in ["housing", "roads", "health", "social"] {
        let path = format!("{}/models/corpus/{sector}.csv", env!("CARGO_MANIFEST_DIR"));
        let mut table = csv::Reader::from_path(path).expect("the corpus is part of the project");
        texts.extend(table.records().flatten().map(|row| row[0].to_owned()));
    }
    texts.chunks(2).map(|pair| pair.join(" ")).collect()
}

fn masked() -> Vec<String> {
    let mask = |raw: String| mask::mask(&text::clean(&raw)).into_owned();
    texts().into_iter().map(mask).collect()
}

#[divan::bench]
fn topic_step(bencher: Bencher<'_, '_>) {
    let model = Model::shipped().expect("shipped");
    let texts = masked();
    let mut scratch = Scratch::default();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| {
            texts
                .iter()
                .map(|t| model.predict(t, &mut scratch).len())
                .sum::<usize>()
        });
}

#[divan::bench]
fn cleaning_and_masking(bencher: Bencher<'_, '_>) {
    let texts = texts();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| {
            texts
                .iter()
                .map(|t| mask::mask(&text::clean(t)).len())
                .sum::<usize>()
        });
}

#[divan::bench]
fn language_step(bencher: Bencher<'_, '_>) {
    let texts = masked();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| {
            texts
                .iter()
                .map(|t| language::detect(t).len())
                .sum::<usize>()
        });
}

/// All of understanding but places and claims, on one thread.
#[divan::bench]
fn whole_annotation(bencher: Bencher<'_, '_>) {
    let catalogue = Catalogue::built_in().expect("shipped");
    let understander = Understander::shipped(catalogue).expect("shipped");
    let texts = texts();
    let mut scratch = Scratch::default();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| {
            let read = |text: &String| {
                let input = Input {
                    text,
                    ..Input::default()
                };
                understander.annotate_one(&input, &mut scratch).masked.len()
            };
            texts.iter().map(read).sum::<usize>()
        });
}
