//! A group at OK: its first visit, what comes later, edits, deletions, comments, kills.

use otklik::{
    domain::post::{Platform, PostKind},
    store::changes::ChangeKind,
};

use super::{
    Centre, key,
    ok_server::{GROUP, OkServer},
    source,
};
use crate::{harness::TestStore, on_each_database};

async fn centre(it: TestStore, server: &OkServer, owner: &str) -> Centre {
    let listed = [source(Platform::Ok, "ok-group", owner)];
    Centre::of(it, &listed, |settings| {
        settings.base.ok = server.base.clone()
    })
    .await
}

fn topic(id: i64) -> otklik::domain::post::PostKey {
    key(Platform::Ok, GROUP, PostKind::Post, &id.to_string())
}

fn comments(numbers: std::ops::Range<i64>) -> Vec<(String, String)> {
    numbers
        .map(|n| (format!("MTM{n}=="), format!("И у нас, подъезд {n}")))
        .collect()
}

on_each_database! {
    async fn a_first_visit_reads_back_page_by_page(it: TestStore) {
        let server = OkServer::start().await;
        server.group().page = 40;
        server.publish(1..=130);
        let centre = centre(it, &server, GROUP).await;
        centre.step("ok-group").await;
        assert_eq!(centre.count().await, 40, "the newest are kept before older ones are asked for");
        centre.settle().await;
        assert_eq!((centre.count().await, server.asked("stream.get")), (130, 4));
        let row = centre.row("ok-group").await;
        assert_eq!((row.state.as_str(), row.posts, row.last_error), ("active", 130, None));
        assert!(row.facts.unwrap().contains("Наш район"));
        centre.visit_later().await;
        assert_eq!(server.asked("stream.get"), 5, "nothing new: one page tells it");
        assert_eq!((server.asked("group.getInfo"), centre.count().await), (1, 130));
    }

    async fn new_edited_and_removed_topics_are_met(it: TestStore) {
        let server = OkServer::start().await;
        server.publish(1..=20);
        let centre = centre(it, &server, GROUP).await;
        centre.settle().await;
        server.publish(21..=22);
        server.change(5, |topic| topic.text = "Во дворе 5 свет дали".into());
        server.remove(10);
        centre.visit_later().await;
        assert_eq!(centre.count().await, 22);
        assert_eq!(centre.told_of(&topic(5), 2).await, [ChangeKind::New, ChangeKind::Edited]);
        assert_eq!(server.asked("mediatopic.getByIds"), 1, "what is missing is asked for by its number");
        let asked = server.group().asked.iter().rfind(|form| form["method"] == "mediatopic.getByIds").cloned();
        assert_eq!(asked.unwrap()["topic_ids"], "10");
    }

    async fn comments_are_read_back_to_what_is_known(it: TestStore) {
        let server = OkServer::start().await;
        server.group().page = 50;
        server.publish(1..=3);
        server.change(2, |topic| topic.comments = comments(0..120));
        let centre = centre(it, &server, GROUP).await;
        centre.settle().await;
        assert_eq!((centre.count().await, server.asked("discussions.getComments")), (123, 3));
        centre.visit_later().await;
        assert_eq!(server.asked("discussions.getComments"), 3, "their number is the same");
        server.change(2, |topic| topic.comments = comments(0..125));
        centre.visit_later().await;
        assert_eq!((centre.count().await, server.asked("discussions.getComments")), (128, 4));
        let marked = server.group().asked.iter().any(|form| form.get("mark_as_read").is_some_and(|m| m != "false"));
        assert!(!marked, "reading leaves no trace there");
    }

    async fn a_kill_between_asking_and_keeping_loses_nothing(it: TestStore) {
        let server = OkServer::start().await;
        server.group().page = 30;
        server.publish(1..=100);
        server.change(90, |topic| topic.comments = comments(0..70));
        let mut centre = centre(it, &server, GROUP).await;
        for _ in 0..8 {
            let row = centre.row("ok-group").await;
            // The answer comes, and nobody is there to keep it.
            let config = otklik::work::collecting::config_of(&row).unwrap();
            let cursor = otklik::domain::source::Cursor(row.cursor.clone());
            let haste = otklik::collect::politeness::Haste::Scheduled;
            centre.work.collector().step(&config, &cursor, haste).await.unwrap();
            centre.is_killed_and_started_again();
            centre.step("ok-group").await;
        }
        centre.settle().await;
        assert_eq!(centre.count().await, 170);
        assert_eq!(centre.told_of(&topic(1), 1).await, [ChangeKind::New]);
    }

    async fn closed_groups_and_persons_are_not_read(it: TestStore) {
        let server = OkServer::start().await;
        server.publish(1..=3);
        server.group().closed = true;
        let person = source(Platform::Ok, "ok-person", "ivan.petrov");
        let named = source(Platform::Ok, "ok-named", "nash-rayon");
        let centre = Centre::of(it, &[person, named], |s| s.base.ok = server.base.clone()).await;
        centre.settle().await;
        assert_eq!(centre.row("ok-person").await.state, "gone");
        let closed = centre.row("ok-named").await;
        assert_eq!((closed.state.as_str(), centre.count().await), ("gone", 0));
        assert!(closed.note.unwrap().contains("closed"));
        assert_eq!(server.asked("stream.get"), 0);
    }
}
