//! Records of a table: cells between delimiters, quotes with line breaks, as RFC 4180 and
//! spreadsheets write them. A quote that never closes costs its own line, not the rest of the file.

use super::{
    Refused,
    lines::{Line, Lines},
};

/// A record larger than this is refused.
const LARGEST: usize = 4 * 1024 * 1024;
/// So much is read in search of a closing quote.
const FARTHEST: usize = 64 * 1024 * 1024;

/// A row's cells, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The line on which it begins.
    pub line: u64,
    pub cells: Vec<String>,
}

/// The records of a table. Empty lines are passed over.
pub(super) struct Records {
    pub lines: Lines,
    pub delimiter: u8,
}

impl Records {
    /// The next record, or why there is none in its place; `None` at the end.
    pub fn next(&mut self) -> std::io::Result<Option<Result<Record, Refused>>> {
        let first = loop {
            match self.lines.next()? {
                None => return Ok(None),
                Some(line) if line.text.trim().is_empty() && !line.cut => {}
                Some(line) => break line,
            }
        };
        let number = first.number;
        let mut cells = Cells::new(self.delimiter);
        let mut ends = cells.take(&first.text);
        let mut size = first.text.len();
        let mut cut = first.cut;
        let mut rest: Vec<Line> = Vec::new();
        while ends == Ends::Quoted {
            let next = match size <= FARTHEST {
                true => self.lines.next()?,
                false => None,
            };
            let Some(line) = next else {
                self.lines.put_back(rest.into_iter());
                return Ok(Some(refuse(
                    number,
                    "the quote opened in this line never closes",
                )));
            };
            size += line.text.len();
            cut |= line.cut;
            ends = cells.take(&line.text);
            rest.push(line);
            if cells.sloppy {
                self.lines.put_back(rest.into_iter());
                let reason = "the quote opened in this line closes in the middle of a later one";
                return Ok(Some(refuse(number, reason)));
            }
        }
        if cut || size > LARGEST {
            return Ok(Some(refuse(number, "the row is larger than 4 MiB")));
        }
        let cells = cells.done;
        Ok(Some(Ok(Record {
            line: number,
            cells,
        })))
    }
}

fn refuse(line: u64, reason: &str) -> Result<Record, Refused> {
    let reason = reason.to_owned();
    Err(Refused { line, reason })
}

/// How many cells a line makes with a delimiter.
pub(super) fn count_cells(line: &str, delimiter: u8) -> usize {
    let mut cells = Cells::new(delimiter);
    cells.take(line);
    cells.done.len()
}

/// Where a line left the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Complete.
    Whole,
    /// Within quotes: the next line belongs to it.
    Quoted,
}

/// The cells of one record, line by line.
struct Cells {
    delimiter: u8,
    done: Vec<String>,
    open: String,
    in_quotes: bool,
    lines: usize,
    /// A cell went on after its closing quote, in a record of several lines.
    sloppy: bool,
}

impl Cells {
    fn new(delimiter: u8) -> Cells {
        Cells {
            delimiter,
            done: Vec::new(),
            open: String::new(),
            in_quotes: false,
            lines: 0,
            sloppy: false,
        }
    }

    fn take(&mut self, line: &str) -> Ends {
        self.lines += 1;
        let mut rest = line;
        if self.in_quotes {
            self.open.push('\n');
        } else {
            rest = self.begin(rest);
        }
        loop {
            if self.in_quotes {
                let Some(at) = rest.find('"') else {
                    self.open.push_str(rest);
                    return Ends::Quoted;
                };
                self.open.push_str(&rest[..at]);
                rest = &rest[at + 1..];
                if let Some(after) = rest.strip_prefix('"') {
                    self.open.push('"');
                    rest = after;
                    continue;
                }
                self.in_quotes = false;
                let closes = rest.is_empty() || rest.as_bytes()[0] == self.delimiter;
                self.sloppy |= !closes && self.lines > 1 && !rest.trim().is_empty();
                continue;
            }
            match rest.bytes().position(|byte| byte == self.delimiter) {
                None => {
                    self.open.push_str(rest);
                    self.done.push(std::mem::take(&mut self.open));
                    return Ends::Whole;
                }
                Some(at) => {
                    self.open.push_str(&rest[..at]);
                    self.done.push(std::mem::take(&mut self.open));
                    rest = self.begin(&rest[at + 1..]);
                }
            }
        }
    }

    /// A cell begins: is it quoted?
    fn begin<'a>(&mut self, rest: &'a str) -> &'a str {
        match rest.strip_prefix('"') {
            Some(inside) => {
                self.in_quotes = true;
                inside
            }
            None => rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Record, Refused>> {
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        let (lines, _) = Lines::open(bytes, None).unwrap();
        let mut records = Records {
            lines,
            delimiter: b',',
        };
        std::iter::from_fn(|| records.next().unwrap()).collect()
    }

    fn cells(text: &str) -> Vec<(u64, Vec<String>)> {
        let sound = read(text).into_iter().flatten();
        sound.map(|r| (r.line, r.cells)).collect()
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_line_breaks() {
        let found = cells("a,\"b,\"\"c\"\"\r\nd\",e\r\n\r\n\n,\"\"\nx,a \"b\" c,\n");
        let expected: [(u64, &[&str]); 3] = [
            (1, &["a", "b,\"c\"\nd", "e"]),
            (5, &["", ""]),
            (6, &["x", "a \"b\" c", ""]),
        ];
        for (found, (line, cells)) in found.iter().zip(expected) {
            assert_eq!(
                (found.0, found.1.as_slice()),
                (
                    line,
                    cells
                        .iter()
                        .map(|c| (*c).to_owned())
                        .collect::<Vec<_>>()
                        .as_slice()
                )
            );
        }
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn an_unclosed_quote_costs_one_line() {
        let found = read("1,\"яма\n2,свет\n3,\"вода, газ\"\n4,мусор\n");
        assert!(matches!(&found[0], Err(refused) if refused.line == 1));
        let after: Vec<u64> = found[1..].iter().flatten().map(|r| r.line).collect();
        assert_eq!(after, [2, 3, 4]);
        let to_the_end = read("1,\"яма\n2,свет\n");
        assert_eq!((to_the_end.len(), to_the_end[1].is_ok()), (2, true));
    }

    #[test]
    fn text_after_a_closing_quote_is_kept() {
        assert_eq!(cells("\"Он\" сказал,1\n")[0].1, ["Он сказал", "1"]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[a,\";\n\r я\0]{0,60}") {
            read(&text);
        }
    }
}
