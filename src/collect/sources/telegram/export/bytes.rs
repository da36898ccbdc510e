//! The bytes of an export: read one by one, lines counted, cut into texts, numbers and whole messages.
//! What they mean is not asked here. Start with [`Bytes`].

use std::{
    borrow::Cow,
    io::{BufReader, Read},
};

/// A message or text larger than this is refused: no writer makes one, and memory must stay flat.
pub(super) const LARGEST: usize = 4 * 1024 * 1024;

/// A file being read.
pub(super) struct Bytes<R> {
    bytes: std::io::Bytes<BufReader<R>>,
    line_ends: u64,
}

impl<R: Read> Bytes<R> {
    pub fn new(input: R) -> Self {
        Self {
            bytes: BufReader::with_capacity(64 * 1024, input).bytes(),
            line_ends: 0,
        }
    }

    /// The line that is being read, counted from 1.
    pub fn line(&self) -> u64 {
        self.line_ends + 1
    }

    pub fn next(&mut self) -> Result<Option<u8>, String> {
        match self.bytes.next() {
            None => Ok(None),
            Some(Ok(b'\n')) => {
                self.line_ends += 1;
                Ok(Some(b'\n'))
            }
            Some(Ok(byte)) => Ok(Some(byte)),
            Some(Err(e)) => Err(format!("the file cannot be read on: {e}")),
        }
    }

    /// The text after an opening quote, escapes left as they are.
    pub fn text(&mut self) -> Result<String, String> {
        let mut raw = Vec::new();
        loop {
            match self.next()? {
                None => return Err("the file ends inside a text: it is not whole".into()),
                Some(b'"') => break,
                Some(b'\\') => {
                    raw.push(b'\\');
                    raw.extend(self.next()?);
                }
                Some(byte) => raw.push(byte),
            }
            if raw.len() > LARGEST {
                return Err("a text in the file has no end".into());
            }
        }
        Ok(String::from_utf8_lossy(&raw).into_owned())
    }

    /// The number that begins with `first`, and the byte after it.
    pub fn number(&mut self, first: u8) -> Result<(String, Option<u8>), String> {
        let mut digits = String::from(char::from(first));
        loop {
            match self.next()? {
                Some(byte @ (b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                    if digits.len() < 40 =>
                {
                    digits.push(char::from(byte));
                }
                after => return Ok((digits, after)),
            }
        }
    }

    /// A whole object, whose `{` was just read; one that is longer than [`LARGEST`] is cut there.
    pub fn object(&mut self) -> Result<Vec<u8>, String> {
        let mut raw = vec![b'{'];
        let (mut depth, mut quoted, mut escaped) = (1, false, false);
        while depth > 0 {
            let Some(byte) = self.next()? else {
                return Err("the file ends inside a message: it is not whole".into());
            };
            match (quoted, escaped, byte) {
                (true, true, _) => escaped = false,
                (true, false, b'\\') => escaped = true,
                (_, _, b'"') => quoted = !quoted,
                (false, _, b'{' | b'[') => depth += 1,
                (false, _, b'}' | b']') => depth -= 1,
                _ => {}
            }
            if raw.len() <= LARGEST {
                raw.push(byte);
            }
        }
        Ok(raw)
    }
}

/// `\xHH`, which JSON does not know, becomes `\u00HH`; `\\x41` stays.
pub(super) fn repair_escapes(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.windows(2).any(|pair| pair == b"\\x") {
        return raw.into();
    }
    let mut out = Vec::with_capacity(raw.len() + 16);
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        match (byte, raw.get(at + 1)) {
            (b'\\', Some(b'x')) => {
                out.extend_from_slice(b"\\u00");
                at += 2;
            }
            (b'\\', Some(&next)) => {
                out.extend_from_slice(&[byte, next]);
                at += 2;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out.into()
}
