//! Questions to the index: words, phrases and boolean operators, filters, facet counts.
//!
//! A person's query never fails: what cannot be parsed is read as words. What the asker may see is
//! part of the question ([`Search::reach`]), so hits and counts obey one rule. Start with
//! [`Index::search`]; `narrow.rs` holds the rule.

use std::collections::BTreeMap;

use anyhow::Result;
use tantivy::{
    DocAddress, Order, Score, Searcher,
    collector::{Count, TopDocs},
    query::{AllQuery, EmptyQuery, Query},
};

use super::{
    Index,
    alike::EveryWordAlike,
    facets::{Facets, facets},
    schema::fold,
};
use crate::domain::{id::PostId, reach::Reach, time::Timestamp};

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
    /// When it was published, when sorted by time.
    pub published: Option<Timestamp>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many posts match.
    pub total: usize,
    /// The page that was asked for.
    pub hits: Vec<Hit>,
    /// Counts by field and code.
    pub facets: Facets,
    /// Stems of the words, for snippets.
    pub stems: Vec<String>,
}

/// Characters of a query that are read.
const LONGEST: usize = 1000;
/// Brackets within brackets that are read as such: the parser calls itself for each.
const DEEPEST: usize = 16;

/// The query, with its brackets as blanks when they nest deeper than anybody means.
fn shallow(words: String) -> String {
    let mut depth = 0usize;
    let deep = words.chars().any(|c| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    });
    match deep {
        true => words.replace(['(', ')', '[', ']', '{', '}'], " "),
        false => words,
    }
}

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
        let is_all = query.is::<AllQuery>();
        let searcher = self.reader.searcher();
        let (total, hits) = match search.limit.min(500) {
            0 => (searcher.search(&query, &Count)?, Vec::new()),
            limit => self.hits(&searcher, &query, search, limit)?,
        };
        Ok(Found {
            total,
            hits,
            facets: match is_all {
                true => self.whole.facets(&searcher, &search.facets)?,
                false => facets(&searcher, &query, &search.facets)?,
            },
            stems,
        })
    }

    fn parse(&self, words: &str) -> Box<dyn Query> {
        // Without colons nobody can ask for a field: what it holds may be hidden from them.
        let words = fold(words.trim()).replace(':', " ");
        let words = shallow(words.chars().take(LONGEST).collect());
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
                let found = found.into_iter().map(|(at, address)| (0.0, at, address));
                (
                    total,
                    found.collect::<Vec<(Score, Option<i64>, DocAddress)>>(),
                )
            }
            false => {
                let ranked = &(Count, top.order_by_score());
                let (total, found) = match search.reach.is_everything() {
                    true => searcher.search(query, ranked)?,
                    false => {
                        searcher.search_with_statistics_provider(query, ranked, &EveryWordAlike)?
                    }
                };
                let found = found
                    .into_iter()
                    .map(|(score, address)| (score, None, address));
                (total, found.collect())
            }
        };
        let hit = |(score, published, address): (Score, Option<i64>, DocAddress)| -> Result<Hit> {
            Ok(Hit {
                id: PostId(id_of(searcher, address)?),
                score,
                published: published.map(Timestamp::from_millis),
            })
        };
        let hits = found.into_iter().map(hit).collect::<Result<_>>()?;
        Ok((total, hits))
    }
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
