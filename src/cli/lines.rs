//! Posts read from stdin as JSON Lines: `{"id","text"}`, a bad line in its place.

use std::io::BufRead;

use anyhow::{Context, Result};
use otklik::domain::json_line;
use serde_json::Value;

/// A line of input: a post's id as given and its text, or what is wrong with the line.
pub type Line = Result<(Value, String), String>;

/// What some editors put before a file's first line.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a file, each in its place: line k of the answers is line k of the input.
pub struct Reader<R> {
    input: R,
    /// Lines read, blank ones too.
    number: u64,
    /// Blank lines in a row so far: mistakes if a post follows, nothing at the file's end.
    blank: u64,
}

impl<R: BufRead> Reader<R> {
    /// Begins to read.
    pub fn new(input: R) -> Reader<R> {
        Reader {
            input,
            number: 0,
            blank: 0,
        }
    }

    /// Lines given out so far.
    pub fn count(&self) -> u64 {
        self.number - self.blank
    }

    /// Reads until there are `most` lines to answer; none at the end.
    pub fn read(&mut self, most: usize) -> Result<Vec<Line>> {
        let mut batch = Vec::new();
        let mut bytes = Vec::new();
        while batch.len() < most {
            bytes.clear();
            let length = self.input.read_until(b'\n', &mut bytes);
            if length.context("cannot read stdin")? == 0 {
                break;
            }
            self.number += 1;
            if self.number == 1 && bytes.starts_with(BOM) {
                bytes.drain(..BOM.len());
            }
            let line = bytes.trim_ascii_end();
            if line.is_empty() {
                self.blank += 1;
                continue;
            }
            let blank = self.number - std::mem::take(&mut self.blank)..self.number;
            batch.extend(blank.map(|number| Err(format!("line {number}: it is blank"))));
            batch.push(parse(line).map_err(|what| format!("line {}: {what}", self.number)));
        }
        Ok(batch)
    }
}

fn parse(bytes: &[u8]) -> Line {
    let text = std::str::from_utf8(bytes).map_err(|broken| {
        let sound = String::from_utf8_lossy(&bytes[..broken.valid_up_to()]);
        format!("no UTF-8 at column {}", sound.chars().count() + 1)
    })?;
    let line: Value = serde_json::from_str(text).map_err(|error| json_line::fault(text, &error))?;
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
