//! `otklik train`: a table of labelled texts becomes a model with its card.

mod corpus;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use otklik::understand::{
    linear::Params,
    topics::{self, Model, Scratch},
    train::{
        Plan, Question, Trained,
        card::{Answer, Card, Data, Quality},
        dataset::{self, Columns, NoColumn, Row, Table},
        metrics::Figures,
        train,
    },
};
use serde::Serialize;

use super::BadArguments;

/// Trains a model on a table of labelled texts and tells how good it is.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik train --data appeals.csv --text text --label sector \
    --group near_dup_group --out models/ours --evaluate later.csv\n\n\
    card.toml in DIR tells how good the model is, below which probability it abstains (threshold), \
    and how many held-out rows it answers by itself (answered, answered_accuracy)."
)]
pub struct Args {
    /// CSV file with a header.
    #[arg(long, value_name = "FILE.csv", required_unless_present = "corpus")]
    data: Option<PathBuf>,
    /// Column of the text.
    #[arg(long, value_name = "COLUMN", default_value = "text")]
    text: String,
    /// Column of the label; rows without one are skipped and counted.
    #[arg(long, value_name = "COLUMN", default_value = "label")]
    label: String,
    /// Column whose equal values stay in one fold (near-duplicates, threads).
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// Folder for model.bin, card.toml and folds.csv.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also measure on this file, which has the same columns.
    #[arg(long, value_name = "FILE.csv")]
    evaluate: Option<PathBuf>,
    /// Share of errors allowed where the model does not abstain. Below some probability it abstains:
    /// held-out rows tell which one; with few rows, what the probabilities promise counts as well.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    error: f64,
    /// Revision of the model: raise it with each new one, so that posts are read again.
    #[arg(long, value_name = "N", default_value_t = 1)]
    revision: i64,
    /// Instead of --data: a folder of SECTOR.csv files with text, topic, kind, as the shipped
    /// model is trained on; --evaluate then measures sectors.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["data", "group"])]
    corpus: Option<PathBuf>,
}

#[derive(Serialize)]
struct Outcome {
    cross_validation: Figures,
    evaluation: Option<Figures>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    if !(0.0..1.0).contains(&args.error) {
        return Err(BadArguments("--error is a share from 0 to less than 1".to_owned()).into());
    }
    let outcome = match (&args.corpus, &args.data) {
        (Some(folder), _) => corpus::run(args, folder)?,
        (None, Some(file)) => run_table(args, file)?,
        (None, None) => return Err(BadArguments("name a file with --data".to_owned()).into()),
    };
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(ExitCode::SUCCESS)
}

fn run_table(args: &Args, file: &Path) -> Result<Outcome> {
    let table = read(file, &columns(args, args.group.clone()))?;
    let (labels, samples) = dataset::samples(&table.rows);
    if labels.len() < 2 || samples.len() < 10 {
        let (n, rows) = (labels.len(), samples.len());
        let message = format!(
            "{} has {n} labels in {rows} rows; training wants at least 2 in 10",
            file.display()
        );
        return Err(BadArguments(message).into());
    }
    let later = evaluation(args)?;
    let trained = train(&samples, &plan(args, labels));
    let mut quality = vec![cross_validation(&table.rows, &trained)];
    if let Some((set, table)) = &later {
        quality.push(evaluate(set, &table.rows, &trained.model));
    }
    let data = Data {
        file: file_name(file),
        sha256: table.checksum.clone(),
        rows: table.rows.len(),
        skipped: table.skipped,
    };
    let about = format!(
        "Trained by `otklik train` on the column «{}» of {}.",
        args.label, data.file
    );
    let outcome = Outcome {
        cross_validation: quality[0].figures.clone(),
        evaluation: quality.get(1).map(|q| q.figures.clone()),
    };
    write(
        &args.out,
        &trained.model,
        card(args, about, data, &trained.model, quality),
    )?;
    put(&args.out, "folds.csv", &folds(&table.rows, &trained)?)?;
    Ok(outcome)
}

fn columns(args: &Args, group: Option<String>) -> Columns {
    Columns {
        text: args.text.clone(),
        label: args.label.clone(),
        group,
    }
}

/// The later file, with its name.
fn evaluation(args: &Args) -> Result<Option<(String, Table)>> {
    let Some(path) = &args.evaluate else {
        return Ok(None);
    };
    Ok(Some((file_name(path), read(path, &columns(args, None))?)))
}

fn read(path: &Path, columns: &Columns) -> Result<Table> {
    if !path.is_file() {
        bail!("there is no file {}", path.display());
    }
    let table =
        dataset::read(path, columns).map_err(|error| match error.downcast::<NoColumn>() {
            Ok(missing) => BadArguments(missing.to_string()).into(),
            Err(error) => error,
        })?;
    eprintln!(
        "{}: {} rows, {} without a label skipped",
        path.display(),
        table.rows.len(),
        table.skipped
    );
    Ok(table)
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn plan(args: &Args, labels: Vec<String>) -> Plan {
    let question = Question {
        name: "label".to_owned(),
        classes: labels,
        params: Params::default(),
        learn_shares: true,
    };
    Plan {
        name: file_name(&args.out),
        revision: args.revision,
        questions: vec![question],
        parents: None,
        min_samples: 2,
        max_features: None,
        allowed_error: args.error,
        threshold: None,
        soften: 1.0,
    }
}

fn cross_validation(rows: &[Row], trained: &Trained) -> Quality {
    let header = trained.model.header();
    let labels = header.heads[0].classes.clone();
    let answer = |(row, answer): (&Row, &Vec<topics::Distribution>)| {
        let (class, score) = answer.first()?.best()?;
        let truth = labels.binary_search(&row.label).ok()?;
        Some(Answer {
            truth,
            class,
            score,
        })
    };
    let answers: Vec<Answer> = rows
        .iter()
        .zip(&trained.answers)
        .filter_map(answer)
        .collect();
    Quality::measure(
        "label",
        "cross-validation",
        labels,
        &answers,
        header.threshold,
    )
}

fn evaluate(set: &str, rows: &[Row], model: &Model) -> Quality {
    let header = model.header();
    let mut labels = header.heads[0].classes.clone();
    let mut scratch = Scratch::default();
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows {
        let known = labels.iter().position(|label| *label == row.label);
        let truth = known.unwrap_or_else(|| {
            labels.push(row.label.clone());
            labels.len() - 1
        });
        let answer = &model.predict(&row.text, &mut scratch)[0];
        let (class, score) = answer.best().unwrap_or((0, 0.0));
        answers.push(Answer {
            truth,
            class,
            score,
        });
    }
    Quality::measure("label", set, labels, &answers, header.threshold)
}

fn card(args: &Args, about: String, data: Data, model: &Model, quality: Vec<Quality>) -> Card {
    let bytes = model.write();
    Card {
        name: file_name(&args.out),
        revision: args.revision,
        about,
        sha256: super::sha256(&bytes),
        bytes: bytes.len(),
        features: model.features(),
        threshold: model.header().threshold,
        data,
        quality,
    }
}

fn write(folder: &Path, model: &Model, card: Card) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    put(folder, topics::FILE, &model.write())?;
    put(folder, "card.toml", card.to_toml().as_bytes())
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// A line for each row: number in the file (from 1), fold (from 1), truth, answer, probability.
fn folds(rows: &[Row], trained: &Trained) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["row", "fold", "label", "answer", "score"])?;
    let classes = &trained.model.header().heads[0].classes;
    for ((row, fold), answer) in rows.iter().zip(&trained.folds).zip(&trained.answers) {
        let best = answer.first().and_then(topics::Distribution::best);
        let (label, score) = best.map_or(("", 0.0), |(class, score)| (&*classes[class], score));
        let (number, fold) = (row.number.to_string(), (fold + 1).to_string());
        csv.write_record([
            &*number,
            &*fold,
            &*row.label,
            label,
            &*format!("{score:.4}"),
        ])?;
    }
    csv.flush()?;
    csv.into_inner()
        .map_err(|e| anyhow::anyhow!("cannot end the table: {e}"))
}
