//! Keys as files: made once, whole or not at all, read by nobody else. Start with [`kept_or_made`].

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, Result};

use crate::domain::id::Ids;

/// The text kept in `file`; a new one when there is none.
pub(super) fn kept_or_made(file: &Path, ids: &Ids, make: impl Fn() -> String) -> Result<String> {
    if let Some(text) = read(file)? {
        return Ok(text);
    }
    let draft = file.with_extension(format!("{:032x}.new", u128::from_be_bytes(ids.bytes())));
    write_once(file, &draft, &make())
        .with_context(|| format!("cannot write {}", file.display()))?;
    read(file)?.with_context(|| format!("{} vanished while it was made", file.display()))
}

/// The text of a file, if it is there.
pub(super) fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => {
            warn_when_open_to_others(file);
            Ok(Some(text.trim().to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

fn warn_when_open_to_others(file: &Path) {
    let mode = fs::metadata(file).map(|m| m.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let file = file.display();
        tracing::warn!("{file} can be read by others on this machine: chmod 600 {file}");
    }
}

/// Writes the whole text under the name `draft` and links it to `file`: readers see all or nothing,
/// and of two writers the first wins.
fn write_once(file: &Path, draft: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    write_private(draft, text)?;
    let linked = fs::hard_link(draft, file);
    fs::remove_file(draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }?;
    File::open(folder)?.sync_all() // the name itself must survive a power cut
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut open = OpenOptions::new();
    let mut handle = open.write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(handle, "{text}")?;
    handle.sync_all()
}
