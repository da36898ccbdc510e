//! Linear classifiers, one against the rest: L2-regularised squared-hinge support vector machines
//! by dual coordinate descent (Hsieh et al., ICML 2008), as LIBLINEAR's solver 1.
//!
//! Deterministic for a seed. Knows nothing of texts. Start with [`fit`].

use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::cores;

/// Sparse rows, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Rows {
    /// No rows.
    pub fn new() -> Rows {
        Rows {
            starts: vec![0],
            ..Rows::default()
        }
    }

    /// Adds a row of (column, value) pairs.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in row {
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len());
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns and values of a row.
    pub fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = self.starts[i]..self.starts[i + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    fn squared_norm(&self, i: usize) -> f64 {
        self.row(i)
            .1
            .iter()
            .map(|&v| f64::from(v) * f64::from(v))
            .sum()
    }
}

/// How to fit.
#[derive(Debug, Clone, Copy)]
pub struct Params {
    /// Cost of an error on a row of average weight.
    pub cost: f32,
    /// How far rare classes are lifted: 0 not at all, 1 to equal weight of all classes.
    pub balance: f32,
    /// Passes over the rows at most.
    pub passes: usize,
    /// Stops when no dual gradient is larger.
    pub tolerance: f64,
    /// Seed of the order of rows.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            cost: 0.3,
            balance: 1.0,
            passes: 60,
            tolerance: 0.05,
            seed: 20_261_122,
        }
    }
}

/// The weights of one class: one for each column, and the bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// A weight for each column.
    pub weights: Vec<f32>,
    /// The constant.
    pub bias: f32,
}

impl Plane {
    /// The score of a row: positive on the class's side.
    pub fn score(&self, (columns, values): (&[u32], &[f32])) -> f32 {
        let pairs = columns.iter().zip(values);
        let dot: f32 = pairs.map(|(&c, &v)| self.weights[c as usize] * v).sum();
        dot + self.bias
    }

    fn step(&mut self, (columns, values): (&[u32], &[f32]), by: f32) {
        for (&column, &value) in columns.iter().zip(values) {
            self.weights[column as usize] += by * value;
        }
        self.bias += by;
    }
}

/// Rows to be told apart, one class against the rest.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// All rows.
    pub rows: &'a Rows,
    /// A class for each row.
    pub labels: &'a [usize],
    /// The rows to learn from.
    pub subset: &'a [usize],
    /// How many classes there are.
    pub classes: usize,
    /// How many columns there are.
    pub columns: usize,
}

/// Fits a plane for each class, on as many threads as the machine has.
pub fn fit(problem: &Problem<'_>, params: Params) -> Vec<Plane> {
    let weights = class_weights(problem, params.balance);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut planes = Vec::new();
        loop {
            let class = next.fetch_add(1, Ordering::Relaxed);
            if class >= problem.classes {
                return planes;
            }
            let plane = Descent::new(problem, class, &weights, params).run(params);
            planes.push((class, plane));
        }
    };
    let mut planes = cores::each(problem.classes, work);
    planes.sort_by_key(|(class, _)| *class);
    planes.into_iter().map(|(_, plane)| plane).collect()
}

/// (n / (classes · n of the class)) ^ balance, as scikit-learn's «balanced» at 1.
fn class_weights(problem: &Problem<'_>, balance: f32) -> Vec<f32> {
    let Problem { labels, subset, .. } = problem;
    let mut counts = vec![0usize; problem.classes];
    subset.iter().for_each(|&i| counts[labels[i]] += 1);
    let present = counts.iter().filter(|&&c| c > 0).count().max(1);
    let weight = |&count: &usize| {
        let even = subset.len() as f32 / (present as f32 * count.max(1) as f32);
        even.powf(balance)
    };
    counts.iter().map(weight).collect()
}

/// One class's plane under way to its optimum.
struct Descent<'a> {
    problem: &'a Problem<'a>,
    class: usize,
    plane: Plane,
    /// The dual variable of each row of the subset; never below 0, without an upper bound.
    alphas: Vec<f64>,
    /// What squared hinge adds to the dual's diagonal: 1 / 2C of each row. LIBLINEAR weighs the
    /// positive side of a one-vs-rest problem by the class's weight and the negative side by 1
    /// (scikit-learn's «balanced» does so, too); here each row keeps the weight of its own class.
    diagonal: Vec<f64>,
    /// Squared length of each row, the constant included.
    norms: Vec<f64>,
}

impl<'a> Descent<'a> {
    fn new(problem: &'a Problem<'a>, class: usize, weights: &[f32], params: Params) -> Self {
        let subset = problem.subset;
        let diagonal = |&i: &usize| 0.5 / f64::from(params.cost * weights[problem.labels[i]]);
        let norm = |&i: &usize| problem.rows.squared_norm(i) + 1.0;
        Self {
            problem,
            class,
            plane: Plane {
                weights: vec![0.0; problem.columns],
                bias: 0.0,
            },
            alphas: vec![0.0; subset.len()],
            diagonal: subset.iter().map(diagonal).collect(),
            norms: subset.iter().map(norm).collect(),
        }
    }

    fn run(mut self, params: Params) -> Plane {
        let mut order: Vec<usize> = (0..self.alphas.len()).collect();
        let mut rng = StdRng::seed_from_u64(params.seed ^ self.class as u64);
        for _ in 0..params.passes {
            shuffle(&mut order, &mut rng);
            let gradients = order.iter().map(|&k| self.visit(k));
            if gradients.fold(0.0, f64::max) < params.tolerance {
                break;
            }
        }
        self.plane
    }

    /// Sets the dual variable of one row to its best; tells how far it was from there.
    fn visit(&mut self, k: usize) -> f64 {
        let i = self.problem.subset[k];
        let own = self.problem.labels[i] == self.class;
        let sign = if own { 1.0 } else { -1.0 };
        let row = self.problem.rows.row(i);
        let before = self.alphas[k];
        let gradient = sign * f64::from(self.plane.score(row)) - 1.0 + self.diagonal[k] * before;
        let projected = if before == 0.0 {
            gradient.min(0.0)
        } else {
            gradient
        };
        if projected.abs() > 1e-9 {
            let best = before - gradient / (self.norms[k] + self.diagonal[k]);
            self.alphas[k] = best.max(0.0);
            let step = (self.alphas[k] - before) * sign;
            self.plane.step(row, step as f32);
        }
        projected.abs()
    }
}

fn shuffle(order: &mut [usize], rng: &mut StdRng) {
    for i in (1..order.len()).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toy() -> (Rows, Vec<usize>) {
        let mut rows = Rows::new();
        let mut labels = Vec::new();
        for i in 0..30 {
            let class = usize::from(i % 5 == 0);
            rows.push([(class as u32, 1.0), (2, 0.1 * (i % 3) as f32)]);
            labels.push(class);
        }
        (rows, labels)
    }

    fn planes(rows: &Rows, labels: &[usize]) -> Vec<Plane> {
        let subset: Vec<usize> = (0..rows.len()).collect();
        let problem = Problem {
            rows,
            labels,
            subset: &subset,
            classes: 2,
            columns: 3,
        };
        fit(&problem, Params::default())
    }

    #[test]
    fn separable_rows_are_separated() {
        let (rows, labels) = toy();
        let planes = planes(&rows, &labels);
        for (i, &label) in labels.iter().enumerate() {
            assert!(planes[label].score(rows.row(i)) > planes[1 - label].score(rows.row(i)));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_planes() {
        let (rows, labels) = toy();
        assert_eq!(planes(&rows, &labels), planes(&rows, &labels));
    }
}
