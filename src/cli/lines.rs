//! Posts read from stdin as JSON Lines: `{"id","text"}`, a bad line in its place.

use std::io::BufRead;

use anyhow::{Context, Result};
use serde_json::Value;

/// A line of input: a post's id as given and its text, or what is wrong with the line.
pub type Line = Result<(Value, String), String>;

/// What some editors put before a file's first line.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads up to `most` lines; none at the end. `number` counts lines, blank ones too.
pub fn read(input: &mut impl BufRead, most: usize, number: &mut usize) -> Result<Vec<Line>> {
    let mut batch = Vec::new();
    let mut bytes = Vec::new();
    while batch.len() < most {
        bytes.clear();
        let length = input.read_until(b'\n', &mut bytes);
        if length.context("cannot read stdin")? == 0 {
            break;
        }
        *number += 1;
        if *number == 1 && bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        if !bytes.trim_ascii().is_empty() {
            batch.push(parse(&bytes).map_err(|what| format!("line {number}: {what}")));
        }
    }
    Ok(batch)
}

fn parse(bytes: &[u8]) -> Line {
    let line: Value = serde_json::from_slice(bytes).map_err(|e| format!("no JSON: {e}"))?;
    let Value::Object(mut line) = line else {
        return Err("no JSON object".to_owned());
    };
    let id = line.remove("id").unwrap_or(Value::Null);
    match line.remove("text") {
        Some(Value::String(text)) => Ok((id, text)),
        Some(_) => Err("«text» is no string".to_owned()),
        None => Err("«text» is missing".to_owned()),
    }
}

/// Four digits: more would pretend to a precision that no score has.
pub fn rounded(score: f32) -> f64 {
    (f64::from(score) * 10_000.0).round() / 10_000.0
}
