//! Training: samples in, a calibrated [`Model`] and out-of-fold answers out.
//!
//! Five folds with rows of one group together; what the model says of its own quality comes from
//! rows it did not see. Files and tables are read in the command line and in [`dataset`].
//! Start with [`train`].

mod calibrate;
pub mod card;
pub mod corpus;
pub mod dataset;
mod fit;
mod folds;
mod held_out;
pub mod metrics;
mod vocabulary;

use fit::Material;
use held_out::HeldOut;

use super::{
    linear::Params,
    topics::{Distribution, Model},
};

/// A text with an answer to each question, where there is one.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Cleaned and masked.
    pub text: String,
    /// Class of each head.
    pub labels: Vec<Option<usize>>,
    /// Samples of one group stay in one fold.
    pub group: String,
    /// Learned from in every fold and measured in none: a description rather than a message.
    pub given: bool,
}

/// A head to train.
#[derive(Debug, Clone)]
pub struct Question {
    /// Name of the head.
    pub name: String,
    /// Its labels.
    pub classes: Vec<String>,
    /// How to fit it.
    pub params: Params,
    /// Let calibration learn how frequent classes are; not when the corpus's shares are not
    /// those of real posts.
    pub learn_shares: bool,
}

/// What to train.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Name of the model.
    pub name: String,
    /// Its revision.
    pub revision: i64,
    /// Heads; the first is the main one.
    pub questions: Vec<Question>,
    /// Sector of each topic, when the first two heads are joined.
    pub parents: Option<Vec<usize>>,
    /// A feature must be seen in so many samples.
    pub min_samples: u32,
    /// Keep only so many features, the weightiest.
    pub max_features: Option<usize>,
    /// Share of errors allowed where it does not abstain.
    pub allowed_error: f64,
    /// Abstain below this probability instead of what `allowed_error` gives on the folds.
    pub threshold: Option<f32>,
    /// Factor on the joint evidence, below 1 when posts differ from the corpus: probabilities
    /// fitted on the corpus would promise too much.
    pub soften: f32,
}

/// What training gives.
#[derive(Debug)]
pub struct Trained {
    /// The model, trained on all samples.
    pub model: Model,
    /// Fold of each sample.
    pub folds: Vec<usize>,
    /// Out-of-fold probabilities of each sample: a distribution for each head.
    pub answers: Vec<Vec<Distribution>>,
}

/// Trains on `samples`.
pub fn train(samples: &[Sample], plan: &Plan) -> Trained {
    let material = Material::new(samples, plan);
    let held_out = HeldOut::of(&material);
    let answers = held_out.answers();
    let all: Vec<usize> = (0..samples.len()).collect();
    let (calibrations, joint) = held_out.calibrate(&all);
    let threshold = plan
        .threshold
        .unwrap_or_else(|| threshold(samples, &answers, plan));
    let mut model = material.fit(&all);
    model.set_calibration(calibrations, joint, threshold);
    let model = Model::read(&model.write()).expect("what was just written can be read");
    Trained {
        model,
        folds: held_out.folds,
        answers,
    }
}

/// The lowest probability from which errors stay within the allowed share.
fn threshold(samples: &[Sample], answers: &[Vec<Distribution>], plan: &Plan) -> f32 {
    let best = |(sample, answer): (&Sample, &Vec<Distribution>)| {
        let (class, score) = answer.first()?.best()?;
        Some((score, sample.labels[0]? == class))
    };
    let sure: Vec<(f32, bool)> = samples.iter().zip(answers).filter_map(best).collect();
    metrics::threshold(sure, plan.allowed_error)
}

#[cfg(test)]
mod tests;
