//! The schema and the Russian analysis: words folded (case, ё as е) and cut to their Snowball stem.

use std::borrow::Cow;

use anyhow::Result;
use tantivy::{
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
    },
    tokenizer::{Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer},
};

/// The analyzer's name.
pub(super) const ANALYZER: &str = "ru";

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub id: Field,
    pub text: Field,
    pub source: Field,
    pub platform: Field,
    pub language: Field,
    pub kind: Field,
    pub sector: Field,
    pub topic: Field,
    pub municipality: Field,
    pub place: Field,
    pub published: Field,
}

/// Fields that hold one code each and are counted as facets.
const CODES: &[&str] = &[
    "source",
    "platform",
    "language",
    "kind",
    "sector",
    "topic",
    "municipality",
    "place",
];

pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_text_field("id", STRING | FAST);
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(ANALYZER)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    schema.add_text_field(
        "text",
        TextOptions::default().set_indexing_options(indexing),
    );
    for code in CODES {
        schema.add_text_field(code, STRING | FAST);
    }
    schema.add_i64_field("published", INDEXED | FAST);
    schema.build()
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> Result<Fields> {
        let field = |name| schema.get_field(name);
        Ok(Fields {
            id: field("id")?,
            text: field("text")?,
            source: field("source")?,
            platform: field("platform")?,
            language: field("language")?,
            kind: field("kind")?,
            sector: field("sector")?,
            topic: field("topic")?,
            municipality: field("municipality")?,
            place: field("place")?,
            published: field("published")?,
        })
    }
}

/// Words of at most 60 bytes, lower case, stemmed.
pub(super) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(60))
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::Russian))
        .build()
}

/// «ё» is written as «е» more often than not. Both are two bytes: offsets stay true.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    match text.contains(['ё', 'Ё']) {
        true => Cow::Owned(text.replace('ё', "е").replace('Ё', "Е")),
        false => Cow::Borrowed(text),
    }
}
