//! Tables of labelled texts.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result};
use csv::ByteRecord;
use sha2::{Digest, Sha256};

use super::Sample;
use crate::{
    domain::hex,
    understand::{mask, text},
};

/// Columns of a table.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Column of the text.
    pub text: String,
    /// Column of the label.
    pub label: String,
    /// Column of the group.
    pub group: Option<String>,
}

/// A row with a label.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number in the file, from 1, the header not counted.
    pub number: usize,
    /// The text, cleaned and masked.
    pub text: String,
    /// The label as it stands there.
    pub label: String,
    /// The group; empty without a column.
    pub group: String,
}

/// A table that was read.
#[derive(Debug, Clone)]
pub struct Table {
    /// Rows with a label.
    pub rows: Vec<Row>,
    /// Rows without.
    pub skipped: usize,
    /// SHA-256 of the file.
    pub checksum: String,
}

/// A column that the table lacks.
#[derive(Debug, thiserror::Error)]
#[error("{file} has no column «{wanted}»; it has {has}")]
pub struct NoColumn {
    file: String,
    wanted: String,
    has: String,
}

/// A text as models see it: cleaned, personal data masked.
pub fn prepare(raw: &str) -> String {
    mask::mask(&text::clean(raw)).into_owned()
}

/// Reads a CSV file; the delimiter is the likelier of comma, semicolon and tab in its first line.
///
/// # Errors
/// Unreadable file, broken row (with its line), or [`NoColumn`].
pub fn read(path: &Path, columns: &Columns) -> Result<Table> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {file}"))?;
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(body))
        .flexible(true)
        .from_reader(body);
    let header = reader
        .byte_headers()
        .with_context(|| format!("cannot read {file}"))?;
    let cells = Cells::find(header, columns, &file)?;
    let (mut rows, mut skipped) = (Vec::new(), 0);
    for (i, record) in reader.byte_records().enumerate() {
        let record = record.with_context(|| format!("{file}, row {}", i + 1))?;
        match cells.row(i + 1, &record) {
            Some(row) => rows.push(row),
            None => skipped += 1,
        }
    }
    Ok(Table {
        rows,
        skipped,
        checksum: hex::digits(&Sha256::digest(&bytes)),
    })
}

/// Where a row's cells stand.
struct Cells {
    text: usize,
    label: usize,
    group: Option<usize>,
}

impl Cells {
    fn find(header: &ByteRecord, columns: &Columns, file: &str) -> Result<Cells, NoColumn> {
        let names: Vec<String> = header.iter().map(lossy).collect();
        let find = |wanted: &str| {
            let found = names.iter().position(|name| name.trim() == wanted);
            found.ok_or_else(|| NoColumn {
                file: file.to_owned(),
                wanted: wanted.to_owned(),
                has: names.join(", "),
            })
        };
        Ok(Cells {
            text: find(&columns.text)?,
            label: find(&columns.label)?,
            group: columns.group.as_deref().map(find).transpose()?,
        })
    }

    /// The row of a record; `None` without a label.
    fn row(&self, number: usize, record: &ByteRecord) -> Option<Row> {
        let cell = |column: usize| record.get(column).map(lossy).unwrap_or_default();
        let label = cell(self.label).trim().to_owned();
        (!label.is_empty()).then(|| Row {
            number,
            text: prepare(&cell(self.text)),
            label,
            group: self.group.map(cell).unwrap_or_default(),
        })
    }
}

/// Samples of a single head, and its labels in alphabetical order.
pub fn samples(rows: &[Row]) -> (Vec<String>, Vec<Sample>) {
    let mut labels: Vec<String> = rows.iter().map(|r| r.label.clone()).collect();
    labels.sort();
    labels.dedup();
    let index: HashMap<&str, usize> = labels
        .iter()
        .enumerate()
        .map(|(i, l)| (l.as_str(), i))
        .collect();
    let sample = |row: &Row| Sample {
        text: row.text.clone(),
        labels: vec![index.get(row.label.as_str()).copied()],
        group: row.group.clone(),
        given: false,
    };
    let samples = rows.iter().map(sample).collect();
    (labels, samples)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn delimiter(body: &[u8]) -> u8 {
    let line = body.split(|&b| b == b'\n').next().unwrap_or_default();
    let count = |mark: &u8| line.iter().filter(|b| *b == mark).count();
    // of equal counts the comma wins: it stands last
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(count)
        .unwrap_or(b',')
}
