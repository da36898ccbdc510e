//! Tables and exports from files: CSV, JSON Lines and Telegram Desktop's `result.json` become
//! posts. Read as a stream; a row that cannot be taken is refused with its line and the reason, and
//! nothing else is lost. Nothing is stored here. Start with [`read`].

mod csv;
mod fields;
mod jsonl;
mod lines;
mod records;
pub mod table;
mod telegram;
mod times;

use std::io::Read;

use encoding_rs::Encoding;
use jiff::tz::TimeZone;

pub use fields::Field;

use crate::domain::post::CapturedPost;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table with a header line.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// `result.json` of Telegram Desktop.
    Telegram,
}

/// How to read a file.
#[derive(Debug, Clone)]
pub struct Options {
    /// The owner in the posts' identity, so that ids 1…n of two files do not meet. `None` leaves
    /// Telegram's chats their own ids; tables need one.
    pub owner: Option<String>,
    /// Columns (or keys) that hold a field under another name.
    pub columns: Vec<(Field, String)>,
    /// What stands between the cells of a table; `None` takes what splits the header best.
    pub delimiter: Option<u8>,
    /// The character set; `None` looks at the bytes.
    pub encoding: Option<&'static Encoding>,
    /// Meant by times that tell no zone.
    pub zone: TimeZone,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line of the file on which it begins, counted from 1.
    pub line: u64,
    /// What is wrong with it, in a sentence.
    pub reason: String,
}

/// A row of a file.
pub type Row = Result<CapturedPost, Refused>;

/// A file, ready to be read row by row.
pub struct Rows {
    /// What people should know before: the character set, the columns.
    pub notes: Vec<String>,
    rows: Box<dyn Iterator<Item = Row> + Send>,
}

impl Rows {
    fn new(notes: Vec<String>, rows: impl Iterator<Item = Row> + Send + 'static) -> Rows {
        let rows = Box::new(rows);
        Rows { notes, rows }
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        self.rows.next()
    }
}

/// Why no row of a file can be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The options do not fit the file.
    #[error("{0}")]
    Options(String),
    /// The file is not of this kind.
    #[error("{0}")]
    File(String),
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Begins to read `input`: its character set and header are looked at, the rows follow.
///
/// # Errors
/// [`Unreadable`], before the first row.
pub fn read(
    format: Format,
    input: impl Read + Send + 'static,
    options: Options,
) -> Result<Rows, Unreadable> {
    match format {
        Format::Csv => csv::read(input, options),
        Format::Jsonl => jsonl::read(input, options),
        Format::Telegram => Ok(telegram::read(input, &options)),
    }
}
