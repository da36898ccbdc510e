//! The command line: one variant and one arm per command. What a program reads goes to stdout,
//! all else to stderr. Exit codes: 0 done, 1 failed (also: a file that cannot be opened), 2 bad
//! arguments.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Hears public complaints, brings them to the right sector team, and keeps the promised time.
#[derive(Parser)]
#[command(
    name = "otklik",
    version,
    after_help = "Example: otklik demo\n\n\
    Exit codes: 0 done, 1 failed (a file or database that cannot be opened is a failure), 2 bad \
    arguments."
)]
struct Otklik {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(cli::demo::Args),
    Serve(cli::serve::Args),
    Migrate(cli::migrate::Args),
    Check(cli::check::Args),
    Claims(cli::claims::Args),
    Classify(cli::classify::Args),
    Train(cli::train::Args),
    Fetch(cli::fetch::Args),
    Import(cli::import::Args),
    Reindex(cli::reindex::Args),
    Sources(cli::sources::Args),
    Replay(cli::replay::Args),
    Search(cli::search::Args),
    Retention(cli::retention::Args),
    Audit(cli::audit::Args),
    Doctor(cli::doctor::Args),
    Backup(cli::backup::Args),
    Restore(cli::restore::Args),
    User(cli::user::Args),
    Token(cli::token::Args),
}

fn main() -> ExitCode {
    let outcome = match Otklik::parse().command {
        Command::Demo(args) => cli::demo::run(&args),
        Command::Serve(args) => cli::serve::run(&args),
        Command::Migrate(args) => cli::migrate::run(&args),
        Command::Check(args) => cli::check::run(&args),
        Command::Claims(args) => cli::claims::run(&args),
        Command::Classify(args) => cli::classify::run(&args),
        Command::Train(args) => cli::train::run(&args),
        Command::Fetch(args) => cli::fetch::run(&args),
        Command::Import(args) => cli::import::run(&args),
        Command::Reindex(args) => cli::reindex::run(&args),
        Command::Sources(args) => cli::sources::run(&args),
        Command::Replay(args) => cli::replay::run(&args),
        Command::Search(args) => cli::search::run(&args),
        Command::Retention(args) => cli::retention::run(&args),
        Command::Audit(args) => cli::audit::run(&args),
        Command::Doctor(args) => cli::doctor::run(&args),
        Command::Backup(args) => cli::backup::run(&args),
        Command::Restore(args) => cli::restore::run(&args),
        Command::User(args) => cli::user::run(&args),
        Command::Token(args) => cli::token::run(&args),
    };
    outcome.unwrap_or_else(|error| cli::report(&error))
}
