//! Delimited text as lines of cells: `;`, `,`, tab or `|`, in any character set that Russian offices use.

use std::{fs::File, path::Path};

use super::{
    MOST_COLUMNS, NoTable, TableFault,
    sheet::{About, Line, Take},
};
use crate::{
    collect::import::{
        csv::DELIMITERS,
        lines::Lines,
        records::{Records, count_cells},
    },
    domain::table::{RefusedRow, RowFault},
};

/// Lines that are looked at for the delimiter: titles may stand above the table.
const LOOK: usize = 25;

pub(super) fn each(file: &Path, take: Take<'_>) -> Result<About, NoTable> {
    let away = |error| NoTable::of(TableFault::Away, error);
    let input = File::open(file).map_err(away)?;
    let (mut lines, note) = Lines::open(input, None).map_err(away)?;
    let delimiter = delimiter(&mut lines).map_err(away)?;
    let mut records = Records { lines, delimiter };
    while let Some(record) = records.next().map_err(away)? {
        let line = match record {
            Ok(record) if record.cells.len() > MOST_COLUMNS => {
                let last = record
                    .cells
                    .iter()
                    .rposition(|cell| !cell.trim().is_empty());
                if last.is_some_and(|last| last >= MOST_COLUMNS) {
                    return Err(TableFault::TooWide.into());
                }
                Ok(Line {
                    number: record.line,
                    cells: trimmed(&record.cells[..MOST_COLUMNS]),
                })
            }
            Ok(record) => Ok(Line {
                number: record.line,
                cells: trimmed(&record.cells),
            }),
            Err(refused) => Err(RefusedRow {
                line: refused.line,
                fault: RowFault::Broken,
                field: None,
            }),
        };
        if line.as_ref().is_ok_and(Line::is_empty) {
            continue;
        }
        if take(line).is_break() {
            break;
        }
    }
    Ok(About {
        note,
        ..About::default()
    })
}

fn trimmed(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The one that splits most of the first lines alike.
fn delimiter(lines: &mut Lines) -> std::io::Result<u8> {
    let mut seen = Vec::new();
    while seen.len() < LOOK {
        let Some(line) = lines.next()? else { break };
        seen.push(line);
    }
    let likeness = |delimiter: u8| {
        let counts: Vec<usize> = seen
            .iter()
            .filter(|line| !line.text.trim().is_empty())
            .map(|line| count_cells(&line.text, delimiter))
            .collect();
        let alike = |n: usize| counts.iter().filter(|count| **count == n).count();
        let best = counts.iter().copied().filter(|n| *n > 1);
        best.map(|n| alike(n) * n.min(MOST_COLUMNS))
            .max()
            .unwrap_or(0)
    };
    // of equals `max_by_key` takes the last: the comma
    let best = DELIMITERS.into_iter().rev().max_by_key(|d| likeness(*d));
    lines.put_back(seen.into_iter());
    Ok(best.unwrap_or(b','))
}
