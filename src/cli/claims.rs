//! `otklik claims match`: posts from stdin as JSON Lines, the reviewed claims they may repeat to
//! stdout.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use otklik::{
    config::{region::claims_from, settings::Settings},
    domain::time::Clock,
    understand::{
        claims::{ClaimBook, Thresholds},
        cores,
    },
};
use serde_json::{Value, json};

use super::{
    SettingsFile,
    lines::{self, Line, rounded, unread},
};

/// Works with reviewed claims.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik claims match --claims claims.jsonl < posts.jsonl")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Match(MatchArgs),
}

/// Says which reviewed claims the posts on stdin may repeat. Suggestions, never verdicts.
#[derive(clap::Args)]
#[command(
    after_help = "Example: echo '{\"id\":1,\"text\":\"Говорят, мост закроют навсегда\"}' | \
    otklik claims match --claims claims.jsonl\n\n\
    Reads {\"id\",\"text\"} lines and answers a line for each in the same order, with at most ten \
    claims, best first."
)]
struct MatchArgs {
    /// Reviewed claims as JSON Lines with id and text.
    #[arg(long, value_name = "FILE")]
    claims: PathBuf,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Command::Match(args) => match_posts(args),
    }
}

/// The claims of a file, with the thresholds of the settings.
pub fn open(path: &Path, settings: &Settings) -> Result<ClaimBook> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the claims {}", path.display()))?;
    let claims = claims_from(&path.display().to_string(), &text, Clock::System.now())?;
    Ok(ClaimBook::new(
        &claims,
        Thresholds::from(&settings.understand),
    ))
}

fn match_posts(args: &MatchArgs) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    let book = open(&args.claims, &settings)?;
    let ids = ids_as_given(&std::fs::read_to_string(&args.claims)?);
    lines::answer(|batch| {
        cores::spread(batch, 1, |part| {
            part.iter().map(|line| answer(&book, &ids, line)).collect()
        })
    })
}

/// Claims' ids as their file writes them: a number is answered as a number.
type Ids = HashMap<String, Value>;

fn ids_as_given(claims: &str) -> Ids {
    let lines = claims
        .lines()
        .filter_map(|l| serde_json::from_str::<Value>(l).ok());
    let id = |line: Value| match line.get("id")? {
        Value::String(text) => Some((text.clone(), Value::String(text.clone()))),
        number => Some((number.to_string(), number.clone())),
    };
    lines.filter_map(id).collect()
}

fn answer(book: &ClaimBook, ids: &Ids, line: &Line) -> Value {
    let (id, text) = match line {
        Ok((id, text)) => (id, text),
        Err(error) => return unread(error),
    };
    let told = book.rank(text).into_iter().map(|m| {
        let mut told = json!({
            "claim": ids.get(m.id.as_str()),
            "score": rounded(m.score),
            "level": m.level,
            "sentence": m.sentence,
        });
        if !m.conflicts.is_empty() {
            told["conflicts"] = json!(m.conflicts);
        }
        told
    });
    json!({"id": id, "matches": told.collect::<Vec<_>>()})
}
