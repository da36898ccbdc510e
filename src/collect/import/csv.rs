//! Tables: a header line names the columns; rows may be shorter than it, not longer.

use std::io::Read;

use super::{
    Field, Options, Refused, Row, Rows, Unreadable,
    fields::{Cells, Maker, column_of, hash_of, nearest},
    lines::Lines,
    records::{Record, Records, count_cells},
};

/// What may stand between cells when nothing is said.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) fn read(
    input: impl Read + Send + 'static,
    options: Options,
) -> Result<Rows, Unreadable> {
    let (mut lines, note) = Lines::open(input, options.encoding)?;
    let mut notes = Vec::from_iter(note);
    let delimiter = match options.delimiter {
        Some(delimiter) => delimiter,
        None => guess_delimiter(&mut lines)?,
    };
    let mut records = Records { lines, delimiter };
    let header = match records.next()? {
        Some(Ok(record)) => record.cells,
        Some(Err(refused)) => {
            let reason = format!("line {}, the header: {}", refused.line, refused.reason);
            return Err(Unreadable::File(reason));
        }
        None => return Err(Unreadable::File("it is empty".into())),
    };
    let columns = Columns::of(&header, delimiter, &options)?;
    notes.extend(columns.note(&header));
    let maker = Maker {
        owner: options.owner.unwrap_or_else(|| "import".into()),
        zone: options.zone,
    };
    let mut ended = false;
    let rows = std::iter::from_fn(move || {
        if ended {
            return None;
        }
        match records.next() {
            Ok(next) => next.map(|found| found.and_then(|record| columns.row(record, &maker))),
            Err(error) => {
                ended = true;
                let line = records.lines.number() + 1;
                let reason = format!("the file cannot be read on: {error}");
                Some(Err(Refused { line, reason }))
            }
        }
    });
    Ok(Rows::new(notes, rows))
}

/// The one that splits the header into most cells.
fn guess_delimiter(lines: &mut Lines) -> std::io::Result<u8> {
    let mut seen = Vec::new();
    let mut best = b',';
    while let Some(line) = lines.next()? {
        let text = line.text.trim().to_owned();
        seen.push(line);
        if !text.is_empty() {
            let cells = |delimiter: &u8| count_cells(&text, *delimiter);
            // of equals `max_by_key` takes the last: the comma
            best = DELIMITERS
                .into_iter()
                .rev()
                .max_by_key(cells)
                .unwrap_or(best);
            break;
        }
    }
    lines.put_back(seen.into_iter());
    Ok(best)
}

/// Which cell holds which field.
struct Columns {
    of: Vec<(Field, usize)>,
    count: usize,
    text: usize,
    delimiter: u8,
}

impl Columns {
    fn of(header: &[String], delimiter: u8, options: &Options) -> Result<Columns, Unreadable> {
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        for (field, given) in &options.columns {
            if column_of(*field, options, &names).is_none() {
                let what = format!("there is no column «{given}» for {field}");
                return Err(Unreadable::Options(missing(&what, given, &names, None)));
            }
        }
        let find = |field: &Field| Some((*field, column_of(*field, options, &names)?));
        let of: Vec<(Field, usize)> = Field::ALL.iter().filter_map(find).collect();
        let text = of.iter().find(|(field, _)| *field == Field::Text);
        let Some((_, text)) = text else {
            let hint = Some("name the one that holds the words: --map text=COLUMN");
            let what = "there is no column «text»";
            return Err(Unreadable::File(missing(what, "text", &names, hint)));
        };
        Ok(Columns {
            text: *text,
            count: header.len(),
            delimiter,
            of,
        })
    }

    /// What was taken from columns of another name.
    fn note(&self, header: &[String]) -> Option<String> {
        let others = self
            .of
            .iter()
            .filter(|(field, at)| header[*at] != field.code());
        let told: Vec<String> = others
            .map(|(field, at)| format!("{field} from «{}»", header[*at]))
            .collect();
        (!told.is_empty()).then(|| format!("reading {}", told.join(", ")))
    }

    fn row(&self, record: Record, maker: &Maker) -> Row {
        let line = record.line;
        let cells = self
            .fit(record)
            .map_err(|reason| Refused { line, reason })?;
        let mut by_field = Cells::default();
        for (field, at) in &self.of {
            if let Some(cell) = cells.get(*at) {
                by_field.put(*field, cell.clone());
            }
        }
        let hash = || hash_of(cells.iter().map(String::as_str));
        maker
            .post(by_field, hash)
            .map_err(|reason| Refused { line, reason })
    }

    /// A row with more cells than the header lacks quotes somewhere. Where the text stands last, it
    /// is joined again; elsewhere nobody knows what belongs where.
    fn fit(&self, record: Record) -> Result<Vec<String>, String> {
        let mut cells = record.cells;
        while cells.len() > self.count && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if cells.len() <= self.count {
            return Ok(cells);
        }
        if self.text + 1 == self.count {
            let joined = cells.split_off(self.text);
            cells.push(joined.join(&char::from(self.delimiter).to_string()));
            return Ok(cells);
        }
        Err(format!(
            "it has {} cells and the header has {}: a quote or a delimiter is wrong",
            cells.len(),
            self.count
        ))
    }
}

fn missing(what: &str, wanted: &str, names: &[&str], hint: Option<&str>) -> String {
    let seen: Vec<String> = names.iter().map(|name| format!("«{name}»")).collect();
    let seen = seen.join(", ");
    let nearest = nearest(wanted, names).map(|name| format!("; the nearest is «{name}»"));
    let hint = hint.map(|hint| format!("; {hint}"));
    let tail = nearest.unwrap_or_default() + &hint.unwrap_or_default();
    format!("{what}; the columns are {seen}{tail}")
}
