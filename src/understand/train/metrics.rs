//! How good answers are: accuracy, F1 of classes, confusion, calibration, abstaining.

use serde::Serialize;

/// Figures of one set, as the command line prints them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Rows.
    pub n: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Mean F1 of the classes that occur or were answered.
    pub macro_f1: f64,
    /// Mean F1, weighted by how often a class occurs.
    pub weighted_f1: f64,
}

/// Figures of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Its label.
    pub label: String,
    /// Rows of the class.
    pub n: usize,
    /// Of the rows answered so, how many are.
    pub precision: f64,
    /// Of the rows that are so, how many were answered so.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

/// Counts of answers: rows are truths, columns are answers.
#[derive(Debug, Clone)]
pub struct Confusion {
    /// Labels of rows and columns.
    pub labels: Vec<String>,
    /// Counts.
    pub counts: Vec<Vec<usize>>,
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

impl Confusion {
    /// From pairs of true and answered class.
    pub fn new(labels: Vec<String>, pairs: &[(usize, usize)]) -> Confusion {
        let mut counts = vec![vec![0; labels.len()]; labels.len()];
        pairs
            .iter()
            .for_each(|&(truth, answer)| counts[truth][answer] += 1);
        Confusion { labels, counts }
    }

    /// Figures of each class.
    pub fn classes(&self) -> Vec<ClassFigures> {
        let figures = |i: usize| {
            let right = self.counts[i][i];
            let n: usize = self.counts[i].iter().sum();
            let answered: usize = self.counts.iter().map(|row| row[i]).sum();
            ClassFigures {
                label: self.labels[i].clone(),
                n,
                precision: ratio(right, answered),
                recall: ratio(right, n),
                f1: ratio(2 * right, n + answered),
            }
        };
        (0..self.labels.len()).map(figures).collect()
    }

    /// Figures of all.
    pub fn figures(&self) -> Figures {
        let n: usize = self.counts.iter().flatten().sum();
        let right: usize = (0..self.labels.len()).map(|i| self.counts[i][i]).sum();
        let classes = self.classes();
        let answered = |i: usize| self.counts.iter().any(|row| row[i] > 0);
        let occurring = classes
            .iter()
            .enumerate()
            .filter(|(i, c)| c.n > 0 || answered(*i));
        let f1: Vec<f64> = occurring.map(|(_, c)| c.f1).collect();
        let weighted: f64 = classes.iter().map(|c| c.f1 * c.n as f64).sum();
        Figures {
            n,
            accuracy: ratio(right, n),
            macro_f1: f1.iter().sum::<f64>() / f1.len().max(1) as f64,
            weighted_f1: weighted / n.max(1) as f64,
        }
    }

    /// The commonest errors: truth, answer, count.
    pub fn errors(&self, most: usize) -> Vec<(String, String, usize)> {
        let mut errors = Vec::new();
        for (i, row) in self.counts.iter().enumerate() {
            for (j, &n) in row.iter().enumerate().filter(|&(j, &n)| j != i && n > 0) {
                errors.push((self.labels[i].clone(), self.labels[j].clone(), n));
            }
        }
        errors.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
        errors.truncate(most);
        errors
    }
}

/// The lowest probability from which the share of errors stays within `allowed`; 1 when there is
/// none. `sure` holds each held-out answer's probability and whether it was right.
///
/// Few rows tell little: of twenty answers a single error is 5 %. So what the probabilities promise
/// counts beside what came true, as much as the rows of which one error is the allowed share
/// (20 for 5 %); among hundreds of answers that weighs next to nothing. And where held-out answers
/// show that such probabilities keep their promise, `1 - allowed` is enough: rows that are all told
/// apart without effort have probabilities of 0.9999, and no later text would reach the lowest.
///
/// Measured on real appeals at 5 %: answered of held-out rows, and right of those. 60 rows of three
/// sectors, told apart well (accuracy 0.93): 95 %, 0.965; told apart badly (0.70 to 0.77, three
/// draws): 7, 30, 13 %, 0.75, 0.94, 1.0. 300 rows (0.85, 0.84, 0.84): 60, 45, 31 %, 0.95 each.
/// 2,096 rows of ten (0.81): 50 %, 0.950.
pub fn threshold(mut sure: Vec<(f32, bool)>, allowed: f64) -> f32 {
    sure.sort_by(|a, b| b.0.total_cmp(&a.0));
    let promised_rows = if allowed > 0.0 { allowed.recip() } else { 0.0 };
    let enough = (1.0 - allowed) as f32;
    let (mut wrong, mut doubt, mut found) = (0usize, 0f64, 1f32);
    let mut promise_is_kept = false;
    for (i, &(score, right)) in sure.iter().enumerate() {
        wrong += usize::from(!right);
        doubt += 1.0 - f64::from(score);
        let last_of_its_score = sure.get(i + 1).is_none_or(|next| next.0 < score);
        if !last_of_its_score {
            continue;
        }
        let n = (i + 1) as f64;
        let errors = (wrong as f64 + promised_rows * doubt / n) / (n + promised_rows);
        if errors <= allowed {
            found = score;
        }
        if score >= enough {
            promise_is_kept = errors <= allowed;
        }
    }
    if promise_is_kept {
        found.min(enough)
    } else {
        found
    }
}

/// Share answered and accuracy there, from a threshold on.
pub fn answered(sure: &[(f32, bool)], threshold: f32) -> (f64, f64) {
    let answered = sure.iter().filter(|s| s.0 >= threshold).count();
    let right = sure.iter().filter(|s| s.0 >= threshold && s.1).count();
    (ratio(answered, sure.len()), ratio(right, answered))
}

/// Expected calibration error over ten bins: mean gap between probability and share of right.
pub fn calibration_error(sure: &[(f32, bool)]) -> f64 {
    let mut bins = [(0usize, 0f64, 0usize); 10];
    for &(score, right) in sure {
        let bin = &mut bins[((score * 10.0) as usize).min(9)];
        *bin = (
            bin.0 + 1,
            bin.1 + f64::from(score),
            bin.2 + usize::from(right),
        );
    }
    let gaps = bins
        .iter()
        .map(|&(_, score, right)| (score - right as f64).abs());
    gaps.sum::<f64>() / sure.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_match_a_hand_count() {
        let labels = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let pairs = [(0, 0), (0, 0), (0, 1), (1, 1)];
        let confusion = Confusion::new(labels, &pairs);
        let figures = confusion.figures();
        assert_eq!(figures.n, 4);
        assert!((figures.accuracy - 0.75).abs() < 1e-9);
        // F1: a 4/5, b 2/3, c neither occurs nor is answered
        assert!((figures.macro_f1 - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-9);
        assert!((figures.weighted_f1 - (0.8 * 3.0 + 2.0 / 3.0) / 4.0).abs() < 1e-9);
        assert_eq!(confusion.errors(5), [("a".to_owned(), "b".to_owned(), 1)]);
    }

    #[test]
    fn the_threshold_keeps_errors_within_the_allowed_share() {
        let sure = vec![
            (0.9, true),
            (0.8, true),
            (0.7, false),
            (0.6, true),
            (0.5, false),
        ];
        assert_eq!(threshold(sure.clone(), 0.25), 0.6);
        assert_eq!(threshold(sure.clone(), 0.0), 0.8);
        assert_eq!(answered(&sure, 0.75), (0.4, 1.0));
        assert_eq!(threshold(vec![(0.9, false)], 0.05), 1.0);
        assert_eq!(threshold(Vec::new(), 0.05), 1.0);
    }

    #[test]
    fn rows_told_apart_without_effort_ask_no_certainty_of_later_texts() {
        let sure = vec![(0.999_999, true); 60];
        assert_eq!(threshold(sure, 0.05), 0.95);
    }

    #[test]
    fn one_error_among_few_rows_does_not_silence_the_rest() {
        let mut sure = vec![(0.98, true); 6];
        sure[3] = (0.99, false);
        assert_eq!(threshold(sure.clone(), 0.05), 1.0, "one in six is not 5 %");
        sure.extend([(0.98, true); 6]);
        assert_eq!(threshold(sure, 0.05), 0.95, "one in twelve may be chance");
    }

    #[test]
    fn certainty_that_held_out_rows_belie_is_not_believed() {
        let mut sure = vec![(0.999, true); 80];
        sure[..20].fill((0.999, false));
        assert_eq!(threshold(sure, 0.05), 1.0);
    }
}
