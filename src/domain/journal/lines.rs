//! The journal as a file: JSON Lines with a header, the parts in the verifier's order, and a last
//! line that signs all bytes before it. A selection of entries has no chains to check: there the last
//! line answers for the whole. Start with [`Writer`] and [`Reader`].

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Chain, Checkpoint, Entry,
    check::{Broken, Figures, Verifier, What, content},
    hex,
    key::{PublicKey, SigningKey},
};
use crate::domain::time::Timestamp;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first.
    Journal(Header),
    /// A checkpoint; all of them stand before the chains.
    Checkpoint(Checkpoint),
    /// A chain; its entries follow.
    Chain(Chain),
    /// An entry.
    Entry(Entry),
    /// The last.
    End(End),
}

/// What the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The form's version: 1.
    pub version: u32,
    /// When it was written, UTC milliseconds.
    pub made: i64,
    /// The public key of the installation.
    pub key: String,
    /// True for some entries of a journal, without chains and checkpoints.
    pub selection: bool,
}

/// What the file was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Lines before this one.
    pub lines: u64,
    /// SHA-256 of all bytes before this line.
    pub hash: String,
    /// Ed25519 over that hash.
    pub signature: String,
}

fn end_message(hash: &str) -> String {
    format!("otklik journal file\n{hash}")
}

/// Makes lines, and the last of them.
pub struct Writer {
    key: SigningKey,
    lines: u64,
    hash: Sha256,
}

impl Writer {
    /// A file that begins now, and its first line.
    pub fn begin(key: SigningKey, selection: bool, now: Timestamp) -> (Self, String) {
        let header = Header {
            version: 1,
            made: now.as_millis(),
            key: key.public().to_string(),
            selection,
        };
        let mut writer = Writer {
            key,
            lines: 0,
            hash: Sha256::new(),
        };
        let first = writer.line(&Line::Journal(header));
        (writer, first)
    }

    /// The next line, with its end.
    pub fn line(&mut self, line: &Line) -> String {
        let text = text(line);
        self.hash.update(text.as_bytes());
        self.lines += 1;
        text
    }

    /// The last line.
    pub fn end(self) -> String {
        let hash = hex(&self.hash.finalize());
        text(&Line::End(End {
            lines: self.lines,
            signature: self.key.sign(&end_message(&hash)),
            hash,
        }))
    }
}

fn text(line: &Line) -> String {
    let mut text = serde_json::to_string(line).expect("plain fields are always JSON");
    text.push('\n');
    text
}

impl Verifier {
    /// Takes the next part, whatever it is; a file's own first and last line are none.
    ///
    /// # Errors
    /// The first thing about it that does not fit.
    pub fn part(&mut self, line: Line) -> Result<(), Broken> {
        match line {
            Line::Checkpoint(checkpoint) => self.checkpoint(&checkpoint),
            Line::Chain(chain) => self.chain(chain),
            Line::Entry(entry) => self.entry(&entry),
            Line::Journal(_) | Line::End(_) => Ok(()),
        }
    }
}

/// Checks a file line by line.
pub struct Reader {
    trusted: Vec<PublicKey>,
    header: Option<Header>,
    verifier: Option<Verifier>,
    /// Entries of a selection; of a whole journal when it was checked to its end.
    figures: Figures,
    lines: u64,
    hash: Sha256,
    ended: bool,
}

impl Reader {
    /// Trusts these keys; with none, the one that the file names.
    pub fn new(trusted: Vec<PublicKey>) -> Self {
        Self {
            trusted,
            header: None,
            verifier: None,
            figures: Figures::default(),
            lines: 0,
            hash: Sha256::new(),
            ended: false,
        }
    }

    /// The file's header, once it was read.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Takes the next line with its end.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let wrong = |says: &str| Err(of_file(self.lines + 1, says));
        if self.ended {
            return wrong("something follows the last line");
        }
        if bytes.last() != Some(&b'\n') {
            return wrong("the line has no end: the file was cut");
        }
        let line: Line = match serde_json::from_slice(bytes) {
            Ok(line) => line,
            Err(e) => return wrong(&format!("the line cannot be read: {e}")),
        };
        match (line, self.header.is_some()) {
            (Line::Journal(header), false) => self.begin(header)?,
            (Line::Journal(_), true) => return wrong("a second header"),
            (_, false) => return wrong("this is no exported journal: it has no header"),
            (Line::End(end), true) => {
                self.ended = true;
                return self.end(&end, bytes);
            }
            (line, true) => self.part(line)?,
        }
        self.hash.update(bytes);
        self.lines += 1;
        Ok(())
    }

    fn begin(&mut self, header: Header) -> Result<(), Broken> {
        if header.version != 1 {
            return Err(of_file(1, "this version of the form is not known"));
        }
        if self.trusted.is_empty() {
            let key = header.key.parse();
            self.trusted = vec![key.map_err(|says| of_file(1, says))?];
        }
        let trusted = self.trusted.clone();
        self.verifier = (!header.selection).then(|| Verifier::new(trusted, None));
        self.header = Some(header);
        Ok(())
    }

    fn part(&mut self, line: Line) -> Result<(), Broken> {
        match (line, &mut self.verifier) {
            (line, Some(verifier)) => verifier.part(line),
            (Line::Entry(entry), None) => {
                self.figures.entries += 1;
                content(&entry)
            }
            _ => Err(of_file(self.lines + 1, "a selection holds entries alone")),
        }
    }

    /// The journal's own gaps are named before the file's.
    fn end(&mut self, end: &End, bytes: &[u8]) -> Result<(), Broken> {
        if let Some(verifier) = self.verifier.take() {
            self.figures = verifier.finish()?;
        }
        let at = self.lines + 1;
        let same = end.lines == self.lines
            && end.hash == hex(&self.hash.clone().finalize())
            && text(&Line::End(end.clone())).as_bytes() == bytes;
        if !same {
            return Err(of_file(at, "the file is not as it was written"));
        }
        let message = end_message(&end.hash);
        let signed = |key: &PublicKey| key.verify(&message, &end.signature);
        match self.trusted.iter().any(signed) {
            true => Ok(()),
            false => Err(Broken {
                what: What::Signature,
                ..of_file(at, "the file's signature is not a trusted key's")
            }),
        }
    }

    /// Everything was given.
    ///
    /// # Errors
    /// What is missing.
    pub fn finish(self) -> Result<Figures, Broken> {
        match self.ended {
            true => Ok(self.figures),
            false => Err(of_file(
                self.lines + 1,
                "the last line is missing: the file was cut",
            )),
        }
    }
}

/// A line of the file that does not fit; its number stands for the position.
fn of_file(line: u64, says: &str) -> Broken {
    Broken {
        what: What::File,
        chain: String::new(),
        position: i64::try_from(line).unwrap_or(i64::MAX),
        entry: None,
        says: format!("line {line}: {says}"),
    }
}
