//! `otklik claims match`: posts from stdin as JSON Lines, the reviewed claims they may repeat to
//! stdout.

use std::{
    collections::HashMap,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use otklik::{
    config::{region::claims_from, settings::Settings},
    domain::time::Clock,
    understand::claims::{ClaimBook, Thresholds},
};
use serde_json::{Value, json};

use super::lines::{Line, Reader, rounded};

/// Lines read before the cores share them.
const BATCH: usize = 1024;

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
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
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
    let settings = Settings::load_from_process(args.config.as_deref())?;
    let book = open(&args.claims, &settings)?;
    let ids = ids_as_given(&std::fs::read_to_string(&args.claims)?);
    let mut input = Reader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut bad = 0;
    loop {
        let batch = input.read(BATCH)?;
        if batch.is_empty() {
            break;
        }
        bad += batch.iter().filter(|line| line.is_err()).count();
        for answer in answers(&book, &ids, &batch) {
            writeln!(output, "{}", super::json_line(&answer)?)?;
        }
        output.flush()?;
    }
    if bad > 0 {
        eprintln!("{bad} of {} lines could not be read", input.count());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
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

/// Answers in order, worked out on all cores.
fn answers(book: &ClaimBook, ids: &Ids, batch: &[Line]) -> Vec<Value> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = batch.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work = |lines| {
            scope.spawn(move || Vec::from_iter(<[Line]>::iter(lines).map(|l| answer(book, ids, l))))
        };
        let hands: Vec<_> = batch.chunks(part).map(work).collect();
        let join = |hand: std::thread::ScopedJoinHandle<'_, Vec<Value>>| match hand.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        hands.into_iter().flat_map(join).collect()
    })
}

fn answer(book: &ClaimBook, ids: &Ids, line: &Line) -> Value {
    let (id, text) = match line {
        Ok((id, text)) => (id, text),
        Err(error) => return json!({"id": null, "error": error}),
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
