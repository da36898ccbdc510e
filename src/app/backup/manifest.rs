//! What a backup's folder holds, and whether it still does.

use std::{
    fs::{self, File},
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Component, Path},
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    domain::{hex, time::Timestamp},
    store::backup::{Part, Snapshot},
};

/// The version of the folder's form. A reader refuses later ones.
const FORMAT: u32 = 1;
/// Its own file.
pub(super) const MANIFEST: &str = "backup.json";

/// What a backup holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this form: 1.
    pub format: u32,
    /// When the snapshot was begun, RFC 3339.
    pub made: String,
    /// The same, UTC milliseconds.
    pub made_millis: i64,
    /// The program's version.
    pub program: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// The version of the schema.
    pub schema: i64,
    /// The database's files with their tables.
    pub parts: Vec<Part>,
    /// Every file with its checksum, the keys' too.
    pub files: Vec<FileSum>,
}

/// A file's checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Its path within the folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// Describes the files of a folder.
    pub(super) fn of(
        folder: &Path,
        snapshot: Snapshot,
        postgres: bool,
        now: Timestamp,
    ) -> Result<Manifest> {
        let mut paths = Vec::new();
        list_files(folder, folder, &mut paths)?;
        paths.sort();
        let sums = paths.iter().map(|path| sum(folder, path));
        Ok(Manifest {
            format: FORMAT,
            made: now.to_rfc3339(),
            made_millis: now.as_millis(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            database: database_word(postgres).to_owned(),
            schema: snapshot.schema,
            parts: snapshot.parts,
            files: sums.collect::<Result<_>>()?,
        })
    }

    /// Writes it beside the files that it describes, to the disk.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let file = folder.join(MANIFEST);
        fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        File::open(&file)?.sync_all()?;
        Ok(File::open(folder)?.sync_all()?)
    }

    /// Reads the one of a folder.
    pub(super) fn read(folder: &Path) -> Result<Manifest> {
        let file = folder.join(MANIFEST);
        let place = file.display();
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {place}"))?;
        let manifest: Manifest =
            serde_json::from_str(&text).with_context(|| format!("{place} is not in form"))?;
        ensure!(
            manifest.format <= FORMAT,
            "{} was written by a later program (form {}): use that one",
            folder.display(),
            manifest.format
        );
        Ok(manifest)
    }

    /// Compares every file with its checksum.
    pub(super) fn verify(&self, folder: &Path) -> Result<()> {
        for known in &self.files {
            let mut parts = Path::new(&known.path).components();
            ensure!(
                parts.all(|part| matches!(part, Component::Normal(_))),
                "the manifest names a file outside its folder: {}",
                known.path
            );
            ensure!(
                sum(folder, &known.path)? == *known,
                "{} is damaged: its checksum is not the manifest's; take another backup",
                folder.join(&known.path).display()
            );
        }
        let listed = |part: &Part| self.files.iter().any(|file| file.path == part.path);
        ensure!(
            self.parts.iter().all(listed),
            "the manifest names a part without a checksum"
        );
        Ok(())
    }
}

/// As the manifest names the kind of database.
pub(in crate::app) fn database_word(postgres: bool) -> &'static str {
    if postgres { "postgres" } else { "sqlite" }
}

fn list_files(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list_files(root, &path, found)?,
            false => {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
                found.push(path.strip_prefix(root)?.display().to_string());
            }
        }
    }
    Ok(())
}

fn sum(folder: &Path, path: &str) -> Result<FileSum> {
    let file = folder.join(path);
    let mut from = File::open(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let (mut hash, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = from
            .read(&mut chunk)
            .with_context(|| format!("cannot read {}", file.display()))?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
        bytes += read as u64;
    }
    let sha256 = hex::digits(&hash.finalize());
    Ok(FileSum {
        path: path.to_owned(),
        bytes,
        sha256,
    })
}
