//! What a demo remembers in its data folder, so that a second start on the same data goes on with
//! the same region and the same way in. Start with [`Memory::recall`].

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::domain::{id::Ids, time::Timestamp};

const FILE: &str = "demo.json";

/// The memory of a demo.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// When the region's time began; without it a second start would publish everything anew.
    pub began: Timestamp,
    /// The curator's password.
    pub password: String,
    /// The curator's API token.
    pub token: String,
}

impl Memory {
    /// Reads the folder's memory; makes and keeps one (mode 600) when there is none.
    ///
    /// # Errors
    /// A sentence when the file is broken or cannot be written.
    pub fn recall(data_dir: &Path, now: Timestamp, ids: &Ids) -> Result<Memory> {
        let file = data_dir.join(FILE);
        match std::fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).with_context(|| {
                format!(
                    "{} is broken; delete the folder to begin anew",
                    file.display()
                )
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let memory = Memory {
                    began: now,
                    password: secret(ids, 4),
                    token: secret(ids, 8),
                };
                memory
                    .keep(data_dir, &file)
                    .with_context(|| format!("cannot write {}", file.display()))?;
                Ok(memory)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    fn keep(&self, data_dir: &Path, file: &Path) -> Result<()> {
        std::fs::create_dir_all(data_dir)?;
        let mut open = OpenOptions::new();
        let mut handle = open.write(true).create_new(true).mode(0o600).open(file)?;
        writeln!(handle, "{}", serde_json::to_string(self)?)?;
        Ok(())
    }
}

/// Groups of four letters and digits that people can type: 20 bits each.
fn secret(ids: &Ids, groups: usize) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let group = || -> String {
        let bytes: [u8; 4] = ids.bytes();
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
        letters.into_iter().collect()
    };
    (0..groups).map(|_| group()).collect::<Vec<_>>().join("-")
}
