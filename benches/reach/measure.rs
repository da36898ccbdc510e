//! Times of one thing done many times, and the table that tells them.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use anyhow::Result;

/// Rounds before anything is counted: caches are filled, statements prepared, plans chosen.
const WARM: usize = 12;
/// Rounds that are counted, unless time runs out.
const ROUNDS: usize = 400;
const LONGEST: Duration = Duration::from_secs(4);
/// So many rounds there are however long they take.
const LEAST: usize = 20;

/// Sorted times.
pub struct Times(Vec<Duration>);

impl Times {
    /// The time below which so many in a hundred lie, milliseconds.
    pub fn at(&self, percent: usize) -> f64 {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)].as_secs_f64() * 1e3
    }
}

/// Does a thing again and again; it says itself how long it took, and is given the round.
pub async fn times<F, Fut>(mut once: F) -> Result<Times>
where
    F: FnMut(u64) -> Fut,
    Fut: Future<Output = Result<Duration>>,
{
    let began = Instant::now();
    let mut round = 0;
    while round < WARM as u64 && began.elapsed() < LONGEST {
        once(round).await?;
        round += 1;
    }
    let began = Instant::now();
    let mut times = Vec::with_capacity(ROUNDS);
    while times.len() < LEAST || (times.len() < ROUNDS && began.elapsed() < LONGEST) {
        times.push(once(round).await?);
        round += 1;
    }
    times.sort_unstable();
    Ok(Times(times))
}

/// The head of a table of things beside their bare counterparts.
pub fn head(title: &str) {
    println!("\n{title}");
    println!(
        "  {:<44} {:>8} {:>9} {:>9} {:>9} {:>9} {:>6}",
        "milliseconds", "rows", "bare p50", "bare p99", "p50", "p99", "x bare"
    );
}

/// A thing beside its bare counterpart.
pub fn beside(name: &str, rows: usize, bare: &Times, ours: &Times) {
    println!(
        "  {name:<44} {rows:>8} {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>6.2}",
        bare.at(50),
        bare.at(99),
        ours.at(50),
        ours.at(99),
        ours.at(50) / bare.at(50)
    );
}

/// A thing alone.
pub fn alone(name: &str, rows: usize, times: &Times) {
    println!(
        "  {name:<44} {rows:>8} {:>9} {:>9} {:>9.2} {:>9.2}",
        "",
        "",
        times.at(50),
        times.at(99)
    );
}
