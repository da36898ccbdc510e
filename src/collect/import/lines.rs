//! Lines of a file as text, numbered. The character set is settled at the start; a line that is
//! broken in it keeps its sound characters.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Cursor, Read},
};

use encoding_rs::{Encoding, UTF_8};

use crate::collect::charset;

/// How much of the file is looked at to tell its character set.
const SAMPLE: u64 = 1024 * 1024;
/// Read at once.
const BUFFER: usize = 256 * 1024;
/// No line is kept beyond this; no post is that long.
const LONGEST: u64 = 16 * 1024 * 1024;

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub number: u64,
    pub text: String,
    /// It was longer than any post and is cut.
    pub cut: bool,
}

/// The lines of a file.
pub(super) struct Lines {
    input: Box<dyn BufRead + Send>,
    /// Settled at the first bytes beyond ASCII.
    encoding: Option<&'static Encoding>,
    end: u8,
    number: u64,
    waiting: VecDeque<Line>,
}

impl Lines {
    /// Begins to read; gives a note when the character set had to be guessed.
    pub fn open(
        mut input: impl Read + Send + 'static,
        encoding: Option<&'static Encoding>,
    ) -> std::io::Result<(Lines, Option<String>)> {
        let mut sample = Vec::new();
        input.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
        let (encoding, mark) = match Encoding::for_bom(&sample) {
            Some((encoding, mark)) => (Some(encoding), mark),
            None => (encoding, 0),
        };
        sample.drain(..mark);
        let (encoding, note) = match encoding {
            None if sample.is_ascii() => (None, None),
            None => settle(&sample, SAMPLE as usize == sample.len()),
            given => (given, None),
        };
        let bare_returns = sample.contains(&b'\r') && !sample.contains(&b'\n');
        let wide = encoding.filter(|set| !set.is_ascii_compatible());
        let input: Box<dyn BufRead + Send> = if let Some(wide) = wide {
            input.read_to_end(&mut sample)?;
            let (text, _) = wide.decode_without_bom_handling(&sample);
            Box::new(Cursor::new(text.into_owned().into_bytes()))
        } else {
            let input = Cursor::new(sample).chain(input);
            Box::new(BufReader::with_capacity(BUFFER, input))
        };
        let lines = Lines {
            input,
            encoding: wide.map_or(encoding, |_| Some(UTF_8)),
            end: if bare_returns { b'\r' } else { b'\n' },
            number: 0,
            waiting: VecDeque::new(),
        };
        Ok((lines, note))
    }

    /// How many lines were read from the file.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Puts lines back, to be read again before all others.
    pub fn put_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.waiting.push_front(line);
        }
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> std::io::Result<Option<Line>> {
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut limited = self.input.by_ref().take(LONGEST);
        if limited.read_until(self.end, &mut bytes)? == 0 {
            return Ok(None);
        }
        let cut = bytes.len() as u64 == LONGEST && bytes.last() != Some(&self.end);
        if cut {
            self.input.skip_until(self.end)?;
        }
        self.number += 1;
        if bytes.last() == Some(&self.end) {
            bytes.pop();
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(Some(Line {
            number: self.number,
            text: self.decode(bytes)?,
            cut,
        }))
    }

    /// The text of a line. Databases refuse NUL in text, and no post means one.
    fn decode(&mut self, mut bytes: Vec<u8>) -> std::io::Result<String> {
        for byte in bytes.iter_mut().filter(|byte| **byte == 0) {
            *byte = b' ';
        }
        if self.encoding.is_none() && !bytes.is_ascii() {
            let sample = [&bytes, &b"\n"[..], self.input.fill_buf()?].concat();
            let (encoding, note) = settle(&sample, true);
            if let Some(note) = note {
                tracing::warn!("line {}: {note}", self.number);
            }
            self.encoding = encoding;
        }
        Ok(match self.encoding {
            Some(set) if set != UTF_8 => set.decode_without_bom_handling(&bytes).0.into_owned(),
            _ => String::from_utf8(bytes)
                .unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned()),
        })
    }
}

/// The character set of bytes that are more than ASCII, and what to say of it. The last line of a
/// sample may be cut.
fn settle(sample: &[u8], is_cut: bool) -> (Option<&'static Encoding>, Option<String>) {
    let last_end = sample.iter().rposition(|byte| *byte == b'\n');
    let whole = match last_end.filter(|_| is_cut) {
        Some(at) => &sample[..at],
        None => sample,
    };
    let (sound, broken) = lines_in_utf8(whole);
    if broken == 0 {
        return (Some(UTF_8), None);
    }
    if sound >= broken {
        let note = "some lines are not UTF-8: their broken characters are shown as «\u{fffd}»";
        return (Some(UTF_8), Some(note.to_owned()));
    }
    let name = charset::decode(whole, None).charset;
    let note = format!("not UTF-8: read as {name}; if letters are wrong, give --encoding");
    (charset::find(name), Some(note))
}

/// How many lines with more than ASCII are UTF-8 and how many are not. One broken line does not
/// make another set of a file.
fn lines_in_utf8(sample: &[u8]) -> (u64, u64) {
    let (mut sound, mut broken) = (0, 0);
    for line in sample.split(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(_) if line.is_ascii() => {}
            Ok(_) => sound += 1,
            Err(_) => broken += 1,
        }
    }
    (sound, broken)
}
