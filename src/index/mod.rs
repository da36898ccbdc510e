//! The full-text index: tantivy with Russian analysis. Disposable: delete its folder and it is
//! built anew from the change log. It holds masked terms and stores no text.
//!
//! A process has one [`Writer`] and any number of [`Index`] readers. Start with [`open`], then
//! [`query::Search`].

mod alike;
mod facets;
mod narrow;
pub mod query;
mod schema;
pub mod snippet;
mod whole;
mod writer;

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, query::QueryParser};

use crate::domain::time::Timestamp;
use schema::{Fields, analyzer};
pub use writer::Writer;

/// Memory of the writer before it flushes a segment, bytes.
const WRITER_MEMORY: usize = 60_000_000;

/// Raised when the schema, the analysis or what a document holds changes: older indexes are dropped and
/// built anew. 2: a post is of its incident's sector.
const VERSION: &str = "2";

/// A follower's place in the change log, committed with the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Position {
    /// PostgreSQL's transaction; 0 on SQLite.
    pub xid: i64,
    /// The row's sequence.
    pub seq: i64,
}

/// What the index holds of a post. The text is the masked one; only its terms are kept.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the fields of the same names")]
pub struct IndexDoc {
    pub id: String,
    pub text: String,
    pub source: String,
    pub platform: String,
    pub language: String,
    pub kind: String,
    pub sector: Option<String>,
    pub topic: Option<String>,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub published: Timestamp,
}

/// Reads the index. Cheap to clone; sees each commit of the writer by itself.
#[derive(Clone)]
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    parser: Arc<QueryParser>,
    whole: Arc<whole::Whole>,
}

/// What a commit carries beside documents.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Payload {
    #[serde(flatten)]
    position: Position,
    #[serde(default)]
    dirty: bool,
    /// Up to where tombstones had gone from the log when the index began.
    #[serde(default)]
    floor: Position,
}

/// [`open`], for the log of changes of this name (empty: the first one of a database): an index that
/// followed another is dropped.
///
/// # Errors
/// As there.
pub fn open_for(folder: &Path, log: &str) -> Result<(Index, Writer)> {
    let stamp = folder.join("otklik-log");
    let followed = std::fs::read_to_string(&stamp).unwrap_or_default();
    if followed != log && folder.exists() {
        tracing::warn!("the index followed another log of changes: building it anew");
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot delete {}", folder.display()))?;
    }
    let opened = open(folder)?;
    std::fs::write(&stamp, log).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(opened)
}

/// Opens or makes the index in `folder`. One that is broken or of another version is dropped: its
/// position is the beginning again.
///
/// # Errors
/// When the folder cannot be written, or another process holds the writer.
pub fn open(folder: &Path) -> Result<(Index, Writer)> {
    let inner = open_or_make(folder)
        .with_context(|| format!("cannot open the index in {}", folder.display()))?;
    let index = Index::of(inner)?;
    let writer: IndexWriter = index
        .inner
        .writer_with_num_threads(2, WRITER_MEMORY)
        .with_context(|| {
            format!(
                "another process writes the index in {}; stop it, or give this one another data_dir",
                folder.display()
            )
        })?;
    let payload = index.inner.load_metas()?.payload.unwrap_or_default();
    let payload: Payload = serde_json::from_str(&payload).unwrap_or_default();
    let writer = Writer {
        inner: writer,
        reader: index.reader.clone(),
        fields: index.fields,
        position: payload.position,
        floor: payload.floor,
        dirty: payload.dirty,
        broken: false,
    };
    Ok((index, writer))
}

/// Opens an index for reading beside the process that writes it.
///
/// # Errors
/// When there is none yet.
pub fn open_reader(folder: &Path) -> Result<Index> {
    let place = folder.display();
    if !folder.is_dir() {
        bail!("there is no index in {place}; run `otklik reindex`");
    }
    let inner = tantivy::Index::open_in_dir(folder)
        .with_context(|| format!("the index in {place} is broken; run `otklik reindex`"))?;
    inner.tokenizers().register(schema::ANALYZER, analyzer());
    Index::of(inner)
}

fn open_or_make(folder: &Path) -> Result<tantivy::Index> {
    let stamp = folder.join("otklik-version");
    let fresh = std::fs::read_to_string(&stamp).is_ok_and(|version| version == VERSION);
    let opened = match fresh {
        true => tantivy::Index::open_in_dir(folder).ok(),
        false => None,
    };
    let inner = match opened {
        Some(inner) => inner,
        None => {
            if folder.exists() {
                tracing::warn!(folder = %folder.display(), "the index is of no use: building it anew");
                std::fs::remove_dir_all(folder)?;
            }
            std::fs::create_dir_all(folder)?;
            let inner = tantivy::Index::create_in_dir(folder, schema::schema())?;
            std::fs::write(&stamp, VERSION)?;
            inner
        }
    };
    inner.tokenizers().register(schema::ANALYZER, analyzer());
    Ok(inner)
}

impl Index {
    fn of(mut inner: tantivy::Index) -> Result<Index> {
        // segments are searched on all cores: a page without words looks at every post
        inner.set_default_multithread_executor()?;
        let reader = inner
            .reader_builder()
            .reload_policy(ReloadPolicy::OnCommitWithDelay)
            .try_into()?;
        let fields = Fields::of(&inner.schema())?;
        let mut parser = QueryParser::for_index(&inner, vec![fields.text]);
        parser.set_conjunction_by_default();
        Ok(Index {
            inner,
            reader,
            fields,
            parser: Arc::new(parser),
            whole: Arc::default(),
        })
    }

    /// Where the last commit stands, by its files: another process may write them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn position(&self) -> Result<Position> {
        let payload = self.inner.load_metas()?.payload.unwrap_or_default();
        let payload: Payload = serde_json::from_str(&payload).unwrap_or_default();
        Ok(payload.position)
    }

    /// How many posts can be found.
    pub fn count(&self) -> u64 {
        self.reader.searcher().num_docs()
    }
}
