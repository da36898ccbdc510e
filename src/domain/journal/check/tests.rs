use proptest::prelude::*;

use super::*;
use crate::domain::{
    journal::{
        key::SigningKey,
        lines::{Line, Reader, Writer},
    },
    time::Timestamp,
};

const AT: i64 = 1_795_348_800_000;

fn key() -> SigningKey {
    SigningKey::from_secret("a key of this test alone")
}

/// Two chains, of seven and four entries; checkpoints after three of one, after both, and after one
/// more.
fn journal() -> (Vec<Checkpoint>, Vec<(Chain, Vec<Entry>)>) {
    let first = chain("01A", "web-1 41", 7, String::new());
    let sign = |before: Option<&Checkpoint>, heads: &[Head]| {
        let before = before.map(|c| (c.number, c.hash.as_str()));
        Checkpoint::sign(before, heads, &key(), Timestamp::from_millis(AT))
    };
    let head = |(chain, entries): &(Chain, Vec<Entry>), position: usize| Head {
        chain: chain.id.clone(),
        first: 1,
        position: position as i64,
        hash: entries[position - 1].hash.clone(),
    };
    let one = sign(None, &[head(&first, 3)]);
    let second = chain("01B", "work-1 7", 4, one.hash.clone());
    let two = sign(Some(&one), &[head(&first, 5), head(&second, 4)]);
    let three = sign(Some(&two), &[head(&first, 6)]);
    let chains = [(first, 6), (second, 4)]
        .map(|((chain, entries), signed)| (Chain { signed, ..chain }, entries));
    (vec![one, two, three], chains.into())
}

fn chain(id: &str, process: &str, length: i64, origin: String) -> (Chain, Vec<Entry>) {
    let mut chain = Chain {
        id: id.into(),
        process: process.into(),
        began: AT,
        origin,
        first: 1,
        position: length,
        hash: String::new(),
        signed: 0,
    };
    chain.hash = chain.genesis();
    let mut entries = Vec::new();
    for position in 1..=length {
        let entry = Entry {
            chain: id.into(),
            position,
            previous: chain.hash.clone(),
            id: format!("{id}-{position}"),
            at: AT + position,
            who: "vershinina".into(),
            kind: "viewed".into(),
            subject: format!("incident:{position}"),
            detail: "3 posts".into(),
            hash: String::new(),
        }
        .sealed();
        chain.hash.clone_from(&entry.hash);
        entries.push(entry);
    }
    (chain, entries)
}

fn verify(journal: &(Vec<Checkpoint>, Vec<(Chain, Vec<Entry>)>)) -> Result<Figures, Broken> {
    let mut verifier = Verifier::new(vec![key().public()], None);
    for checkpoint in &journal.0 {
        verifier.checkpoint(checkpoint)?;
    }
    for (chain, entries) in &journal.1 {
        verifier.chain(chain.clone())?;
        for entry in entries {
            verifier.entry(entry)?;
        }
    }
    verifier.finish()
}

fn file() -> Vec<u8> {
    let (mut writer, mut text) = Writer::begin(key(), false, Timestamp::from_millis(AT));
    let (checkpoints, chains) = journal();
    for checkpoint in checkpoints {
        text += &writer.line(&Line::Checkpoint(checkpoint));
    }
    for (chain, entries) in chains {
        text += &writer.line(&Line::Chain(chain));
        for entry in entries {
            text += &writer.line(&Line::Entry(entry));
        }
    }
    text += &writer.end();
    text.into_bytes()
}

fn read(bytes: &[u8]) -> Result<Figures, Broken> {
    let mut reader = Reader::new(vec![key().public()]);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        reader.line(line)?;
    }
    reader.finish()
}

const WHOLE: Figures = Figures {
    chains: 2,
    entries: 11,
    checkpoints: 3,
    unsealed: 1,
};

#[test]
fn a_whole_journal_is_whole() {
    assert_eq!(verify(&journal()), Ok(WHOLE));
    assert_eq!(read(&file()), Ok(WHOLE));
}

/// The first thing that is broken after a change.
fn broken(change: impl FnOnce(&mut Vec<Checkpoint>, &mut Vec<(Chain, Vec<Entry>)>)) -> Broken {
    let (mut checkpoints, mut chains) = journal();
    change(&mut checkpoints, &mut chains);
    verify(&(checkpoints, chains)).unwrap_err()
}

fn place(broken: &Broken) -> (What, &str, i64) {
    (broken.what, &broken.chain, broken.position)
}

#[test]
fn the_first_broken_link_is_named() {
    let b = broken(|_, chains| chains[0].1[3].who = "nobody".into());
    assert_eq!(place(&b), (What::Content, "01A", 4));
    assert_eq!(b.entry.as_deref(), Some("01A-4"));
    let b = broken(|_, chains| drop(chains[0].1.remove(3)));
    assert_eq!(place(&b), (What::Gap, "01A", 4));
    let b = broken(|_, chains| chains[1].1.swap(1, 2));
    assert_eq!(place(&b), (What::Gap, "01B", 2));
    let b = broken(|_, chains| {
        let copy = chains[0].1[3].clone();
        chains[0].1.insert(3, copy);
    });
    assert_eq!(place(&b), (What::Order, "01A", 4));
    let b = broken(|_, chains| drop(chains.remove(1)));
    assert_eq!(place(&b), (What::MissingChain, "01B", 1));
    let b = broken(|_, chains| chains[0].0.process = "web-2 41".into());
    assert_eq!(place(&b), (What::Link, "01A", 1));
    let b = broken(|checkpoints, _| drop(checkpoints.remove(1)));
    assert_eq!(place(&b), (What::Gap, "checkpoints", 2));
}

#[test]
fn a_history_that_was_rewritten_with_new_hashes_meets_the_signature() {
    let b = broken(|_, chains| {
        let (chain, entries) = &mut chains[0];
        entries[1].subject = "incident:999".into();
        let mut hash = entries[0].hash.clone();
        for entry in entries.iter_mut().skip(1) {
            entry.previous.clone_from(&hash);
            entry.hash = entry.digest();
            hash.clone_from(&entry.hash);
        }
        chain.hash = hash;
    });
    assert_eq!(place(&b), (What::Signature, "01A", 3));
}

#[test]
fn a_tail_that_was_cut_with_its_head_is_found_when_it_was_signed() {
    let b = broken(|_, chains| {
        let (chain, entries) = &mut chains[0];
        entries.truncate(4);
        chain.position = 4;
        chain.hash.clone_from(&entries[3].hash);
    });
    assert_eq!(place(&b), (What::Gap, "01A", 5));
}

#[test]
fn checkpoints_of_another_key_are_not_believed() {
    let b = broken(|checkpoints, _| {
        let other = SigningKey::from_secret("somebody else's key");
        let last = checkpoints.pop().unwrap();
        let heads: Vec<Head> = serde_json::from_str(&last.heads).unwrap();
        let before = checkpoints.last().map(|c| (c.number, c.hash.as_str()));
        let forged = Checkpoint::sign(before, &heads, &other, Timestamp::from_millis(AT));
        checkpoints.push(forged);
    });
    assert_eq!(place(&b), (What::Signature, "checkpoints", 3));
}

#[test]
fn a_journal_rolled_back_as_a_whole_is_found_by_a_witness() {
    let (mut checkpoints, mut chains) = journal();
    let known = checkpoints.pop().map(|c| (c.number, c.hash));
    let (chain, entries) = &mut chains[0];
    entries.truncate(5);
    (chain.position, chain.signed) = (5, 5);
    chain.hash.clone_from(&entries[4].hash);
    assert!(verify(&(checkpoints.clone(), chains.clone())).is_ok());
    let mut verifier = Verifier::new(vec![key().public()], known);
    for checkpoint in &checkpoints {
        verifier.checkpoint(checkpoint).unwrap();
    }
    for (chain, entries) in chains {
        verifier.chain(chain).unwrap();
        for entry in entries {
            verifier.entry(&entry).unwrap();
        }
    }
    let b = verifier.finish().unwrap_err();
    assert_eq!(place(&b), (What::MissingCheckpoint, "checkpoints", 3));
}

#[test]
fn entries_whose_term_has_passed_leave_a_chain_that_is_whole() {
    let (mut checkpoints, mut chains) = journal();
    let head = {
        let (chain, entries) = &mut chains[0];
        entries.drain(..4);
        (chain.first, chain.signed) = (5, 7);
        Head {
            chain: chain.id.clone(),
            first: 5,
            position: 7,
            hash: chain.hash.clone(),
        }
    };
    let unsigned = verify(&(checkpoints.clone(), chains.clone())).unwrap_err();
    assert_eq!(unsigned.what, What::Gap);
    let before = checkpoints.last().map(|c| (c.number, c.hash.as_str()));
    let signed = Checkpoint::sign(before, &[head], &key(), Timestamp::from_millis(AT));
    checkpoints.push(signed);
    let figures = verify(&(checkpoints, chains)).unwrap();
    assert_eq!((figures.entries, figures.unsealed), (7, 0));
}

/// Changes one byte of a text, keeping it a text.
fn flip(text: &mut String, at: usize, to: u8) -> bool {
    let mut bytes = std::mem::take(text).into_bytes();
    if bytes.is_empty() {
        bytes.push(to);
        *text = String::from_utf8(bytes).unwrap();
        return true;
    }
    let at = at % bytes.len();
    let changed = bytes[at] != to;
    bytes[at] = to;
    *text = String::from_utf8(bytes).unwrap();
    changed
}

fn flip_int(number: &mut i64, bit: usize) -> bool {
    *number ^= 1 << (bit % 63);
    true
}

/// Changes one byte of one column of one row; false when it was that byte already.
fn change(
    (checkpoints, chains): &mut (Vec<Checkpoint>, Vec<(Chain, Vec<Entry>)>),
    (row, column, at, to): (usize, usize, usize, u8),
) -> bool {
    let rows = checkpoints.len() + chains.len() + 11;
    let row = row % rows;
    if let Some(c) = checkpoints.get_mut(row) {
        return match column % 7 {
            0 => flip_int(&mut c.number, at),
            1 => flip_int(&mut c.at, at),
            2 => flip(&mut c.previous, at, to),
            3 => flip(&mut c.key, at, to),
            4 => flip(&mut c.heads, at, to),
            5 => flip(&mut c.hash, at, to),
            _ => flip(&mut c.signature, at, to),
        };
    }
    let row = row - checkpoints.len();
    if row < chains.len() {
        let c = &mut chains[row].0;
        return match column % 8 {
            0 => flip(&mut c.id, at, to),
            1 => flip(&mut c.process, at, to),
            2 => flip_int(&mut c.began, at),
            3 => flip(&mut c.origin, at, to),
            4 => flip_int(&mut c.first, at),
            5 => flip_int(&mut c.position, at),
            6 => flip(&mut c.hash, at, to),
            _ => flip_int(&mut c.signed, at),
        };
    }
    let row = row - chains.len();
    let e = match row {
        0..7 => &mut chains[0].1[row],
        _ => &mut chains[1].1[row - 7],
    };
    match column % 10 {
        0 => flip(&mut e.chain, at, to),
        1 => flip_int(&mut e.position, at),
        2 => flip(&mut e.previous, at, to),
        3 => flip(&mut e.id, at, to),
        4 => flip_int(&mut e.at, at),
        5 => flip(&mut e.who, at, to),
        6 => flip(&mut e.kind, at, to),
        7 => flip(&mut e.subject, at, to),
        8 => flip(&mut e.detail, at, to),
        _ => flip(&mut e.hash, at, to),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_byte_of_any_column_of_any_row(
        row in 0..100usize, column in 0..560usize, at in 0..1000usize, to in 0x20..0x7fu8,
    ) {
        let mut journal = journal();
        prop_assume!(change(&mut journal, (row, column, at, to)));
        prop_assert!(verify(&journal).is_err());
    }
}

#[test]
fn every_byte_of_the_file_counts() {
    let whole = file();
    for at in 0..whole.len() {
        let kinds = [whole[at] ^ 1, whole[at] ^ 0x20, b'0', b'\n', 0xff];
        let changed = kinds[at % kinds.len()];
        let mut bytes = whole.clone();
        bytes[at] = changed;
        assert_eq!(
            read(&bytes).is_ok(),
            changed == whole[at],
            "byte {at}: {changed}"
        );
        if at % 7 == 0 {
            bytes.clone_from(&whole);
            bytes.remove(at);
            assert!(read(&bytes).is_err(), "without byte {at}");
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
        }
    }
}

#[test]
fn every_line_of_the_file_has_its_place() {
    let whole = file();
    let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
    for from in 0..lines.len() {
        let mut fewer = lines.clone();
        let line = fewer.remove(from);
        assert!(read(&fewer.concat()).is_err(), "without line {from}");
        for to in 0..lines.len() {
            let mut moved = fewer.clone();
            moved.insert(to, line);
            assert_eq!(
                read(&moved.concat()).is_ok(),
                to == from,
                "line {from} at {to}"
            );
            let mut more = lines.clone();
            more.insert(to, line);
            assert!(read(&more.concat()).is_err(), "line {from} again at {to}");
        }
    }
}

#[test]
fn a_selection_is_held_by_its_last_line() {
    let (mut writer, mut text) = Writer::begin(key(), true, Timestamp::from_millis(AT));
    let (_, chains) = journal();
    for entry in chains[0].1.iter().step_by(2).cloned() {
        text += &writer.line(&Line::Entry(entry));
    }
    text += &writer.end();
    let figures = read(text.as_bytes()).unwrap();
    assert_eq!((figures.entries, figures.chains), (4, 0));
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        assert!(read(&bytes).is_err(), "byte {at}");
    }
}
