//! `otklik replay`: recorded answers through the connectors' parsers, one line per file.

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use jiff::tz::TimeZone;
use otklik::collect::replay::{Replayed, list_files, replay_within};

/// Runs recorded answers of platforms through the parsers and tells what each file held.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik replay recorded/ | jq -c 'select(.error)'")]
pub struct Args {
    /// Folder of recorded answers; the first folder's name tells the platform, or its own, else the
    /// content.
    dir: PathBuf,
}

/// Runs the command: exit code 1 when a parser panicked on a file.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !args.dir.is_dir() {
        bail!("there is no folder {}", args.dir.display());
    }
    let files = list_files(&args.dir)
        .with_context(|| format!("cannot list the files of {}", args.dir.display()))?;
    // `.` and `..` have no name of their own.
    let whole = args.dir.canonicalize().unwrap_or_else(|_| args.dir.clone());
    let folder = whole.file_name().map(PathBuf::from).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    let mut sound = true;
    for path in &files {
        let relative = path.strip_prefix(&args.dir).unwrap_or(path);
        let replayed = replay(&folder, relative, path).unwrap_or_else(|| {
            sound = false;
            failed(relative, "the parser panicked: please report this file")
        });
        writeln!(out, "{}", super::json_line(&replayed)?)?;
    }
    Ok(ExitCode::from(u8::from(!sound)))
}

/// `None` when the parser panicked.
fn replay(folder: &Path, relative: &Path, path: &Path) -> Option<Replayed> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Some(failed(relative, &format!("cannot be read: {error}"))),
    };
    catch_unwind(AssertUnwindSafe(|| {
        replay_within(folder, relative, &bytes, &TimeZone::UTC)
    }))
    .ok()
}

fn failed(relative: &Path, error: &str) -> Replayed {
    Replayed {
        file: relative.to_string_lossy().into_owned(),
        platform: "other",
        posts: 0,
        comments: 0,
        error: Some(error.to_owned()),
        verdict: None,
    }
}
