//! Commands: a file each, with an `Args` for clap and `run`, which gives the exit code or an error.

pub mod check;
pub mod claims;
pub mod classify;
mod lines;
pub mod migrate;
pub mod replay;
pub mod token;
pub mod train;
pub mod user;

use std::process::ExitCode;

use anyhow::Context;
use otklik::{config::settings::Settings, store::Store};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

/// An error of the caller's: a sentence and exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadArguments(pub String);

/// The runtime of commands that wait for a database or a network.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}

/// Opens the database of the settings, migrated.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let folder = &settings.data_dir;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    let store = Store::open(settings.database_url.expose_secret(), folder).await?;
    store.migrate().await?;
    Ok(store)
}

/// Tells an error on stderr: exit code 2 for [`BadArguments`], else 1.
pub fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(if error.is::<BadArguments>() { 2 } else { 1 })
}

/// A checksum in hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
