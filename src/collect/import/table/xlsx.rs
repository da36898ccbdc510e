//! A workbook's sheet as lines of cells, cell by cell: the sheet is never held whole.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{
    MOST_COLUMNS, NoTable, TableFault,
    sheet::{About, Line, Step, Take},
    zipped,
};
use crate::domain::table::{RefusedRow, RowFault};

/// Excel lets 32,767 characters into a cell.
const LARGEST_CELL: usize = 256 * 1024;

pub(super) fn each(file: &Path, sheet: &str, take: Take<'_>) -> Result<About, NoTable> {
    zipped::check(file)?;
    let damaged = |error: XlsxError| NoTable::of(TableFault::Damaged, error);
    let input = File::open(file).map_err(|e| NoTable::of(TableFault::Away, e))?;
    let mut book: Xlsx<BufReader<File>> = Xlsx::new(BufReader::new(input)).map_err(damaged)?;
    let about = about(&book, sheet)?;
    let mut cells = book.worksheet_cells_reader(&about.sheet).map_err(damaged)?;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (at, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column as usize >= MOST_COLUMNS {
            return Err(TableFault::TooWide.into());
        }
        if row.at != Some(at) && row.give(take).is_break() {
            return Ok(about);
        }
        row.at = Some(at);
        row.put(column as usize, text);
    }
    let _ = row.give(take);
    Ok(about)
}

fn about(book: &Xlsx<BufReader<File>>, wanted: &str) -> Result<About, NoTable> {
    let mut about = About::default();
    for sheet in book.sheets_metadata() {
        let list = match (sheet.typ, sheet.visible) {
            (SheetType::WorkSheet, SheetVisible::Visible) => &mut about.sheets,
            (SheetType::WorkSheet, _) => &mut about.hidden,
            _ => continue,
        };
        list.push(sheet.name.clone());
    }
    let found = match wanted {
        "" => about.sheets.first(),
        name => about.sheets.iter().find(|sheet| *sheet == name),
    };
    about.sheet = found.cloned().ok_or(TableFault::NoSheet)?;
    Ok(about)
}

/// The line in the making.
#[derive(Default)]
struct Row {
    at: Option<u32>,
    cells: Vec<String>,
    too_large: bool,
}

impl Row {
    fn put(&mut self, column: usize, text: String) {
        if text.len() > LARGEST_CELL {
            self.too_large = true;
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
    }

    fn give(&mut self, take: Take<'_>) -> Step {
        let Some(at) = self.at.take() else {
            return Step::Continue(());
        };
        let number = u64::from(at) + 1;
        let cells = std::mem::take(&mut self.cells);
        match std::mem::take(&mut self.too_large) {
            true => take(Err(RefusedRow {
                line: number,
                fault: RowFault::TooLarge,
                field: None,
            })),
            false => take(Ok(Line { number, cells })),
        }
    }
}

/// A cell as people read it. Errors of formulas are empty cells.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => plain(text),
        DataRef::SharedString(text) => plain(text),
        DataRef::Bool(yes) => if *yes { "да" } else { "нет" }.to_owned(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => plain(text),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn plain(text: &str) -> String {
    text.replace('\0', " ").trim().to_owned()
}

/// Numbers of messages are whole: they have no «.0» and no exponent.
pub(super) fn number_text(number: f64) -> String {
    match number.fract() == 0.0 && number.abs() < 1e15 {
        true => format!("{number:.0}"),
        false => number.to_string(),
    }
}

/// ISO, the time only where there is one; spans of time stay numbers.
fn moment_text(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return number_text(moment.as_f64());
    }
    super::cells::excel_text(moment.to_ymd_hms_milli())
        .unwrap_or_else(|| number_text(moment.as_f64()))
}
