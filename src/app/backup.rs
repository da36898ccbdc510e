//! `otklik backup`: a folder with a snapshot of the database, its manifest with checksums, and the keys
//! when asked for. Start with [`make`]; what a folder holds is [`Manifest`], what is done with one that
//! stands is [`Kept`]'s.
//!
//! The folder is written under a name that says it is not whole, and renamed at the end: whoever finds
//! `otklik-<moment>` finds all of it.

mod kept;
mod keys;
mod manifest;

use std::{
    fs::{self, DirBuilder, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

pub use kept::{Kept, find, list};
pub(super) use manifest::database_word;
pub use manifest::{FileSum, Manifest};

use crate::{
    config::settings::Settings,
    domain::time::{Clock, Span, Timestamp},
    store::{Priority, Store, settings},
};

/// What a folder's name begins with.
const NAME: &str = "otklik-";
/// What the name of an unfinished one ends with.
const PARTIAL: &str = ".partial";

/// What making one did.
#[derive(Debug)]
pub struct Made {
    /// The new backup.
    pub kept: Kept,
    /// Folders of older ones that were deleted, past `retention.backups_days`.
    pub deleted: Vec<PathBuf>,
    /// Keys that are in it.
    pub secrets: Vec<String>,
}

/// Backs the database up into a new folder within `dir` and deletes backups there that are too old.
///
/// # Errors
/// A sentence; then no whole backup was made and none was deleted.
pub async fn make(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
    dir: &Path,
    secrets: bool,
) -> Result<Made> {
    private_folder(dir)?;
    let _lock = lock(dir)?;
    let now = clock.now();
    let name = format!("{NAME}{}", now.to_rfc3339().replace(['-', ':'], ""));
    let (whole, partial) = (dir.join(&name), dir.join(format!("{name}{PARTIAL}")));
    ensure!(
        !whole.exists(),
        "there is a backup {} already",
        whole.display()
    );
    clear_partial(dir)?;
    private_folder(&partial)?;
    let snapshot = store.snapshot(&partial).await?;
    let copied = match secrets {
        true => keys::copy_secrets(&settings.data_dir, &partial)?,
        false => Vec::new(),
    };
    let manifest = Manifest::of(&partial, snapshot, store.is_postgres(), now)?;
    manifest.write(&partial)?;
    fs::rename(&partial, &whole)?;
    File::open(dir)?.sync_all()?;
    note_made(store, dir, now).await;
    let deleted = delete_old(settings, dir, now)?;
    Ok(Made {
        kept: Kept {
            folder: whole,
            manifest,
        },
        deleted,
        secrets: copied,
    })
}

/// For `doctor`, `retention` and `/metrics`. A database that cannot be written can still be copied.
async fn note_made(store: &Store, dir: &Path, now: Timestamp) {
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let noted = async {
        let mut tx = store.write(Priority::Person).await?;
        settings::put_moment(&mut tx, settings::BACKUP_MADE, now).await?;
        settings::put(&mut tx, settings::BACKUP_FOLDER, &dir.to_string_lossy()).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!("the backup is whole, but the database could not note it: {error}");
    }
}

fn private_folder(folder: &Path) -> Result<()> {
    let mut make = DirBuilder::new();
    let made = make.recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make {}", folder.display()))
}

/// Two backups into one folder would delete each other's halves.
fn lock(dir: &Path) -> Result<File> {
    let file = File::create(dir.join(".lock"))
        .with_context(|| format!("cannot write in {}", dir.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => bail!("another backup is being written into {}", dir.display()),
    }
}

/// What a killed backup left.
fn clear_partial(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(NAME) && name.ends_with(PARTIAL) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Backups in a folder that are past `retention.backups_days`: what was purged long ago is in them.
///
/// # Errors
/// When the folder cannot be read.
pub fn list_old(settings: &Settings, dir: &Path, now: Timestamp) -> Result<Vec<Kept>> {
    let before = now.minus(Span::days(settings.retention.backups_days));
    let all = list(dir)?.into_iter();
    Ok(all
        .filter(|kept| kept.manifest.made_millis < before.as_millis())
        .collect())
}

/// Deletes those; gives their folders.
///
/// # Errors
/// When one cannot be deleted.
pub fn delete_old(settings: &Settings, dir: &Path, now: Timestamp) -> Result<Vec<PathBuf>> {
    let mut deleted = Vec::new();
    for kept in list_old(settings, dir, now)? {
        fs::remove_dir_all(&kept.folder)
            .with_context(|| format!("cannot delete {}", kept.folder.display()))?;
        deleted.push(kept.folder);
    }
    Ok(deleted)
}
