//! What models say of samples that they did not see, fold by fold: the ground of every probability
//! and of every figure in the card.

use super::{Plan, Question, Sample, calibrate, fit::Material, folds};
use crate::understand::topics::{self, Calibration, Distribution, Joint, Scratch};

/// Raw scores of samples by models of the other folds.
pub(super) struct HeldOut<'a> {
    samples: &'a [Sample],
    plan: &'a Plan,
    /// Fold of each sample.
    pub folds: Vec<usize>,
    /// Scores of all heads; empty for a sample that is only learned from.
    scores: Vec<Vec<f32>>,
}

impl<'a> HeldOut<'a> {
    /// Fits a model for each fold on the other folds.
    pub fn of(material: &Material<'a>) -> Self {
        let samples = material.samples;
        let folds = folds::assign(samples);
        let mut scores: Vec<Vec<f32>> = vec![Vec::new(); samples.len()];
        for fold in 0..folds::COUNT {
            let (test, seen) = parted(&folds, fold);
            if test.is_empty() || seen.is_empty() {
                continue;
            }
            let model = material.fit(&seen);
            let mut scratch = Scratch::default();
            for i in test {
                scores[i] = model.scores(&samples[i].text, &mut scratch).to_vec();
            }
        }
        Self {
            samples,
            plan: material.plan,
            folds,
            scores,
        }
    }

    /// Answers of all heads, each calibrated on the other folds only.
    pub fn answers(&self) -> Vec<Vec<Distribution>> {
        let mut answers = vec![Vec::new(); self.samples.len()];
        for fold in 0..folds::COUNT {
            let (test, others) = parted(&self.folds, fold);
            let (calibrations, joint) = self.calibrate(&others);
            for i in test.into_iter().filter(|&i| !self.scores[i].is_empty()) {
                let heads = calibrations.iter().enumerate();
                let logits = heads.map(|(head, c)| c.logits(self.head_scores(i, head)));
                answers[i] = topics::distributions(logits.collect(), joint.as_ref());
            }
        }
        answers
    }

    /// Calibrations of all heads and the weights that join the first two, from the scores of a
    /// subset.
    pub fn calibrate(&self, subset: &[usize]) -> (Vec<Calibration>, Option<Joint>) {
        let questions = self.plan.questions.iter().enumerate();
        let fit = |(head, question): (usize, &Question)| {
            let pairs = self.labelled(subset, head);
            calibrate::fit(&pairs, question.classes.len(), question.learn_shares)
        };
        let calibrations: Vec<Calibration> = questions.map(fit).collect();
        let joint = self.plan.parents.as_ref().map(|parents| {
            let sectors = self.labelled(subset, 0);
            let topics: Vec<&[f32]> = subset
                .iter()
                .filter(|&&i| self.label(i, 0).is_some())
                .map(|&i| self.head_scores(i, 1))
                .collect();
            let joint = calibrate::join(&sectors, &topics, &calibrations, parents);
            Joint {
                own: joint.own * self.plan.soften,
                topics: joint.topics * self.plan.soften,
                ..joint
            }
        });
        (calibrations, joint)
    }

    /// One head's scores and the truth, of the samples that have both.
    fn labelled(&self, subset: &[usize], head: usize) -> Vec<(&[f32], usize)> {
        let pair = |&i: &usize| {
            let label = self.label(i, head)?;
            Some((self.head_scores(i, head), label))
        };
        subset.iter().filter_map(pair).collect()
    }

    /// The truth of a sample that was scored.
    fn label(&self, i: usize, head: usize) -> Option<usize> {
        self.samples[i].labels[head].filter(|_| !self.scores[i].is_empty())
    }

    /// Raw scores of one head, cut out of a row of all heads.
    fn head_scores(&self, i: usize, head: usize) -> &[f32] {
        let questions = &self.plan.questions;
        let first: usize = questions[..head].iter().map(|q| q.classes.len()).sum();
        &self.scores[i][first..first + questions[head].classes.len()]
    }
}

/// The samples of a fold, and all others.
fn parted(folds: &[usize], fold: usize) -> (Vec<usize>, Vec<usize>) {
    (0..folds.len()).partition(|&i| folds[i] == fold)
}
