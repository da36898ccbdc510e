//! The program itself crawls a town and is killed at chance moments, again and again: every post is
//! kept once, and no more is asked for than the day's budgets count.
//!
//! `OTKLIK_TEST_KILLS` makes a longer run, `OTKLIK_TEST_SEED` another one.

use std::{collections::BTreeMap, fs::File, path::Path, process::Stdio, time::Duration};

use otklik::{
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
    store::{Store, budget, posts},
};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use super::{assert_collected, town::Town};
use crate::{harness::TestStore, on_each_database};

/// `otklik serve --only work` over a town.
struct Crawler {
    child: Child,
    log: std::path::PathBuf,
}

impl Crawler {
    fn start(it: &TestStore, town: &Town) -> Crawler {
        let folder = it.folder.path();
        let log = folder.join("log");
        let child = Command::new(env!("CARGO_BIN_EXE_otklik"))
            .args(["serve", "--only", "work"])
            .env_clear()
            .envs(settings(folder, &it.url, &town.base))
            .stderr(Stdio::from(File::create(&log).unwrap()))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Crawler { child, log }
    }

    /// It is left to itself for a while.
    async fn works_for(&mut self, time: Duration) {
        if let Ok(ended) = timeout(time, self.child.wait()).await {
            let said = std::fs::read_to_string(&self.log).unwrap();
            panic!("it ended by itself, {ended:?}:\n{said}");
        }
    }

    /// It works until the town was asked for so many things, or a second has passed.
    async fn works_until_asked(&mut self, town: &Town, more: u64) {
        let mut requests = town.requests();
        let wanted = *requests.borrow() + more;
        let asked = requests.wait_for(|asked| *asked >= wanted);
        timeout(Duration::from_secs(1), asked).await.ok();
    }

    async fn works_until_collected(&mut self, store: &Store, town: &Town) {
        let all = town.published().len();
        for _ in 0..600 {
            self.works_for(Duration::from_millis(50)).await;
            if kept(store).await >= all {
                return;
            }
        }
    }

    async fn ends_at_once(mut self) {
        self.child.kill().await.unwrap();
    }

    async fn ends_in_order(mut self) {
        let id = self.child.id().expect("it runs");
        let kill = format!("kill -TERM {id}");
        let sent = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(self.child.wait().await.unwrap().code(), Some(0));
    }
}

pub(super) fn settings(folder: &Path, database: &str, base: &str) -> Vec<(String, String)> {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let settings = [
        ("DATA_DIR", text(folder)),
        ("CONFIG_DIR", text(&folder.join("config"))),
        ("DATABASE_URL", database.to_owned()),
        ("SECRETS__IDENTITY_KEY", "a key that never rotates".into()),
        ("COLLECT__ALLOW_PRIVATE_ADDRESSES", "true".into()),
        ("COLLECT__TELEGRAM", "true".into()),
        ("COLLECT__VK_PER_SECOND", "10000".into()),
        ("COLLECT__TELEGRAM_PER_SECOND", "10000".into()),
        ("COLLECT__HOST_PER_SECOND", "10000".into()),
        ("COLLECT__VK_PER_DAY", PER_DAY.to_string()),
        ("COLLECT__TELEGRAM_PER_DAY", PER_DAY.to_string()),
        ("COLLECT__HOST_PER_DAY", PER_DAY.to_string()),
        ("COLLECT__BASE__VK", format!("{base}/method")),
        ("COLLECT__BASE__TELEGRAM", base.to_owned()),
        ("COLLECT__VK__TOKEN", "a-token".into()),
    ];
    settings
        .map(|(name, value)| (format!("OTKLIK_{name}"), value))
        .into()
}

/// So many that a story at midnight does not wait for the day to go on.
const PER_DAY: i64 = 10_000_000;

/// The operator's list of sources.
pub(super) fn list_sources(folder: &Path, town: &Town) {
    let folder = folder.join("config");
    let sources: BTreeMap<&str, _> = [("source", town.sources())].into();
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        folder.join("sources.toml"),
        toml::to_string(&sources).unwrap(),
    )
    .unwrap();
}

#[allow(clippy::disallowed_methods, reason = "tests have no settings")]
pub(crate) fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

async fn kept(store: &Store) -> usize {
    let mut tx = store.read().await.unwrap();
    posts::count(&mut tx).await.unwrap() as usize
}

/// What the gates counted as used, as the town counts it: robots.txt of all domains together. Days
/// may end during a story.
async fn used(store: &Store) -> BTreeMap<String, i64> {
    let mut tx = store.read().await.unwrap();
    let mut used = BTreeMap::new();
    for days in [-1, 0, 1] {
        let day = Clock::System.now().plus(Span::days(days)).to_rfc3339();
        for (domain, method, count, _) in budget::list_used(&mut tx, &day[..10]).await.unwrap() {
            let name = match method.as_str() {
                "robots" => method,
                _ => format!("{domain} {method}"),
            };
            *used.entry(name).or_default() += count;
        }
    }
    used
}

on_each_database! {
    async fn a_crawler_killed_at_any_moment_loses_and_doubles_nothing(it: TestStore) {
        let ordinary = if it.store.is_postgres() { 3 } else { 6 };
        let kills = given("OTKLIK_TEST_KILLS").unwrap_or(ordinary);
        let chance = Ids::seeded(given("OTKLIK_TEST_SEED").unwrap_or(7));
        let town = Town::open(Clock::System.now()).await;
        list_sources(it.folder.path(), &town);
        let mut in_the_middle = 0;
        for _ in 0..kills {
            let mut crawler = Crawler::start(&it, &town);
            crawler.works_until_asked(&town, 1 + (chance.fraction() * 12.0) as u64).await;
            crawler.works_for(Duration::from_millis((chance.fraction() * 20.0) as u64)).await;
            crawler.ends_at_once().await;
            in_the_middle += u64::from(kept(&it.store).await < town.published().len());
            town.grow();
        }
        assert!(in_the_middle * 2 >= kills, "most kills came too late: {in_the_middle} of {kills}");
        let mut last = Crawler::start(&it, &town);
        last.works_until_collected(&it.store, &town).await;
        last.ends_in_order().await;

        assert_collected(&it.store, &town).await;
        let used = used(&it.store).await;
        for (what, asked) in town.asked() {
            let counted = used.get(what).copied().unwrap_or(0);
            // Counted before it is sent: a kill in between spends one for each of six places.
            let most = (asked + 6 * kills as i64).min(PER_DAY);
            assert!((asked..=most).contains(&counted), "{what}: asked {asked}, counted {counted}");
        }
        println!("{kills} kills, {in_the_middle} in the middle, {} posts, asked {:?}, counted {used:?}", town.published().len(), town.asked());
    }
}
