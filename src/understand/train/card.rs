//! The model's card: what it was trained on, how good it is, where it errs.

use serde::Serialize;

use super::{
    Sample, Trained,
    metrics::{ClassFigures, Confusion, Figures, answered, calibration_error},
};
use crate::understand::topics::Distribution;

/// `card.toml` beside the model.
#[derive(Debug, Serialize)]
pub struct Card {
    /// Name of the model.
    pub name: String,
    /// Its revision.
    pub revision: i64,
    /// What it is, whence its texts, what it is not for.
    pub about: String,
    /// SHA-256 of the model's file.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Features it knows.
    pub features: usize,
    /// It abstains below this probability.
    pub threshold: f32,
    /// Training data.
    pub data: Data,
    /// One entry for each head and set.
    pub quality: Vec<Quality>,
}

/// Where the training texts come from.
#[derive(Debug, Serialize)]
pub struct Data {
    /// File or folder name.
    pub file: String,
    /// SHA-256 of the file, or of the files in order.
    pub sha256: String,
    /// Rows used.
    pub rows: usize,
    /// Rows without a label.
    pub skipped: usize,
}

/// How good one head is on one set.
#[derive(Debug, Serialize)]
pub struct Quality {
    /// The head.
    pub head: String,
    /// `cross-validation`, or the name of the evaluation file.
    pub set: String,
    /// All rows.
    pub figures: Figures,
    /// Share of rows it answers by itself, at the threshold.
    pub answered: f64,
    /// Accuracy there.
    pub answered_accuracy: f64,
    /// Mean gap between probability and share of right answers.
    pub calibration_error: f64,
    /// The commonest confusions: truth, answer, count.
    pub errors: Vec<(String, String, usize)>,
    /// Counts, truth by answer, in the order of `class`; left out for many classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confusion: Vec<Vec<usize>>,
    /// Each class.
    pub class: Vec<ClassFigures>,
}

/// An answer beside the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The class that is right.
    pub truth: usize,
    /// The class that was answered.
    pub class: usize,
    /// Its probability.
    pub score: f32,
}

impl Quality {
    /// Measures what models said of the samples that they did not see.
    pub fn held_out(samples: &[Sample], trained: &Trained, head: usize) -> Quality {
        let header = trained.model.header();
        let answer = |(sample, answer): (&Sample, &Vec<Distribution>)| {
            let (class, score) = answer.get(head)?.best()?;
            let truth = sample.labels[head]?;
            Some(Answer {
                truth,
                class,
                score,
            })
        };
        let pairs = samples.iter().zip(&trained.answers);
        let answers: Vec<Answer> = pairs.filter_map(answer).collect();
        let head = &header.heads[head];
        let labels = head.classes.clone();
        let set = "cross-validation";
        Quality::measure(&head.name, set, labels, &answers, header.threshold)
    }

    /// Measures answers over `labels` (truths may go beyond what the model knows).
    pub fn measure(
        head: &str,
        set: &str,
        labels: Vec<String>,
        answers: &[Answer],
        threshold: f32,
    ) -> Quality {
        let pairs: Vec<(usize, usize)> = answers.iter().map(|a| (a.truth, a.class)).collect();
        let sure: Vec<(f32, bool)> = answers
            .iter()
            .map(|a| (a.score, a.truth == a.class))
            .collect();
        let confusion = Confusion::new(labels, &pairs);
        let (answered, answered_accuracy) = answered(&sure, threshold);
        Quality {
            head: head.to_owned(),
            set: set.to_owned(),
            figures: confusion.figures(),
            answered,
            answered_accuracy,
            calibration_error: calibration_error(&sure),
            errors: confusion.errors(20),
            class: confusion.classes(),
            confusion: if confusion.labels.len() <= 20 {
                confusion.counts
            } else {
                Vec::new()
            },
        }
    }
}

impl Card {
    /// The card as TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("plain data become TOML")
    }
}
