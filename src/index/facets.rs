//! How many found posts have each code of a field. Start with [`facets`].
//!
//! Codes are few, so each segment counts by their ordinals in an array: over millions of posts a third
//! of the time that tantivy's aggregations take, which are made for any number of values.

use std::collections::BTreeMap;

use anyhow::Result;
use tantivy::{
    DocId, Score, Searcher, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::StrColumn,
    query::Query,
};

/// Counts by field and code.
pub type Facets = BTreeMap<String, BTreeMap<String, u64>>;

/// Counts what a query finds.
///
/// # Errors
/// Tantivy's, when the index files are broken.
pub(super) fn facets(
    searcher: &Searcher,
    query: &dyn Query,
    names: &[&'static str],
) -> Result<Facets> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(searcher.search(query, &Codes(names))?)
}

/// Counts the codes of some fields.
struct Codes<'a>(&'a [&'static str]);

/// The same in one segment.
pub(super) struct SegmentCodes(Vec<Field>);

struct Field {
    name: &'static str,
    codes: StrColumn,
    /// By ordinal.
    counts: Vec<u64>,
    /// Ordinals of the documents in hand.
    ords: Vec<Option<u64>>,
}

impl Collector for Codes<'_> {
    type Fruit = Facets;
    type Child = SegmentCodes;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentCodes> {
        SegmentCodes::of(segment, self.0)
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Facets>>) -> tantivy::Result<Facets> {
        let names = self
            .0
            .iter()
            .map(|name| ((*name).to_owned(), BTreeMap::new()));
        let mut all: Facets = names.collect();
        for segment in segments {
            add(&mut all, segment?);
        }
        Ok(all)
    }
}

/// Adds the counts of a part.
pub(super) fn add(all: &mut Facets, part: Facets) {
    for (name, codes) in part {
        let sums = all.entry(name).or_default();
        for (code, n) in codes {
            *sums.entry(code).or_default() += n;
        }
    }
}

impl SegmentCodes {
    pub(super) fn of(segment: &SegmentReader, names: &[&'static str]) -> tantivy::Result<Self> {
        let mut fields = Vec::with_capacity(names.len());
        for &name in names {
            // no column: no document of the segment has the field
            if let Some(codes) = segment.fast_fields().str(name)? {
                fields.push(Field {
                    name,
                    counts: vec![0; codes.num_terms()],
                    codes,
                    ords: Vec::new(),
                });
            }
        }
        Ok(SegmentCodes(fields))
    }
}

impl SegmentCollector for SegmentCodes {
    type Fruit = tantivy::Result<Facets>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.collect_block(&[doc]);
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        for field in &mut self.0 {
            field.ords.clear();
            field.ords.resize(docs.len(), None);
            field.codes.ords().first_vals(docs, &mut field.ords);
            for ord in field.ords.iter().flatten() {
                if let Some(count) = field.counts.get_mut(*ord as usize) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> tantivy::Result<Facets> {
        let mut all = Facets::new();
        for field in self.0 {
            let mut codes = BTreeMap::new();
            for (ord, n) in field.counts.into_iter().enumerate() {
                let mut code = String::new();
                if n > 0 && field.codes.ord_to_str(ord as u64, &mut code)? {
                    codes.insert(code, n);
                }
            }
            all.insert(field.name.to_owned(), codes);
        }
        Ok(all)
    }
}
