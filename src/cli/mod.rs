//! Commands: a file each, with an `Args` for clap and `run`, which gives the exit code or an error.

pub mod audit;
pub mod backup;
pub mod check;
pub mod claims;
pub mod classify;
pub mod demo;
pub mod doctor;
pub mod fetch;
pub mod import;
mod known;
mod lines;
pub mod migrate;
mod noted;
pub mod reindex;
pub mod replay;
pub mod restore;
pub mod retention;
pub mod search;
pub mod serve;
pub mod sources;
pub mod token;
pub mod train;
pub mod user;
pub mod widget;

use std::{
    io::{ErrorKind, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use otklik::{
    config::{
        catalogue::CatalogueError,
        region::RegionCatalogue,
        settings::{LogFormat, Settings},
    },
    domain::{
        plain::{is_steering, plain},
        time::Clock,
    },
    store::Store,
};
use secrecy::ExposeSecret;

/// An error of the caller's: a sentence and exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadArguments(pub String);

/// The settings that a command works with.
#[derive(clap::Args)]
pub struct SettingsFile {
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl SettingsFile {
    /// The file, if one was named.
    pub fn path(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// The defaults, the file and the environment together.
    pub fn load(&self) -> anyhow::Result<Settings> {
        Settings::load_from_process(self.config.as_deref())
    }
}

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

/// Tells an error on stderr: exit code 2 for [`BadArguments`], else 1. Whoever closed our stdout, as
/// `head` does, has what they wanted: that is none.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if error.chain().any(is_closed_pipe) {
        return ExitCode::SUCCESS;
    }
    eprintln!("error: {}", shown(&sentence(error)));
    ExitCode::from(if error.is::<BadArguments>() { 2 } else { 1 })
}

fn is_closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    let io = cause.downcast_ref::<std::io::Error>().map(|e| e.kind());
    let json = cause.downcast_ref::<serde_json::Error>();
    io.or_else(|| json?.io_error_kind()) == Some(ErrorKind::BrokenPipe)
}

/// An error with its causes. One that its effect quotes already is not told twice.
fn sentence(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// A sentence for the terminal. It may quote a file or a cell: what steers a terminal must not reach
/// it, and no line runs on for ever.
pub fn shown(sentence: &str) -> String {
    let plain = plain(sentence);
    let lines = plain
        .lines()
        .map(|line| match line.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Characters of a line that is told.
const LONGEST: usize = 1000;

/// A JSON value on one line: like serde_json's, and what steers a terminal or the direction of writing
/// is written as an escape. What a program reads is the same.
pub fn json_line(value: &impl serde::Serialize) -> serde_json::Result<String> {
    let line = serde_json::to_string(value)?;
    if !line.chars().any(is_steering) {
        return Ok(line);
    }
    let escaped = line.chars().map(|c| match is_steering(c) {
        true => format!("\\u{:04x}", u32::from(c)), // all of them lie below U+10000, inside texts
        false => c.to_string(),
    });
    Ok(escaped.collect())
}

/// Readable log lines on stderr; OTKLIK_LOG chooses what (`info` when unset).
pub fn log() {
    log_as(LogFormat::Text);
}

/// Log lines on stderr, as the settings want them.
pub fn log_as(format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::builder()
        .with_env_var("OTKLIK_LOG")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

/// The region of the operator's catalogues; none at all without a folder.
pub fn region(settings: &Settings, clock: &Clock) -> Result<RegionCatalogue, CatalogueError> {
    match settings.catalogues() {
        None => Ok(RegionCatalogue::default()),
        Some(folder) => RegionCatalogue::load(folder, clock.now()),
    }
}
