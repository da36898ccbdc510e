//! `otklik train`: a table of labelled texts, or the shipped model's corpus, becomes a model with its
//! card.

mod corpus;
mod output;
mod table;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use otklik::understand::train::{card::Quality, metrics::Figures};
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

/// What is printed: figures of the main head.
#[derive(Serialize)]
struct Outcome {
    cross_validation: Figures,
    evaluation: Option<Figures>,
}

impl Outcome {
    fn of(cross_validation: &Quality, evaluation: Option<&Quality>) -> Outcome {
        Outcome {
            cross_validation: cross_validation.figures.clone(),
            evaluation: evaluation.map(|quality| quality.figures.clone()),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    if !(0.0..1.0).contains(&args.error) {
        return Err(BadArguments("--error is a share from 0 to less than 1".to_owned()).into());
    }
    let outcome = match (&args.corpus, &args.data) {
        (Some(folder), _) => corpus::run(args, folder)?,
        (None, Some(file)) => table::run(args, file)?,
        (None, None) => return Err(BadArguments("name a file with --data".to_owned()).into()),
    };
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(ExitCode::SUCCESS)
}
