//! The journal's arithmetic: entries chained by hashes, and checkpoints that sign the chains' ends.
//!
//! Each process writes a chain of its own, so that machines do not queue for one. An entry's hash
//! covers its words and the hash before it; a checkpoint's signature covers the last hash of each
//! chain, and the checkpoints are a chain themselves. So whoever changes one byte has to rewrite all
//! that follows, and meets a signature whose key is not in the database. What was written after the
//! last checkpoint is chained and not yet signed. No I/O here. Start with [`Entry`], then [`check`].

pub mod check;
pub mod key;
pub mod lines;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::time::Timestamp;
use key::SigningKey;

/// An entry at its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The chain's id.
    pub chain: String,
    /// Its place in the chain, from 1.
    pub position: i64,
    /// The hash before it: the chain's own for the first.
    pub previous: String,
    /// Its id (ULID).
    pub id: String,
    /// When, UTC milliseconds.
    pub at: i64,
    /// The login, or `service:…`.
    pub who: String,
    /// What happened: a code.
    pub kind: String,
    /// What it happened to.
    pub subject: String,
    /// A few words more.
    pub detail: String,
    /// SHA-256 over all of the above, in hexadecimal digits.
    pub hash: String,
}

impl Entry {
    /// The hash that its words give.
    pub fn digest(&self) -> String {
        Canon::of("otklik journal entry 1")
            .text(&self.chain)
            .int(self.position)
            .text(&self.previous)
            .text(&self.id)
            .int(self.at)
            .text(&self.who)
            .text(&self.kind)
            .text(&self.subject)
            .text(&self.detail)
            .hex()
    }

    /// The same entry with its hash.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.hash = self.digest();
        self
    }
}

/// A chain: one for each start of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Its id (ULID).
    pub id: String,
    /// Which process, in words: machine and process number.
    pub process: String,
    /// When it began, UTC milliseconds.
    pub began: i64,
    /// The hash of the last checkpoint when it began; empty before the first one.
    pub origin: String,
    /// The first position that is kept: more than 1 when the term of older ones has passed.
    pub first: i64,
    /// Its last position.
    pub position: i64,
    /// The hash at its last position.
    pub hash: String,
    /// The last position that a checkpoint signed; 0 for none.
    pub signed: i64,
}

impl Chain {
    /// What its first entry links to: who writes the chain and when it began are part of it.
    pub fn genesis(&self) -> String {
        Canon::of("otklik journal chain 1")
            .text(&self.id)
            .text(&self.process)
            .int(self.began)
            .text(&self.origin)
            .hex()
    }
}

/// The end of a chain, as a checkpoint signs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The chain's id.
    pub chain: String,
    /// The first position that was kept then.
    pub first: i64,
    /// Its last position then.
    pub position: i64,
    /// The hash at that position.
    pub hash: String,
}

/// A signed statement of how far chains went. It names those that grew since the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Its number, from 1.
    pub number: i64,
    /// When, UTC milliseconds.
    pub at: i64,
    /// The hash of the checkpoint before; empty for the first.
    pub previous: String,
    /// The public key that signed it, in hexadecimal digits.
    pub key: String,
    /// A JSON list of [`Head`]s, as it was signed.
    pub heads: String,
    /// SHA-256 over all of the above.
    pub hash: String,
    /// Ed25519 over the hash.
    pub signature: String,
}

impl Checkpoint {
    /// Signs the checkpoint that follows `before` (its number and hash).
    pub fn sign(
        before: Option<(i64, &str)>,
        heads: &[Head],
        key: &SigningKey,
        at: Timestamp,
    ) -> Checkpoint {
        let (number, previous) = before.unwrap_or_default();
        let mut made = Checkpoint {
            number: number + 1,
            at: at.as_millis(),
            previous: previous.to_owned(),
            key: key.public().to_string(),
            heads: serde_json::to_string(heads).expect("plain fields are always JSON"),
            hash: String::new(),
            signature: String::new(),
        };
        made.hash = made.digest();
        made.signature = key.sign(&made.message());
        made
    }

    /// The hash that its words give.
    pub fn digest(&self) -> String {
        Canon::of("otklik journal checkpoint 1")
            .int(self.number)
            .int(self.at)
            .text(&self.previous)
            .text(&self.key)
            .text(&self.heads)
            .hex()
    }

    /// What the signature covers.
    pub(crate) fn message(&self) -> String {
        format!("otklik journal checkpoint\n{}", self.hash)
    }
}

/// Canonical bytes on their way into a hash. Texts go with their length and numbers in eight bytes,
/// so that no two lists of values give the same bytes.
struct Canon(Sha256);

impl Canon {
    fn of(what: &str) -> Self {
        Canon(Sha256::new()).text(what)
    }

    fn text(mut self, text: &str) -> Self {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }

    fn int(mut self, number: i64) -> Self {
        self.0.update(number.to_be_bytes());
        self
    }

    fn hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pair = |b: &u8| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]];
    bytes.iter().flat_map(pair).map(char::from).collect()
}

/// The bytes of lower-case hexadecimal digits: one text for one value.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}
