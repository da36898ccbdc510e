//! JSON Lines as lines of cells: the keys of the first objects are the heading.

use std::{fs::File, path::Path};

use serde_json::{Map, Value};

use super::{
    MOST_COLUMNS, NoTable, TableFault,
    sheet::{About, Line, Take},
};
use crate::{
    collect::import::lines::{self, Lines},
    domain::table::{RefusedRow, RowFault},
};

/// Objects whose keys make the heading.
const LOOK: usize = 100;

pub(super) fn each(file: &Path, take: Take<'_>) -> Result<About, NoTable> {
    let away = |error| NoTable::of(TableFault::Away, error);
    let input = File::open(file).map_err(away)?;
    let (mut lines, note) = Lines::open(input, None).map_err(away)?;
    let about = About {
        note,
        ..About::default()
    };
    let mut first = Vec::new();
    while first.len() < LOOK {
        let Some(line) = lines.next().map_err(away)? else {
            break;
        };
        first.push(line);
    }
    let mut keys: Vec<String> = Vec::new();
    for object in first.iter().filter_map(|line| object(line).ok()) {
        let new = object.iter().map(|(key, _)| key);
        for key in new {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        if keys.len() > MOST_COLUMNS {
            return Err(TableFault::TooWide.into());
        }
    }
    if keys.is_empty() {
        return Err(TableFault::NotATable.into());
    }
    let heading = Line {
        number: 0,
        cells: keys.clone(),
    };
    if take(Ok(heading)).is_break() {
        return Ok(about);
    }
    lines.put_back(first.into_iter());
    while let Some(line) = lines.next().map_err(away)? {
        if line.text.trim().is_empty() && !line.cut {
            continue;
        }
        let row = object(&line).map(|object| Line {
            number: line.number,
            cells: keys.iter().map(|key| cell(object.get(key))).collect(),
        });
        if take(row).is_break() {
            break;
        }
    }
    Ok(about)
}

fn object(line: &lines::Line) -> Result<Map<String, Value>, RefusedRow> {
    let refused = |fault| RefusedRow {
        line: line.number,
        fault,
        field: None,
    };
    if line.cut {
        return Err(refused(RowFault::TooLarge));
    }
    match serde_json::from_str(&line.text) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(refused(RowFault::Broken)),
    }
}

/// Texts and numbers; what is nested is not read, for nobody knows what it holds.
fn cell(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.replace('\0', " ").trim().to_owned(),
        Some(Value::Number(number)) => {
            let text = number.to_string();
            text.strip_suffix(".0")
                .map_or_else(|| text.clone(), str::to_owned)
        }
        _ => String::new(),
    }
}
