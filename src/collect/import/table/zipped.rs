//! What a workbook's archive would unpack to, found out before it is opened: a reader of workbooks
//! believes every archive. Start with [`check`].

use std::{
    fs::File,
    io::{BufReader, Read, copy, sink},
    path::Path,
};

use zip::ZipArchive;

use super::{NoTable, TableFault};

/// Parts of an archive. Workbooks have some dozens.
const MOST_PARTS: usize = 5_000;
/// All parts together, unpacked: a million long rows.
const LARGEST: u64 = 768 * 1024 * 1024;
/// Texts that rows share are held in memory whole.
const LARGEST_SHARED: u64 = 256 * 1024 * 1024;
/// Each other part that is held whole: styles, relations, the list of sheets.
const LARGEST_HELD: u64 = 32 * 1024 * 1024;
/// What grows more than this many times is no table…
const MOST_GROWTH: u64 = 150;
/// …once it is larger than this.
const FREE: u64 = 32 * 1024 * 1024;

/// Unpacks every part into nothing and counts: what an archive says of its sizes may be a lie.
///
/// # Errors
/// [`TableFault::Bomb`], [`TableFault::Damaged`].
pub(super) fn check(file: &Path) -> Result<(), NoTable> {
    let damaged = |error| NoTable::of(TableFault::Damaged, error);
    let input = File::open(file).map_err(|e| NoTable::of(TableFault::Away, e))?;
    let mut archive = ZipArchive::new(BufReader::new(input)).map_err(damaged)?;
    if archive.len() > MOST_PARTS {
        return Err(TableFault::Bomb.into());
    }
    let mut whole = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.into_owned();
        let (packed, told) = (part.compressed_size(), part.size());
        let room = room_for(&name, packed).min(LARGEST - whole);
        if told > room {
            return Err(TableFault::Bomb.into());
        }
        let unpacked = copy(&mut part.take(room + 1), &mut sink());
        let unpacked = unpacked.map_err(|e| NoTable::of(TableFault::Damaged, e))?;
        if unpacked > room {
            return Err(TableFault::Bomb.into());
        }
        whole += unpacked;
    }
    Ok(())
}

/// How large a part may be.
fn room_for(name: &str, packed: u64) -> u64 {
    let grown = packed.saturating_mul(MOST_GROWTH).max(FREE);
    let name = name.to_ascii_lowercase();
    let most = match () {
        () if name.ends_with("sharedstrings.xml") => LARGEST_SHARED,
        () if name.contains("worksheets/") && name.ends_with(".xml") => LARGEST,
        () if name.contains("media/") => LARGEST_SHARED,
        () => LARGEST_HELD,
    };
    grown.min(most)
}
