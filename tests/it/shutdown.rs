//! Loops fail, panic and stop; the supervisor keeps its word. Time is tokio's, paused.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use otklik::{
    domain::id::Ids,
    work::{Tick, TickFuture, Work, health::Health, supervisor::Supervisor},
};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{Instant, advance},
};
use tokio_util::sync::CancellationToken;

use crate::harness::clock;

/// What happened, in order, with the second at which it did.
#[derive(Clone)]
struct Log {
    begun: Instant,
    lines: Arc<Mutex<Vec<(u64, String)>>>,
}

impl Log {
    fn new() -> Log {
        Log {
            begun: Instant::now(),
            lines: Arc::default(),
        }
    }

    fn note(&self, what: impl Into<String>) {
        let second = self.begun.elapsed().as_secs();
        self.lines.lock().unwrap().push((second, what.into()));
    }

    fn lines(&self) -> Vec<String> {
        self.lines
            .lock()
            .unwrap()
            .iter()
            .map(|(_, line)| line.clone())
            .collect()
    }

    fn seconds(&self, of: &str) -> Vec<u64> {
        let lines = self.lines.lock().unwrap();
        lines
            .iter()
            .filter(|(_, line)| line == of)
            .map(|(second, _)| *second)
            .collect()
    }
}

/// What a loop does in each tick.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Rests,
    Fails,
    Panics,
    /// Takes ten seconds for one piece of work.
    TakesTen,
    /// Never ends a tick.
    Hangs,
}

struct Loop {
    name: &'static str,
    manner: Manner,
    mended: AtomicBool,
    hint: Notify,
    log: Log,
}

impl Loop {
    fn new(name: &'static str, manner: Manner, log: &Log) -> Arc<Loop> {
        Arc::new(Loop {
            name,
            manner,
            mended: AtomicBool::new(false),
            hint: Notify::new(),
            log: log.clone(),
        })
    }
}

impl Work for Loop {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tick(&self) -> TickFuture<'_> {
        Box::pin(async {
            self.log.note(format!("{} ticks", self.name));
            match self.manner {
                _ if self.mended.load(Ordering::SeqCst) => {}
                Manner::Rests => {}
                Manner::Fails => anyhow::bail!("the database is away"),
                Manner::Panics => panic!("an index out of bounds"),
                Manner::TakesTen => tokio::time::sleep(Duration::from_secs(10)).await,
                Manner::Hangs => {
                    let _left = Left(&self.log);
                    std::future::pending::<()>().await;
                }
            }
            self.log.note(format!("{} is done", self.name));
            Ok(Tick::Idle)
        })
    }

    fn hint(&self) -> Option<&Notify> {
        Some(&self.hint)
    }

    fn poll(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn stop(&self) -> TickFuture<'_> {
        Box::pin(async {
            self.log.note(format!("{} stops", self.name));
            Ok(Tick::Idle)
        })
    }
}

/// Notes that a tick was dropped.
struct Left<'a>(&'a Log);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        self.0.note("the hanging tick is left");
    }
}

/// A supervisor at work.
struct Running {
    health: Health,
    stopper: CancellationToken,
    ended: JoinHandle<()>,
}

impl Running {
    fn start(loops: &[Arc<Loop>], grace: Duration) -> Running {
        let loops = loops.iter().map(|l| l.clone() as Arc<dyn Work>).collect();
        let health = Health::default();
        let supervisor = Supervisor::new(loops, health.clone(), clock(), Ids::seeded(1));
        Running {
            health,
            stopper: supervisor.stopper(),
            ended: tokio::spawn(supervisor.run(grace)),
        }
    }

    async fn stop(self) {
        self.stopper.cancel();
        self.ended.await.unwrap();
    }
}

async fn pass(seconds: u64) {
    for _ in 0..seconds * 4 {
        advance(Duration::from_millis(250)).await;
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_panicking_loop_is_tried_again_after_growing_waits() {
    let log = Log::new();
    let broken = Loop::new("broken", Manner::Panics, &log);
    let sound = Loop::new("sound", Manner::Rests, &log);
    let running = Running::start(&[broken.clone(), sound], Duration::from_secs(5));
    pass(40).await;
    let tries = log.seconds("broken ticks");
    let waits: Vec<u64> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.len() >= 4 && waits.is_sorted(), "{waits:?}");
    assert!(waits[0] <= 2 && waits[3] >= 8, "{waits:?}");
    assert_eq!(
        log.seconds("sound ticks").len(),
        2,
        "the other loop goes on"
    );

    let told = running.health.list();
    assert_eq!(
        (told["broken"].state, told["sound"].state),
        ("failing", "running")
    );
    assert!(
        told["broken"]
            .last_error
            .as_ref()
            .unwrap()
            .contains("an index out of bounds")
    );

    broken.mended.store(true, Ordering::SeqCst);
    pass(60).await;
    let told = &running.health.list()["broken"];
    assert_eq!((told.state, told.failures), ("running", 0));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_hint_wakes_a_resting_loop_and_a_lost_one_is_polled_for() {
    let log = Log::new();
    let rests = Loop::new("rests", Manner::Rests, &log);
    let running = Running::start(std::slice::from_ref(&rests), Duration::from_secs(5));
    pass(5).await;
    rests.hint.notify_one();
    pass(31).await;
    assert_eq!(log.seconds("rests ticks"), [0, 5, 35]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_failing_loop_stays_within_its_wait_whatever_is_hinted_and_can_be_stopped() {
    let log = Log::new();
    let fails = Loop::new("fails", Manner::Fails, &log);
    let running = Running::start(std::slice::from_ref(&fails), Duration::from_secs(5));
    pass(20).await;
    let before = log.begun.elapsed();
    running.stop().await;
    assert!(
        log.begun.elapsed() - before < Duration::from_secs(1),
        "no wait holds the end back"
    );
    assert_eq!(log.lines().last().unwrap(), "fails stops");
}

#[tokio::test(start_paused = true)]
async fn stopping_finishes_what_is_in_hand_then_stops_in_order() {
    let log = Log::new();
    let loops = [
        Loop::new("collecting", Manner::TakesTen, &log),
        Loop::new("indexing", Manner::Rests, &log),
    ];
    let running = Running::start(&loops, Duration::from_secs(30));
    pass(2).await;
    let health = running.health.clone();
    running.stop().await;
    assert_eq!(
        log.lines(),
        [
            "collecting ticks",
            "indexing ticks",
            "indexing is done",
            "collecting is done",
            "collecting stops",
            "indexing stops",
        ]
    );
    assert!(health.list().values().all(|told| told.state == "stopped"));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_loop_is_left_after_the_grace_time() {
    let log = Log::new();
    let loops = [
        Loop::new("hangs", Manner::Hangs, &log),
        Loop::new("rests", Manner::Rests, &log),
    ];
    let running = Running::start(&loops, Duration::from_secs(7));
    pass(1).await;
    let before = log.begun.elapsed();
    running.stop().await;
    assert_eq!((log.begun.elapsed() - before).as_secs(), 7);
    pass(1).await;
    let mut after = log.lines().split_off(3);
    after.sort(); // the tick is dropped beside the stopping
    assert_eq!(
        after,
        ["hangs stops", "rests stops", "the hanging tick is left"]
    );
}
