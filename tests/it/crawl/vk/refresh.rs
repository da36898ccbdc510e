//! Posts that we hold are asked for again by name as they grow older: edits, counters, and what is gone.

use otklik::{
    domain::{
        id::PostId,
        post::{Platform, PostKey, PostKind},
        source::Cursor,
        time::Span,
    },
    store::posts,
    work::collecting::config_of,
};
use serde_json::{Value, json};

use super::super::{Crawl, WALL};
use crate::{
    collect::{error, post, source, wall},
    harness::keys,
    network::Network,
    on_each_database,
};

const BY_ID: &str = "/method/wall.getById";

fn key(id: i64) -> PostKey {
    PostKey {
        platform: Platform::Vk,
        owner: "-7".into(),
        kind: PostKind::Post,
        external_id: id.to_string(),
    }
}

fn id(post: i64) -> PostId {
    keys().identity.post_id(&key(post))
}

/// The names that were asked for, in order, call by call.
fn names(net: &Network) -> Vec<Vec<String>> {
    let asked = net.asked().into_iter().filter(|asked| asked.path == BY_ID);
    asked
        .map(|asked| asked.form["posts"].split(',').map(str::to_owned).collect())
        .collect()
}

impl Crawl {
    /// A whole visit, each step kept; what was missing at the source.
    async fn visit(&self, code: &str) -> Vec<PostKey> {
        let mut absent = Vec::new();
        for _ in 0..10 {
            let row = self.row(code).await;
            let config = config_of(&row).unwrap();
            let haste = otklik::collect::politeness::Haste::Scheduled;
            let step = self.work.collector();
            let step = step
                .step(&config, &Cursor(row.cursor.clone()), haste)
                .await
                .unwrap();
            absent.extend(step.page.absent.clone());
            self.work.keep(&row, step.page).await.unwrap();
            if !step.goes_on {
                break;
            }
        }
        absent
    }
}

on_each_database! {
    async fn posts_are_asked_for_at_their_ages_many_in_one_call(it: TestStore) {
        let net = Network::start().await;
        let fresh: Vec<Value> = (0..30).map(|n| post(100 - n, n)).collect();
        net.on(WALL, wall(&fresh)).on(WALL, wall(&[]));
        net.on(BY_ID, json!({"response": {"items": fresh}}));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        crawl.clock.advance(Span::minutes(1)); // at midnight itself nothing of the day's budget is there
        for _ in 0..(26 * 6) {
            crawl.visit("a-source").await;
            crawl.clock.advance(Span::minutes(10));
        }
        let names = names(&net);
        let asked: usize = names.iter().map(Vec::len).sum();
        assert_eq!(asked, 3 * 30, "after an hour, six hours and a day");
        assert!(names.len() <= 5, "gathered: {names:?}");
        assert!(names[0].iter().all(|name| name.starts_with("-7_")));
    }

    async fn an_edit_is_kept_and_the_wall_costs_nothing(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(5, 10), post(4, 20)])).on(WALL, wall(&[]));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        crawl.visit("a-source").await;
        let mut edited = post(5, 10);
        edited["text"] = json!("Сообщение 5. Уже починили, спасибо");
        edited["edited"] = json!(crawl.clock.now().as_millis() / 1000);
        let mut seen = post(4, 20);
        seen["views"] = json!({"count": 900});
        // The bare array is the answer of older versions.
        net.on(BY_ID, json!({"response": [edited, seen]}));
        crawl.clock.advance(Span::minutes(61));
        assert_eq!(crawl.visit("a-source").await, []);
        let mut tx = crawl.it.store.read().await.unwrap();
        let waiting = posts::list_waiting(&mut tx, 10).await.unwrap();
        let text = |post| {
            let of = waiting.iter().find(|waiting| waiting.id == id(post).0);
            of.map(|waiting| (waiting.version, waiting.text.clone()))
        };
        assert_eq!(text(5), Some((2, "Сообщение 5. Уже починили, спасибо".to_owned())));
        assert_eq!(text(4), Some((1, "Сообщение 4".to_owned())));
        assert_eq!(net.asked().iter().filter(|asked| asked.path == WALL).count(), 2);
    }

    async fn what_is_missing_or_deleted_is_told_and_asked_for_once_more(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(6, 5), post(5, 10), post(4, 20)])).on(WALL, wall(&[]));
        let mut deleted = post(5, 10);
        deleted["is_deleted"] = json!(true);
        deleted["text"] = json!("");
        net.on(BY_ID, json!({"response": {"items": [post(6, 5), deleted]}}));
        net.on(BY_ID, json!({"response": {"items": [post(4, 20)]}}));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        crawl.visit("a-source").await;
        crawl.clock.advance(Span::minutes(61));
        assert_eq!(crawl.visit("a-source").await, [key(5), key(4)]);
        crawl.clock.advance(Span::minutes(30));
        assert_eq!(crawl.visit("a-source").await, [], "not again within the hour");
        crawl.clock.advance(Span::minutes(31));
        assert_eq!(crawl.visit("a-source").await, [key(5)], "4 is back");
        let names = names(&net);
        assert_eq!(names[1], ["-7_4", "-7_5"], "only those that were missing");
        crawl.clock.advance(Span::minutes(61));
        assert_eq!(crawl.visit("a-source").await, []);
        assert_eq!(names.len(), 2, "twice is enough");
    }

    async fn what_could_not_be_asked_for_is_asked_for_later(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, wall(&[post(5, 10)])).on(WALL, wall(&[]));
        net.on(BY_ID, error(10)).on(BY_ID, json!({"response": {"items": [post(5, 10)]}}));
        let crawl = Crawl::of(it, &net.base, &[source(Platform::Vk, "7")]).await;
        crawl.visit("a-source").await;
        for minutes in [61, 61, 61] {
            crawl.clock.advance(Span::minutes(minutes));
            assert_eq!(crawl.visit("a-source").await, []);
            assert_eq!(crawl.row("a-source").await.state, "active");
        }
        assert_eq!(names(&net), [["-7_5"], ["-7_5"]]);
    }
}
