//! The last checkpoint that this machine signed, as a file outside the database: its number and hash.
//! Start with [`keep_for`].

use std::{fs, io::ErrorKind, path::Path};

use anyhow::{Context, Result, bail};

use crate::{
    domain::journal::Checkpoint,
    store::{Tx, audit},
};

/// Its name in the data folder.
pub const FILE: &str = "journal_checkpoint";

/// Keeps a new checkpoint, if the one kept so far is still in the database. Else the journal was rolled
/// back: the file goes on saying so, until somebody who knows why deletes it.
///
/// # Errors
/// When the data folder cannot be written, or the database cannot be read.
pub async fn keep_for(tx: &mut Tx, data_dir: &Path, made: &Checkpoint) -> Result<()> {
    if let Some((number, hash)) = find(data_dir)? {
        let there = audit::find_checkpoint(tx, number).await?;
        if there.as_ref() != Some(&hash) {
            let file = data_dir.join(FILE);
            let file = file.display();
            tracing::error!(
                number,
                "a checkpoint of the journal is gone that this machine signed: the database was \
                 rolled back; after a restore that you know of, delete {file}"
            );
            return Ok(());
        }
    }
    keep(data_dir, made.number, &made.hash)
}

/// Keeps a checkpoint's number and hash; whoever reads meanwhile sees the old one or the new one.
///
/// # Errors
/// When the data folder cannot be written.
fn keep(data_dir: &Path, number: i64, hash: &str) -> Result<()> {
    let file = data_dir.join(FILE);
    let draft = file.with_extension("new");
    let written = fs::write(&draft, format!("{number} {hash}\n"));
    written
        .and_then(|()| fs::rename(&draft, &file))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// What was kept; none before the first checkpoint.
///
/// # Errors
/// When the file cannot be read or is none of ours.
pub fn find(data_dir: &Path) -> Result<Option<(i64, String)>> {
    let file = data_dir.join(FILE);
    let text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let parts = text.trim().split_once(' ');
    match parts.and_then(|(number, hash)| Some((number.parse().ok()?, hash.to_owned()))) {
        Some(witness) => Ok(Some(witness)),
        None => bail!("{} holds no checkpoint; delete it", file.display()),
    }
}
