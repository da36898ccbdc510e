//! What the whole index holds of each code: asked whenever somebody opens the search without words.
//!
//! A segment never changes but for deletions, so its counts are reckoned once and kept while it lives:
//! over millions of posts that is most of what such a page costs. Start with [`Whole::facets`].

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use tantivy::{Searcher, SegmentReader, collector::SegmentCollector, index::SegmentId};

use super::facets::{Facets, SegmentCodes, add};

/// A segment with so many deleted posts.
type Key = (SegmentId, u32);

/// Counts by segment.
#[derive(Default)]
pub(super) struct Whole(Mutex<HashMap<Key, Facets>>);

impl Whole {
    /// How many of all posts have each code of these fields.
    ///
    /// # Errors
    /// Tantivy's, when the index files are broken.
    pub fn facets(&self, searcher: &Searcher, names: &[&'static str]) -> Result<Facets> {
        let mut all: Facets = names
            .iter()
            .map(|name| ((*name).to_owned(), BTreeMap::new()))
            .collect();
        for segment in searcher.segment_readers() {
            let counts = match self.known(segment, names) {
                Some(counts) => counts,
                None => self.count(segment, names)?,
            };
            add(&mut all, counts);
        }
        self.forget_merged(searcher);
        Ok(all)
    }

    fn known(&self, segment: &SegmentReader, names: &[&'static str]) -> Option<Facets> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = kept.get(&key(segment))?;
        let asked = names.iter().map(|name| {
            let of_name = counts.get(*name)?;
            Some(((*name).to_owned(), of_name.clone()))
        });
        asked.collect()
    }

    fn count(&self, segment: &SegmentReader, names: &[&'static str]) -> Result<Facets> {
        let mut codes = SegmentCodes::of(segment, names)?;
        let docs: Vec<_> = segment.doc_ids_alive().collect();
        for block in docs.chunks(64) {
            codes.collect_block(block);
        }
        let mut counts = codes.harvest()?;
        for name in names {
            counts.entry((*name).to_owned()).or_default();
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(key(segment)).or_default().extend(counts.clone());
        Ok(counts)
    }

    fn forget_merged(&self, searcher: &Searcher) {
        let live: Vec<Key> = searcher.segment_readers().iter().map(key).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|key, _| live.contains(key));
    }
}

fn key(segment: &SegmentReader) -> Key {
    (segment.segment_id(), segment.num_deleted_docs())
}
