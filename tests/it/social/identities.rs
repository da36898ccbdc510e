//! Identities planted in every field by which OK and MAX tell who somebody is: none of them leaves the
//! connector, but the author's number, which becomes a pseudonym before the first write.

use otklik::{
    collect::sources::{max, ok},
    domain::{post::Platform, source::Page},
};
use serde_json::{Value, json};

use crate::collect::{Crawler, source};

const CANARY: &str = "kanareika";

/// A person as both networks describe one, a canary in each field.
fn person() -> Value {
    let fields = [ok::IDENTIFYING, max::IDENTIFYING].concat();
    let planted = fields
        .iter()
        .map(|field| ((*field).to_owned(), json!(format!("{CANARY}-{field}"))));
    Value::Object(planted.collect())
}

/// The fields of a person beside those that an answer has anyhow.
fn with_person(mut answer: Value) -> Value {
    if let (Some(fields), Value::Object(person)) = (answer.as_object_mut(), person()) {
        for (name, planted) in person {
            fields.entry(name).or_insert(planted);
        }
    }
    answer
}

fn assert_clean(page: &Page) {
    assert!(!page.posts.is_empty());
    for post in &page.posts {
        let mut post = post.clone();
        assert!(post.text.contains("Во дворе яма"), "{}", post.text);
        // The author's number alone is read.
        let author = post.author.take();
        assert!(author.is_some());
        let shown = format!("{post:?}");
        assert!(!shown.contains(CANARY), "{shown}");
    }
    let said = format!("{:?} {:?} {}", page.facts, page.notes, page.next.0);
    assert!(!said.contains(CANARY), "{said}");
}

#[tokio::test]
async fn nothing_of_a_persons_leaves_oks_answers() {
    let crawler = Crawler::start().await;
    let topic = with_person(
        json!({"id": "5", "owner_ref": "group:53", "author_ref": "user:771",
        "created_ms": 1_795_348_000_000_i64, "discussion_summary": with_person(json!({"comments_count": 1})),
        "media": [with_person(json!({"type": "text", "text": "Во дворе яма"})),
            with_person(json!({"type": "photo", "photos": [person()]}))]}),
    );
    let comment = with_person(
        json!({"id": "a", "text": "Во дворе яма", "author_id": "772",
        "author_name": CANARY, "date": "2026-11-22 12:00:00"}),
    );
    let entities = json!({"users": [person()], "media_topics": [topic], "groups": [person()]});
    crawler
        .net
        .on(
            "/fb.do",
            json!([with_person(json!({"uid": "53", "name": "Наш район"}))]),
        )
        .on(
            "/fb.do",
            with_person(json!({"feeds": [person()], "entities": entities})),
        )
        .on(
            "/fb.do",
            with_person(json!({"comments": [comment], "entities": {"users": [person()]}})),
        );
    let mut group = source(Platform::Ok, "53");
    group.comments = true;
    let page = crawler.visit(&group).await.unwrap();
    assert_eq!(page.posts.len(), 2);
    assert_clean(&page);
}

#[tokio::test]
async fn nothing_of_a_persons_leaves_maxs_answers() {
    let crawler = Crawler::start().await;
    let mut sender = person();
    sender["user_id"] = json!(771);
    let message = with_person(json!({"recipient": {"chat_id": -7, "chat_type": "channel"},
        "timestamp": 1_795_348_000_000_i64, "sender": sender, "link": {"type": "forward",
            "sender": person(), "message": {"mid": "z", "text": "Во дворе яма"}},
        "body": {"mid": "a", "text": "Во дворе яма", "attachments": [
            {"type": "contact", "payload": with_person(json!({"vcf_info": CANARY, "max_info": person()}))}],
            "markup": [{"type": "user_mention", "user_link": CANARY, "user_id": CANARY}]}}));
    let chat = with_person(
        json!({"type": "channel", "is_public": true, "status": "active",
        "title": "Администрация", "dialog_with_user": person(), "participants": person()}),
    );
    crawler
        .net
        .on("/chats/-7", chat)
        .on("/messages", with_person(json!({"messages": [message]})));
    let page = crawler.visit(&source(Platform::Max, "-7")).await.unwrap();
    assert_eq!(page.posts.len(), 1);
    assert_clean(&page);
}
