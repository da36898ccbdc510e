//! Questions to the index: words, phrases and boolean operators, filters, facet counts.
//!
//! A person's query never fails: what cannot be parsed is read as words. What the asker may see is
//! part of the question ([`Search::reach`]), so hits and counts obey one rule.

use std::{collections::BTreeMap, ops::Bound};

use anyhow::Result;
use serde_json::json;
use tantivy::{
    DocAddress, Order, Score, Searcher, Term,
    aggregation::{
        AggContextParams, AggregationCollector,
        agg_req::Aggregations,
        agg_result::{AggregationResult, BucketResult},
    },
    collector::{Count, TopDocs},
    query::{
        AllQuery, Bm25StatisticsProvider, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query,
        RangeQuery, TermSetQuery,
    },
    schema::Field,
};

use super::{Index, schema::fold};
use crate::domain::{
    id::PostId,
    reach::{Block, Reach},
    time::Timestamp,
};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The person's words; empty asks for everything.
    pub words: String,
    /// What the asker may find; the default is nothing.
    pub reach: Reach,
    /// Chosen codes by field: `sector`, `topic`, `municipality`, `place`, `source`, `platform`,
    /// `language`, `kind`. Unknown fields are ignored.
    pub filters: BTreeMap<String, Vec<String>>,
    /// Published at or after.
    pub since: Option<Timestamp>,
    /// Published before.
    pub until: Option<Timestamp>,
    /// Newest first instead of best first.
    pub newest: bool,
    /// Hits to give, at most 500.
    pub limit: usize,
    /// Hits to pass over.
    pub offset: usize,
    /// Fields to count.
    pub facets: Vec<&'static str>,
}

/// A found post.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The post.
    pub id: PostId,
    /// BM25 of the words, or 0 when sorted by time.
    pub score: f32,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many posts match.
    pub total: usize,
    /// The page that was asked for.
    pub hits: Vec<Hit>,
    /// Counts by field and code.
    pub facets: BTreeMap<String, BTreeMap<String, u64>>,
    /// Stems of the words, for snippets.
    pub stems: Vec<String>,
}

/// Facet values counted per field.
const FACET_VALUES: u64 = 500;

impl Index {
    /// Answers a question.
    ///
    /// # Errors
    /// Tantivy's, when the index files are broken.
    pub fn search(&self, search: &Search) -> Result<Found> {
        let words = self.parse(&search.words);
        let mut stems = Vec::new();
        words.query_terms(&mut |term, _| {
            if term.field() == self.fields.text
                && let Some(stem) = term.value().as_str()
            {
                stems.push(stem.to_owned());
            }
        });
        let query = self.restrict(words, search);
        let searcher = self.reader.searcher();
        let (total, hits) = match search.limit.min(500) {
            0 => (searcher.search(&query, &Count)?, Vec::new()),
            limit => self.hits(&searcher, &query, search, limit)?,
        };
        Ok(Found {
            total,
            hits,
            facets: facets(&searcher, &query, &search.facets)?,
            stems,
        })
    }

    fn parse(&self, words: &str) -> Box<dyn Query> {
        // Without colons nobody can ask for a field: what it holds may be hidden from them.
        let words = fold(words.trim()).replace(':', " ");
        if words.trim().is_empty() {
            return Box::new(AllQuery);
        }
        match self.parser.parse_query(&words) {
            Ok(query) => query,
            Err(_) => {
                let plain: String = words
                    .chars()
                    .map(|c| if c.is_alphanumeric() { c } else { ' ' })
                    .collect();
                self.parser
                    .parse_query(&plain)
                    .unwrap_or_else(|_| Box::new(EmptyQuery))
            }
        }
    }

    fn restrict(&self, words: Box<dyn Query>, search: &Search) -> Box<dyn Query> {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, words)];
        if !search.reach.is_everything() {
            parts.push((Occur::Must, self.within(&search.reach)));
        }
        for (name, codes) in &search.filters {
            if let Some(field) = self.code_field(name).filter(|_| !codes.is_empty()) {
                parts.push((Occur::Must, one_of(field, codes)));
            }
        }
        let bound = |moment: Option<Timestamp>| moment.map(|m| self.published(m));
        if search.since.is_some() || search.until.is_some() {
            let from = bound(search.since).map_or(Bound::Unbounded, Bound::Included);
            let to = bound(search.until).map_or(Bound::Unbounded, Bound::Excluded);
            parts.push((Occur::Must, Box::new(RangeQuery::new(from, to))));
        }
        match parts.len() {
            1 => parts.swap_remove(0).1,
            _ => Box::new(BooleanQuery::new(parts)),
        }
    }

    /// Documents within reach. They add nothing to a score: it must not depend on who asks.
    fn within(&self, reach: &Reach) -> Box<dyn Query> {
        let blocks = reach.blocks().iter();
        let blocks = blocks.map(|block| (Occur::Should, self.block(block)));
        let any = BooleanQuery::new(blocks.collect());
        Box::new(ConstScoreQuery::new(Box::new(any), 0.0))
    }

    fn block(&self, block: &Block) -> Box<dyn Query> {
        let lists = [
            (self.fields.sector, &block.sectors),
            (self.fields.municipality, &block.municipalities),
        ];
        let parts = lists.into_iter().filter_map(|(field, codes)| {
            let codes = codes.as_ref()?;
            Some((Occur::Must, one_of(field, codes)))
        });
        Box::new(BooleanQuery::new(parts.collect()))
    }

    fn published(&self, moment: Timestamp) -> Term {
        Term::from_field_i64(self.fields.published, moment.as_millis())
    }

    fn code_field(&self, name: &str) -> Option<Field> {
        let f = &self.fields;
        Some(match name {
            "sector" => f.sector,
            "topic" => f.topic,
            "municipality" => f.municipality,
            "place" => f.place,
            "source" => f.source,
            "platform" => f.platform,
            "language" => f.language,
            "kind" => f.kind,
            _ => return None,
        })
    }

    fn hits(
        &self,
        searcher: &Searcher,
        query: &dyn Query,
        search: &Search,
        limit: usize,
    ) -> Result<(usize, Vec<Hit>)> {
        let top = TopDocs::with_limit(limit).and_offset(search.offset);
        // Counted and collected in one pass: two would cost twice.
        let (total, found) = match search.newest || search.words.trim().is_empty() {
            true => {
                let top = top.order_by_fast_field::<i64>("published", Order::Desc);
                let (total, found) = searcher.search(query, &(Count, top))?;
                let found = found.into_iter().map(|(_, address)| (0.0, address));
                (total, found.collect::<Vec<(Score, DocAddress)>>())
            }
            false => {
                let ranked = &(Count, top.order_by_score());
                match search.reach.is_everything() {
                    true => searcher.search(query, ranked)?,
                    false => {
                        searcher.search_with_statistics_provider(query, ranked, &EveryWordAlike)?
                    }
                }
            }
        };
        let hit = |(score, address)| -> Result<Hit> {
            let id = PostId(id_of(searcher, address)?);
            Ok(Hit { id, score })
        };
        let hits = found.into_iter().map(hit).collect::<Result<_>>()?;
        Ok((total, hits))
    }
}

/// BM25 weighs a word by how many documents have it: from a score one could reckon how often a word
/// stands in posts out of reach. Who does not reach everything gets scores from their own hits alone.
struct EveryWordAlike;

const DOCUMENTS: u64 = 1 << 20;

impl Bm25StatisticsProvider for EveryWordAlike {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok(DOCUMENTS * 30)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(DOCUMENTS)
    }

    fn doc_freq(&self, _: &Term) -> tantivy::Result<u64> {
        Ok(DOCUMENTS / 100)
    }
}

/// Documents whose field has one of the codes.
fn one_of(field: Field, codes: &[String]) -> Box<dyn Query> {
    let terms = codes.iter().map(|code| Term::from_field_text(field, code));
    Box::new(TermSetQuery::new(terms))
}

fn id_of(searcher: &Searcher, address: DocAddress) -> Result<String> {
    let ids = searcher
        .segment_reader(address.segment_ord)
        .fast_fields()
        .str("id")?;
    let mut id = String::new();
    if let Some(ids) = ids
        && let Some(ord) = ids.term_ords(address.doc_id).next()
    {
        ids.ord_to_str(ord, &mut id)?;
    }
    Ok(id)
}

fn facets(
    searcher: &Searcher,
    query: &dyn Query,
    names: &[&'static str],
) -> Result<BTreeMap<String, BTreeMap<String, u64>>> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let request: serde_json::Map<_, _> = names
        .iter()
        .map(|name| {
            let terms = json!({"terms": {"field": name, "size": FACET_VALUES}});
            ((*name).to_owned(), terms)
        })
        .collect();
    let request: Aggregations = serde_json::from_value(request.into())?;
    let collector = AggregationCollector::from_aggs(request, AggContextParams::default());
    let answer = searcher.search(query, &collector)?;
    let mut counted = BTreeMap::new();
    for (name, result) in answer.0 {
        if let AggregationResult::BucketResult(BucketResult::Terms { buckets, .. }) = result {
            let counts = buckets
                .iter()
                .map(|bucket| (key_of(&bucket.key), bucket.doc_count))
                .collect();
            counted.insert(name, counts);
        }
    }
    Ok(counted)
}

fn key_of(key: &tantivy::aggregation::Key) -> String {
    match key {
        tantivy::aggregation::Key::Str(text) => text.clone(),
        other => other.to_string(),
    }
}
