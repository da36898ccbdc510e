//! The keys beside the database: copied when asked for, and put back where there are none.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use anyhow::{Context, Result};

use super::{Kept, private_folder};

/// Where keys lie, in a data folder and in a backup.
const SECRETS: &str = "secrets";

/// The files of `data_dir/secrets`; gives their names.
pub(super) fn copy_secrets(data_dir: &Path, folder: &Path) -> Result<Vec<String>> {
    let (from, to) = (data_dir.join(SECRETS), folder.join(SECRETS));
    private_folder(&to)?;
    let mut names = Vec::new();
    let entries = fs::read_dir(&from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        copy_private(&entry.path(), &to.join(&name))?;
        names.push(name);
    }
    names.sort();
    Ok(names)
}

fn copy_private(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o600))?;
    Ok(File::open(to)?.sync_all()?)
}

impl Kept {
    /// Puts keys of the backup where the installation has none; gives the names of those that were put,
    /// and of those that were there already with another content.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub(in crate::app) fn restore_secrets(
        &self,
        data_dir: &Path,
    ) -> Result<(Vec<String>, Vec<String>)> {
        let (mut put, mut other) = (Vec::new(), Vec::new());
        let prefix = format!("{SECRETS}/");
        for file in &self.manifest.files {
            let Some(name) = file.path.strip_prefix(&prefix) else {
                continue;
            };
            let (from, to) = (
                self.folder.join(&file.path),
                data_dir.join(SECRETS).join(name),
            );
            match fs::read(&to) {
                Ok(there) if there == fs::read(&from)? => {}
                Ok(_) => other.push(name.to_owned()),
                Err(_) => {
                    private_folder(&data_dir.join(SECRETS))?;
                    copy_private(&from, &to)?;
                    put.push(name.to_owned());
                }
            }
        }
        Ok((put, other))
    }
}
