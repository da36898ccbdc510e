//! `otklik train --corpus`: how the shipped model is made (`scripts/train-shipped.sh`).

use std::path::Path;

use anyhow::{Result, bail};
use otklik::{
    config::catalogue::Catalogue,
    understand::{
        topics::{Model, Scratch},
        train::{
            Plan, Sample, Trained,
            card::{Answer, Data, Quality},
            corpus,
            dataset::Row,
            train,
        },
    },
};

use super::{Args, Outcome};

const ABOUT: &str = "Sector, topic and kind of Russian posts. Trained only on texts written for this \
    purpose (models/corpus); no text of a real person is in it. It suggests: people decide. Not for \
    judging people, nor for texts in other languages.";

pub(super) fn run(args: &Args, folder: &Path) -> Result<Outcome> {
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    let catalogue = Catalogue::built_in()?;
    let later = super::evaluation(args)?;
    let corpus = corpus::read(folder, &catalogue)?;
    let name = super::file_name(&args.out);
    let plan = corpus::plan(&name, args.revision, &catalogue, args.error);
    let trained = train(&corpus.samples, &plan);
    let heads = 0..plan.questions.len();
    let mut quality: Vec<Quality> = heads
        .map(|head| crossed(&corpus.samples, &trained, &plan, head))
        .collect();
    let cross_validation = quality[0].figures.clone();
    if let Some((set, table)) = &later {
        quality.push(evaluate(set, &table.rows, &trained.model, &catalogue));
    }
    let data = Data {
        file: super::file_name(folder),
        sha256: corpus.checksum,
        rows: corpus.samples.len(),
        skipped: 0,
    };
    let evaluation = later.and(quality.last().map(|q| q.figures.clone()));
    let card = super::card(args, ABOUT.to_owned(), data, &trained.model, quality);
    super::write(&args.out, &trained.model, card)?;
    Ok(Outcome {
        cross_validation,
        evaluation,
    })
}

fn crossed(samples: &[Sample], trained: &Trained, plan: &Plan, head: usize) -> Quality {
    let answer = |(sample, answer): (&Sample, &Vec<_>)| {
        let (class, score) = answer
            .get(head)
            .and_then(otklik::understand::topics::Distribution::best)?;
        let truth = sample.labels[head]?;
        Some(Answer {
            truth,
            class,
            score,
        })
    };
    let answers: Vec<Answer> = samples
        .iter()
        .zip(&trained.answers)
        .filter_map(answer)
        .collect();
    let question = &plan.questions[head];
    let threshold = trained.model.header().threshold;
    Quality::measure(
        &question.name,
        "cross-validation",
        question.classes.clone(),
        &answers,
        threshold,
    )
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
