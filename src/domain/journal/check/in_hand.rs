//! One chain: its entries follow each other, and stand where checkpoints saw them.

use super::{Broken, What, content, in_chain};
use crate::domain::journal::{Chain, Entry, Head};

/// What a checkpoint said of a chain.
pub(super) struct Signed {
    pub head: Head,
    pub checkpoint: i64,
}

/// The chain in hand.
pub(super) struct InHand {
    chain: Chain,
    /// The last position that was taken.
    position: i64,
    /// The hash at that position; none where older entries were removed.
    hash: Option<String>,
    /// What checkpoints said of it, oldest first, and how many of these were met.
    signed: Vec<Signed>,
    met: usize,
}

impl InHand {
    /// The chain agrees with its last checkpoint about where it begins and how far it is signed.
    pub(super) fn begin(chain: Chain, signed: Vec<Signed>) -> Result<Self, Broken> {
        let last = signed.last().map(|s| &s.head);
        let (first, upto) = last.map_or((1, 0), |head| (head.first, head.position));
        let (id, begins) = (&chain.id, chain.first);
        if begins != first {
            let says =
                format!("the chain {id} begins at {begins}; its last checkpoint says {first}");
            return Err(in_chain(What::Gap, id, begins, None, says));
        }
        if chain.signed != upto {
            let says = format!(
                "the chain {id} says that {} entries are signed; checkpoints say {upto}",
                chain.signed
            );
            return Err(in_chain(What::Signature, id, begins, None, says));
        }
        let before = first - 1;
        let kept = signed.iter().position(|s| s.head.position >= before);
        Ok(Self {
            position: before,
            hash: (before == 0).then(|| chain.genesis()),
            met: kept.unwrap_or(signed.len()),
            signed,
            chain,
        })
    }

    pub(super) fn is_of(&self, entry: &Entry) -> bool {
        self.chain.id == entry.chain
    }

    /// Takes the next entry; true when no checkpoint covers it.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<bool, Broken> {
        self.follows(entry)?;
        content(entry)?;
        if self.hash.as_ref().is_some_and(|h| *h != entry.previous) {
            let says = format!("{} does not link to the one before it", name(entry));
            return Err(of(entry, What::Link, says));
        }
        self.meets(entry)?;
        self.position = entry.position;
        self.hash = Some(entry.hash.clone());
        let upto = self.signed.last().map_or(0, |s| s.head.position);
        Ok(entry.position > upto)
    }

    /// Its position is the next one.
    fn follows(&self, entry: &Entry) -> Result<(), Broken> {
        let (chain, wanted) = (entry.chain.as_str(), self.position + 1);
        if entry.position > wanted {
            let last = entry.position - 1;
            let says = format!("entries {wanted} to {last} of the chain {chain} are missing");
            return Err(in_chain(What::Gap, chain, wanted, None, says));
        }
        if entry.position < wanted {
            let says = format!("{} is there twice", name(entry));
            return Err(of(entry, What::Order, says));
        }
        Ok(())
    }

    /// What checkpoints saw at its position, or just before it, is what is there.
    fn meets(&mut self, entry: &Entry) -> Result<(), Broken> {
        while let Some(signed) = self.signed.get(self.met) {
            let (at, hash) = match signed.head.position {
                p if p == entry.position => (p, &entry.hash),
                p if p == entry.position - 1 => (p, &entry.previous),
                _ => break,
            };
            if signed.head.hash != *hash {
                let (chain, number) = (&entry.chain, signed.checkpoint);
                let says = format!(
                    "checkpoint {number} signed another entry {at} of the chain {chain}: it, or \
                     one before it, was rewritten"
                );
                let id = Some(entry.id.clone());
                return Err(in_chain(What::Signature, chain, at, id, says));
            }
            self.met += 1;
        }
        Ok(())
    }

    /// It reaches as far as it says, and as was signed.
    pub(super) fn end(self) -> Result<(), Broken> {
        let (id, position, end) = (&self.chain.id, self.position, self.chain.position);
        let upto = self.signed.last().map_or(0, |s| s.head.position);
        let wanted = end.max(upto);
        if position < wanted {
            let next = position + 1;
            let says = format!("the end of the chain {id} is missing: entries {next} to {wanted}");
            return Err(in_chain(What::Gap, id, next, None, says));
        }
        if position > end {
            let says = format!("the chain {id} has entries after its end, {end}");
            return Err(in_chain(What::Order, id, end + 1, None, says));
        }
        match self.hash {
            Some(hash) if hash != self.chain.hash => {
                let says = format!("the last hash of the chain {id} is not its last entry's");
                Err(in_chain(What::Link, id, position, None, says))
            }
            _ => Ok(()),
        }
    }
}

fn name(entry: &Entry) -> String {
    format!("entry {} of the chain {}", entry.position, entry.chain)
}

fn of(entry: &Entry, what: What, says: String) -> Broken {
    let id = Some(entry.id.clone());
    in_chain(what, &entry.chain, entry.position, id, says)
}
