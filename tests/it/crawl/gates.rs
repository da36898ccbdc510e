//! What the schedule and the gates keep in the database: it outlives a process, and a switch in it stops
//! every one at once.

use std::collections::BTreeSet;

use otklik::{
    domain::{
        post::Platform,
        source::SourceConfig,
        time::{Span, Timestamp},
    },
    store::{Priority, Store, Tx, budget, sources},
};

use super::{Crawl, WALL};
use crate::{
    collect::{post, source, wall},
    harness::{START, TestStore},
    network::{Network, says, status},
    on_each_database,
};

const FEED: &str = "<rss version='2.0'><channel><title>x</title></channel></rss>";

async fn feed_of(net: &Network, it: TestStore) -> Crawl {
    net.on("/rss", says(FEED));
    let feed = source(Platform::Feed, &format!("{}/rss", net.base));
    Crawl::of(it, &net.base, &[feed]).await
}

/// How often a path was asked for.
fn asked(net: &Network, path: &str) -> usize {
    net.paths().iter().filter(|asked| *asked == path).count()
}

async fn write<T>(store: &Store, change: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = store.write(Priority::Person).await.unwrap();
    let made = change(&mut tx).await;
    tx.commit().await.unwrap();
    made
}

fn numbered(number: usize) -> SourceConfig {
    let owner = match number % 4 {
        0 => "https://one.example/rss".to_owned(),
        1 => "https://two.example/rss".to_owned(),
        _ => format!("https://host{number}.example/rss"),
    };
    SourceConfig {
        code: format!("source-{number}").as_str().into(),
        ..source(Platform::Feed, &owner)
    }
}

on_each_database! {
    async fn robots_txt_is_asked_for_once_a_day_whatever_restarts(it: TestStore) {
        let net = Network::start().await;
        net.on("/robots.txt", says("User-agent: *\nDisallow: /private\n"));
        let mut crawl = feed_of(&net, it).await;
        for _ in 0..3 {
            crawl.settle().await;
            crawl.is_killed_and_started_again();
            crawl.clock.advance(Span::minutes(12));
        }
        assert_eq!((asked(&net, "/robots.txt"), asked(&net, "/rss")), (1, 3));
        crawl.clock.advance(Span::hours(24));
        crawl.settle().await;
        assert_eq!(asked(&net, "/robots.txt"), 2);
        net.clear("/robots.txt").on("/robots.txt", status(503));
        crawl.clock.advance(Span::hours(25));
        crawl.settle().await;
        assert_eq!((asked(&net, "/robots.txt"), asked(&net, "/rss")), (3, 5),
            "what the site said before holds while it cannot say anything");
    }

    async fn a_site_whose_robots_txt_cannot_be_had_is_not_read_after_a_restart_either(it: TestStore) {
        let net = Network::start().await;
        net.on("/robots.txt", status(500));
        let mut crawl = feed_of(&net, it).await;
        for _ in 0..3 {
            crawl.settle().await;
            crawl.is_killed_and_started_again();
        }
        crawl.clock.advance(Span::hours(1));
        crawl.settle().await;
        assert_eq!((asked(&net, "/robots.txt"), asked(&net, "/rss")), (2, 0));
    }

    async fn a_robots_txt_that_names_a_time_holds_the_host(it: TestStore) {
        let net = Network::start().await;
        net.on("/robots.txt", status(503).with("retry-after", "7200"));
        let crawl = feed_of(&net, it).await;
        crawl.settle().await;
        crawl.clock.advance(Span::minutes(119));
        crawl.settle().await;
        assert_eq!(net.paths().len(), 1);
        net.clear("/robots.txt").on("/robots.txt", status(404));
        crawl.clock.advance(Span::minutes(10));
        crawl.settle().await;
        assert_eq!(asked(&net, "/rss"), 1);
    }

    async fn the_breaker_opens_again_for_longer_after_a_restart(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, status(500));
        let walls: Vec<SourceConfig> = (0..8).map(|n| SourceConfig {
            code: format!("wall-{n}").as_str().into(),
            ..source(Platform::Vk, &(7 + n).to_string())
        }).collect();
        let mut crawl = Crawl::of(it, &net.base, &walls).await;
        write(&crawl.it.store, async |tx| {
            for wall in &walls {
                sources::put_back(tx, wall.code.as_str(), "vk:token").await.unwrap();
            }
        }).await;
        crawl.settle().await;
        let failed = asked(&net, WALL);
        assert_eq!(failed, 5, "of eight walls");
        crawl.is_killed_and_started_again();
        crawl.settle().await;
        assert_eq!(asked(&net, WALL), failed, "held");
        crawl.clock.advance(Span::minutes(1));
        crawl.settle().await;
        assert_eq!(asked(&net, WALL), failed + 1, "one probe");
        crawl.clock.advance(Span::minutes(1));
        crawl.settle().await;
        assert_eq!(asked(&net, WALL), failed + 1, "it failed: longer than a minute");
        net.clear(WALL).on(WALL, wall(&[post(1, 5)]));
        crawl.clock.advance(Span::minutes(10));
        crawl.settle().await;
        assert!(asked(&net, WALL) > failed + 2, "it is well again");
    }

    async fn a_switch_in_the_database_stops_all_and_another_one_source(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(1, 5)]));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        let store = crawl.it.store.clone();
        write(&store, async |tx| sources::stop_all(tx, START).await.unwrap()).await;
        crawl.settle().await;
        let refused = crawl.work.collector().poll(&source(Platform::Vk, "7"), &Default::default(),
            otklik::collect::politeness::Haste::Urgent).await;
        assert!(refused.is_err(), "a person's visit is stopped also");
        assert_eq!(asked(&net, WALL), 0);
        write(&store, async |tx| sources::start_all(tx).await.unwrap()).await;
        crawl.settle().await;
        assert_eq!(asked(&net, WALL), 1);

        let stop = async |tx: &mut Tx| sources::stop(tx, "a-source", START).await.unwrap();
        assert!(write(&store, stop).await);
        crawl.clock.advance(Span::hours(1));
        crawl.settle().await;
        assert_eq!(asked(&net, WALL), 1);
        let now = crawl.clock.now();
        assert!(write(&store, async |tx| sources::start(tx, "a-source", now).await.unwrap()).await);
        crawl.settle().await;
        assert_eq!(asked(&net, WALL), 2);
        let unknown = async |tx: &mut Tx| sources::stop(tx, "nobody", START).await.unwrap();
        assert!(!write(&store, unknown).await);
    }

    async fn a_visit_that_the_budget_keeps_back_is_no_failure(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(1, 5)]));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        let until = START.plus(Span::hours(1));
        write(&crawl.it.store, async |tx| {
            budget::exhaust(tx, "vk:token", "wall.get", "2026-11-22", until).await.unwrap();
        }).await;
        crawl.settle().await;
        let row = crawl.row("a-source").await;
        assert_eq!((row.failures, row.state.as_str(), row.last_error), (0, "active", None));
        assert_eq!((row.next_visit, net.paths().len()), (START.as_millis(), 0), "it keeps its place");
        crawl.clock.advance(Span::hours(1));
        crawl.settle().await;
        assert_eq!(net.paths().len(), 1);
        let row = crawl.row("a-source").await;
        assert_eq!((row.domain.as_str(), row.interval_ms), ("vk:token", 600_000));
        let mut tx = crawl.it.store.read().await.unwrap();
        assert!(sources::find_rhythm(&mut tx, "a-source").await.unwrap().is_some());
    }

    async fn no_two_lessees_have_one_source_or_one_host_at_a_time(it: TestStore) {
        let store = it.store.clone();
        write(&store, async |tx| {
            for number in 0..40 {
                let config = numbered(number);
                sources::put(tx, &config, true, Span::minutes(10), START).await.unwrap();
                let host = config.owner.split('/').nth(2).unwrap().to_owned();
                sources::put_back(tx, config.code.as_str(), &format!("host:{host}")).await.unwrap();
            }
        }).await;
        let lessees = (0..8).map(|lessee| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut had = Vec::new();
                for _ in 0..4 {
                    let mut tx = store.write(Priority::Bulk).await.unwrap();
                    let owner = format!("lessee {lessee}");
                    let now = START.plus(Span::seconds(1));
                    had.extend(sources::lease(&mut tx, &owner, now, Span::minutes(5), 2).await.unwrap());
                    tx.commit().await.unwrap();
                }
                had
            })
        });
        let mut had = Vec::new();
        for lessee in lessees.collect::<Vec<_>>() {
            had.extend(lessee.await.unwrap());
        }
        // What somebody else was just reading was passed over.
        let now = START.plus(Span::seconds(1));
        let last = async |tx: &mut Tx| sources::lease(tx, "last", now, Span::minutes(5), 50).await;
        had.extend(write(&store, last).await.unwrap());
        let codes: BTreeSet<&str> = had.iter().map(|row| row.code.as_str()).collect();
        let hosts: BTreeSet<&str> = had.iter().map(|row| row.domain.as_str()).collect();
        assert_eq!((codes.len(), hosts.len()), (had.len(), had.len()));
        assert_eq!(had.len(), 22, "one of each host");
        assert!(had.iter().all(|row| Timestamp::from_millis(row.lease_until) > START));
    }
}
