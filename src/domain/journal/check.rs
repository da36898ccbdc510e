//! Is the journal whole? Takes its parts in order (checkpoints, then each chain with its entries) and
//! stops at the first that does not fit. Keeps no entries: only what checkpoints say. Start with
//! [`Verifier::new`].

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Chain, Checkpoint, Entry, Head, key::PublicKey};
use crate::domain::{post::coded, time::Timestamp};

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

/// What a checkpoint said of a chain.
struct Signed {
    head: Head,
    checkpoint: i64,
}

/// The chain in hand.
struct Current {
    chain: Chain,
    /// The last entry: position and hash. Before the first: what it must follow, if that is known.
    position: i64,
    hash: Option<String>,
    /// What checkpoints said of it, oldest first, and how many of these were met.
    signed: Vec<Signed>,
    met: usize,
}

/// Checks one journal.
pub struct Verifier {
    keys: Vec<PublicKey>,
    witness: Option<(i64, String)>,
    last: Option<(i64, String)>,
    checkpoints: HashSet<String>,
    signed: HashMap<String, Vec<Signed>>,
    seen: HashSet<String>,
    current: Option<Current>,
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
            current: None,
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
            return Err(broken(format!(
                "checkpoint {n} is signed by the key {}, which is not a trusted one; name it by --key if it was yours",
                checkpoint.key
            )));
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
        let broken = |what, says| in_chain(what, &chain.id, chain.first, None, says);
        if !self.seen.insert(chain.id.clone()) {
            let says = format!("the chain {} is there twice", chain.id);
            return Err(broken(What::Order, says));
        }
        if !chain.origin.is_empty() && !self.checkpoints.contains(&chain.origin) {
            let says = format!(
                "the chain {} began after a checkpoint that is missing",
                chain.id
            );
            return Err(broken(What::MissingCheckpoint, says));
        }
        let signed = self.signed.remove(&chain.id).unwrap_or_default();
        let last = signed.last().map(|s| &s.head);
        let first = last.map_or(1, |head| head.first);
        if chain.first != first {
            let says = format!(
                "the chain {} begins at {}; its last checkpoint says {first}",
                chain.id, chain.first
            );
            return Err(broken(What::Gap, says));
        }
        let upto = last.map_or(0, |head| head.position);
        if chain.signed != upto {
            let says = format!(
                "the chain {} says that {} entries are signed; checkpoints say {upto}",
                chain.id, chain.signed
            );
            return Err(broken(What::Signature, says));
        }
        let before = chain.first - 1;
        let known = signed.iter().position(|s| s.head.position >= before);
        let met = known.unwrap_or(signed.len());
        self.current = Some(Current {
            position: before,
            hash: (before == 0).then(|| chain.genesis()),
            met,
            signed,
            chain,
        });
        self.figures.chains += 1;
        Ok(())
    }

    /// Takes the next entry of the chain in hand.
    ///
    /// # Errors
    /// The first thing about it that does not fit.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Broken> {
        let Some(now) = self.current.as_mut().filter(|c| c.chain.id == entry.chain) else {
            return Err(stray(entry));
        };
        let (chain, wanted) = (entry.chain.as_str(), now.position + 1);
        let broken = |what, says: String| {
            in_chain(what, chain, entry.position, Some(entry.id.clone()), says)
        };
        if entry.position > wanted {
            let says = format!(
                "entries {wanted} to {} of the chain {chain} are missing",
                entry.position - 1
            );
            return Err(in_chain(What::Gap, chain, wanted, None, says));
        }
        let name = format!("entry {} of the chain {chain}", entry.position);
        if entry.position < wanted {
            return Err(broken(What::Order, format!("{name} is there twice")));
        }
        content(entry)?;
        if now.hash.as_ref().is_some_and(|h| *h != entry.previous) {
            let says = format!("{name} does not link to the one before it");
            return Err(broken(What::Link, says));
        }
        now.position = entry.position;
        now.hash = Some(entry.hash.clone());
        while let Some(signed) = now.signed.get(now.met) {
            let (at, hash) = match signed.head.position {
                p if p == entry.position => (p, &entry.hash),
                p if p == entry.position - 1 => (p, &entry.previous),
                _ => break,
            };
            if signed.head.hash != *hash {
                let says = format!(
                    "checkpoint {} signed another entry {at} of the chain {chain}: it, or one \
                     before it, was rewritten",
                    signed.checkpoint
                );
                return Err(in_chain(
                    What::Signature,
                    chain,
                    at,
                    Some(entry.id.clone()),
                    says,
                ));
            }
            now.met += 1;
        }
        self.figures.entries += 1;
        let upto = now.signed.last().map_or(0, |s| s.head.position);
        self.figures.unsealed += u64::from(entry.position > upto);
        Ok(())
    }

    /// The chain in hand must reach as far as it says and as was signed.
    fn end_chain(&mut self) -> Result<(), Broken> {
        let Some(Current {
            chain,
            position,
            hash,
            signed,
            ..
        }) = self.current.take()
        else {
            return Ok(());
        };
        let upto = signed.last().map_or(0, |s| s.head.position);
        let wanted = chain.position.max(upto);
        let id = &chain.id;
        if position < wanted {
            let says = format!(
                "the end of the chain {id} is missing: entries {} to {wanted}",
                position + 1
            );
            return Err(in_chain(What::Gap, id, position + 1, None, says));
        }
        if position > chain.position {
            let says = format!(
                "the chain {id} has entries after its end, {}",
                chain.position
            );
            return Err(in_chain(What::Order, id, chain.position + 1, None, says));
        }
        match hash {
            Some(hash) if hash != chain.hash => {
                let says = format!("the last hash of the chain {id} is not its last entry's");
                Err(in_chain(What::Link, id, position, None, says))
            }
            _ => Ok(()),
        }
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
