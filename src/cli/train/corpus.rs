//! `otklik train --corpus`: how the shipped model is made (`scripts/train-shipped.sh`).

use std::path::Path;

use anyhow::{Result, bail};
use otklik::{
    config::catalogue::Catalogue,
    understand::{
        topics::{Model, Scratch},
        train::{
            card::{Answer, Data, Quality},
            corpus,
            dataset::Row,
            train,
        },
    },
};

use super::{
    Args, Outcome,
    output::{self, file_name},
    table,
};

const ABOUT: &str = "Sector, topic and kind of Russian posts. Trained only on texts written for this \
    purpose (models/corpus); no text of a real person is in it. It suggests: people decide. Not for \
    judging people, nor for texts in other languages.";

/// Trains on a folder of texts.
pub(super) fn run(args: &Args, folder: &Path) -> Result<Outcome> {
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    let catalogue = Catalogue::built_in()?;
    let later = table::evaluation(args)?;
    let corpus = corpus::read(folder, &catalogue)?;
    let plan = corpus::plan(&file_name(&args.out), args.revision, &catalogue, args.error);
    let trained = train(&corpus.samples, &plan);
    let held_out = |head| Quality::held_out(&corpus.samples, &trained, head);
    let mut quality: Vec<Quality> = (0..plan.questions.len()).map(held_out).collect();
    let later = later.map(|(set, table)| evaluate(&set, &table.rows, &trained.model, &catalogue));
    let outcome = Outcome::of(&quality[0], later.as_ref());
    quality.extend(later);
    let data = Data {
        file: file_name(folder),
        sha256: corpus.checksum,
        rows: corpus.samples.len(),
        skipped: 0,
    };
    output::write(args, &trained.model, ABOUT.to_owned(), data, quality)?;
    Ok(outcome)
}

/// Sectors of a file whose labels are sectors' codes or Russian labels; other rows are left out.
fn evaluate(set: &str, rows: &[Row], model: &Model, catalogue: &Catalogue) -> Quality {
    let head = &model.header().heads[0];
    let mut scratch = Scratch::default();
    let answer = |row: &Row| {
        let code = &catalogue.sector_by_name(&row.label)?.code;
        let truth = head.classes.iter().position(|class| class == code)?;
        let (class, score) = model.predict(&row.text, &mut scratch)[0].best()?;
        Some(Answer {
            truth,
            class,
            score,
        })
    };
    let answers: Vec<Answer> = rows.iter().filter_map(answer).collect();
    Quality::measure(
        "sector",
        set,
        head.classes.clone(),
        &answers,
        model.header().threshold,
    )
}
