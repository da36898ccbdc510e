//! `otklik train --data`: a model of one column's labels.

use std::path::Path;

use anyhow::{Result, bail};
use otklik::understand::{
    linear::Params,
    topics::{Distribution, Model, Scratch},
    train::{
        Plan, Question, Trained,
        card::{Answer, Data, Quality},
        dataset::{self, Columns, NoColumn, Row, Table},
        train,
    },
};

use super::{
    Args, Outcome,
    output::{self, file_name},
};
use crate::cli::BadArguments;

/// Trains on a table.
pub(super) fn run(args: &Args, file: &Path) -> Result<Outcome> {
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
    let mut quality = vec![Quality::held_out(&samples, &trained, 0)];
    if let Some((set, table)) = &later {
        quality.push(evaluate(set, &table.rows, &trained.model));
    }
    let outcome = Outcome::of(&quality[0], quality.get(1));
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
    output::write(args, &trained.model, about, data, quality)?;
    output::put(&args.out, "folds.csv", &folds(&table.rows, &trained)?)?;
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
pub(super) fn evaluation(args: &Args) -> Result<Option<(String, Table)>> {
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

/// A line for each row: number in the file (from 1), fold (from 1), truth, answer, probability.
fn folds(rows: &[Row], trained: &Trained) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["row", "fold", "label", "answer", "score"])?;
    let classes = &trained.model.header().heads[0].classes;
    for ((row, fold), answer) in rows.iter().zip(&trained.folds).zip(&trained.answers) {
        let best = answer.first().and_then(Distribution::best);
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
