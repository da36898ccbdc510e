//! Self-checks and backfills over loopback HTTP, on both databases: what is found once and closes itself,
//! and a period that is read again through kills and stops.

use otklik::{
    store::{
        backfills::{self, BackfillRow, NewBackfill},
        watch::{self, GapRow},
    },
    work::collecting::Backfilling,
};
use serde_json::json;

use super::*;
use crate::network::status;

const CODE: &str = "a-source";

impl Crawl {
    /// Open findings, and how many were ever raised.
    async fn findings(&self) -> Vec<String> {
        let mut tx = self.it.store.read().await.unwrap();
        let open = watch::open_of(&mut tx, CODE).await.unwrap();
        open.into_iter().map(|row| row.kind).collect()
    }

    async fn gaps(&self) -> Vec<GapRow> {
        let mut tx = self.it.store.read().await.unwrap();
        watch::list_gaps(&mut tx, CODE).await.unwrap()
    }

    async fn backfills(&self) -> Vec<BackfillRow> {
        let mut tx = self.it.store.read().await.unwrap();
        backfills::list(&mut tx, CODE).await.unwrap()
    }

    async fn ask_for(&self, days: i64) {
        let mut tx = self.it.store.write(Priority::Person).await.unwrap();
        let new = NewBackfill {
            id: "b1",
            source: CODE,
            since: START.minus(Span::days(days)),
            until: START,
            who: "ad",
        };
        backfills::add(&mut tx, &new, START).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// One request of a backfill, after its pause.
    async fn read_back(&self) -> bool {
        self.clock.advance(Span::minutes(5));
        Backfilling::beside(self.work.clone()).step().await.unwrap()
    }

    async fn later(&self, minutes: i64) {
        self.clock.advance(Span::minutes(minutes));
        self.settle().await;
    }
}

async fn watched(it: TestStore, net: &Network) -> Crawl {
    Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await
}

/// A post so many days before the story's start.
fn old(id: i64, days: i64) -> serde_json::Value {
    post(id, days * 24 * 60)
}

fn offsets(net: &Network) -> Vec<String> {
    let asked = net.asked().into_iter().filter(|asked| asked.path == WALL);
    asked
        .filter_map(|asked| asked.form.get("offset").cloned())
        .collect()
}

on_each_database! {
    async fn a_wall_that_shows_nothing_twice_is_a_broken_parser_until_it_shows_something(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(2, 5), post(1, 10)]));
        let crawl = watched(it, &net).await;
        crawl.settle().await;
        crawl.later(12).await;
        assert!(crawl.findings().await.is_empty(), "nothing new is no finding");
        net.clear(WALL).on(WALL, wall(&[]));
        crawl.later(12).await;
        assert!(crawl.findings().await.is_empty(), "once may be chance");
        crawl.later(12).await;
        assert_eq!(crawl.findings().await, ["parser_broken"]);
        crawl.later(12).await;
        assert_eq!(crawl.findings().await, ["parser_broken"], "it is raised once");
        net.clear(WALL).on(WALL, wall(&[post(3, -40), post(2, 5), post(1, 10)]));
        crawl.later(12).await;
        assert!(crawl.findings().await.is_empty(), "it closes itself");
    }

    async fn a_source_that_was_always_empty_is_not_broken(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[]));
        let crawl = watched(it, &net).await;
        for _ in 0..4 {
            crawl.later(12).await;
        }
        assert!(crawl.findings().await.is_empty());
    }

    async fn posts_that_were_jumped_over_are_read_again_and_the_gap_closes(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(10, 5), post(9, 10)]));
        let crawl = watched(it, &net).await;
        crawl.settle().await;
        net.clear(WALL).on(WALL, wall(&[post(41, -50), post(40, -40)]));
        crawl.later(60).await;
        assert_eq!(crawl.findings().await, ["gap"]);
        let gap = &crawl.gaps().await[0];
        let moment = |minutes| START.minus(Span::minutes(minutes)).as_millis();
        assert_eq!((gap.kind.as_str(), gap.since, gap.until), ("skipped", moment(5), moment(-40)));
        let ordered = &crawl.backfills().await[0];
        assert_eq!((ordered.since, ordered.who.as_str()), (gap.since, "service:selfcheck"));

        let between = [post(41, -50), post(40, -40), post(30, -20), post(10, 5), post(9, 10)];
        net.clear(WALL).on(WALL, wall(&between));
        assert!(crawl.read_back().await);
        let done = &crawl.backfills().await[0];
        assert_eq!((done.state.as_str(), done.reason.as_deref(), done.kept), ("done", Some("reached"), 1));
        assert!(crawl.gaps().await[0].closed.is_some());
        assert!(crawl.findings().await.is_empty());
        assert_eq!(crawl.posts().await, 5);
        assert!(!crawl.read_back().await, "nothing is left to do");
    }

    async fn a_period_is_read_again_a_page_at_a_time_through_a_kill(it: TestStore) {
        let net = Network::start().await;
        let mut pinned = old(1, 300);
        pinned["is_pinned"] = json!(1);
        net.on(WALL, wall(&[pinned, old(9, 1), old(8, 3)]));
        net.on(WALL, status(503)).on(WALL, status(503));
        net.on(WALL, wall(&[old(8, 3), old(7, 10), old(6, 19)]));
        net.on(WALL, wall(&[old(5, 25), old(4, 40)]));
        let mut crawl = watched(it, &net).await;
        crawl.ask_for(20).await;
        assert!(crawl.read_back().await);
        let row = &crawl.backfills().await[0];
        assert_eq!((row.state.as_str(), row.found, row.kept, row.requests), ("waiting", 2, 2, 1));
        assert_eq!(row.reached, Some(START.minus(Span::days(3)).as_millis()));
        assert!(!Backfilling::beside(crawl.work.clone()).step().await.unwrap(), "visits come first");

        crawl.is_killed_and_started_again();
        for _ in 0..60 {
            crawl.read_back().await;
        }
        let row = &crawl.backfills().await[0];
        assert_eq!((row.state.as_str(), row.reason.as_deref()), ("done", Some("reached")));
        assert_eq!((row.found, row.kept, crawl.posts().await), (5, 4, 4), "the overlap is known");
        let asked = offsets(&net);
        assert_eq!((asked.first().unwrap().as_str(), asked.last().unwrap().as_str()), ("0", "190"));
        let source = crawl.row(CODE).await;
        assert_eq!((source.posts, source.last_visit), (4, None), "a backfill is no visit");
    }

    async fn what_is_older_than_posts_are_kept_is_told_and_not_kept(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[old(9, 1), old(8, 29), old(7, 33), old(6, 50)]));
        let crawl = watched(it, &net).await;
        crawl.ask_for(90).await;
        assert!(crawl.read_back().await);
        let row = &crawl.backfills().await[0];
        assert_eq!((row.state.as_str(), row.kept, row.outlived), ("done", 2, 2));
        assert_eq!(net.asked().len(), 1, "no request is spent on what is not kept");
    }

    async fn a_person_stops_a_backfill_and_a_closed_page_ends_one(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[old(9, 1)])).on(WALL, error(15));
        let crawl = watched(it, &net).await;
        crawl.ask_for(20).await;
        assert!(crawl.read_back().await && crawl.read_back().await);
        let row = &crawl.backfills().await[0];
        assert_eq!((row.state.as_str(), row.reason.as_deref()), ("failed", Some("closed")));

        let mut tx = crawl.it.store.write(Priority::Person).await.unwrap();
        let (since, until) = (START.minus(Span::days(20)), START);
        let new = NewBackfill { id: "b2", source: CODE, since, until, who: "ad" };
        backfills::add(&mut tx, &new, START).await.unwrap();
        assert!(backfills::stop(&mut tx, CODE, "b2", START).await.unwrap());
        assert!(!backfills::stop(&mut tx, CODE, "b2", START).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!crawl.read_back().await);
    }

    async fn a_channel_is_read_back_by_its_numbers_and_a_feed_as_far_as_it_reaches(it: TestStore) {
        let town = Town::open(START).await;
        let crawl = Crawl::of(it, &town.base, &town.sources()).await;
        let mut tx = crawl.it.store.write(Priority::Person).await.unwrap();
        for code in ["tg-gorod", "paper"] {
            let (since, until) = (START.minus(Span::days(29)), START);
            let new = NewBackfill { id: code, source: code, since, until, who: "ad" };
            backfills::add(&mut tx, &new, START).await.unwrap();
        }
        tx.commit().await.unwrap();
        for _ in 0..30 {
            crawl.read_back().await;
        }
        let mut tx = crawl.it.store.read().await.unwrap();
        let channel = backfills::find(&mut tx, "tg-gorod").await.unwrap().unwrap();
        let paper = backfills::find(&mut tx, "paper").await.unwrap().unwrap();
        assert_eq!(channel.state, "done");
        assert!(channel.requests > 1 && channel.kept > 20, "{channel:?}");
        assert_eq!((paper.state.as_str(), paper.reason.as_deref()), ("done", Some("nothing_older")));
        assert_eq!(paper.requests, 1);
    }

    async fn visits_are_counted_by_the_hour_and_errors_by_their_kind(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(1, 5)]));
        let crawl = watched(it, &net).await;
        crawl.settle().await;
        crawl.later(12).await;
        net.clear(WALL).on(WALL, status(503));
        crawl.later(12).await;
        crawl.later(30).await;
        let mut tx = crawl.it.store.read().await.unwrap();
        let hours = watch::list_hours(&mut tx, CODE).await.unwrap();
        let sum = |of: fn(&otklik::domain::coverage::Hour) -> i64| hours.iter().map(of).sum::<i64>();
        assert_eq!((sum(|h| h.made), sum(|h| h.expected)), (2, 2));
        assert!(sum(|h| h.failed) >= 2);
        let errors = watch::list_errors(&mut tx, CODE).await.unwrap();
        assert!(errors.iter().any(|error| error.class == "server"), "{errors:?}");
        assert!(errors.iter().map(|error| error.times).sum::<i64>() >= 2, "{errors:?}");
    }
}
