//! Keeps loops running: a failing or panicking one is waited out with growing delay and tried
//! again; stopping is ordered and loses nothing.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Tick, Work, health::Health};
use crate::domain::{id::Ids, time::Clock};

/// The longest wait between tries of a failing loop.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Runs loops until told to stop.
pub struct Supervisor {
    loops: Vec<Arc<dyn Work>>,
    stop: CancellationToken,
    health: Health,
    clock: Clock,
    ids: Ids,
}

impl Supervisor {
    /// A supervisor for these loops; they are stopped in the order given, so name the ones that
    /// feed others first.
    pub fn new(loops: Vec<Arc<dyn Work>>, health: Health, clock: Clock, ids: Ids) -> Self {
        Self {
            loops,
            stop: CancellationToken::new(),
            health,
            clock,
            ids,
        }
    }

    /// Cancel it to stop all loops.
    pub fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs until the stopper is cancelled; then lets each loop finish its tick, for `grace` at
    /// most, and calls their `stop` in order.
    pub async fn run(self, grace: Duration) {
        let mut running = JoinSet::new();
        for work in &self.loops {
            running.spawn(keep_running(
                work.clone(),
                self.stop.clone(),
                self.health.clone(),
                self.clock.clone(),
                self.ids.clone(),
            ));
        }
        self.stop.cancelled().await;
        let finished = tokio::time::timeout(grace, async {
            while running.join_next().await.is_some() {}
        });
        if finished.await.is_err() {
            tracing::warn!("some loops did not finish in time; their leases will expire");
            running.shutdown().await;
        }
        for work in &self.loops {
            if let Err(error) = work.stop().await {
                tracing::error!(work = work.name(), "stopping failed: {error:#}");
            }
            self.health.stopped(work.name());
        }
    }
}

/// Does every loop's waiting work until none finds any: what tests call instead of waiting.
///
/// # Errors
/// The first error of a loop, with its name; or a sentence when they never come to rest.
pub async fn settle(loops: &[Arc<dyn Work>]) -> anyhow::Result<()> {
    for _ in 0..10_000 {
        let mut worked = false;
        for work in loops {
            let tick = work.tick().await;
            worked |= tick.map_err(|e| e.context(work.name()))? == Tick::Worked;
        }
        if !worked {
            return Ok(());
        }
    }
    anyhow::bail!("the loops never came to rest")
}

async fn keep_running(
    work: Arc<dyn Work>,
    stop: CancellationToken,
    health: Health,
    clock: Clock,
    ids: Ids,
) {
    while !stop.is_cancelled() {
        match tick_once(&work).await {
            Ok(Tick::Worked) => health.good(work.name(), clock.now(), true),
            Ok(Tick::Idle) => {
                health.good(work.name(), clock.now(), false);
                sleep(work.hint(), &stop, work.poll()).await;
            }
            Err(error) => {
                let message = format!("{error:#}");
                tracing::error!(work = work.name(), "{message}");
                let wait = growing(health.failed(work.name(), message), ids.fraction());
                // No hint cuts this wait: a busy failing loop would spin.
                sleep(None, &stop, wait).await;
            }
        }
    }
}

/// Ends a tick's task when its keeper is ended.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A tick in a task of its own, so that a panic is an error like others.
async fn tick_once(work: &Arc<dyn Work>) -> anyhow::Result<Tick> {
    let own = work.clone();
    let task = tokio::spawn(async move { own.tick().await });
    let _guard = AbortOnDrop(task.abort_handle());
    match task.await {
        Ok(result) => result,
        Err(broken) => anyhow::bail!("it panicked: {broken}"),
    }
}

/// 1, 2, 4 … seconds, at most [`LONGEST_WAIT`], with up to a quarter of jitter.
fn growing(failures: u32, jitter: f64) -> Duration {
    let seconds = 2u64.saturating_pow(failures.saturating_sub(1).min(10));
    Duration::from_secs(seconds)
        .min(LONGEST_WAIT)
        .mul_f64(1.0 + jitter / 4.0)
}

async fn sleep(hint: Option<&Notify>, stop: &CancellationToken, wait: Duration) {
    let woken = async {
        match hint {
            Some(hint) => hint.notified().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = woken => {}
        () = tokio::time::sleep(wait) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stop_growing() {
        let waits: Vec<u64> = [1, 2, 3, 7, 50]
            .map(|failures| growing(failures, 0.0).as_secs())
            .into();
        assert_eq!(waits, [1, 2, 4, 60, 60]);
    }
}
