//! `otklik sources resolve`: which community an address of VK means.

use std::{io::Write, process::ExitCode};

use anyhow::Result;
use otklik::{
    app,
    collect::{
        poll::Collector,
        sources::vk::{groups::Group, resolve::Unresolved},
    },
    config::settings::Settings,
    domain::{id::Ids, time::Clock},
};
use serde_json::{Value, json};

use crate::cli::{self, BadArguments, SettingsFile};

/// Asks VK which community an address means: its number for sources.toml, its name and marks.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik sources resolve https://vk.com/gorod")]
pub struct Args {
    /// https://vk.com/name, vk.ru/club123, or the name.
    address: String,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    match cli::runtime()?.block_on(resolve(&settings, &args.address))? {
        Ok(group) => {
            let line = cli::json_line(&line(&group))?;
            writeln!(std::io::stdout().lock(), "{line}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Unresolved::Failed(error)) => Err(error.into()),
        Err(refused) => Err(BadArguments(refused.to_string()).into()),
    }
}

async fn resolve(settings: &Settings, address: &str) -> Result<Result<Group, Unresolved>> {
    let clock = Clock::System;
    let region = cli::region(settings, &clock)?;
    let store = cli::open_store(settings).await?;
    let collector = Collector::new(
        &settings.collect,
        app::zone(settings, &region)?,
        store.clone(),
        clock,
        Ids::random(),
    )?;
    let resolved = collector.resolve_vk(address).await;
    store.close().await;
    Ok(resolved)
}

fn line(group: &Group) -> Value {
    json!({
        "platform": "vk",
        "owner": group.id.to_string(),
        "screen_name": group.screen_name,
        "name": group.facts.name,
        "kind": group.kind,
        "closed": group.closed,
        "deactivated": group.deactivated,
        "wall": !group.wall_off,
        "members": group.facts.members,
        "verified": group.facts.verified,
        "government": group.facts.government,
    })
}
