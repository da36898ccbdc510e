//! `otklik migrate`: bring the database up to date.

use std::process::ExitCode;

use anyhow::Context;
use otklik::{config::settings::Settings, store::Store};
use secrecy::ExposeSecret;

use super::SettingsFile;

/// Brings the database up to date.
///
/// `serve` does this by itself when it starts; as a step of its own it shows what a new version
/// changes before anything runs. Makes no keys and takes no data away.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik migrate --config /etc/otklik/settings.toml")]
pub struct Args {
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = args.settings.load()?;
    super::runtime()?.block_on(migrate(&settings))?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let folder = &settings.data_dir;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    let store = Store::open(settings.database_url.expose_secret(), folder).await?;
    let before = store.schema_version().await?;
    store.migrate().await?;
    let after = store.schema_version().await?;
    store.close().await;
    match before == after {
        true => eprintln!("the database is up to date (version {after})"),
        false => eprintln!("the database went from version {before} to {after}"),
    }
    Ok(())
}
