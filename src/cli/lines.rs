//! Posts read from stdin as JSON Lines: `{"id","text"}`, a bad line in its place, and answers to
//! them. Start with [`answer`].

use std::{
    io::{BufRead, BufWriter, Write},
    process::ExitCode,
};

use anyhow::{Context, Result};
use otklik::domain::json_line;
use serde_json::{Value, json};

/// A line of input: a post's id as given and its text, or what is wrong with the line.
pub type Line = Result<(Value, String), String>;

/// Lines read before the cores share them.
const BATCH: usize = 1024;

/// What some editors put before a file's first line.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Answers the posts of stdin on stdout, line for line, a batch at a time: exit code 1 when a line
/// could not be read.
pub fn answer(answers: impl Fn(&[Line]) -> Vec<Value>) -> Result<ExitCode> {
    let mut input = Reader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut bad = 0;
    loop {
        let batch = input.read(BATCH)?;
        if batch.is_empty() {
            break;
        }
        bad += batch.iter().filter(|line| line.is_err()).count();
        for answer in answers(&batch) {
            writeln!(output, "{}", super::json_line(&answer)?)?;
        }
        output.flush()?;
    }
    if bad > 0 {
        eprintln!("{bad} of {} lines could not be read", input.count());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer to a line that could not be read.
pub fn unread(error: &str) -> Value {
    json!({"id": null, "error": error})
}

/// The lines of a file, each in its place: line k of the answers is line k of the input.
struct Reader<R> {
    input: R,
    /// Lines read, blank ones too.
    number: u64,
    /// Blank lines in a row so far: mistakes if a post follows, nothing at the file's end.
    blank: u64,
}

impl<R: BufRead> Reader<R> {
    fn new(input: R) -> Reader<R> {
        Reader {
            input,
            number: 0,
            blank: 0,
        }
    }

    /// Lines given out so far.
    fn count(&self) -> u64 {
        self.number - self.blank
    }

    /// Reads until there are `most` lines to answer; none at the end.
    fn read(&mut self, most: usize) -> Result<Vec<Line>> {
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
