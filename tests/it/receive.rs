//! Events that VK and MAX send by themselves: who is let in, what is kept, and that it is kept once.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use otklik::{
    config::settings::{Callback, Settings},
    domain::{
        post::{Platform, PostKey, PostKind},
        source::{Cursor, SourceConfig},
        time::Span,
    },
    store::{
        Priority,
        changes::ChangeKind,
        posts,
        retention::{self, Class},
        sources::{self, Visited},
    },
};
use serde_json::{Value, json};

use crate::{
    harness::{START, TestStore},
    office::{Office, Page},
    on_each_database,
    social::told_of,
};

const VK_SECRET: &str = "a-secret-of-the-page";
const MAX_SECRET: &str = "a-secret-of-the-webhook";
const CHANNEL: i64 = -70_801_090;

fn configured(settings: &mut Settings) {
    settings.collect.vk.callbacks = vec![Callback {
        source: "vk-own".into(),
        group: 7,
        secret: VK_SECRET.into(),
        confirmation: "a1b2c3d4".into(),
    }];
    settings.collect.max.webhook_secret = MAX_SECRET.into();
}

async fn office(it: TestStore) -> Office {
    office_with(it, |_| {}).await
}

async fn office_with(it: TestStore, change: impl FnOnce(&mut Settings)) -> Office {
    let office = Office::open_with(it, |settings| {
        configured(settings);
        change(settings);
    })
    .await;
    let mut tx = office.it.store.write(Priority::Person).await.unwrap();
    for (code, platform, owner) in [
        ("vk-own", Platform::Vk, "7".to_owned()),
        ("max-channel", Platform::Max, CHANNEL.to_string()),
    ] {
        let config = SourceConfig {
            code: code.into(),
            ..crate::collect::source(platform, &owner)
        };
        sources::put(&mut tx, &config, true, Span::minutes(10), START)
            .await
            .unwrap();
        // A visit found it open.
        let visited = Visited {
            code,
            cursor_version: 0,
            next: &Cursor::default(),
            next_visit: START.plus(Span::minutes(10)),
            new_posts: 0,
            facts: None,
            interval: Span::minutes(10),
            priority: false,
            domain: "own",
        };
        sources::advance(&mut tx, &visited, START).await.unwrap();
    }
    tx.commit().await.unwrap();
    office
}

async fn posted(office: &Office, path: &str, secret: Option<&str>, body: impl ToString) -> Page {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(secret) = secret {
        request = request.header("X-Max-Bot-Api-Secret", secret);
    }
    office
        .stranger()
        .ask(request, Body::from(body.to_string()))
        .await
}

async fn vk_sends(office: &Office, event: &Value) -> Page {
    posted(office, "/receive/vk/vk-own", None, event).await
}

async fn max_sends(office: &Office, event: &Value) -> Page {
    posted(office, "/receive/max", Some(MAX_SECRET), event).await
}

fn vk_event(id: &str, kind: &str, object: Value) -> Value {
    json!({"type": kind, "event_id": id, "group_id": 7, "v": "5.199", "secret": VK_SECRET,
        "object": object})
}

fn vk_post(id: i64, text: &str) -> Value {
    json!({"id": id, "owner_id": -7, "from_id": 900_555, "date": START.as_millis() / 1000 - 60,
        "post_type": "post", "text": text})
}

fn vk_reply(id: i64, text: &str) -> Value {
    json!({"id": id, "owner_id": -7, "post_id": 1, "from_id": 900_556, "text": text,
        "date": START.as_millis() / 1000 - 30})
}

fn max_event(kind: &str, mid: &str, text: &str, at: i64) -> Value {
    json!({"update_type": kind, "timestamp": START.as_millis() + at, "message": {
        "recipient": {"chat_id": CHANNEL, "chat_type": "channel"}, "timestamp": START.as_millis(),
        "sender": {"user_id": 900_557, "name": "Анна Петрова"},
        "body": {"mid": mid, "seq": 1, "text": text}}})
}

async fn count(office: &Office) -> i64 {
    let mut tx = office.it.store.read().await.unwrap();
    posts::count(&mut tx).await.unwrap()
}

fn key(platform: Platform, owner: &str, kind: PostKind, id: &str) -> PostKey {
    PostKey {
        platform,
        owner: owner.into(),
        kind,
        external_id: id.into(),
    }
}

/// What a stranger may learn of an answer.
fn shown(page: &Page) -> (StatusCode, String) {
    let id = page.headers["x-request-id"].to_str().unwrap();
    (page.status, page.text.replace(id, ""))
}

on_each_database! {
    async fn vk_is_answered_ok_when_its_event_is_stored_once(it: TestStore) {
        let office = office(it).await;
        let new = vk_event("e1", "wall_post_new", vk_post(1, "Во дворе яма"));
        for _ in 0..3 {
            let page = vk_sends(&office, &new).await;
            assert_eq!((page.status, page.text.as_str()), (StatusCode::OK, "ok"));
        }
        vk_sends(&office, &vk_event("e2", "wall_reply_new", vk_reply(5, "И у нас"))).await;
        vk_sends(&office, &vk_event("e3", "wall_reply_edit", vk_reply(5, "И у нас, в пятом"))).await;
        let gone = json!({"owner_id": -7, "id": 5, "post_id": 1, "deleter_id": 900_556});
        vk_sends(&office, &vk_event("e4", "wall_reply_delete", gone.clone())).await;
        assert_eq!(count(&office).await, 2);
        let post = key(Platform::Vk, "-7", PostKind::Post, "1");
        assert_eq!(told_of(&office.it.store, &post, 1).await, [ChangeKind::New]);
        let reply = key(Platform::Vk, "-7", PostKind::Comment, "5");
        let all = [ChangeKind::New, ChangeKind::Edited, ChangeKind::Deleted];
        assert_eq!(told_of(&office.it.store, &reply, 3).await, all);
        let mut tx = office.it.store.read().await.unwrap();
        assert_eq!(sources::find(&mut tx, "vk-own").await.unwrap().unwrap().posts, 2);
    }

    async fn what_comes_late_or_from_elsewhere_changes_nothing(it: TestStore) {
        let office = office(it).await;
        vk_sends(&office, &vk_event("e1", "wall_post_new", vk_post(1, "Во дворе яма"))).await;
        // The same post once more under another number, with what it said before it was edited.
        vk_sends(&office, &vk_event("e2", "wall_post_new", vk_post(1, "Во дворе ям"))).await;
        let mut elsewhere = vk_post(9, "Чужая стена");
        elsewhere["owner_id"] = json!(-8);
        vk_sends(&office, &vk_event("e3", "wall_post_new", elsewhere)).await;
        let mut personal = vk_post(9, "Личная стена");
        personal["owner_id"] = json!(900_555);
        vk_sends(&office, &vk_event("e4", "wall_repost", personal)).await;
        let unknown = json!({"owner_id": -7, "id": 77, "post_id": 1});
        vk_sends(&office, &vk_event("e5", "wall_reply_delete", unknown)).await;
        for (id, odd) in [("e6", json!(null)), ("e7", json!([])), ("e8", json!({"id": "x"}))] {
            assert_eq!(vk_sends(&office, &vk_event(id, "wall_post_new", odd)).await.text, "ok");
        }
        assert_eq!(vk_sends(&office, &vk_event("e9", "group_officers_edit", json!({}))).await.text, "ok");
        assert_eq!(count(&office).await, 1);
        let post = key(Platform::Vk, "-7", PostKind::Post, "1");
        assert_eq!(told_of(&office.it.store, &post, 1).await, [ChangeKind::New]);
    }

    async fn max_is_heard_once_and_an_old_edit_is_not(it: TestStore) {
        let office = office(it).await;
        let first = max_event("message_created", "a", "На Луговой прорвало трубу", 0);
        for _ in 0..3 {
            assert_eq!(max_sends(&office, &first).await.text, "ok");
        }
        max_sends(&office, &max_event("message_edited", "a", "На Луговой починили", 20)).await;
        max_sends(&office, &max_event("message_edited", "a", "На Луговой чинят", 10)).await;
        let post = || key(Platform::Max, &CHANNEL.to_string(), PostKind::Post, "a");
        assert_eq!(told_of(&office.it.store, &post(), 2).await, [ChangeKind::New, ChangeKind::Edited]);
        let gone = json!({"update_type": "message_removed", "chat_id": CHANNEL, "message_id": "a",
            "user_id": 1, "timestamp": START.as_millis() + 30});
        max_sends(&office, &gone).await;
        let all = [ChangeKind::New, ChangeKind::Edited, ChangeKind::Deleted];
        assert_eq!(told_of(&office.it.store, &post(), 3).await, all);
        let mut dialogue = max_event("message_created", "b", "Личное", 0);
        dialogue["message"]["recipient"] = json!({"chat_id": 5, "chat_type": "dialog"});
        let mut stranger = max_event("message_created", "c", "Чужой канал", 0);
        stranger["message"]["recipient"]["chat_id"] = json!(-99);
        for event in [dialogue, stranger, json!({"update_type": "bot_started"}), json!(7)] {
            assert_eq!(max_sends(&office, &event).await.text, "ok");
        }
        assert_eq!(count(&office).await, 1);
    }

    async fn whoever_lacks_the_secret_learns_nothing(it: TestStore) {
        let office = office(it).await;
        let sound = vk_event("e1", "wall_post_new", vk_post(1, "Во дворе яма"));
        let with = |field: &str, value: Value| {
            let mut event = sound.clone();
            event[field] = value;
            event
        };
        let nowhere = shown(&posted(&office, "/receive/nowhere", None, &sound).await);
        assert_eq!(nowhere.0, StatusCode::NOT_FOUND);
        for event in [
            with("secret", json!("another")),
            with("secret", json!(null)),
            with("secret", json!(["a-secret-of-the-page"])),
            with("group_id", json!(8)),
            with("group_id", json!(null)),
            with("type", json!("confirmation")),
        ] {
            let mut event = event;
            if event["type"] == "confirmation" {
                event["secret"] = json!("another");
            }
            assert_eq!(shown(&vk_sends(&office, &event).await), nowhere, "{event}");
        }
        assert_eq!(shown(&posted(&office, "/receive/vk/vk-other", None, &sound).await), nowhere);
        assert_eq!(shown(&posted(&office, "/receive/vk/vk-own", None, "no json").await), nowhere);
        let event = max_event("message_created", "a", "Труба", 0);
        for secret in [None, Some(""), Some("another"), Some(VK_SECRET)] {
            assert_eq!(shown(&posted(&office, "/receive/max", secret, &event).await), nowhere);
        }
        assert_eq!(count(&office).await, 0);
    }

    async fn vks_question_is_answered_while_the_settings_hold_the_answer(it: TestStore) {
        let office = office(it).await;
        let question = |group: i64| json!({"type": "confirmation", "group_id": group});
        let page = vk_sends(&office, &question(7)).await;
        assert_eq!((page.status, page.text.as_str()), (StatusCode::OK, "a1b2c3d4"));
        assert_eq!(vk_sends(&office, &question(8)).await.status, StatusCode::NOT_FOUND);
        let mut secret = question(7);
        secret["secret"] = json!(VK_SECRET);
        assert_eq!(vk_sends(&office, &secret).await.text, "a1b2c3d4");
        assert_eq!(count(&office).await, 0);
    }

    async fn floods_and_what_is_large_are_refused(it: TestStore) {
        let office = office_with(it, |settings| settings.web.limits.receive_per_minute = 3).await;
        let large = vk_event("e0", "wall_post_new", vk_post(1, &"а".repeat(200_000)));
        assert_eq!(vk_sends(&office, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let event = vk_event("e1", "wall_post_new", vk_post(1, "Во дворе яма"));
        let statuses = [
            vk_sends(&office, &event).await.status,
            max_sends(&office, &json!({})).await.status,
            vk_sends(&office, &event).await.status,
        ];
        assert_eq!(statuses, [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS]);
    }

    async fn while_collecting_is_off_the_networks_are_asked_to_come_later(it: TestStore) {
        let office = office_with(it, |settings| settings.collect.enabled = false).await;
        let event = vk_event("e1", "wall_post_new", vk_post(1, "Во дворе яма"));
        let page = vk_sends(&office, &event).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers["retry-after"], "1800");
        let event = max_event("message_created", "a", "Труба", 0);
        assert_eq!(max_sends(&office, &event).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(count(&office).await, 0);
    }

    async fn numbers_of_events_are_forgotten_after_a_week(it: TestStore) {
        let office = office(it).await;
        let event = vk_event("e1", "wall_post_new", vk_post(1, "Во дворе яма"));
        vk_sends(&office, &event).await;
        let terms = office.app.settings.retention.clone();
        for (days, purged) in [(6, 0), (8, 1)] {
            let now = START.plus(Span::days(days));
            let mut tx = office.it.store.write(Priority::Person).await.unwrap();
            let gone = retention::purge_batch(&mut tx, &office.app.ids, Class::Event, &terms, now, 10).await;
            assert_eq!(gone.unwrap(), purged);
            tx.commit().await.unwrap();
        }
    }
}
