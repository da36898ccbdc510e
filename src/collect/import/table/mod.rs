//! Tables that other systems export: xlsx, csv and JSON Lines as one stream of lines, the heading among
//! them, a proposal of what its columns hold, and the rows by a mapping that people chose.
//!
//! Columns that tell of the person who wrote are recognised and never read. Nothing is stored here.
//! Start with [`look`], then [`Plan`].

mod cells;
mod heading;
mod identifying;
mod objects;
mod period;
mod plan;
mod propose;
mod sheet;
mod text;
pub mod waiting;
mod words;
mod xlsx;
mod zipped;

#[cfg(test)]
mod tests;

use std::path::Path;

use crate::domain::post::coded;

pub use cells::without_flat;
pub use heading::{Column, Look, SHOWN, look};
pub use identifying::{Person, tells_of_person};
pub use plan::{NoFit, Plan};
pub use propose::{Proposal, Proposed, SURE, UNSURE};
pub use sheet::{Line, Step, each};

/// A table with more columns than this is none that people made.
pub const MOST_COLUMNS: usize = 512;

coded! {
    /// Why a file cannot be read as a table.
    TableFault {
        /// It holds no line.
        Empty = "empty",
        /// Excel's format of before 2007.
        OldExcel = "old_excel",
        /// It is something else: a picture, a document, an archive.
        NotATable = "not_a_table",
        /// It grows beyond all measure when it is unpacked.
        Bomb = "bomb",
        /// It has more columns than any table that people made.
        TooWide = "too_wide",
        /// There is no sheet of that name, or all are hidden.
        NoSheet = "no_sheet",
        /// No line looks like a heading.
        NoHeading = "no_heading",
        /// It is broken.
        Damaged = "damaged",
        /// It cannot be opened.
        Away = "away",
    }
}

impl TableFault {
    /// In a sentence, for those who run the command.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "it is empty",
            Self::OldExcel => "it is of Excel before 2007; save it as xlsx or csv",
            Self::NotATable => "it is no table; xlsx, csv and JSON Lines are read",
            Self::Bomb => "it grows beyond all measure when unpacked; save only the needed sheet",
            Self::TooWide => "it has more than 512 columns; save only the needed ones",
            Self::NoSheet => "there is no such sheet, or all of them are hidden",
            Self::NoHeading => "no line of the first thirty looks like a heading",
            Self::Damaged => "it is damaged; open it and save it anew",
            Self::Away => "it cannot be opened",
        }
    }
}

/// Why a file cannot be read as a table, with what the reader said.
#[derive(Debug, thiserror::Error)]
#[error("{}", .fault.sentence())]
pub struct NoTable {
    /// In a word.
    pub fault: TableFault,
    /// For the log.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl From<TableFault> for NoTable {
    fn from(fault: TableFault) -> Self {
        NoTable { fault, cause: None }
    }
}

impl NoTable {
    fn of(fault: TableFault, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        let cause: Option<Box<dyn std::error::Error + Send + Sync>> = Some(Box::new(cause));
        NoTable { fault, cause }
    }
}

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Objects,
    Text,
}

fn kind_of(file: &Path) -> Result<Kind, NoTable> {
    use std::io::Read;
    let mut first = Vec::new();
    let opened = std::fs::File::open(file).map_err(|e| NoTable::of(TableFault::Away, e))?;
    let read = opened.take(512).read_to_end(&mut first);
    read.map_err(|e| NoTable::of(TableFault::Away, e))?;
    let bare = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&first);
    match bare {
        [] => Err(TableFault::Empty.into()),
        [b'P', b'K', 3 | 5, ..] => Ok(Kind::Xlsx),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(TableFault::OldExcel.into()),
        [b'%', b'P', b'D', b'F', ..]
        | [0x89, b'P', b'N', b'G', ..]
        | [0xFF, 0xD8, 0xFF, ..]
        | [0x1F, 0x8B, ..]
        | [b'R', b'a', b'r', b'!', ..]
        | [b'7', b'z', 0xBC, ..] => Err(TableFault::NotATable.into()),
        _ if bare.trim_ascii_start().starts_with(b"{") => Ok(Kind::Objects),
        _ if bare.trim_ascii_start().starts_with(b"<") => Err(TableFault::NotATable.into()),
        _ => Ok(Kind::Text),
    }
}
