//! Is the journal whole? Takes its parts in order (checkpoints, then each chain with its entries) and
//! stops at the first that does not fit. Keeps no entries: only what checkpoints say. Start with
//! [`Verifier::new`]; one chain is `check/in_hand.rs`.

mod in_hand;

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Chain, Checkpoint, Entry, Head, key::PublicKey};
use crate::domain::{post::coded, time::Timestamp};
use in_hand::{InHand, Signed};

coded! {
    /// What does not fit.
    What {
        /// The words do not give the hash.
        Content = "content",
        /// It does not link to the one before.
        Link = "link",
        /// Positions are missing, in the middle or at the end.
        Gap = "gap",
        /// A position is there twice, or out of order.
        Order = "order",
        /// A signature is not the key's, or what was signed was something else.
        Signature = "signature",
        /// A chain is not there.
        MissingChain = "missing_chain",
        /// A checkpoint is not there.
        MissingCheckpoint = "missing_checkpoint",
        /// The file is not as it was written.
        File = "file",
    }
}

/// The first broken link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{says}")]
pub struct Broken {
    /// What does not fit.
    pub what: What,
    /// The chain; `checkpoints` for theirs.
    pub chain: String,
    /// The position in it.
    pub position: i64,
    /// The entry's id.
    pub entry: Option<String>,
    /// A sentence.
    pub says: String,
}

/// Under this name the checkpoints' chain is told.
const CHECKPOINTS: &str = "checkpoints";

/// How much was found whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Chains.
    pub chains: u64,
    /// Entries.
    pub entries: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Entries after the last checkpoint of their chain: chained, and not yet signed.
    pub unsealed: u64,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// When it was made.
    pub at: Timestamp,
    /// What was found whole, or the first broken link.
    pub found: Result<Figures, Broken>,
}

/// Checks one journal.
pub struct Verifier {
    keys: Vec<PublicKey>,
    witness: Option<(i64, String)>,
    last: Option<(i64, String)>,
    checkpoints: HashSet<String>,
    signed: HashMap<String, Vec<Signed>>,
    seen: HashSet<String>,
    in_hand: Option<InHand>,
    figures: Figures,
}

impl Verifier {
    /// Trusts these keys. `witness` is a checkpoint (number and hash) that is known from elsewhere
    /// and must be there: without it a journal that was rolled back as a whole looks whole.
    pub fn new(keys: Vec<PublicKey>, witness: Option<(i64, String)>) -> Self {
        Self {
            keys,
            witness,
            last: None,
            checkpoints: HashSet::new(),
            signed: HashMap::new(),
            seen: HashSet::new(),
            in_hand: None,
            figures: Figures::default(),
        }
    }

    /// Takes the next checkpoint.
    ///
    /// # Errors
    /// The first thing about it that does not fit.
    pub fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Broken> {
        let (number, hash) = self.last.clone().unwrap_or_default();
        let broken = |what, says: String| at_checkpoint(what, checkpoint.number, says);
        let n = checkpoint.number;
        if n != number + 1 {
            let says = format!("after checkpoint {number} comes {n}: one in between is missing");
            let what = if n > number { What::Gap } else { What::Order };
            return Err(at_checkpoint(what, number + 1, says));
        }
        if checkpoint.hash != checkpoint.digest() {
            let says = format!("checkpoint {n} was changed: its words do not give its hash");
            return Err(broken(What::Content, says));
        }
        if checkpoint.previous != hash {
            let says = format!("checkpoint {n} does not link to the one before it");
            return Err(broken(What::Link, says));
        }
        self.signature(checkpoint)?;
        let heads: Vec<Head> = serde_json::from_str(&checkpoint.heads)
            .map_err(|e| broken(What::Content, format!("checkpoint {n} names no heads: {e}")))?;
        for head in heads {
            let signed = self.signed.entry(head.chain.clone()).or_default();
            signed.push(Signed {
                head,
                checkpoint: n,
            });
        }
        self.checkpoints.insert(checkpoint.hash.clone());
        self.last = Some((n, checkpoint.hash.clone()));
        self.figures.checkpoints += 1;
        self.witness_of(checkpoint)
    }

    fn signature(&self, checkpoint: &Checkpoint) -> Result<(), Broken> {
        let n = checkpoint.number;
        let broken = |says| at_checkpoint(What::Signature, n, says);
        let Some(key) = self.keys.iter().find(|k| k.to_string() == checkpoint.key) else {
            let key = &checkpoint.key;
            let says = format!("checkpoint {n} is signed by {key}, which is no trusted key");
            return Err(broken(says));
        };
        match key.verify(&checkpoint.message(), &checkpoint.signature) {
            true => Ok(()),
            false => Err(broken(format!("the signature of checkpoint {n} is false"))),
        }
    }

    fn witness_of(&self, checkpoint: &Checkpoint) -> Result<(), Broken> {
        match &self.witness {
            Some((number, hash)) if *number == checkpoint.number && *hash != checkpoint.hash => {
                let says = format!("checkpoint {number} is another one than this machine signed");
                Err(at_checkpoint(What::MissingCheckpoint, *number, says))
            }
            _ => Ok(()),
        }
    }

    /// Takes the next chain; its entries follow.
    ///
    /// # Errors
    /// What is wrong with it, or with the end of the one before.
    pub fn chain(&mut self, chain: Chain) -> Result<(), Broken> {
        self.end_chain()?;
        let id = &chain.id;
        let broken = |what, says| in_chain(what, id, chain.first, None, says);
        if !self.seen.insert(id.clone()) {
            let says = format!("the chain {id} is there twice");
            return Err(broken(What::Order, says));
        }
        if !chain.origin.is_empty() && !self.checkpoints.contains(&chain.origin) {
            let says = format!("the chain {id} began after a checkpoint that is missing");
            return Err(broken(What::MissingCheckpoint, says));
        }
        let signed = self.signed.remove(id).unwrap_or_default();
        self.in_hand = Some(InHand::begin(chain, signed)?);
        self.figures.chains += 1;
        Ok(())
    }

    /// Takes the next entry of the chain in hand.
    ///
    /// # Errors
    /// The first thing about it that does not fit.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Broken> {
        let Some(chain) = self.in_hand.as_mut().filter(|c| c.is_of(entry)) else {
            return Err(stray(entry));
        };
        self.figures.unsealed += u64::from(chain.entry(entry)?);
        self.figures.entries += 1;
        Ok(())
    }

    fn end_chain(&mut self) -> Result<(), Broken> {
        self.in_hand.take().map_or(Ok(()), InHand::end)
    }

    /// Everything was given.
    ///
    /// # Errors
    /// What is missing.
    pub fn finish(mut self) -> Result<Figures, Broken> {
        self.end_chain()?;
        if let Some(id) = self.signed.keys().min() {
            let n = self.signed[id].first().map_or(0, |s| s.checkpoint);
            let says = format!("the chain {id} is missing: checkpoint {n} signed it");
            return Err(in_chain(What::MissingChain, id, 1, None, says));
        }
        let last = self.last.map_or(0, |(number, _)| number);
        match self.witness {
            Some((number, _)) if number > last => {
                let says = format!(
                    "checkpoint {number}, which this machine signed, is missing: the journal was \
                     rolled back to checkpoint {last}"
                );
                Err(at_checkpoint(What::MissingCheckpoint, number, says))
            }
            _ => Ok(self.figures),
        }
    }
}

/// An entry's words give its hash.
///
/// # Errors
/// [`What::Content`].
pub fn content(entry: &Entry) -> Result<(), Broken> {
    if entry.hash == entry.digest() {
        return Ok(());
    }
    let (chain, at) = (&entry.chain, entry.position);
    let says =
        format!("entry {at} of the chain {chain} was changed: its words do not give its hash");
    Err(in_chain(
        What::Content,
        chain,
        at,
        Some(entry.id.clone()),
        says,
    ))
}

/// An entry whose chain is not there.
fn stray(entry: &Entry) -> Broken {
    let says = match entry.chain.as_str() {
        "" => format!("the entry {} stands in no chain", entry.id),
        chain => format!(
            "the entry {} stands in the chain {chain}, which is missing",
            entry.id
        ),
    };
    let id = Some(entry.id.clone());
    in_chain(What::MissingChain, &entry.chain, entry.position, id, says)
}

fn in_chain(what: What, chain: &str, position: i64, entry: Option<String>, says: String) -> Broken {
    Broken {
        what,
        chain: chain.to_owned(),
        position,
        entry,
        says,
    }
}

fn at_checkpoint(what: What, number: i64, says: String) -> Broken {
    in_chain(what, CHECKPOINTS, number, None, says)
}

#[cfg(test)]
mod tests;
