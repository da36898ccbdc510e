//! JSON Lines: an object per line. Start with [`Objects`].

use serde_json::Value;

use super::{
    Field, Options, Refused, Row,
    lines::{Line, Lines},
    row::{Cells, Reader},
};

/// The rows of a file of objects.
pub(super) struct Objects {
    lines: Lines,
    reader: Reader,
    /// The path of each field: `message.text` reaches into an object.
    paths: Vec<(Field, String)>,
}

impl Objects {
    /// # Errors
    /// None so far: a line is judged when it is read.
    pub fn new(lines: Lines, options: &Options) -> Result<Self, String> {
        let path = |field: &Field| {
            let mapped = options.map.iter().find(|(of, _)| of == field);
            mapped.map_or(field.code().to_owned(), |(_, column)| column.clone())
        };
        Ok(Self {
            reader: Reader::of(options),
            paths: Field::ALL
                .iter()
                .map(|field| (*field, path(field)))
                .collect(),
            lines,
        })
    }

    fn read(&self, line: &Line) -> Result<Row, String> {
        if line.cut {
            return Err("the line is longer than 4 MiB".into());
        }
        let object: Value = serde_json::from_str(line.text.trim_start_matches('\u{feff}'))
            .map_err(|error| format!("the line is not JSON: {error}"))?;
        if !object.is_object() {
            return Err("the line is not a JSON object".into());
        }
        let mut cells = Cells::default();
        for (field, path) in &self.paths {
            if let Some(value) = find(&object, path) {
                cells.put(*field, cell(*field, value)?);
            }
        }
        let post = self.reader.post(cells, || line.text.trim().to_owned())?;
        Ok(Row::Post(Box::new(post)))
    }
}

/// A value by its name, else by its path.
fn find<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    let by_path = || {
        path.split('.')
            .try_fold(object, |value, key| value.get(key))
    };
    object
        .get(path)
        .or_else(by_path)
        .filter(|value| !value.is_null())
}

fn cell(field: Field, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) if field != Field::Text => Ok(whole(number)),
        other => {
            let kind = match other {
                Value::Object(_) => "an object",
                Value::Array(_) => "a list",
                Value::Bool(_) => "a truth value",
                _ => "a number",
            };
            Err(format!("{} is {kind}, not text", field.code()))
        }
    }
}

/// A number as text, whole where it is whole: 1746448200.0 is a moment all the same.
fn whole(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if !number.is_i64() && float.fract() == 0.0 && float.abs() < 9e15 => {
            (float as i64).to_string()
        }
        _ => number.to_string(),
    }
}

impl Iterator for Objects {
    type Item = Result<Row, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next_line() {
                Err(error) => return Some(Err(error)),
                Ok(line) => line?,
            };
            if line.text.trim().is_empty() {
                continue;
            }
            return Some(Ok(self.read(&line).unwrap_or_else(|reason| {
                Row::Refused(Refused {
                    line: line.number,
                    reason,
                })
            })));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::import::{Format, open};
    use jiff::tz::TimeZone;

    #[test]
    fn good_and_bad_lines() {
        let lines = "{\"id\": 3000000001, \"text\": \"Яма\", \"published\": 1746448200.0}\n\n\
            {\"text\": 5}\nnot json\n[1]\n{\"id\": \"x\"}\n{\"text\": \"Да\", \"lat\": 51.5, \"lon\": 36}";
        let input = std::io::Cursor::new(lines);
        let options = Options::new("lines", TimeZone::UTC);
        let rows = open(Format::Jsonl, input, &options).expect("it opens");
        let rows: Vec<Row> = rows.map(|row| row.expect("memory can be read")).collect();
        let refused: Vec<u64> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Refused(refused) => Some(refused.line),
                Row::Post(_) => None,
            })
            .collect();
        assert_eq!(refused, [3, 4, 5, 6]);
        let Row::Post(first) = &rows[0] else {
            panic!("the first line is good")
        };
        assert_eq!(first.key.external_id, "3000000001");
        assert_eq!(
            first.published.map(|t| t.as_millis()),
            Some(1_746_448_200_000)
        );
        assert_eq!(rows.len(), 6);
    }
}
