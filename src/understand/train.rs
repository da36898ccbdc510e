//! Training: samples in, a calibrated [`Model`] and out-of-fold answers out.
//!
//! Five folds with rows of one group together; what the model says of its own quality comes from
//! rows it did not see. Files and tables are read in the command line and in [`dataset`].
//! Start with [`train`].

pub mod calibrate;
pub mod card;
pub mod corpus;
pub mod dataset;
pub mod folds;
pub mod metrics;

use std::{collections::HashMap, sync::Mutex};

use super::{
    features::{Block, Encoder},
    linear::{self, Params, Plane, Rows},
    topics::{Calibration, Distribution, Head, Header, Joint, Model, Scratch},
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
    let counts = count_features(samples);
    let folds = folds::assign(samples);
    let mut scores: Vec<Vec<f32>> = vec![Vec::new(); samples.len()];
    for fold in 0..folds::COUNT {
        let (test, seen): (Vec<usize>, Vec<usize>) =
            (0..samples.len()).partition(|&i| folds[i] == fold);
        if test.is_empty() || seen.is_empty() {
            continue;
        }
        let model = fit(samples, &counts, &seen, plan);
        let mut scratch = Scratch::default();
        for i in test {
            scores[i] = model.scores(&samples[i].text, &mut scratch).to_vec();
        }
    }
    let answers = out_of_fold(samples, &folds, &scores, plan);
    let all: Vec<usize> = (0..samples.len()).collect();
    let (calibrations, joint) = calibrate_all(samples, &scores, &all, plan);
    let mut model = fit(samples, &counts, &all, plan);
    let threshold = plan
        .threshold
        .unwrap_or_else(|| threshold(samples, &answers, plan));
    model.set_calibration(calibrations, joint, threshold);
    let model = Model::read(&model.write()).expect("what was just written can be read");
    Trained {
        model,
        folds,
        answers,
    }
}

type Counts = Vec<(u32, u8)>;

fn count_features(samples: &[Sample]) -> Vec<Counts> {
    let mut encoder = Encoder::default();
    let count = |sample: &Sample| {
        let mut seen: HashMap<u32, u8> = HashMap::new();
        encoder.encode(&sample.text).each(|key, _| {
            let n = seen.entry(key).or_default();
            *n = n.saturating_add(1);
        });
        let mut counts: Counts = seen.into_iter().collect();
        counts.sort_unstable();
        counts
    };
    samples.iter().map(count).collect()
}

/// The features that count, and how rare they are.
struct Vocabulary {
    keys: Vec<u32>,
    idf: Vec<f32>,
}

impl Vocabulary {
    fn gather(counts: &[Counts], subset: &[usize], min_samples: u32) -> Vocabulary {
        let mut seen: HashMap<u32, u32> = HashMap::new();
        for &i in subset {
            counts[i]
                .iter()
                .for_each(|(key, _)| *seen.entry(*key).or_default() += 1);
        }
        let mut known: Vec<(u32, u32)> = seen.into_iter().filter(|s| s.1 >= min_samples).collect();
        known.sort_unstable();
        let n = subset.len() as f32;
        let idf = |&(_, df): &(u32, u32)| ((1.0 + n) / (1.0 + df as f32)).ln() + 1.0;
        Vocabulary {
            idf: known.iter().map(idf).collect(),
            keys: known.into_iter().map(|k| k.0).collect(),
        }
    }

    /// Term weights as [`Model`] counts them, each block of length one.
    fn vector(&self, counts: &Counts) -> Vec<(u32, f32)> {
        let mut vector = Vec::with_capacity(counts.len());
        let mut norms = [0f32; 2];
        let block = |key: u32| usize::from(Block::of(key) == Block::Letters);
        for &(key, count) in counts {
            if let Ok(column) = self.keys.binary_search(&key) {
                let value = (1.0 + f32::from(count).ln()) * self.idf[column];
                norms[block(key)] += value * value;
                vector.push((column as u32, value));
            }
        }
        for (column, value) in &mut vector {
            *value /= norms[block(self.keys[*column as usize])].sqrt();
        }
        vector
    }

    fn keep(&mut self, weight: &[f32], most: usize) {
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_by(|&a, &b| weight[b].total_cmp(&weight[a]).then(a.cmp(&b)));
        order.truncate(most);
        order.sort_unstable();
        self.keys = order.iter().map(|&i| self.keys[i]).collect();
        self.idf = order.iter().map(|&i| self.idf[i]).collect();
    }
}

/// Fits all heads on a subset; not yet calibrated.
fn fit(samples: &[Sample], counts: &[Counts], subset: &[usize], plan: &Plan) -> Model {
    let mut words = Vocabulary::gather(counts, subset, plan.min_samples);
    let mut planes = fit_planes(samples, counts, subset, plan, &words);
    if let Some(most) = plan.max_features.filter(|&most| most < words.keys.len()) {
        let square = |i: usize| -> f32 {
            let weights = planes.iter().flatten().map(|plane| plane.weights[i]);
            weights.map(|w| w * w).sum::<f32>() * words.idf[i]
        };
        let weight: Vec<f32> = (0..words.keys.len()).map(square).collect();
        words.keep(&weight, most);
        planes = fit_planes(samples, counts, subset, plan, &words);
    }
    quantise(plan, &planes, words)
}

fn fit_planes(
    samples: &[Sample],
    counts: &[Counts],
    subset: &[usize],
    plan: &Plan,
    words: &Vocabulary,
) -> Vec<Vec<Plane>> {
    let mut rows = Rows::new();
    subset
        .iter()
        .for_each(|&i| rows.push(words.vector(&counts[i])));
    let fit_head = |(head, question): (usize, &Question)| {
        let classes = question.classes.len();
        let labelled = |k: &usize| samples[subset[*k]].labels[head].is_some();
        let known: Vec<usize> = (0..subset.len()).filter(labelled).collect();
        let label = |&i: &usize| samples[i].labels[head].unwrap_or(usize::MAX);
        let labels: Vec<usize> = subset.iter().map(label).collect();
        let planes = Mutex::new(vec![None; classes]);
        let shape = (classes, words.keys.len());
        linear::fit(
            &rows,
            &labels,
            &known,
            shape,
            question.params,
            |class, plane| {
                let mut planes = planes.lock().unwrap_or_else(|broken| broken.into_inner());
                planes[class] = Some(plane);
            },
        );
        let planes = planes
            .into_inner()
            .unwrap_or_else(|broken| broken.into_inner());
        planes.into_iter().flatten().collect()
    };
    plan.questions.iter().enumerate().map(fit_head).collect()
}

/// Weights times idf as integers from -127 to 127, each class on its own scale.
fn quantise(plan: &Plan, planes: &[Vec<Plane>], words: Vocabulary) -> Model {
    let all: Vec<&Plane> = planes.iter().flatten().collect();
    let weighed = |plane: &Plane, i: usize| plane.weights[i] * words.idf[i];
    let unit = |plane: &&Plane| {
        let most = (0..words.keys.len())
            .map(|i| weighed(plane, i).abs())
            .fold(1e-9, f32::max);
        most / 127.0
    };
    let units: Vec<f32> = all.iter().map(unit).collect();
    let mut weights = Vec::with_capacity(words.keys.len() * all.len());
    for i in 0..words.keys.len() {
        let pairs = all.iter().zip(&units);
        weights.extend(pairs.map(|(plane, unit)| (weighed(plane, i) / unit).round() as i8));
    }
    let mut units = units.into_iter();
    let head = |(question, planes): (&Question, &Vec<Plane>)| Head {
        name: question.name.clone(),
        classes: question.classes.clone(),
        bias: planes.iter().map(|p| p.bias).collect(),
        unit: units.by_ref().take(planes.len()).collect(),
        calibration: Calibration {
            sharpness: 1.0,
            offsets: vec![0.0; planes.len()],
        },
    };
    let header = Header {
        name: plan.name.clone(),
        revision: plan.revision,
        heads: plan.questions.iter().zip(planes).map(head).collect(),
        joint: None,
        threshold: 0.0,
    };
    Model::build(header, words.keys, words.idf, &weights, String::new())
}

/// Raw scores of one head, cut out of a row of all heads.
fn head_scores<'a>(row: &'a [f32], plan: &Plan, head: usize) -> &'a [f32] {
    let first: usize = plan.questions[..head].iter().map(|q| q.classes.len()).sum();
    &row[first..first + plan.questions[head].classes.len()]
}

/// Calibrations of all heads and the weights that join the first two, from out-of-fold scores.
fn calibrate_all(
    samples: &[Sample],
    scores: &[Vec<f32>],
    subset: &[usize],
    plan: &Plan,
) -> (Vec<Calibration>, Option<Joint>) {
    let pairs = |head: usize| -> Vec<(&[f32], usize)> {
        let pair = |&i: &usize| {
            let label = samples[i].labels[head]?;
            (!scores[i].is_empty()).then(|| (head_scores(&scores[i], plan, head), label))
        };
        subset.iter().filter_map(pair).collect()
    };
    let questions = plan.questions.iter().enumerate();
    let calibrations: Vec<Calibration> = questions
        .map(|(head, q)| calibrate::fit(&pairs(head), q.classes.len(), q.learn_shares))
        .collect();
    let joint = plan.parents.as_ref().map(|parents| {
        let sectors = pairs(0);
        let topics: Vec<&[f32]> = subset
            .iter()
            .filter(|&&i| samples[i].labels[0].is_some() && !scores[i].is_empty())
            .map(|&i| head_scores(&scores[i], plan, 1))
            .collect();
        let joint = calibrate::join(&sectors, &topics, &calibrations, parents);
        Joint {
            own: joint.own * plan.soften,
            topics: joint.topics * plan.soften,
            ..joint
        }
    });
    (calibrations, joint)
}

/// Out-of-fold answers, each calibrated on the other folds only.
fn out_of_fold(
    samples: &[Sample],
    folds: &[usize],
    scores: &[Vec<f32>],
    plan: &Plan,
) -> Vec<Vec<Distribution>> {
    let mut answers = vec![Vec::new(); samples.len()];
    for fold in 0..folds::COUNT {
        let (test, others): (Vec<usize>, Vec<usize>) =
            (0..samples.len()).partition(|&i| folds[i] == fold);
        let (calibrations, joint) = calibrate_all(samples, scores, &others, plan);
        for i in test.into_iter().filter(|&i| !scores[i].is_empty()) {
            let heads = calibrations.iter().enumerate();
            let logits = heads.map(|(h, c)| c.logits(head_scores(&scores[i], plan, h)));
            answers[i] = super::topics::distributions(logits.collect(), joint.as_ref());
        }
    }
    answers
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
