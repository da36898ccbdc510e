//! The loop that visits sources, over real HTTP and on both databases: what is kept when, what a
//! kill leaves behind, and when a source that is gone is tried again.

mod gates;
pub(crate) mod killed;
mod several;
mod town;
mod vk;
mod watch;

use std::{collections::BTreeSet, sync::Arc};

use otklik::{
    collect::poll::Collector,
    config::settings::{Collect, Settings},
    domain::{
        id::{Ids, PostId},
        post::{Platform, PostKind},
        source::{Cursor, Page, SourceConfig},
        time::{Clock, Span},
    },
    store::{
        Priority, Store,
        changes::{self, ChangeKind},
        posts,
        sources::{self, SourceRow},
    },
    work::{
        Work,
        collecting::{Ages, Collecting},
        supervisor::settle,
    },
};

use self::town::Town;
use crate::{
    collect::{error, post, source, wall},
    harness::{START, TestStore, clock, keys},
    network::Network,
    on_each_database,
};

pub const WALL: &str = "/method/wall.get";

/// A loop over a store, on a clock that stands.
struct Crawl {
    it: TestStore,
    clock: Clock,
    base: String,
    work: Collecting,
}

impl Crawl {
    async fn of(it: TestStore, base: &str, listed: &[SourceConfig]) -> Crawl {
        let clock = clock();
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        for source in listed {
            let every = Span::minutes(10);
            let source = SourceConfig {
                interval_seconds: None, // the town's own is for the program that crawls it
                ..source.clone()
            };
            sources::put(&mut tx, &source, true, every, START)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let work = collecting(&it.store, &clock, base);
        Crawl {
            base: base.to_owned(),
            it,
            clock,
            work,
        }
    }

    /// The process is gone without a word, and another one is started on the same data.
    fn is_killed_and_started_again(&mut self) {
        self.work = collecting(&self.it.store, &self.clock, &self.base);
    }

    /// Until nothing is due any more.
    async fn finish(&self) {
        for _ in 0..20 {
            self.settle().await;
            self.clock.advance(Span::seconds(5));
        }
    }

    async fn settle(&self) {
        settle(&[Arc::new(self.work.clone()) as Arc<dyn Work>])
            .await
            .unwrap();
    }

    async fn row(&self, code: &str) -> SourceRow {
        let mut tx = self.it.store.read().await.unwrap();
        sources::find(&mut tx, code).await.unwrap().unwrap()
    }

    async fn posts(&self) -> i64 {
        let mut tx = self.it.store.read().await.unwrap();
        posts::count(&mut tx).await.unwrap()
    }

    /// One step of a visit, as the loop makes it.
    async fn step(&self, code: &str) {
        let row = self.row(code).await;
        self.work.visit(&row).await.unwrap();
    }
}

fn collecting(store: &Store, clock: &Clock, base: &str) -> Collecting {
    let ids = Ids::seeded(1);
    let zone = jiff::tz::TimeZone::UTC;
    let collector = Collector::new(
        &settings(base),
        zone,
        store.clone(),
        clock.clone(),
        ids.clone(),
    );
    Collecting::new(
        store.clone(),
        collector.unwrap(),
        keys(),
        Ages {
            opens: Span::days(7),
            kept: Span::days(30),
        },
        clock.clone(),
        ids,
    )
    .called("the story's worker".into())
}

fn settings(base: &str) -> Collect {
    let mut collect = Settings::load(None, []).unwrap().collect;
    collect.allow_private_addresses = true;
    collect.telegram = true;
    collect.base.vk = format!("{base}/method");
    collect.base.telegram = base.to_owned();
    collect.vk.token = "a-token".into();
    collect
}

/// The posts that the change log calls new, in its order. On PostgreSQL a transaction of a story
/// beside this one holds the readable horizon back for a moment: it is read until `wanted` came.
async fn told_as_new(store: &Store, wanted: usize) -> Vec<PostId> {
    let mut seen = Vec::new();
    for _ in 0..20_000 {
        let mut tx = store.read().await.unwrap();
        let all = changes::list_after(&mut tx, Default::default(), 1_000_000).await;
        let new = all
            .unwrap()
            .into_iter()
            .filter(|c| c.kind == ChangeKind::New);
        seen = new.map(|change| change.post).collect();
        if seen.len() >= wanted {
            break;
        }
        tokio::task::yield_now().await;
    }
    seen
}

/// Everything that the town published was kept, and each post once.
async fn assert_collected(store: &Store, town: &Town) {
    let published = town.published();
    let mut tx = store.read().await.unwrap();
    let kept = posts::count(&mut tx).await.unwrap() as usize;
    assert_eq!(kept, published.len(), "kept, and published");
    drop(tx);
    let told = told_as_new(store, published.len()).await;
    let once: BTreeSet<PostId> = told.iter().cloned().collect();
    let lost = published.difference(&once).count();
    let strange = once.difference(&published).count();
    assert_eq!((lost, strange), (0, 0), "lost, and never published");
    assert_eq!(told.len(), once.len(), "some posts were new twice");
}

on_each_database! {
    async fn a_gone_source_is_tried_once_after_a_week(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, error(15));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        crawl.settle().await;
        assert_eq!((crawl.row("a-source").await.state.as_str(), net.asked().len()), ("gone", 1));

        crawl.clock.advance(Span::minutes(7 * 24 * 60 - 1));
        crawl.settle().await;
        assert_eq!(net.asked().len(), 1, "it is left alone for a week");
        crawl.clock.advance(Span::minutes(1));
        crawl.settle().await;
        assert_eq!((crawl.row("a-source").await.state.as_str(), net.asked().len()), ("gone", 2));

        net.clear(WALL).on(WALL, wall(&[post(1, 5)]));
        crawl.clock.advance(Span::days(6));
        crawl.settle().await;
        assert_eq!(net.asked().len(), 2);
        crawl.clock.advance(Span::days(1));
        crawl.settle().await;
        let back = crawl.row("a-source").await;
        assert_eq!((back.state.as_str(), back.failures, crawl.posts().await), ("active", 0, 1));
        crawl.clock.advance(Span::minutes(12));
        crawl.settle().await;
        assert_eq!(net.asked().len(), 4, "it is visited as usual again");
    }

    async fn a_wall_is_kept_before_its_comments_are_asked_for(it: TestStore) {
        let town = Town::open(START).await;
        let crawl = Crawl::of(it, &town.base, &town.sources()).await;
        crawl.step("vk-7").await;
        assert_eq!((crawl.posts().await, crawl.row("vk-7").await.posts), (100, 100));
        assert_eq!(town.asked()["vk:token wall.get"], 1);
        assert!(!town.asked().contains_key("vk:token wall.getComments"));
        crawl.finish().await;
        assert_collected(&crawl.it.store, &town).await;
    }

    async fn comments_are_gone_on_with_after_a_kill(it: TestStore) {
        let town = Town::open(START).await;
        let walls: Vec<_> = town.sources().into_iter().filter(|s| s.code.as_str() == "vk-7").collect();
        let mut crawl = Crawl::of(it, &town.base, &walls).await;
        let mut before = 0;
        for _ in 0..6 {
            crawl.step("vk-7").await;
            crawl.is_killed_and_started_again();
            assert!(crawl.posts().await > before, "each step keeps something");
            before = crawl.posts().await;
        }
        crawl.clock.advance(Span::seconds(5)); // more waits than one visit reads
        while crawl.row("vk-7").await.next_visit <= crawl.clock.now().as_millis() {
            crawl.step("vk-7").await;
            crawl.clock.advance(Span::seconds(5));
        }
        let all = 120 + 230 + 130 + 23 * 5;
        assert_eq!(crawl.posts().await, all);
        assert_eq!(told_as_new(&crawl.it.store, all as usize).await.len() as i64, all);
        let asked = town.asked();
        assert_eq!(asked["vk:token wall.getComments"], 23 + 3 + 2, "no discussion was begun anew");
    }

    async fn what_a_visit_did_not_find_commits_with_its_position_or_not_at_all(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(1, 5), post(2, 5)]));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        crawl.settle().await;
        let before = crawl.row("a-source").await;
        let absent = || Page {
            absent: vec![otklik::collect::sources::vk::wall::key(-7, PostKind::Post, 1)],
            next: Cursor("{}".into()),
            ..Page::default()
        };
        crawl.work.keep(&before, absent()).await.unwrap();
        crawl.clock.advance(Span::hours(1));
        let slower = crawl.work.keep(&before, absent()).await.unwrap();
        assert_eq!(slower.updated, 0, "somebody else has advanced the source");
        let kept = crawl.work.keep(&crawl.row("a-source").await, absent()).await.unwrap();
        assert_eq!(kept.updated, 1, "the slower one left no trace");
    }

    async fn what_a_killed_process_had_leased_is_free_at_the_next_start(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(1, 5)]));
        let mut crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        let mut tx = crawl.it.store.write(Priority::Bulk).await.unwrap();
        let owner = "the story's worker";
        sources::lease(&mut tx, owner, START, Span::minutes(5), 10).await.unwrap();
        tx.commit().await.unwrap();
        crawl.is_killed_and_started_again();
        crawl.settle().await;
        assert_eq!(crawl.posts().await, 1);
    }
}
