//! Where an uploaded table waits until it is read: a file below the data folder, named by its import.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of files that wait, below the data folder.
pub const FOLDER: &str = "imports";

/// The file of an import.
pub fn file_of(data_dir: &Path, id: &str) -> PathBuf {
    data_dir.join(FOLDER).join(id)
}

/// Removes an import's file; one that is gone already is as good.
///
/// # Errors
/// When the disk refuses.
pub fn remove(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot delete {}", file.display()))
        }
        _ => Ok(()),
    }
}
