//! `otklik retention`: what is kept for how long, what is due, what was purged.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::AtomicBool,
};

use anyhow::Result;
use otklik::{
    app::backup,
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Timestamp},
    },
    store::{
        Store, Tx,
        retention::{Class, Standing, list_totals, standing},
        settings as facts,
    },
    work::{retention::Retention, supervisor::settle},
};
use serde_json::{Value, json};

use super::SettingsFile;

/// Rows that are due are counted up to this number.
const COUNTED: i64 = 100_000;

/// Tells what is kept for how long, and purges.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik retention report | jq 'select(.due > 0)'")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// A JSON line per class: its term, rows that are due now, rows purged so far and when last; a line
    /// for backups; then the totals that are left of purged incidents.
    Report(Options),
    /// Purges now what is due, as the service does by itself every ten minutes, and backups past their
    /// term; then reports.
    Run(Purge),
}

#[derive(clap::Args)]
#[command(after_help = "Example: otklik retention report --config /etc/otklik/settings.toml")]
struct Options {
    #[command(flatten)]
    settings: SettingsFile,
}

#[derive(clap::Args)]
#[command(after_help = "Example, each night: otklik retention run --rewrite")]
struct Purge {
    /// PostgreSQL: write the tables of words anew, so that what was purged leaves their files. Each
    /// table is locked meanwhile, some ten seconds a gigabyte. SQLite needs none of this.
    #[arg(long)]
    rewrite: bool,
    #[command(flatten)]
    options: Options,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let (options, purge) = match &args.command {
        Command::Report(options) => (options, None),
        Command::Run(purge) => (&purge.options, Some(purge)),
    };
    let lines = super::runtime()?.block_on(report(options.settings.load()?, purge))?;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn report(settings: Settings, purge: Option<&Purge>) -> Result<Vec<Value>> {
    let store = super::open_store(&settings).await?;
    let now = Clock::System.now();
    if let Some(purge) = purge {
        purge_now(&settings, &store, now).await?;
        if purge.rewrite {
            store.rewrite().await?;
        }
    }
    let mut tx = store.read().await?;
    let mut lines = Vec::new();
    for class in Class::ALL {
        let found = standing(&mut tx, *class, &settings.retention, now, COUNTED).await?;
        lines.push(class_line(*class, &settings, &found));
    }
    lines.push(backups_line(
        &settings,
        backup_folder(&mut tx).await?.as_deref(),
        now,
    ));
    lines.extend(list_totals(&mut tx).await?.into_iter().map(|total| {
        json!({"total": {
            "month": total.month, "sector": total.sector, "topic": total.topic,
            "municipality": Some(total.municipality).filter(|code| !code.is_empty()),
            "state": total.state, "incidents": total.incidents, "posts": total.posts,
            "overdue": total.overdue,
        }})
    }));
    drop(tx);
    store.close().await;
    Ok(lines)
}

fn class_line(class: Class, settings: &Settings, found: &Standing) -> Value {
    let hours = class.term(&settings.retention).as_millis() / 3_600_000;
    json!({
        "class": class.code(),
        "term_days": hours as f64 / 24.0,
        "due": found.due,
        "purged": found.purged,
        "last": found.last.map(Timestamp::to_rfc3339),
    })
}

/// Where the last backup went.
async fn backup_folder(tx: &mut Tx) -> Result<Option<PathBuf>> {
    let folder = facts::find(tx, facts::BACKUP_FOLDER).await?;
    Ok(folder.map(PathBuf::from))
}

/// `due` is null when this machine cannot see the folder.
fn backups_line(settings: &Settings, folder: Option<&Path>, now: Timestamp) -> Value {
    let due = folder.and_then(|folder| backup::list_old(settings, folder, now).ok());
    json!({
        "class": "backup",
        "term_days": settings.retention.backups_days,
        "due": due.map(|old| old.len()),
        "folder": folder.map(|folder| folder.display().to_string()),
    })
}

async fn purge_now(settings: &Settings, store: &Store, now: Timestamp) -> Result<()> {
    let work = Retention {
        store: store.clone(),
        terms: settings.retention.clone(),
        clock: Clock::System,
        ids: Ids::random(),
        unscrubbed: AtomicBool::new(true),
    };
    settle(&[std::sync::Arc::new(work)]).await?;
    if let Some(folder) = backup_folder(&mut store.read().await?)
        .await?
        .filter(|f| f.is_dir())
    {
        for deleted in backup::delete_old(settings, &folder, now)? {
            eprintln!(
                "deleted {}: older than retention.backups_days",
                deleted.display()
            );
        }
    }
    eprintln!("indexes follow when `otklik serve` or `otklik search` runs next");
    Ok(())
}
