//! Samples in, a model out that is not yet calibrated. Start with [`Material::fit`].

use super::{
    Plan, Question, Sample,
    vocabulary::{self, Counts, Vocabulary},
};
use crate::understand::{
    linear::{self, Plane, Problem, Rows},
    topics::{Calibration, Head, Header, Model},
};

/// Samples with their features, ready to be fitted on any part of them.
pub(super) struct Material<'a> {
    pub samples: &'a [Sample],
    pub plan: &'a Plan,
    counts: Vec<Counts>,
}

impl<'a> Material<'a> {
    pub fn new(samples: &'a [Sample], plan: &'a Plan) -> Self {
        Self {
            samples,
            plan,
            counts: vocabulary::count(samples),
        }
    }

    /// Fits all heads on a subset, twice when there are more features than wanted: the first time
    /// tells which ones to keep.
    pub fn fit(&self, subset: &[usize]) -> Model {
        let mut words = Vocabulary::gather(&self.counts, subset, self.plan.min_samples);
        let mut planes = self.planes(subset, &words);
        let most = self.plan.max_features;
        if let Some(most) = most.filter(|&most| most < words.keys.len()) {
            let square = |i: usize| -> f32 {
                let weights = planes.iter().flatten().map(|plane| plane.weights[i]);
                weights.map(|w| w * w).sum::<f32>() * words.idf[i]
            };
            let weight: Vec<f32> = (0..words.keys.len()).map(square).collect();
            words.keep(&weight, most);
            planes = self.planes(subset, &words);
        }
        quantise(self.plan, &planes, words)
    }

    /// The planes of each head's classes.
    fn planes(&self, subset: &[usize], words: &Vocabulary) -> Vec<Vec<Plane>> {
        let mut rows = Rows::new();
        subset
            .iter()
            .for_each(|&i| rows.push(words.vector(&self.counts[i])));
        let fit_head = |(head, question): (usize, &Question)| {
            let label = |&i: &usize| self.samples[i].labels[head];
            let given: Vec<Option<usize>> = subset.iter().map(label).collect();
            let known: Vec<usize> = (0..given.len()).filter(|&k| given[k].is_some()).collect();
            let labels: Vec<usize> = given.iter().map(|l| l.unwrap_or(usize::MAX)).collect();
            let problem = Problem {
                rows: &rows,
                labels: &labels,
                subset: &known,
                classes: question.classes.len(),
                columns: words.keys.len(),
            };
            linear::fit(&problem, question.params)
        };
        let questions = self.plan.questions.iter();
        questions.enumerate().map(fit_head).collect()
    }
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
