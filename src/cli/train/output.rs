//! What training leaves in its folder: the model, its card, the folds.

use std::path::Path;

use anyhow::{Context, Result};
use otklik::{
    domain::hex,
    understand::{
        topics::{self, Model},
        train::card::{Card, Data, Quality},
    },
};
use sha2::{Digest, Sha256};

use super::Args;

/// Writes model and card.
pub(super) fn write(
    args: &Args,
    model: &Model,
    about: String,
    data: Data,
    quality: Vec<Quality>,
) -> Result<()> {
    let bytes = model.write();
    let card = Card {
        name: file_name(&args.out),
        revision: args.revision,
        about,
        sha256: hex::digits(&Sha256::digest(&bytes)),
        bytes: bytes.len(),
        features: model.features(),
        threshold: model.header().threshold,
        data,
        quality,
    };
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make {}", args.out.display()))?;
    put(&args.out, topics::FILE, &bytes)?;
    put(&args.out, "card.toml", card.to_toml().as_bytes())
}

/// Writes one file of the folder.
pub(super) fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The last part of a path: the name of a model, of a set of rows.
pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
