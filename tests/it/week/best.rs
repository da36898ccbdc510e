//! The best possible allocation of visits, solved without the scheduler: true rates, the whole budget,
//! no refusals.

use std::fmt;

use otklik::config::settings::Collect;

use super::network::World;

/// A source in an hour of the week.
#[derive(Clone, Copy)]
pub struct Cell {
    /// Posts an hour.
    pub rate: f64,
    /// Most visits an hour, and fewest.
    pub most: f64,
    pub fewest: f64,
}

/// A limit domain: its cells of all hours of the week, and the visits of a week that it allows.
pub struct Shared {
    pub cells: Vec<Cell>,
    pub visits: f64,
}

/// Medians of the delay, hours.
pub struct Best {
    mean: f64,
    powers: Vec<(f64, f64)>,
    bound: f64,
}

pub fn of(world: &World, settings: &Collect) -> Best {
    let domains = world.domains(settings);
    let powers = [0.5, 0.75, 1.0, 1.25, 1.5];
    let medians = powers.map(|power| (power, median_of_power(&domains, power)));
    Best {
        mean: medians[0].1,
        powers: medians.to_vec(),
        bound: bound(&domains),
    }
}

impl Best {
    /// The median where the mean is least.
    pub fn median(&self) -> f64 {
        self.mean
    }
}

impl fmt::Display for Best {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = |hours: f64| hours * 60.0;
        write!(
            f,
            "best possible: median {:.0} min where the mean is least;",
            minutes(self.mean)
        )?;
        for (power, median) in &self.powers {
            write!(f, " {:.0} for λ^{power},", minutes(*median))?;
        }
        write!(
            f,
            " {:.0} where half of the posts count for nothing",
            minutes(self.bound)
        )
    }
}

/// Visits an hour of each cell: `rate^power` times what makes the sum fit, within the bounds.
fn allocation(domain: &Shared, power: f64) -> Vec<f64> {
    let at = |scale: f64| {
        let wished = |cell: &Cell| (cell.rate.powf(power) * scale).clamp(cell.fewest, cell.most);
        domain.cells.iter().map(wished).collect::<Vec<f64>>()
    };
    let (mut low, mut high) = (1e-9_f64, 1e9_f64);
    for _ in 0..60 {
        let middle = (low * high).sqrt();
        match at(middle).iter().sum::<f64>() > domain.visits {
            true => high = middle,
            false => low = middle,
        }
    }
    at(low)
}

fn median_of_power(domains: &[Shared], power: f64) -> f64 {
    let all: Vec<(f64, f64)> = domains
        .iter()
        .flat_map(|domain| {
            let visits = allocation(domain, power);
            let rates = domain.cells.iter().map(|cell| cell.rate);
            rates.zip(visits).collect::<Vec<_>>()
        })
        .collect();
    let posts: f64 = all.iter().map(|(rate, _)| rate).sum();
    least(|delay| {
        let found: f64 = all
            .iter()
            .map(|(rate, visits)| rate * (delay * visits).min(1.0))
            .sum();
        found * 2.0 >= posts
    })
}

/// The least delay within which half of all posts can be found, whatever becomes of the others: each
/// visit goes where it finds most, until every hour there has one each delay.
fn bound(domains: &[Shared]) -> f64 {
    let posts: f64 = domains
        .iter()
        .flat_map(|d| &d.cells)
        .map(|cell| cell.rate)
        .sum();
    let sorted: Vec<(Vec<Cell>, f64)> = domains
        .iter()
        .map(|domain| {
            let mut cells = domain.cells.clone();
            cells.sort_by(|a, b| b.rate.total_cmp(&a.rate));
            (cells, domain.visits)
        })
        .collect();
    least(|delay| {
        let found: f64 = sorted
            .iter()
            .map(|(cells, visits)| within(cells, *visits, delay))
            .sum();
        found * 2.0 >= posts
    })
}

fn within(cells: &[Cell], visits: f64, delay: f64) -> f64 {
    let mut left = visits - cells.iter().map(|cell| cell.fewest).sum::<f64>();
    let mut found = 0.0;
    for cell in cells {
        let most = cell.most.min(1.0 / delay).max(cell.fewest);
        let more = (most - cell.fewest).min(left.max(0.0));
        left -= more;
        found += cell.rate * (delay * (cell.fewest + more)).min(1.0);
    }
    found
}

fn least(enough: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.001_f64, 72.0_f64);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        match enough(middle) {
            true => high = middle,
            false => low = middle,
        }
    }
    high
}
