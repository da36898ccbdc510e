//! Linear classifiers, one against the rest: L2-regularised squared-hinge support vector machines
//! by dual coordinate descent (Hsieh et al., ICML 2008), as LIBLINEAR's solver 1.
//!
//! Deterministic for a seed. Knows nothing of texts. Start with [`fit`].

use std::thread;

use rand::{RngExt, SeedableRng, rngs::StdRng};

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
}

/// Fits one plane for each of `classes`, on as many threads as the machine has. `labels` holds a
/// class for each row, `subset` the rows to learn from; `take` receives each class and its plane.
pub fn fit(
    rows: &Rows,
    labels: &[usize],
    subset: &[usize],
    (classes, columns): (usize, usize),
    params: Params,
    take: impl Fn(usize, Plane) + Sync,
) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let weights = class_weights(labels, subset, classes, params.balance);
    thread::scope(|scope| {
        for _ in 0..threads.min(classes) {
            scope.spawn(|| {
                loop {
                    let class = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if class >= classes {
                        return;
                    }
                    take(
                        class,
                        fit_one(rows, labels, subset, class, &weights, columns, params),
                    );
                }
            });
        }
    });
}

/// (n / (classes · n of the class)) ^ balance, as scikit-learn's «balanced» at 1.
fn class_weights(labels: &[usize], subset: &[usize], classes: usize, balance: f32) -> Vec<f32> {
    let mut counts = vec![0usize; classes];
    subset.iter().for_each(|&i| counts[labels[i]] += 1);
    let present = counts.iter().filter(|&&c| c > 0).count().max(1);
    let weight = |&count: &usize| {
        let even = subset.len() as f32 / (present as f32 * count.max(1) as f32);
        even.powf(balance)
    };
    counts.iter().map(weight).collect()
}

fn fit_one(
    rows: &Rows,
    labels: &[usize],
    subset: &[usize],
    class: usize,
    weights: &[f32],
    columns: usize,
    params: Params,
) -> Plane {
    let mut plane = Plane {
        weights: vec![0.0; columns],
        bias: 0.0,
    };
    // Squared hinge: the dual's diagonal gains 1 / 2C, alphas have no upper bound.
    // liblinear weighs the positive side of a one-vs-rest problem by the class's weight and the
    // negative side by 1 (scikit-learn's «balanced» does so, too); here each row keeps the weight
    // of its own class.
    let diagonal: Vec<f64> = subset
        .iter()
        .map(|&i| 0.5 / f64::from(params.cost * weights[labels[i]]))
        .collect();
    let norms: Vec<f64> = subset.iter().map(|&i| rows.squared_norm(i) + 1.0).collect();
    let mut alphas = vec![0.0f64; subset.len()];
    let mut order: Vec<usize> = (0..subset.len()).collect();
    let mut rng = StdRng::seed_from_u64(params.seed ^ class as u64);
    for _ in 0..params.passes {
        shuffle(&mut order, &mut rng);
        let mut worst = 0.0f64;
        for &k in &order {
            let i = subset[k];
            let sign = if labels[i] == class { 1.0 } else { -1.0 };
            let row = rows.row(i);
            let gradient = sign * f64::from(plane.score(row)) - 1.0 + diagonal[k] * alphas[k];
            let projected = if alphas[k] == 0.0 {
                gradient.min(0.0)
            } else {
                gradient
            };
            worst = worst.max(projected.abs());
            if projected.abs() > 1e-9 {
                let before = alphas[k];
                alphas[k] = (before - gradient / (norms[k] + diagonal[k])).max(0.0);
                step(&mut plane, row, ((alphas[k] - before) * sign) as f32);
            }
        }
        if worst < params.tolerance {
            break;
        }
    }
    plane
}

fn step(plane: &mut Plane, (columns, values): (&[u32], &[f32]), by: f32) {
    for (&column, &value) in columns.iter().zip(values) {
        plane.weights[column as usize] += by * value;
    }
    plane.bias += by;
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
        let found = std::sync::Mutex::new(vec![None; 2]);
        fit(
            rows,
            labels,
            &subset,
            (2, 3),
            Params::default(),
            |class, plane| {
                found.lock().expect("no panic")[class] = Some(plane);
            },
        );
        let found = found.into_inner().expect("no panic");
        found.into_iter().map(|p| p.expect("each class")).collect()
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
