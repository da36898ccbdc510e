//! `otklik classify`: posts from stdin as JSON Lines, what the machine makes of them to stdout.

use std::{
    io::{BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Result, bail};
use otklik::{
    config::{catalogue::Catalogue, region::RegionCatalogue, settings::Settings},
    domain::{
        annotation::{Annotation, Scored},
        time::Clock,
    },
    understand::{Input, Understander, places::Gazetteer, topics::Model},
};
use serde_json::{Value, json};

use super::lines::{Line, Reader, rounded};

/// Lines read before the cores share them.
const BATCH: usize = 1024;

/// Says language, kind, sector, topic, places and claims of posts read from stdin.
#[derive(clap::Args)]
#[command(
    after_help = "Example: echo '{\"id\":1,\"text\":\"Нет света на Садовой\"}' | otklik classify\n\n\
    Reads {\"id\",\"text\"} lines, answers a line for each in the same order, and touches no database."
)]
pub struct Args {
    /// Model folder written by `otklik train`; the shipped model when left out.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Reviewed claims as JSON Lines with id and text.
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let understander = build(args)?;
    let mut input = Reader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut bad = 0;
    loop {
        let batch = input.read(BATCH)?;
        if batch.is_empty() {
            break;
        }
        bad += batch.iter().filter(|line| line.is_err()).count();
        answer(&understander, batch, &mut output)?;
        output.flush()?;
    }
    if bad > 0 {
        eprintln!("{bad} of {} lines could not be read", input.count());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn build(args: &Args) -> Result<Understander> {
    let settings = Settings::load_from_process(args.config.as_deref())?;
    let folder = Some(settings.config_dir.as_path()).filter(|p| !p.as_os_str().is_empty());
    let catalogue = Catalogue::load(folder)?;
    let own = Some(settings.understand.model_dir.as_path()).filter(|p| !p.as_os_str().is_empty());
    let understander = match args.model.as_deref().or(own) {
        Some(model) if !model.is_dir() => {
            bail!("there is no model folder {}", model.display());
        }
        Some(model) => Understander::new(catalogue, Model::open(model)?),
        None => {
            Understander::shipped(catalogue)?.with_threshold(settings.understand.min_sector_score)
        }
    };
    let now = Clock::System.now();
    let region = match folder {
        Some(folder) => RegionCatalogue::load(folder, now)?,
        None => RegionCatalogue::svetlorechye(now)?,
    };
    let understander = understander
        .without_reasons()
        .with_gazetteer(Gazetteer::new(&region.places));
    match args.claims.as_deref() {
        Some(path) => {
            let book = super::claims::open(path, &settings)?;
            Ok(understander.with_claims(Box::new(move |text| book.match_text(text))))
        }
        None => Ok(understander),
    }
}

fn answer(understander: &Understander, batch: Vec<Line>, output: &mut impl Write) -> Result<()> {
    let texts = batch.iter().filter_map(|line| Some(&line.as_ref().ok()?.1));
    let inputs: Vec<Input<'_>> = texts
        .map(|text| Input {
            text,
            ..Input::default()
        })
        .collect();
    let mut said = understander.annotate(&inputs).into_iter();
    for line in &batch {
        let value = match line {
            Ok((id, _)) => said.next().map(|said| told(id, &said)).unwrap_or_default(),
            Err(error) => json!({"id": null, "error": error}),
        };
        writeln!(output, "{}", super::json_line(&value)?)?;
    }
    Ok(())
}

fn told(id: &Value, said: &Annotation) -> Value {
    let places = said.places.iter();
    let claims = said.claims.iter();
    json!({
        "id": id,
        "language": said.language,
        "kind": said.kind,
        "sector": scored(said.sector.as_ref()),
        "topic": scored(said.topic.as_ref()),
        "abstained": said.abstained,
        "places": places
            .map(|p| json!({"name": p.name, "municipality": p.municipality, "score": rounded(p.score)}))
            .collect::<Vec<_>>(),
        "claims": claims
            .map(|c| json!({"id": c.id, "score": rounded(c.score)}))
            .collect::<Vec<_>>(),
    })
}

fn scored(scored: Option<&Scored>) -> Value {
    scored.map_or(
        Value::Null,
        |s| json!({"code": s.code, "label": s.label, "score": rounded(s.score)}),
    )
}
