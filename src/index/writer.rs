//! The one writer: documents in, deleted and purged posts out, each commit with its place in the change
//! log. Start with [`Writer::apply`].

use anyhow::Result;
use tantivy::{IndexReader, IndexWriter, TantivyDocument, Term, index::SegmentId};

use super::{
    IndexDoc, Payload, Position,
    schema::{Fields, fold},
};
use crate::domain::id::PostId;

/// The one writer of an index.
pub struct Writer {
    pub(super) inner: IndexWriter,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) position: Position,
    pub(super) floor: Position,
    /// Purged words still stand in segments.
    pub(super) dirty: bool,
    /// A write failed: tantivy's writer is dead and must be made anew.
    pub(super) broken: bool,
}

impl Writer {
    /// Where the last commit stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Adds or replaces documents and deletes posts; nothing shows before [`Writer::commit`].
    ///
    /// # Errors
    /// Tantivy's, when the disk is full or broken.
    pub fn apply(&mut self, docs: Vec<IndexDoc>, gone: Vec<PostId>) -> Result<()> {
        self.mend()?;
        let applied = self.apply_all(docs, gone);
        self.broken |= applied.is_err();
        applied
    }

    /// After a failed write tantivy's writer does nothing more: it goes back to the last commit.
    fn mend(&mut self) -> Result<()> {
        if self.broken {
            self.inner.rollback()?;
            self.broken = false;
        }
        Ok(())
    }

    fn apply_all(&mut self, docs: Vec<IndexDoc>, gone: Vec<PostId>) -> Result<()> {
        for id in gone {
            self.delete(id.as_str());
        }
        for doc in docs {
            self.delete(&doc.id);
            self.inner.add_document(self.document(&doc))?;
        }
        Ok(())
    }

    fn delete(&mut self, id: &str) {
        let term = Term::from_field_text(self.fields.id, id);
        self.inner.delete_term(term);
    }

    fn document(&self, doc: &IndexDoc) -> TantivyDocument {
        let f = &self.fields;
        let mut out = TantivyDocument::default();
        out.add_text(f.id, &doc.id);
        out.add_text(f.text, fold(&doc.text));
        out.add_text(f.source, &doc.source);
        out.add_text(f.platform, &doc.platform);
        out.add_text(f.language, &doc.language);
        out.add_text(f.kind, &doc.kind);
        for (field, value) in [
            (f.sector, &doc.sector),
            (f.topic, &doc.topic),
            (f.municipality, &doc.municipality),
            (f.place, &doc.place),
        ] {
            if let Some(value) = value {
                out.add_text(field, value);
            }
        }
        out.add_i64(f.published, doc.published.as_millis());
        out
    }

    /// Makes what was applied visible, together with the position that it brings the index to.
    ///
    /// # Errors
    /// Tantivy's; then the index stays at the commit before.
    pub fn commit(&mut self, position: Position) -> Result<()> {
        let committed = self.commit_at(position);
        self.broken |= committed.is_err();
        committed
    }

    fn commit_at(&mut self, position: Position) -> Result<()> {
        let payload = Payload {
            position,
            dirty: self.dirty,
            floor: self.floor,
        };
        let mut prepared = self.inner.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(&payload)?);
        prepared.commit()?;
        self.position = position;
        self.reader.reload()?;
        Ok(())
    }

    /// Deletes posts for good: their words leave the files with the next [`Writer::scrub`], also
    /// when this process ends before it.
    pub fn purge(&mut self, posts: &[PostId]) {
        for id in posts {
            self.delete(id.as_str());
        }
        self.dirty |= !posts.is_empty();
    }

    /// Whether purged words may still stand in files.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Writes each segment with deleted documents anew, without their words, and deletes the old
    /// files. A segment that is being merged is left for the next call: the index stays dirty.
    ///
    /// # Errors
    /// Tantivy's, when the disk is full or broken.
    pub fn scrub(&mut self) -> Result<()> {
        self.mend()?;
        for segment in self.with_deletions()? {
            if let Err(error) = self.inner.merge(&[segment]).wait() {
                tracing::debug!("a segment is merged by another hand: {error}");
            }
        }
        self.inner.garbage_collect_files().wait()?;
        self.reader.reload()?;
        if self.with_deletions()?.is_empty() {
            self.dirty = false;
            self.commit(self.position)?;
        }
        Ok(())
    }

    fn with_deletions(&self) -> Result<Vec<SegmentId>> {
        let segments = self.inner.index().searchable_segment_metas()?;
        let dirty = segments.iter().filter(|s| s.num_deleted_docs() > 0);
        Ok(dirty.map(|segment| segment.id()).collect())
    }

    /// Whether tombstones went from the log (up to `floor`) that this index had not read: it may hold
    /// posts that it will never be told to forget. One that stands at the beginning holds none.
    pub fn missed(&mut self, floor: Position) -> bool {
        if self.position == Position::default() {
            self.floor = floor;
        }
        self.floor < floor && self.position < floor
    }

    /// Drops everything: the next documents come from the beginning of a log whose tombstones have gone
    /// up to `floor`.
    ///
    /// # Errors
    /// Tantivy's, when the disk is full or broken.
    pub fn begin_anew(&mut self, floor: Position) -> Result<()> {
        self.mend()?;
        self.inner.delete_all_documents()?;
        self.floor = floor;
        self.commit(Position::default())
    }
}
