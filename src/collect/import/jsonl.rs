//! JSON Lines: an object a line; its keys are the fields.

use std::io::Read;

use serde_json::{Map, Value};

use super::{
    Field, Options, Refused, Row, Rows, Unreadable,
    fields::{Cells, Maker, column_of, hash_of},
    lines::{Line, Lines},
    times,
};
use crate::domain::{json_line, time::Timestamp};

pub(super) fn read(
    input: impl Read + Send + 'static,
    options: Options,
) -> Result<Rows, Unreadable> {
    let (mut lines, note) = Lines::open(input, options.encoding)?;
    let maker = Maker {
        owner: options.owner.clone().unwrap_or_else(|| "import".into()),
        zone: options.zone.clone(),
    };
    let mut ended = false;
    let rows = std::iter::from_fn(move || {
        while !ended {
            let line = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => return None,
                Err(error) => {
                    ended = true;
                    let line = lines.number() + 1;
                    let reason = format!("the file cannot be read on: {error}");
                    return Some(Err(Refused { line, reason }));
                }
            };
            if line.cut || !line.text.trim().is_empty() {
                return Some(row(&line, &options, &maker));
            }
        }
        None
    });
    Ok(Rows::new(Vec::from_iter(note), rows))
}

fn row(line: &Line, options: &Options, maker: &Maker) -> Row {
    let number = line.number;
    let read = || {
        if line.cut {
            return Err("the line is longer than 16 MiB".to_owned());
        }
        let object = object(&line.text)?;
        let cells = cells(&object, options)?;
        maker.post(cells, || {
            hash_of([Value::Object(object).to_string().as_str()])
        })
    };
    read().map_err(|reason| Refused {
        line: number,
        reason,
    })
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("no JSON object".to_owned()),
        Err(error) => Err(json_line::fault(text, &error)),
    }
}

fn cells(object: &Map<String, Value>, options: &Options) -> Result<Cells, String> {
    let names: Vec<&str> = object.keys().map(String::as_str).collect();
    let mut cells = Cells::default();
    for field in Field::ALL {
        let Some(at) = column_of(*field, options, &names) else {
            continue;
        };
        if let Some(cell) = cell(*field, &object[names[at]])? {
            cells.put(*field, cell);
        }
    }
    Ok(cells)
}

/// Numbers stand for themselves; as a time they are Unix seconds.
fn cell(field: Field, value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.replace('\0', " "))),
        Value::Number(number) if field == Field::Published => {
            let seconds = number
                .as_i64()
                .or_else(|| number.as_f64().map(|n| n as i64));
            let moment = seconds.and_then(times::from_number);
            let moment = moment.map(Timestamp::to_rfc3339);
            moment
                .map(Some)
                .ok_or_else(|| format!("its time {number} is no Unix time"))
        }
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("its {field} is neither text nor number"))
        }
    }
}
