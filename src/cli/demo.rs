//! `otklik demo`: the main job from one command, without network or server.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use otklik::{
    app::{Centre, Half, listen},
    config::settings::{Settings, is_listen},
    demo::{self, memory::Memory},
    domain::{id::Ids, time::Clock, user::Role},
};
use serde_json::json;

use super::serve::stop_on_signal;

/// The curator whom the demo makes.
const LOGIN: &str = "curator";

/// Shows the whole way on an invented region: crawls loopback servers that speak the networks'
/// real protocols.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik demo --listen 127.0.0.1:8080")]
pub struct Args {
    /// Address and port of the pages.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    listen: String,
    /// Keep the demo's data here; a new temporary folder when left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The curator's API token; a random one when left out.
    #[arg(long, value_name = "TOKEN")]
    api_token: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    super::log();
    let (folder, temporary) = folder(args)?;
    let outcome = super::runtime()?.block_on(demo(args, folder.clone()));
    if temporary {
        let _ = std::fs::remove_dir_all(&folder);
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

fn address(text: &str) -> Result<String, &'static str> {
    match is_listen(text) {
        true => Ok(text.to_owned()),
        false => Err("write address:port, such as 127.0.0.1:8080"),
    }
}

fn folder(args: &Args) -> Result<(PathBuf, bool)> {
    match &args.data {
        Some(folder) => Ok((folder.clone(), false)),
        None => {
            let name = format!("otklik-demo-{}", Ids::random().ulid(Clock::System.now()));
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
            Ok((folder, true))
        }
    }
}

async fn demo(args: &Args, folder: PathBuf) -> Result<()> {
    let (clock, ids) = (Clock::System, Ids::random());
    let memory = Memory::recall(&folder, clock.now(), &ids)?;
    let running = demo::start(clock.clone(), memory.began, &ids).await?;
    let mut settings = Settings::load(None, [])?;
    running.apply(&mut settings);
    settings.data_dir = folder;
    let token = args.api_token.as_deref().unwrap_or(&memory.token);
    settings.metrics.token = token.into(); // one secret is enough for a visitor
    let listener = listen(&args.listen).await?;
    let address = format!("http://{}", listener.local_addr()?);
    // Links in alerts lead here, also when the port was the system's choice.
    settings.web.public_url.clone_from(&address);
    let region = running.region.clone();
    let centre = Centre::open(settings, region, clock, ids).await?;
    centre
        .ensure_account(LOGIN, "В. Соколова", Role::Curator, &memory.password)
        .await?;
    centre.ensure_token(LOGIN, token).await?;
    let first = json!({
        "address": address, "login": LOGIN, "password": memory.password, "token": token,
    });
    // Who reads the line below may signal at once.
    let stop = stop_on_signal()?;
    let mut out = std::io::stdout();
    writeln!(out, "{first}")?;
    out.flush()?;
    tell(&address, &memory, &running);
    centre.serve(Some(listener), Half::Both, stop).await
}

fn tell(address: &str, memory: &Memory, running: &demo::Running) {
    eprintln!("\nOtklik's demo runs: open {address}");
    eprintln!("  login {LOGIN}, password {}", memory.password);
    eprintln!("\nThe ordinary service crawls these servers on this machine:");
    for (what, where_) in running.addresses() {
        eprintln!("  {what:<9} {where_}");
    }
    eprintln!("\nThe first posts arrive within seconds, new ones all the time. Ctrl+C ends it.\n");
}
