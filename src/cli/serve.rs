//! `otklik serve`: pages, API and loops, until SIGTERM or SIGINT.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use otklik::{
    app::{Centre, Half, listen},
    domain::{id::Ids, time::Clock},
};
use tokio_util::sync::CancellationToken;

use super::SettingsFile;

/// Runs the centre: pages and API, and the loops that collect, understand and alert.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik serve --config /etc/otklik/settings.toml --only work")]
pub struct Args {
    #[command(flatten)]
    settings: SettingsFile,
    /// Only one half, for several machines on one PostgreSQL.
    #[arg(long, value_enum)]
    only: Option<Only>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Only {
    /// Pages and API.
    Web,
    /// The loops.
    Work,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    super::log_as(settings.log.format);
    let problems = settings.problems();
    if !problems.is_empty() {
        bail!("the settings make no sense:\n{}", problems.join("\n"));
    }
    let half = match args.only {
        None => Half::Both,
        Some(Only::Web) => Half::Web,
        Some(Only::Work) => Half::Work,
    };
    super::runtime()?.block_on(async {
        let clock = Clock::System;
        let region = super::region(&settings, &clock)?;
        let centre = Centre::open(settings, region, clock, Ids::random()).await?;
        let listener = match half {
            Half::Work => None,
            Half::Web | Half::Both => Some(listen(&centre.settings.web.listen).await?),
        };
        // Who reads the line below may signal at once.
        let stop = stop_on_signal()?;
        if let Some(listener) = &listener {
            eprintln!("Otklik listens on http://{}", listener.local_addr()?);
        }
        centre.serve(listener, half, stop).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Cancelled by SIGTERM or SIGINT.
pub fn stop_on_signal() -> Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen to SIGINT")?;
    let stop = CancellationToken::new();
    let own = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        eprintln!("stopping: finishing what is in hand");
        own.cancel();
    });
    Ok(stop)
}
