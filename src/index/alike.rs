//! Scores that tell nothing of posts out of reach.

use tantivy::{Term, query::Bm25StatisticsProvider, schema::Field};

/// BM25 weighs a word by how many documents have it: from a score one could reckon how often a word
/// stands in posts out of reach. Who does not reach everything gets scores from their own hits alone.
pub(super) struct EveryWordAlike;

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
