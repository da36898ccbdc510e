//! A table with a header. Start with [`Table::open`].
//!
//! It is split here rather than by the csv crate because of one stray quote: there it swallows the
//! rest of the file as one row. Here a quote that does not close within [`MOST_LINES`] is a fault of
//! its own line, and reading goes on with the next.

use std::collections::VecDeque;

use super::{
    Field, Options, Refused, Row,
    lines::{Line, Lines},
    row::{Cells, Reader},
};

/// A row spans at most so many lines. Each row that does not end halves it, so that a file of
/// stray quotes is not read a thousand times over.
const MOST_LINES: usize = 1000;
const FEWEST_LINES: usize = 16;
/// …and so many bytes.
const LARGEST: usize = 1024 * 1024;

/// The rows of a table.
pub(super) struct Table {
    source: Source,
    reader: Reader,
    delimiter: char,
    width: usize,
    columns: Vec<(Field, usize)>,
}

impl Table {
    /// Reads the header.
    ///
    /// # Errors
    /// A sentence when there is none, or no column of texts.
    pub fn open(lines: Lines, options: &Options) -> Result<Self, String> {
        let mut source = Source {
            lines,
            back: VecDeque::new(),
            patience: MOST_LINES,
        };
        let first = loop {
            match source.next()? {
                None => return Err("the table is empty: there is no header".into()),
                Some(line) if line.text.trim().is_empty() => {}
                Some(line) => break line,
            }
        };
        let delimiter = options
            .delimiter
            .unwrap_or_else(|| find_delimiter(&first.text));
        source.back.push_back(first);
        let header = match source.record(delimiter)? {
            Some(Ok(record)) => record.fields,
            _ => return Err("the header cannot be read: a quote in it does not close".into()),
        };
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self {
            columns: columns(&names, options)?,
            reader: Reader::of(options),
            width: names.len(),
            delimiter,
            source,
        })
    }

    fn read(&self, record: &Record) -> Row {
        let refused = |reason: String| {
            Row::Refused(Refused {
                line: record.line,
                reason,
            })
        };
        if record.fields.len() != self.width {
            let (found, wanted) = (record.fields.len(), self.width);
            return refused(format!("the row has {found} columns, the header {wanted}"));
        }
        let mut cells = Cells::default();
        for (field, column) in &self.columns {
            cells.put(*field, record.fields[*column].clone());
        }
        match self.reader.post(cells, || record.fields.join("\u{1f}")) {
            Ok(post) => Row::Post(Box::new(post)),
            Err(reason) => refused(reason),
        }
    }
}

impl Iterator for Table {
    type Item = Result<Row, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.source.record(self.delimiter) {
                Err(error) => return Some(Err(error)),
                Ok(None) => return None,
                Ok(Some(Err(refused))) => return Some(Ok(Row::Refused(refused))),
                Ok(Some(Ok(record))) => record,
            };
            if record.fields.len() == 1 && record.fields[0].trim().is_empty() {
                continue;
            }
            return Some(Ok(self.read(&record)));
        }
    }
}

/// Where the fields stand. Names are compared without letter case.
fn columns(names: &[String], options: &Options) -> Result<Vec<(Field, usize)>, String> {
    let find = |wanted: &str| {
        let wanted = wanted.to_lowercase();
        names.iter().position(|name| name.to_lowercase() == wanted)
    };
    let known = names.join(", ");
    let mut found = Vec::new();
    for field in Field::ALL {
        let mapped = options.map.iter().find(|(of, _)| of == field);
        let place = find(mapped.map_or(field.code(), |(_, column)| column));
        match (place, mapped) {
            (Some(place), _) => found.push((*field, place)),
            (None, Some((_, column))) => {
                return Err(format!(
                    "there is no column {column:?}; the columns are {known}"
                ));
            }
            (None, None) if *field == Field::Text => {
                return Err(format!(
                    "there is no column \"text\": say --map text=COLUMN; the columns are {known}"
                ));
            }
            (None, None) => {}
        }
    }
    Ok(found)
}

/// The delimiter that occurs most in the header.
fn find_delimiter(header: &str) -> char {
    let count = |delimiter: char| header.matches(delimiter).count();
    [',', '|', '\t', ';']
        .into_iter()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(';')
}

/// A row, split.
struct Record {
    line: u64,
    fields: Vec<String>,
}

/// Lines, some of which were taken back.
struct Source {
    lines: Lines,
    back: VecDeque<Line>,
    /// How many lines a row may span now.
    patience: usize,
}

impl Source {
    fn next(&mut self) -> Result<Option<Line>, String> {
        match self.back.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_line(),
        }
    }

    /// The next row, or the line that begins none.
    fn record(&mut self, delimiter: char) -> Result<Option<Result<Record, Refused>>, String> {
        let Some(first) = self.next()? else {
            return Ok(None);
        };
        let line = first.number;
        let refuse = |reason: &str| {
            Ok(Some(Err(Refused {
                line,
                reason: reason.to_owned(),
            })))
        };
        if first.cut {
            return refuse("the line is longer than 4 MiB");
        }
        let mut splitter = Splitter::new(delimiter);
        let mut complete = splitter.feed(&first.text);
        let mut taken: VecDeque<Line> = VecDeque::new();
        let mut size = first.text.len();
        while !complete {
            let patient = taken.len() < self.patience && size < LARGEST;
            let next = if patient { self.next()? } else { None };
            let Some(next) = next else {
                self.patience = (self.patience / 2).max(FEWEST_LINES);
                taken.append(&mut self.back);
                self.back = taken;
                return refuse("a quote is opened and never closed");
            };
            size += next.text.len();
            splitter.break_line();
            complete = splitter.feed(&next.text);
            taken.push_back(next);
        }
        if !taken.is_empty() {
            self.patience = (self.patience * 2).min(MOST_LINES);
        }
        Ok(Some(Ok(Record {
            line,
            fields: splitter.finish(),
        })))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// A quote within quotes: it ends the field, or it is doubled, or it was not meant to end it.
    QuoteInQuoted,
}

/// Splits a row after RFC 4180, forgiving quotes that were not doubled.
struct Splitter {
    delimiter: char,
    fields: Vec<String>,
    field: String,
    state: State,
}

impl Splitter {
    fn new(delimiter: char) -> Self {
        Self {
            delimiter,
            fields: Vec::new(),
            field: String::new(),
            state: State::Start,
        }
    }

    /// Takes a line; true when the row is complete.
    fn feed(&mut self, line: &str) -> bool {
        for c in line.chars() {
            self.state = match (self.state, c) {
                (State::Start, '"') => State::Quoted,
                (State::Quoted, '"') => State::QuoteInQuoted,
                (State::QuoteInQuoted, '"') => {
                    self.field.push('"');
                    State::Quoted
                }
                (State::Start | State::Plain | State::QuoteInQuoted, c) if c == self.delimiter => {
                    self.fields.push(std::mem::take(&mut self.field));
                    State::Start
                }
                (State::QuoteInQuoted, c) => {
                    self.field.push('"');
                    self.field.push(c);
                    State::Quoted
                }
                (State::Quoted, c) => {
                    self.field.push(c);
                    State::Quoted
                }
                (State::Start | State::Plain, c) => {
                    self.field.push(c);
                    State::Plain
                }
            };
        }
        self.state != State::Quoted
    }

    fn break_line(&mut self) {
        self.field.push('\n');
    }

    fn finish(mut self) -> Vec<String> {
        self.fields.push(self.field);
        self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::import::{Format, open};
    use jiff::tz::TimeZone;

    fn rows(text: &str) -> Vec<Row> {
        let options = Options::new("table", TimeZone::UTC);
        let input = std::io::Cursor::new(text.to_owned());
        let rows = open(Format::Csv, input, &options).expect("a header");
        rows.map(|row| row.expect("memory can be read")).collect()
    }

    fn texts(rows: &[Row]) -> Vec<String> {
        let one = |row: &Row| match row {
            Row::Post(post) => post.text.clone(),
            Row::Refused(refused) => format!("{}: {}", refused.line, refused.reason),
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn quotes_lines_and_delimiters() {
        let table = "ID;Text\r\n1;\"Нет \"\"света\"\";\nвторой день\"\r\n\r\n2;\"ООО \"Жар\" молчит\"\n3;a \"b\" c\n";
        assert_eq!(
            texts(&rows(table)),
            [
                "Нет \"света\";\nвторой день",
                "ООО \"Жар\" молчит",
                "a \"b\" c"
            ]
        );
    }

    #[test]
    fn a_stray_quote_costs_one_row() {
        let mut table = String::from("id,text\n1,\"не закрыта\n");
        for n in 2..3000 {
            table.push_str(&format!("{n},строка {n}\n"));
        }
        table.push_str("3000,конец, лишний столбец\n3001,\n");
        let texts = texts(&rows(&table));
        assert_eq!(texts.len(), 3001);
        assert_eq!(texts[0], "2: a quote is opened and never closed");
        assert_eq!(texts[1], "строка 2");
        assert_eq!(texts[2999], "3001: the row has 3 columns, the header 2");
        assert_eq!(texts[3000], "3002: the text is empty");
    }

    #[test]
    fn a_table_without_texts_is_refused_with_its_columns() {
        let options = Options::new("table", TimeZone::UTC);
        let input = std::io::Cursor::new("номер\tжалоба\n1\tда\n");
        let refused = open(Format::Csv, input, &options).err();
        assert!(refused.is_some_and(|why| why.contains("номер, жалоба")));
        let mut mapped = options.clone();
        mapped.map.push((Field::Text, "Жалоба".into()));
        let input = std::io::Cursor::new("номер\tжалоба\n1\tда\n");
        assert_eq!(
            open(Format::Csv, input, &mapped).expect("a header").count(),
            1
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost(texts in proptest::collection::vec("[а-яa-z\",;\n ]{0,12}я", 1..20)) {
            let quoted = texts.iter().map(|text| format!("\"{}\"\n", text.replace('"', "\"\"")));
            let table = format!("text\n{}", quoted.collect::<String>());
            let read = rows(&table);
            proptest::prop_assert_eq!(read.len(), texts.len());
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let options = Options::new("table", TimeZone::UTC);
            let input = std::io::Cursor::new([b"text\n", bytes.as_slice()].concat());
            if let Ok(rows) = open(Format::Csv, input, &options) {
                rows.count();
            }
        }
    }
}
