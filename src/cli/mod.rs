//! Commands: a file each, with an `Args` for clap and `run`, which gives the exit code or an error.

pub mod check;

use std::process::ExitCode;

/// An error of the caller's: a sentence and exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadArguments(pub String);

/// Tells an error on stderr: exit code 2 for [`BadArguments`], else 1.
pub fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(if error.is::<BadArguments>() { 2 } else { 1 })
}
