//! `otklik sources stop|start`: the kill switches. They lie in the database, so a running server obeys at
//! once; each is an event of the journal.

use std::process::ExitCode;

use anyhow::Result;
use otklik::{
    domain::{
        id::Ids,
        time::{Clock, Timestamp},
    },
    store::{Priority, Tx, sources},
};

use crate::cli::{BadArguments, SettingsFile, noted::note, open_store, runtime};

/// Which sources.
#[derive(clap::Args)]
struct Which {
    /// The source's code, as `otklik sources` lists it.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    code: Option<String>,
    /// All collecting, of every process on this database.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Stops a source, or all collecting, until it is started again. A visit under way makes no further
/// request.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik sources stop vk-svetlorechensk-ryadom\n\
    Example: otklik sources stop --all")]
pub struct Stop {
    #[command(flatten)]
    which: Which,
}

/// Starts a source again, also one that is parked or gone: it is visited next. With --all lifts the stop
/// of all collecting; sources that were stopped one by one stay stopped.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik sources start vk-svetlorechensk-ryadom\n\
    Example: otklik sources start --all"
)]
pub struct Start {
    #[command(flatten)]
    which: Which,
}

impl Stop {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        change(&self.which, "stopped", async |tx, code, now| match code {
            Some(code) => Ok(sources::stop(tx, code, now).await?),
            None => Ok(sources::stop_all(tx, now).await.map(|()| true)?),
        })
    }
}

impl Start {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        change(&self.which, "started", async |tx, code, now| match code {
            Some(code) => Ok(sources::start(tx, code, now).await?),
            None => Ok(sources::start_all(tx).await.map(|()| true)?),
        })
    }
}

fn change(
    which: &Which,
    word: &str,
    make: impl AsyncFnOnce(&mut Tx, Option<&str>, Timestamp) -> Result<bool>,
) -> Result<ExitCode> {
    let settings = which.settings.load()?;
    runtime()?.block_on(async {
        let store = open_store(&settings).await?;
        let now = Clock::System.now();
        let mut tx = store.write(Priority::Person).await?;
        let code = which.code.as_deref();
        if !make(&mut tx, code, now).await? {
            let sentence = "there is no such source; `otklik sources` lists their codes";
            return Err(BadArguments(sentence.into()).into());
        }
        let subject = format!("source:{}", code.unwrap_or("all"));
        note(&mut tx, &Ids::random(), now, &subject, word).await?;
        tx.commit().await?;
        store.close().await;
        eprintln!("{} {word}", code.unwrap_or("all collecting"));
        Ok(ExitCode::SUCCESS)
    })
}
