//! `otklik backup`: copy the database while the service runs.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use otklik::{app::backup, domain::time::Clock, store::Store};
use secrecy::ExposeSecret;

use super::SettingsFile;

/// Copies the database into a new folder within DIR while the service runs.
///
/// One consistent moment, with checksums; no client tools of PostgreSQL are needed. Backups there that
/// are older than retention.backups_days are deleted. Keys are copied only with --with-secrets: without
/// them a restored database cannot be used. The search index is not copied, it is built anew.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik backup /var/backups/otklik --config /etc/otklik/settings.toml"
)]
pub struct Args {
    /// The folder of backups; made when it is missing.
    dir: PathBuf,
    /// Copy the keys of data_dir/secrets as well: keep such a backup as safe as the keys.
    #[arg(long)]
    with_secrets: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command: the new backup's folder goes to stdout.
pub fn run(args: &Args) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    super::log_as(settings.log.format);
    let made = super::runtime()?.block_on(async {
        let url = settings.database_url.expose_secret();
        if url.is_empty() && !settings.data_dir.join("otklik.db").exists() {
            anyhow::bail!("there is no database in {}", settings.data_dir.display());
        }
        let store = Store::open(url, &settings.data_dir).await?;
        let made = backup::make(
            &settings,
            &store,
            &Clock::System,
            &args.dir,
            args.with_secrets,
        )
        .await;
        store.close().await;
        made
    })?;
    println!("{}", made.kept.folder.display());
    tell(&made);
    Ok(ExitCode::SUCCESS)
}

fn tell(made: &backup::Made) {
    let manifest = &made.kept.manifest;
    let rows: u64 = manifest
        .parts
        .iter()
        .flat_map(|part| &part.tables)
        .map(|table| table.rows)
        .sum();
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    eprintln!(
        "{rows} rows, {} MiB, schema version {}",
        bytes / (1 << 20),
        manifest.schema
    );
    for folder in &made.deleted {
        eprintln!(
            "deleted {}: older than retention.backups_days",
            folder.display()
        );
    }
    match made.secrets.as_slice() {
        [] => eprintln!(
            "\nTHE KEYS ARE NOT IN THIS BACKUP. Without data_dir/secrets (or the secrets of your \
             settings)\nthe restored database will be refused. Keep a copy of them elsewhere, or back \
             up --with-secrets."
        ),
        names => eprintln!(
            "keys in this backup: {}. Whoever reads it can link pseudonyms and sign alerts; keys that \
             the settings give are not in it",
            names.join(", ")
        ),
    }
}
