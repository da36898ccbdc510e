//! `otklik train`: a table of labelled texts becomes a model with its card.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
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
    --group near_dup_group --out models/ours --evaluate later.csv"
)]
pub struct Args {
    /// CSV file with a header.
    #[arg(long, value_name = "FILE.csv")]
    data: PathBuf,
    /// Column of the text.
    #[arg(long, value_name = "COLUMN")]
    text: String,
    /// Column of the label; rows without one are skipped and counted.
    #[arg(long, value_name = "COLUMN")]
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
    /// Share of errors allowed where the model does not abstain.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    error: f64,
}

#[derive(Serialize)]
struct Outcome {
    cross_validation: Figures,
    evaluation: Option<Figures>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let columns = Columns {
        text: args.text.clone(),
        label: args.label.clone(),
        group: args.group.clone(),
    };
    let table = read(&args.data, &columns)?;
    let (labels, samples) = dataset::samples(&table.rows);
    if labels.len() < 2 || samples.len() < 10 {
        return Err(BadArguments(format!(
            "{} has {} labels in {} rows; training wants at least 2 in 10",
            args.data.display(),
            labels.len(),
            samples.len(),
        ))
        .into());
    }
    let columns = Columns {
        group: None,
        ..columns
    };
    let later = args
        .evaluate
        .as_deref()
        .map(|path| read(path, &columns))
        .transpose()?;
    let name = file_name(&args.out);
    let trained = train(&samples, &plan(&name, labels, args.error));
    let mut quality = vec![cross_validation(&table.rows, &trained)];
    if let (Some(path), Some(later)) = (&args.evaluate, &later) {
        quality.push(evaluate(&file_name(path), &later.rows, &trained.model));
    }
    let figures = |i: usize| quality.get(i).map(|q: &Quality| q.figures.clone());
    let outcome = Outcome {
        cross_validation: figures(0).context("cross-validation gave nothing")?,
        evaluation: figures(1),
    };
    write(args, &table, &trained, quality)?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path, columns: &Columns) -> Result<Table> {
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

fn plan(name: &str, labels: Vec<String>, allowed_error: f64) -> Plan {
    let question = Question {
        name: "label".to_owned(),
        classes: labels,
        params: Params::default(),
        learn_shares: true,
    };
    Plan {
        name: name.to_owned(),
        questions: vec![question],
        parents: None,
        min_samples: 2,
        max_features: None,
        allowed_error,
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

fn write(args: &Args, table: &Table, trained: &Trained, quality: Vec<Quality>) -> Result<()> {
    let folder = &args.out;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let bytes = trained.model.write();
    let card = Card {
        name: file_name(folder),
        about: format!(
            "Trained by `otklik train` on the column {} of {}.",
            args.label,
            file_name(&args.data)
        ),
        sha256: super::sha256(&bytes),
        bytes: bytes.len(),
        features: trained.model.features(),
        threshold: trained.model.header().threshold,
        data: Data {
            file: file_name(&args.data),
            sha256: table.checksum.clone(),
            rows: table.rows.len(),
            skipped: table.skipped,
        },
        quality,
    };
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    put(topics::FILE, &bytes)?;
    put("card.toml", card.to_toml().as_bytes())?;
    put("folds.csv", &folds(&table.rows, trained)?)
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
