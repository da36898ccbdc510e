//! From scores to probabilities that mean what they say, fitted on rows the scorer did not see.

use crate::understand::topics::{Calibration, Joint, softmax};

const STEPS: usize = 300;
const RATE: f64 = 0.05;
/// Pull of the offsets towards zero, in rows.
const PULL: f64 = 3.0;

/// Fits sharpness, and offsets when asked, by least log-loss (Adam).
pub(super) fn fit(pairs: &[(&[f32], usize)], classes: usize, offsets: bool) -> Calibration {
    let mut values = vec![0f64; classes + 1];
    values[0] = 3f64.ln();
    let (mut first, mut second) = (vec![0f64; classes + 1], vec![0f64; classes + 1]);
    for step in 1..=STEPS {
        let gradient = gradient(pairs, &values);
        let free = if offsets { classes + 1 } else { 1 };
        for i in 0..free {
            first[i] = 0.9 * first[i] + 0.1 * gradient[i];
            second[i] = 0.99 * second[i] + 0.01 * gradient[i] * gradient[i];
            let mean = first[i] / (1.0 - 0.9f64.powi(step as i32));
            let spread = second[i] / (1.0 - 0.99f64.powi(step as i32));
            values[i] -= RATE * mean / (spread.sqrt() + 1e-9);
        }
    }
    Calibration {
        sharpness: values[0].exp() as f32,
        offsets: values[1..].iter().map(|&v| v as f32).collect(),
    }
}

/// Of the mean log-loss: by the logarithm of sharpness, then by each offset.
fn gradient(pairs: &[(&[f32], usize)], values: &[f64]) -> Vec<f64> {
    let sharpness = values[0].exp();
    let mut gradient = vec![0f64; values.len()];
    for (scores, label) in pairs {
        let logit = |(&s, b): (&f32, &f64)| (sharpness * f64::from(s) + b) as f32;
        let probabilities = softmax(scores.iter().zip(&values[1..]).map(logit).collect());
        for (class, (&p, &score)) in probabilities.iter().zip(*scores).enumerate() {
            let miss = f64::from(p) - f64::from(u8::from(class == *label));
            gradient[0] += miss * sharpness * f64::from(score);
            gradient[class + 1] += miss;
        }
    }
    let n = pairs.len().max(1) as f64;
    gradient.iter_mut().for_each(|g| *g /= n);
    for (g, offset) in gradient.iter_mut().zip(values).skip(1) {
        *g += PULL * offset / n;
    }
    gradient
}

/// How much the joint evidence means: the weight that gives the least log-loss. Sector and topics
/// speak with equal voice: weights fitted apart chased the corpus and did worse on real posts.
pub(super) fn join(
    sectors: &[(&[f32], usize)],
    topics: &[&[f32]],
    calibrations: &[Calibration],
    parents: &[usize],
) -> Joint {
    let joint = |weight: f32| Joint {
        parents: parents.to_vec(),
        own: weight,
        topics: weight,
    };
    let loss = |weight: f32| -> f64 {
        let joint = joint(weight);
        let pairs = sectors.iter().zip(topics);
        let losses = pairs.map(|((scores, label), topics)| {
            let mut sector = calibrations[0].logits(scores);
            joint.join(&mut sector, &mut calibrations[1].logits(topics));
            -f64::from(softmax(sector)[*label].max(1e-9).ln())
        });
        losses.sum()
    };
    let tried = (1..=15)
        .map(|step| 0.1 * step as f32)
        .map(|weight| (weight, loss(weight)));
    let best = tried.min_by(|a, b| a.1.total_cmp(&b.1));
    joint(best.map_or(1.0, |(weight, _)| weight))
}
