//! `otklik token`: bearer tokens of the API. [`add`] makes one, [`kept`] lists and revokes. A token is
//! shown once; the store keeps a hash.

mod add;
mod kept;

use std::process::ExitCode;

use clap::Subcommand;

/// Tokens of the API.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik token add vershinina")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(add::Add),
    List(kept::List),
    Revoke(kept::Revoke),
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Add(add) => add.run(),
        Command::List(list) => list.run(),
        Command::Revoke(revoke) => revoke.run(),
    }
}
