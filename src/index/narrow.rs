//! What a question may find: the asker's reach, the chosen codes, the span of time. Start with
//! [`Index::restrict`].

use std::ops::Bound;

use tantivy::{
    Term,
    query::{BooleanQuery, ConstScoreQuery, Occur, Query, RangeQuery, TermSetQuery},
    schema::Field,
};

use super::{Index, query::Search};
use crate::domain::{
    reach::{Block, Reach},
    time::Timestamp,
};

impl Index {
    /// The words' query, narrowed.
    pub(super) fn restrict(&self, words: Box<dyn Query>, search: &Search) -> Box<dyn Query> {
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
}

/// Documents whose field has one of the codes.
fn one_of(field: Field, codes: &[String]) -> Box<dyn Query> {
    let terms = codes.iter().map(|code| Term::from_field_text(field, code));
    Box::new(TermSetQuery::new(terms))
}
