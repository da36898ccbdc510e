//! Backups that stand: found, opened, checked.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{
    NAME, PARTIAL,
    manifest::{MANIFEST, Manifest},
};
use crate::store::backup::Snapshot;

/// A backup on disk.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its folder.
    pub folder: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
}

/// Whole backups in a folder, oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(dir: &Path) -> Result<Vec<Kept>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let folders = entries.flatten().map(|entry| entry.path());
    let whole = folders.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(NAME) && !name.ends_with(PARTIAL)
    });
    let mut kept: Vec<Kept> = whole.filter_map(|folder| open(&folder).ok()).collect();
    kept.sort_by_key(|kept| kept.manifest.made_millis);
    Ok(kept)
}

/// The backup in `folder`; or, when that is a folder of backups, the newest there.
///
/// # Errors
/// A sentence: there is none, or it is of a later program.
pub fn find(folder: &Path) -> Result<Kept> {
    if folder.join(MANIFEST).is_file() {
        return open(folder);
    }
    let newest = list(folder)?.pop();
    newest.with_context(|| format!("there is no backup in {}", folder.display()))
}

fn open(folder: &Path) -> Result<Kept> {
    Ok(Kept {
        folder: folder.to_owned(),
        manifest: Manifest::read(folder)?,
    })
}

impl Kept {
    /// Compares every file with its checksum.
    ///
    /// # Errors
    /// A sentence that names the first file that is missing or changed.
    pub fn verify(&self) -> Result<()> {
        self.manifest.verify(&self.folder)
    }

    /// The snapshot, as the store wants it.
    pub(in crate::app) fn snapshot(&self) -> Snapshot {
        Snapshot {
            schema: self.manifest.schema,
            parts: self.manifest.parts.clone(),
        }
    }
}
