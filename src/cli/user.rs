//! `otklik user`: staff accounts. [`add`] makes one, [`change`] changes one.

mod add;
mod change;

use std::{
    io::{IsTerminal, Read},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::Subcommand;

use super::BadArguments;

/// Staff accounts.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik user add vershinina --role block_employee --sector housing"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(add::Add),
    Password(change::Password),
    Disable(change::Disable),
    Enable(change::Enable),
    EndSessions(change::EndSessions),
    ResetTotp(change::ResetTotp),
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Add(add) => add::run(add),
        Command::Password(args) => args.run(),
        Command::Disable(args) => args.run(),
        Command::Enable(args) => args.run(),
        Command::EndSessions(args) => args.run(),
        Command::ResetTotp(args) => args.run(),
    }
}

fn read_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ").context("cannot ask the password")?;
        let again = rpassword::prompt_password("Again: ").context("cannot ask the password")?;
        if first != again {
            bail!(BadArguments("the two passwords differ; try again".into()));
        }
        return Ok(first);
    }
    let mut text = String::new();
    let mut limited = std::io::stdin().take(4096);
    limited
        .read_to_string(&mut text)
        .context("cannot read the password from stdin")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
