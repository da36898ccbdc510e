//! The `import` side of the seam: tables, JSON Lines and Telegram exports as posts, one row at a
//! time, so that a million rows need no more memory than one. Start with [`open`].
//!
//! A row that cannot be taken is refused with its line and the reason; it never ends the import and
//! is never dropped in silence.

mod csv;
mod jsonl;
mod lines;
mod row;
mod telegram;

use std::io::Read;

use jiff::tz::TimeZone;

use super::charset;
use crate::domain::post::CapturedPost;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table with a header.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// `result.json` of Telegram Desktop.
    Telegram,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What a row may tell of a post.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// Every field, in the order of the help text.
            pub const ALL: &'static [Field] = &[$(Field::$name),*];

            /// Its name, which is also the column's name unless mapped.
            pub fn code(self) -> &'static str {
                match self { $(Field::$name => $code,)* }
            }
        }
    };
}

fields! {
    /// The row's identifier within the file; a hash of the row without.
    Id = "id",
    /// The text; the only field that must be there.
    Text = "text",
    /// When it was published; the time of import without.
    Published = "published",
    /// Its address.
    Url = "url",
    /// Its author; becomes a pseudonym.
    Author = "author",
    /// The identifier of the row that it answers.
    Parent = "parent",
    /// A place beside the text.
    Place = "place",
    /// Latitude, degrees.
    Lat = "lat",
    /// Longitude, degrees.
    Lon = "lon",
}

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The owner in the identity of its posts, so that ids 1…n of two files do not meet.
    pub source: String,
    /// Columns of other names.
    pub map: Vec<(Field, String)>,
    /// The delimiter of a table; found out without.
    pub delimiter: Option<char>,
    /// The charset; found out without.
    pub encoding: Option<String>,
    /// The zone meant by times without one.
    pub zone: TimeZone,
}

impl Options {
    /// The options of a plain file.
    pub fn new(source: impl Into<String>, zone: TimeZone) -> Self {
        Self {
            source: source.into(),
            map: Vec::new(),
            delimiter: None,
            encoding: None,
            zone,
        }
    }
}

/// Reads `FIELD=COLUMN` of the command line.
///
/// # Errors
/// A sentence that names the known fields.
pub fn parse_map(text: &str) -> Result<(Field, String), String> {
    let (field, column) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is not FIELD=COLUMN"))?;
    let field = field.trim();
    let found = Field::ALL.iter().find(|known| known.code() == field);
    let found = found.ok_or_else(|| {
        let known: Vec<&str> = Field::ALL.iter().map(|field| field.code()).collect();
        format!("{field:?} is no field; the fields are {}", known.join(", "))
    })?;
    Ok((*found, column.trim().to_owned()))
}

/// Reads the delimiter of the command line: one character, or `tab`.
///
/// # Errors
/// A sentence when it is neither.
pub fn parse_delimiter(text: &str) -> Result<char, String> {
    let mut chars = text.chars();
    match (text, chars.next(), chars.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(one), None) if one != '"' && one != '\n' => Ok(one),
        _ => Err(format!("{text:?} is no delimiter: one character, or tab")),
    }
}

/// Checks the charset of the command line.
///
/// # Errors
/// A sentence when nobody knows it.
pub fn parse_encoding(text: &str) -> Result<String, String> {
    charset::find(text)
        .map(|_| text.to_owned())
        .ok_or_else(|| format!("{text:?} is no known charset; try utf-8, windows-1251 or koi8-r"))
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A post.
    Post(Box<CapturedPost>),
    /// A row that was not taken.
    Refused(Refused),
}

/// Where and why a row was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line on which it begins, from 1; for Telegram the message, from 1.
    pub line: u64,
    /// Why; quotes no text of the row beyond the value that is wrong.
    pub reason: String,
}

/// The rows of a file. An error ends it: what follows cannot be read.
pub type Rows = Box<dyn Iterator<Item = Result<Row, String>> + Send>;

/// Begins to read a file.
///
/// # Errors
/// A sentence when nothing can be read: no header, no column of texts, an unknown charset.
pub fn open(
    format: Format,
    input: impl Read + Send + 'static,
    options: &Options,
) -> Result<Rows, String> {
    Ok(match format {
        Format::Csv => Box::new(csv::Table::open(
            lines::Lines::open(input, options)?,
            options,
        )?),
        Format::Jsonl => Box::new(jsonl::Objects::new(
            lines::Lines::open(input, options)?,
            options,
        )?),
        Format::Telegram => telegram::read(input, options),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read() {
        assert_eq!(parse_map("text=Текст"), Ok((Field::Text, "Текст".into())));
        assert!(parse_map("words=x").is_err_and(|why| why.contains("id, text, published")));
        assert_eq!(parse_delimiter("tab"), Ok('\t'));
        assert_eq!(parse_delimiter(";"), Ok(';'));
        assert!(parse_delimiter(";;").is_err());
        assert!(parse_encoding("cp1251").is_ok() && parse_encoding("nope").is_err());
    }
}
