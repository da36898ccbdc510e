//! How many found posts have each code of a field. Start with [`facets`].

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::json;
use tantivy::{
    Searcher,
    aggregation::{
        AggContextParams, AggregationCollector, Key,
        agg_req::Aggregations,
        agg_result::{AggregationResult, BucketResult},
    },
    query::Query,
};

/// Facet values counted per field.
const FACET_VALUES: u64 = 500;

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

fn key_of(key: &Key) -> String {
    match key {
        Key::Str(text) => text.clone(),
        other => other.to_string(),
    }
}
