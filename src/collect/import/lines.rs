//! Lines of a file in any charset, numbered, with flat memory. Start with [`Lines::open`].

use std::io::Read;

use encoding_rs::{Decoder, UTF_8};

use super::Options;
use crate::collect::charset;

/// Bytes read at once; also the sample from which a charset is found out.
const CHUNK: usize = 64 * 1024;
/// A line longer than this is cut: no row is so long, and memory must stay flat.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;

/// A line, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub number: u64,
    pub text: String,
    /// It was longer than [`LONGEST`] and is cut.
    pub cut: bool,
}

/// The lines of a file.
pub(super) struct Lines {
    input: Box<dyn Read + Send>,
    /// Chosen at the first bytes that are not ASCII.
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// Decoded text, of which everything before `at` was given out.
    text: String,
    at: usize,
    number: u64,
    ended: bool,
}

impl Lines {
    /// # Errors
    /// A sentence when the charset of the options is not known.
    pub fn open(input: impl Read + Send + 'static, options: &Options) -> Result<Self, String> {
        let decoder = match &options.encoding {
            None => None,
            Some(label) => {
                let known = charset::find(label);
                Some(
                    known
                        .ok_or_else(|| format!("{label:?} is no known charset"))?
                        .new_decoder(),
                )
            }
        };
        Ok(Self {
            input: Box::new(input),
            decoder,
            raw: Vec::with_capacity(CHUNK),
            text: String::new(),
            at: 0,
            number: 0,
            ended: false,
        })
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// A sentence when the file cannot be read on.
    pub fn next_line(&mut self) -> Result<Option<Line>, String> {
        let mut cut = None;
        let mut searched = self.at;
        loop {
            if let Some(found) = self.text[searched..].find('\n') {
                let end = searched + found;
                let line = self.line(end, cut);
                self.at = end + 1;
                return Ok(Some(line));
            }
            if self.ended {
                let end = self.text.len();
                if self.at == end && cut.is_none() {
                    return Ok(None);
                }
                let line = self.line(end, cut);
                self.at = end;
                return Ok(Some(line));
            }
            if self.text.len() - self.at > LONGEST {
                // The beginning is kept, the rest is read over.
                let kept = cut
                    .take()
                    .unwrap_or_else(|| self.text[self.at..].to_owned());
                cut = Some(kept);
                self.at = self.text.len();
            }
            self.text.drain(..self.at);
            self.at = 0;
            searched = self.text.len();
            self.read_more()?;
        }
    }

    fn line(&mut self, end: usize, cut: Option<String>) -> Line {
        self.number += 1;
        let is_cut = cut.is_some();
        let text = cut.unwrap_or_else(|| {
            let text = &self.text[self.at..end];
            text.strip_suffix('\r').unwrap_or(text).to_owned()
        });
        Line {
            number: self.number,
            text,
            cut: is_cut,
        }
    }

    /// Reads a chunk and decodes it.
    fn read_more(&mut self) -> Result<(), String> {
        self.raw.clear();
        let chunk = (&mut self.input)
            .take(CHUNK as u64)
            .read_to_end(&mut self.raw);
        self.ended = self.raw.is_empty();
        if let Err(error) = chunk {
            // Told once; whoever asks again is at the end.
            self.ended = true;
            return Err(format!("the file cannot be read on: {error}"));
        }
        if self.decoder.is_none() && self.raw.is_ascii() {
            self.text.push_str(&String::from_utf8_lossy(&self.raw));
            return Ok(());
        }
        let raw = &self.raw;
        let decoder = self.decoder.get_or_insert_with(|| find_out(raw));
        let room = decoder
            .max_utf8_buffer_length(raw.len())
            .unwrap_or(raw.len() * 3 + 16);
        self.text.reserve(room);
        let _ = decoder.decode_to_string(raw, &mut self.text, self.ended);
        Ok(())
    }
}

/// The charset of the first chunk that is not ASCII. It may end within a character: only whole
/// lines are judged, where there are any.
fn find_out(chunk: &[u8]) -> Decoder {
    let whole = chunk
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(chunk, |at| &chunk[..at]);
    let sample = if whole.is_ascii() { chunk } else { whole };
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // Cut within the last character.
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > sample.len(),
    };
    if valid {
        return UTF_8.new_decoder();
    }
    let decoded = charset::decode(sample, None);
    charset::find(decoded.charset)
        .unwrap_or(UTF_8)
        .new_decoder()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1251;

    fn lines(bytes: Vec<u8>, encoding: Option<&str>) -> Vec<String> {
        let mut options = Options::new("x", jiff::tz::TimeZone::UTC);
        options.encoding = encoding.map(str::to_owned);
        let mut lines = Lines::open(std::io::Cursor::new(bytes), &options).expect("known charset");
        std::iter::from_fn(|| lines.next_line().expect("memory can be read"))
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn charsets_are_found_out_even_late() {
        let text = "id;text\r\n".repeat(20_000) + "1;На улице Садовой прорвало трубу\n2;конец";
        for bytes in [
            text.clone().into_bytes(),
            WINDOWS_1251.encode(&text).0.into_owned(),
        ] {
            let lines = lines(bytes, None);
            assert_eq!(lines.len(), 20_002);
            assert_eq!(lines[20_000], "1;На улице Садовой прорвало трубу");
        }
        let bom = lines("\u{feff}текст\nда".as_bytes().to_vec(), None);
        assert_eq!(bom, ["текст", "да"]);
        let told = lines(WINDOWS_1251.encode("Да").0.into_owned(), Some("cp1251"));
        assert_eq!(told, ["Да"]);
    }

    #[test]
    fn endless_lines_are_cut_and_the_rest_is_read() {
        let mut bytes = vec![b'x'; LONGEST * 3];
        bytes.extend_from_slice(b"\nlast");
        let lines = lines(bytes, None);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].len() <= LONGEST + CHUNK);
        assert_eq!(lines[1], "last");
    }
}
