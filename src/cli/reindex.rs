//! `otklik reindex`: throw the index away and build it anew from the database.

use std::process::ExitCode;

use anyhow::Result;
use otklik::{
    app,
    config::settings::Settings,
    domain::{id::Ids, time::Clock},
    work::lock::WorkLock,
};

use super::SettingsFile;

/// Deletes the search index and builds it anew from the database.
///
/// The index holds nothing that the database does not: this is safe at any time while `serve` is
/// stopped.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik reindex --config /etc/otklik/settings.toml")]
pub struct Args {
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    super::log();
    let settings = args.settings.load()?;
    let _lock = WorkLock::take(&settings.data_dir)?;
    let posts = super::runtime()?.block_on(reindex(&settings))?;
    eprintln!("indexed {posts} posts");
    Ok(ExitCode::SUCCESS)
}

async fn reindex(settings: &Settings) -> Result<u64> {
    let clock = Clock::System;
    let region = super::region(settings, &clock)?;
    let (store, _keys) = app::open_store(settings, &region, &clock, &Ids::random()).await?;
    let posts = app::import::reindex(&store, &settings.data_dir).await?;
    store.close().await;
    Ok(posts)
}
