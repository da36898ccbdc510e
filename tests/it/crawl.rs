//! The loop that visits sources, over real HTTP and on both databases: what is kept when, what a
//! kill leaves behind, and when a source that is gone is tried again.

use std::sync::Arc;

use otklik::{
    collect::poll::Collector,
    config::settings::{Collect, Settings},
    domain::{
        id::Ids,
        post::Platform,
        source::SourceConfig,
        time::{Clock, Span},
    },
    store::{
        Priority, Store, posts,
        sources::{self, SourceRow},
    },
    work::{Work, collecting::Collecting, supervisor::settle},
};

use crate::{
    collect::{error, post, source, wall},
    harness::{START, TestStore, clock, keys},
    network::Network,
    on_each_database,
};

const WALL: &str = "/method/wall.get";

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
            sources::put(&mut tx, source, true, every, START)
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
        Span::days(7),
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
