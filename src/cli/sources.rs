//! `otklik sources`: every source and how it does, as JSON Lines; its subcommands plan the day and
//! switch sources.

mod backfill;
mod plan;
mod resolve;
mod switch;

use std::{io::Write, process::ExitCode};

use anyhow::Result;
use otklik::{
    app,
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Timestamp},
    },
    store::{
        scope::Scope,
        sources::{self, SourceRow},
    },
};
use serde_json::{Value, json};

use super::SettingsFile;

/// Lists the sources with their health, a JSON object each; plans visits; stops and starts sources.
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example: otklik sources | jq -c 'select(.state != \"active\")'"
)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: SettingsFile,
}

/// What else there is to know of sources, and to do with them.
#[derive(clap::Subcommand)]
enum Command {
    Resolve(resolve::Args),
    Widget(super::widget::Args),
    Plan(plan::Plan),
    Stop(switch::Stop),
    Start(switch::Start),
    Backfill(backfill::Backfill),
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Some(Command::Resolve(args)) => return resolve::run(args),
        Some(Command::Widget(args)) => return super::widget::run(args),
        Some(Command::Plan(plan)) => return plan.run(),
        Some(Command::Stop(stop)) => return stop.run(),
        Some(Command::Start(start)) => return start.run(),
        Some(Command::Backfill(backfill)) => return backfill.run(),
        None => {}
    }
    let settings = args.settings.load()?;
    let rows = super::runtime()?.block_on(list(&settings))?;
    let mut out = std::io::stdout().lock();
    for row in &rows {
        writeln!(out, "{}", super::json_line(&line(row))?)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(settings: &Settings) -> Result<Vec<SourceRow>> {
    let clock = Clock::System;
    let region = super::region(settings, &clock)?;
    let (store, _keys) = app::open_store(settings, &region, &clock, &Ids::random()).await?;
    let rows = sources::list(&mut store.read().await?, &Scope::service("sources")).await?;
    store.close().await;
    Ok(rows)
}

fn line(row: &SourceRow) -> Value {
    let moment = |millis: Option<i64>| millis.map(|m| Timestamp::from_millis(m).to_rfc3339());
    let visited = row.state != "off" && row.stopped.is_none();
    json!({
        "code": row.code,
        "platform": row.platform,
        "name": row.name,
        "municipality": row.municipality,
        "official": row.official != 0,
        "state": row.state,
        "stopped": moment(row.stopped),
        "interval_seconds": row.interval_ms / 1000,
        "note": row.note,
        "posts": row.posts,
        "failures": row.failures,
        "last_visit": moment(row.last_visit),
        "last_success": moment(row.last_success),
        "last_post": moment(row.last_post),
        "last_error": row.last_error,
        "last_error_at": moment(row.last_error_at),
        "next_visit": moment(Some(row.next_visit).filter(|_| visited)),
    })
}
