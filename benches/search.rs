//! Search beside bare tantivy: the same 100,000 posts, the same questions, the same 20 hits.
//!
//! `cargo bench --bench search` prints p50 and p99 of both in milliseconds. Divan tells no p99, so
//! this keeps its own times. The posts are made of a Zipf-like vocabulary of invented words.

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use otklik::{
    domain::{reach::Reach, time::Timestamp},
    index::{self, Index, IndexDoc, Position, query::Search},
};
use tantivy::{
    collector::{Count, TopDocs},
    query::QueryParser,
    schema::{FAST, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer},
};

const POSTS: u64 = 100_000;
const WORDS_PER_POST: u64 = 45;
const VOCABULARY: u64 = 30_000;
const QUESTIONS: u64 = 2_000;
const HITS: usize = 20;
const SECTORS: [&str; 9] = [
    "housing",
    "waste",
    "energy",
    "education",
    "health",
    "roads",
    "transport",
    "social",
    "ecology",
];

/// A sequence of numbers that is the same in each run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// A word's number: small ones are common, as in a language.
    fn word(&mut self) -> u64 {
        let even = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        ((VOCABULARY as f64).powf(even) - 1.0) as u64
    }
}

/// A pronounceable word for a number.
fn word(mut number: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ва", "ро", "ми", "тел", "ку", "дор", "сне", "ля", "го", "бат", "ре", "шко", "жи", "пол",
        "ну", "чес",
    ];
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[(number % 16) as usize]);
        number /= 16;
    }
    word
}

fn posts() -> Vec<IndexDoc> {
    let mut numbers = Numbers(1);
    (0..POSTS)
        .map(|i| {
            let words: Vec<String> = (0..WORDS_PER_POST).map(|_| word(numbers.word())).collect();
            IndexDoc {
                id: format!("{i:026}"),
                text: words.join(" "),
                source: format!("source-{}", i % 40),
                platform: "vk".into(),
                language: "rus".into(),
                kind: "complaint".into(),
                sector: Some(SECTORS[(i % 9) as usize].into()),
                topic: Some(format!("{}.x", SECTORS[(i % 9) as usize])),
                municipality: Some(format!("{}", i % 13)),
                place: None,
                published: Timestamp::from_seconds(1_790_000_000 + i as i64),
            }
        })
        .collect()
}

fn ours(folder: &Path, posts: &[IndexDoc]) -> Result<Index> {
    let (index, mut writer) = index::open(folder)?;
    for part in posts.chunks(4000) {
        writer.apply(part.to_vec(), Vec::new())?;
    }
    writer.commit(Position {
        xid: 0,
        seq: POSTS as i64,
    })?;
    Ok(index)
}

/// Tantivy as its own examples use it: text with positions, an id.
struct Bare {
    reader: tantivy::IndexReader,
    parser: QueryParser,
}

impl Bare {
    fn new(folder: &Path, posts: &[IndexDoc]) -> Result<Self> {
        let mut schema = Schema::builder();
        let id = schema.add_text_field("id", STRING | FAST);
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("ru")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = schema.add_text_field(
            "text",
            TextOptions::default().set_indexing_options(indexing),
        );
        std::fs::create_dir_all(folder)?;
        let index = tantivy::Index::create_in_dir(folder, schema.build())?;
        let analyzer = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(LowerCaser)
            .filter(Stemmer::new(Language::Russian))
            .build();
        index.tokenizers().register("ru", analyzer);
        let mut writer = index.writer_with_num_threads(2, 120_000_000)?;
        for post in posts {
            writer
                .add_document(tantivy::doc!(id => post.id.as_str(), text => post.text.as_str()))?;
        }
        writer.commit()?;
        let mut parser = QueryParser::for_index(&index, vec![text]);
        parser.set_conjunction_by_default();
        Ok(Self {
            reader: index.reader()?,
            parser,
        })
    }

    fn search(&self, words: &str) -> Result<usize> {
        let searcher = self.reader.searcher();
        let query = self.parser.parse_query(words)?;
        let top = TopDocs::with_limit(HITS).order_by_score();
        let (total, hits) = searcher.search(&query, &(Count, top))?;
        for (_, address) in hits {
            let column = searcher
                .segment_reader(address.segment_ord)
                .fast_fields()
                .str("id")?;
            let ids = column.context("there is such a column")?;
            let mut id = String::new();
            if let Some(ord) = ids.term_ords(address.doc_id).next() {
                ids.ord_to_str(ord, &mut id)?;
            }
            black_box(id);
        }
        Ok(total)
    }
}

/// Questions of one kind, the same for both.
fn questions(kind: &str) -> Vec<String> {
    let mut numbers = Numbers(7);
    (0..QUESTIONS)
        .map(|_| {
            let words: Vec<String> = (0..3).map(|_| word(numbers.word())).collect();
            match kind {
                "all of two words" => words[..2].join(" "),
                "any of three words" => words.join(" OR "),
                _ => format!("\"{} {}\"", words[0], words[1]),
            }
        })
        .collect()
}

fn timed(
    questions: &[String],
    mut ask: impl FnMut(&str) -> Result<usize>,
) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(questions.len());
    for question in questions {
        let start = Instant::now();
        black_box(ask(question)?);
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

fn report(name: &str, times: &[Duration], bare: &[Duration]) {
    let at =
        |times: &[Duration], share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
    let (p50, p99) = (at(times, 50), at(times, 99));
    let times_bare = p99 / at(bare, 99);
    println!("  {name:<28} p50 {p50:>7.3} ms   p99 {p99:>7.3} ms   {times_bare:>5.2} x bare p99");
}

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let posts = posts();
    let index = ours(&folder.path().join("ours"), &posts)?;
    let bare = Bare::new(&folder.path().join("bare"), &posts)?;
    println!("{POSTS} posts, {QUESTIONS} questions of each kind, {HITS} hits");
    for kind in ["all of two words", "any of three words", "phrase"] {
        println!("{kind}");
        let questions = questions(kind);
        let search = |question: &str| Search {
            words: question.to_owned(),
            limit: HITS,
            ..Search::default()
        };
        let reach = |question: &str| Search {
            reach: Reach::of(["0", "1", "2", "3", "4", "5"].map(|place| (None, Some(place)))),
            ..search(question)
        };
        let facets = |question: &str| Search {
            facets: vec!["sector", "municipality"],
            ..search(question)
        };
        timed(&questions, |q| bare.search(q))?;
        let floor = timed(&questions, |q| bare.search(q))?;
        report("bare tantivy", &floor, &floor);
        let ask = |search: Search| Ok(index.search(&search)?.total);
        timed(&questions, |q| ask(search(q)))?;
        report("otklik", &timed(&questions, |q| ask(search(q)))?, &floor);
        report(
            "otklik, six municipalities",
            &timed(&questions, |q| ask(reach(q)))?,
            &floor,
        );
        report(
            "otklik, two facets counted",
            &timed(&questions, |q| ask(facets(q)))?,
            &floor,
        );
    }
    Ok(())
}
