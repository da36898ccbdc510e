//! `otklik token add`: a bearer token for the API. It is shown once; the store keeps a hash.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Subcommand;
use otklik::{
    config::settings::Settings,
    domain::{
        id::{Ids, UserId},
        time::Clock,
    },
    store::{
        Priority, accounts,
        audit::{self, AuditKind, Entry},
        tokens,
    },
    web::auth::{hash_secret, new_secret},
};

use super::{open_store, runtime};

/// Tokens of the API.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik token add vershinina")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(Add),
}

/// Prints a new token of an account as `{"token"}`. It sees and does what the account may.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik token add vershinina")]
struct Add {
    /// The account's login.
    login: String,
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Command::Add(add) = &args.command;
    let settings = Settings::load_from_process(add.config.as_deref())?;
    let token = runtime()?.block_on(keep(add, &settings))?;
    let line = serde_json::json!({ "token": token });
    writeln!(std::io::stdout().lock(), "{line}").context("cannot write to stdout")?;
    Ok(ExitCode::SUCCESS)
}

async fn keep(add: &Add, settings: &Settings) -> anyhow::Result<String> {
    let store = open_store(settings).await?;
    let (ids, now) = (Ids::random(), Clock::System.now());
    let login = add.login.to_lowercase();
    let mut tx = store.write(Priority::Person).await?;
    let account = accounts::find_by_login(&mut tx, &login)
        .await?
        .with_context(|| format!("there is no account {login}; add it with `otklik user add`"))?;
    let token = new_secret(&ids);
    tokens::add(&mut tx, &hash_secret(&token), &UserId(account.id), now).await?;
    let entry = Entry {
        who: "service:cli",
        kind: AuditKind::Changed,
        subject: &format!("account:{login}"),
        detail: "a token was added",
    };
    audit::append(&mut tx, &ids, now, &entry).await?;
    tx.commit().await?;
    store.close().await;
    Ok(token)
}
