//! `otklik retention`: what is kept for how long, what is due, what was purged.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::AtomicBool,
};

use anyhow::Result;
use otklik::{
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Timestamp},
    },
    store::{
        Store,
        retention::{Class, Standing, list_totals, standing},
    },
    work::{retention::Retention, supervisor::settle},
};
use serde_json::{Value, json};

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
    /// A JSON line per class: its term, rows that are due now, rows purged so far and when last; then
    /// the totals that are left of purged incidents.
    Report(Options),
    /// Purges now what is due, as the service does by itself every ten minutes; then reports.
    Run(Options),
}

#[derive(clap::Args)]
#[command(after_help = "Example: otklik retention report --config /etc/otklik/settings.toml")]
struct Options {
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let (Command::Report(options) | Command::Run(options)) = &args.command;
    let purge = matches!(args.command, Command::Run(_));
    let lines = super::runtime()?.block_on(report(options.config.as_deref(), purge))?;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn report(config: Option<&Path>, purge: bool) -> Result<Vec<Value>> {
    let settings = Settings::load_from_process(config)?;
    let store = super::open_store(&settings).await?;
    if purge {
        purge_now(&settings, &store).await?;
    }
    let now = Clock::System.now();
    let mut tx = store.read().await?;
    let mut lines = Vec::new();
    for class in Class::ALL {
        let found = standing(&mut tx, *class, &settings.retention, now, COUNTED).await?;
        lines.push(class_line(*class, &settings, &found));
    }
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

async fn purge_now(settings: &Settings, store: &Store) -> Result<()> {
    let work = Retention {
        store: store.clone(),
        terms: settings.retention.clone(),
        clock: Clock::System,
        ids: Ids::random(),
        unscrubbed: AtomicBool::new(true),
    };
    settle(&[std::sync::Arc::new(work)]).await?;
    eprintln!("indexes follow when `otklik serve` or `otklik search` runs next");
    Ok(())
}
