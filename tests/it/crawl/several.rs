//! Two working and two web processes on one PostgreSQL, killed at chance moments: nothing is lost,
//! nothing is done twice, and the indexes come to hold what the database holds.
//!
//! `OTKLIK_TEST_KILLS` makes a longer run, `OTKLIK_TEST_SEED` another one.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use otklik::{
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
    index,
    work::{Tick, TickFuture, Work, turn::InTurn},
};
use sqlx::PgPool;
use tokio::process::{Child, Command};

use super::{
    assert_collected,
    killed::{given, list_sources, settings},
    town::Town,
};
use crate::{
    harness::{Database, START, TestStore},
    on_each_database,
    receiver::Receiver,
};

/// One machine: a data folder of its own, the database and the keys shared.
struct Machine {
    half: &'static str,
    folder: PathBuf,
    settings: Vec<(String, String)>,
    child: Child,
}

impl Machine {
    fn start(half: &'static str, folder: PathBuf, settings: Vec<(String, String)>) -> Machine {
        let child = Machine::spawn(half, &folder, &settings);
        Machine {
            half,
            folder,
            settings,
            child,
        }
    }

    fn spawn(half: &str, folder: &Path, settings: &[(String, String)]) -> Child {
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.join("log"));
        Command::new(env!("CARGO_BIN_EXE_otklik"))
            .args(["serve", "--only", half])
            .env_clear()
            .envs(settings.iter().cloned())
            .stderr(Stdio::from(log.unwrap()))
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    async fn is_killed_and_started_again(&mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "{}", self.said());
        self.child.kill().await.unwrap();
        self.child = Machine::spawn(self.half, &self.folder, &self.settings);
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    async fn ends_in_order(mut self) {
        let kill = format!("kill -TERM {}", self.child.id().expect("it runs"));
        let sent = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(self.child.wait().await.unwrap().code(), Some(0));
    }
}

/// Two that work, two that serve pages.
fn machines(it: &TestStore, town: &Town, receiver: &Receiver) -> Vec<Machine> {
    let names = [
        ("work", "one"),
        ("work", "two"),
        ("web", "three"),
        ("web", "four"),
    ];
    names
        .into_iter()
        .map(|(half, name)| {
            let folder = it.folder.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            list_sources(&folder, town);
            let mut settings = settings(&folder, &it.url, &town.base);
            for (key, value) in [
                ("SECRETS__AUTHOR_KEY", "a key that rotates each month"),
                ("UNDERSTAND__MIN_SECTOR_SCORE", "0.3"),
                ("ALERTS__WEBHOOK_URL", &receiver.url()),
                (
                    "ALERTS__WEBHOOK_SECRET",
                    "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
                ),
                ("ALERTS__RETRY_SECONDS", "1"),
                ("ALERTS__WEBHOOK_PER_HOUR", "1000000"),
                ("WEB__LISTEN", "127.0.0.1:0"),
            ] {
                settings.push((format!("OTKLIK_{key}"), value.to_owned()));
            }
            Machine::start(half, folder, settings)
        })
        .collect()
}

/// What one question to the database counts.
async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Waits until nothing waits any more.
async fn all_done(pool: &PgPool, town: &Town, machines: &mut [Machine]) {
    let published = town.published().len() as i64;
    for _ in 0..1200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for machine in machines.iter_mut() {
            let ended = machine.child.try_wait().unwrap();
            assert_eq!(
                ended,
                None,
                "{} ended by itself:\n{}",
                machine.half,
                machine.said()
            );
        }
        let stored = count(pool, "select count(*) from post").await;
        let waiting = "select (select count(*) from post where revision = 0 or handled = 0)
            + (select count(*) from job where done is null)";
        if stored == published && count(pool, waiting).await == 0 {
            return;
        }
    }
    panic!("work is left:\n{}", machines[0].said());
}

async fn assert_done_once(pool: &PgPool, receiver: &Receiver) {
    let twice = "select count(*) from (select incident from incident_event where kind = 'opened'
        group by incident having count(*) > 1) as t";
    assert_eq!(count(pool, twice).await, 0, "an incident was opened twice");
    let uncounted = "select count(*) from incident i where i.posts <>
        (select count(*) from incident_post ip where ip.incident = i.id)";
    assert_eq!(
        count(pool, uncounted).await,
        0,
        "an incident counts others' posts"
    );
    let joins = "select (select count(*) from incident_event where kind = 'joined')
        + (select count(*) from incident) - (select count(*) from incident_post)";
    assert_eq!(
        count(pool, joins).await,
        0,
        "a post joined twice, or without a word"
    );
    let promises = "select count(*) from (select incident, cycle, kind from clock
        group by incident, cycle, kind having count(*) > 1) as t";
    assert_eq!(count(pool, promises).await, 0);
    let sent: Vec<String> = sqlx::query_scalar("select id from job where receiver is not null")
        .fetch_all(pool)
        .await
        .unwrap();
    let heard: BTreeSet<String> = receiver.ids().into_iter().collect();
    assert_eq!(
        heard,
        sent.into_iter().collect(),
        "each alert arrived under its one id"
    );
    assert!(!heard.is_empty(), "the story needs incidents");
}

/// The posts that a folder's index holds.
fn indexed(folder: &Path) -> u64 {
    index::open_reader(&folder.join("index")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_killed_at_any_moment_lose_nothing_and_do_nothing_twice() {
    let it = TestStore::start(Database::Postgres).await;
    let kills = given("OTKLIK_TEST_KILLS").unwrap_or(8);
    let chance = Ids::seeded(given("OTKLIK_TEST_SEED").unwrap_or(11));
    let town = Town::open(Clock::System.now()).await;
    let receiver = Receiver::answering(&[]);
    let mut machines = machines(&it, &town, &receiver);
    for _ in 0..kills {
        let wait = Duration::from_millis((chance.fraction() * 900.0) as u64);
        tokio::time::sleep(wait).await;
        let which = (chance.fraction() * machines.len() as f64) as usize;
        machines[which].is_killed_and_started_again().await;
        town.grow();
    }
    let pool = PgPool::connect(&it.url).await.unwrap();
    all_done(&pool, &town, &mut machines).await;
    let folders: Vec<PathBuf> = machines[2..].iter().map(|m| m.folder.clone()).collect();
    let living = count(&pool, "select count(*) from post where deleted is null").await as u64;
    for _ in 0..200 {
        if folders.iter().all(|folder| indexed(folder) == living) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for machine in machines {
        machine.ends_in_order().await;
    }
    assert_collected(&it.store, &town).await;
    assert_done_once(&pool, &receiver).await;
    for folder in &folders {
        assert_eq!(
            indexed(folder),
            living,
            "an index differs from the database"
        );
    }
    let incidents = count(&pool, "select count(*) from incident").await;
    let alerts = (
        receiver.ids().len(),
        count(&pool, "select count(*) from job").await,
    );
    println!(
        "{kills} kills, {living} posts, {incidents} incidents, alerts sent and due {alerts:?}"
    );
}

/// Counts its ticks, and how often it began anew.
#[derive(Default)]
struct Counted {
    ticks: AtomicU32,
    begun: AtomicU32,
}

impl Work for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }

    fn tick(&self) -> TickFuture<'_> {
        self.ticks.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(Tick::Idle) })
    }

    fn take_over(&self) -> TickFuture<'_> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(Tick::Idle) })
    }
}

on_each_database! {
    async fn one_works_while_the_other_stands_by_and_takes_over_when_it_is_gone(it: TestStore) {
        let clock = Clock::manual(START);
        let works = [Arc::new(Counted::default()), Arc::new(Counted::default())];
        let [first, second] = ["a", "b"].map(|owner| {
            let work = works[usize::from(owner == "b")].clone();
            InTurn::new(work, it.store.clone(), clock.clone(), owner.into())
        });
        let ticks = || works.each_ref().map(|work| work.ticks.load(Ordering::SeqCst));
        for _ in 0..20 {
            first.tick().await.unwrap();
            second.tick().await.unwrap();
            clock.advance(Span::seconds(2));
        }
        assert_eq!(ticks(), [20, 0]);
        clock.advance(Span::seconds(16)); // the first is gone without a word
        second.tick().await.unwrap();
        first.tick().await.unwrap();
        assert_eq!(ticks(), [20, 1], "who comes back late finds its turn taken");
        second.stop().await.unwrap();
        clock.advance(Span::seconds(2));
        first.tick().await.unwrap();
        assert_eq!(ticks(), [21, 1], "an orderly end gives the turn back at once");
        let begun = works.map(|work| work.begun.load(Ordering::SeqCst));
        assert_eq!(begun, [2, 1]);
    }
}
