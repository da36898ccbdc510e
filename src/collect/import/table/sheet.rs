//! One seam for all formats: a file as lines of cells, pushed to whoever takes them. Start with [`each`].

use std::{ops::ControlFlow, path::Path};

use super::{Kind, NoTable, kind_of, objects, text, xlsx};
use crate::domain::table::RefusedRow;

/// A line of cells. Trailing empty cells may be missing; dates are ISO, whole numbers have no «.0».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the file or sheet, from 1.
    pub number: u64,
    /// As they stand, without the white space around them.
    pub cells: Vec<String>,
}

impl Line {
    /// A cell; empty when the line is shorter.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// Whether to go on.
pub type Step = ControlFlow<()>;

/// Takes a line, or why there is none in its place.
pub(super) type Take<'a> = &'a mut dyn FnMut(Result<Line, RefusedRow>) -> Step;

/// What a file has beside its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Sheets that people see; empty for formats without.
    pub sheets: Vec<String>,
    /// Sheets that are hidden: they are not read.
    pub hidden: Vec<String>,
    /// The one that was read.
    pub sheet: String,
    /// The character set, where it was guessed.
    pub note: Option<String>,
}

/// Gives each line of a file to `take`, until it breaks or the file ends. Empty lines are passed over.
/// `sheet` names one of a workbook; empty is the first that is not hidden. Memory stays bounded: a
/// workbook holds its table of shared texts, the others one line.
///
/// # Errors
/// [`NoTable`].
pub fn each(
    file: &Path,
    sheet: &str,
    mut take: impl FnMut(Result<Line, RefusedRow>) -> Step,
) -> Result<About, NoTable> {
    match kind_of(file)? {
        Kind::Xlsx => xlsx::each(file, sheet, &mut take),
        Kind::Text => text::each(file, &mut take),
        Kind::Objects => objects::each(file, &mut take),
    }
}
