//! `otklik classify`: posts from stdin as JSON Lines, what the machine makes of them to stdout.

use std::{path::PathBuf, process::ExitCode};

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

use super::{
    SettingsFile,
    lines::{self, Line, rounded, unread},
};

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
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let understander = build(args)?;
    lines::answer(|batch| answers(&understander, batch))
}

fn build(args: &Args) -> Result<Understander> {
    let settings = args.settings.load()?;
    let folder = settings.catalogues();
    let understander = read_model(args, &settings, Catalogue::load(folder)?)?;
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

fn read_model(args: &Args, settings: &Settings, catalogue: Catalogue) -> Result<Understander> {
    let rules = &settings.understand;
    let own = Some(rules.model_dir.as_path()).filter(|path| !path.as_os_str().is_empty());
    match args.model.as_deref().or(own) {
        Some(model) if !model.is_dir() => bail!("there is no model folder {}", model.display()),
        Some(model) => Ok(Understander::new(catalogue, Model::open(model)?)),
        None => Ok(Understander::shipped(catalogue)?.with_threshold(rules.min_sector_score)),
    }
}

fn answers(understander: &Understander, batch: &[Line]) -> Vec<Value> {
    let texts = batch.iter().filter_map(|line| Some(&line.as_ref().ok()?.1));
    let inputs: Vec<Input<'_>> = texts
        .map(|text| Input {
            text,
            ..Input::default()
        })
        .collect();
    let mut said = understander.annotate(&inputs).into_iter();
    let answer = |line: &Line| match line {
        Ok((id, _)) => said.next().map(|said| told(id, &said)).unwrap_or_default(),
        Err(error) => unread(error),
    };
    batch.iter().map(answer).collect()
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
