//! Another system hands in what it received: once however often it asks, within its token's reach, and
//! it sees what became of it.

use axum::http::{Method, StatusCode};
use otklik::{
    config::settings::Settings,
    domain::{
        time::Span,
        user::{Permission, Role},
    },
    incidents::route::route_batch,
    store::{
        Priority,
        annotations::{self, ModelStamp, Understood},
        retention::{self, Class},
    },
};
use serde_json::{Value, json};

use super::client::{Answer, Client, allows, integrate};
use crate::{
    office::{DISTRICT, HEATING, Office, TOWN, annotation},
    on_each_database,
};

const PATH: &str = "/api/v1/submissions";
const WORDS: &str = "На Речной, 14 третий день нет отопления, звонить 89001234567";

fn appeal(number: &str) -> Value {
    json!({ "number": number, "text": WORDS, "published": "2026-11-22T09:30:00+03:00",
        "author": "Иванов И. И.", "place": "ул. Речная, 14", "municipality": TOWN })
}

async fn hand_in(client: &Client, key: &str, body: &Value) -> Answer {
    let headers = [("idempotency-key", key)];
    client.ask(Method::POST, PATH, &headers, Some(body)).await
}

async fn gateway(it: crate::harness::TestStore, towns: &[&str]) -> (Office, Client) {
    let office = Office::open(it).await;
    let may = allows(&[Permission::SubmitPosts], &[], &[], towns);
    let client = integrate(&office, "pos", &may).await;
    (office, client)
}

async fn count(office: &Office) -> i64 {
    let mut tx = office.it.store.read().await.unwrap();
    otklik::store::posts::count(&mut tx).await.unwrap()
}

on_each_database! {
    async fn an_appeal_goes_the_ordinary_way_and_its_sender_sees_what_became_of_it(it: TestStore) {
        let (office, client) = gateway(it, &[]).await;
        office.hire("vera", Role::Curator, &[], &[]).await;
        let taken = hand_in(&client, "k1", &appeal("417")).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
        let at = taken.header("location").to_owned();
        let read = client.get(&at).await;
        assert_eq!((read.text.as_str(), read.header("etag")), (taken.text.as_str(), taken.header("etag")));
        assert_eq!((&read.json()["state"], &read.json()["number"]), (&"received".into(), &"417".into()));
        for private in ["Речн", "Иванов", "8900"] {
            assert!(!read.text.contains(private), "{private}");
        }
        let post = read.json()["id"].as_str().unwrap().to_owned();
        let mut tx = office.it.store.write(Priority::Bulk).await.unwrap();
        let understood = Understood { post: post.as_str().into(), version: 1, annotation: annotation(&HEATING), duplicate_of: None };
        let stamp = ModelStamp { name: "test".into(), revision: 1 };
        annotations::save(&mut tx, &stamp, &[understood], office.app.clock.now()).await.unwrap();
        route_batch(&mut tx, &office.app.desk, 10, office.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let now = client.get_with(&at, &[("if-none-match", read.header("etag"))]).await;
        let body = now.json();
        assert_eq!((now.status, &body["state"], &body["status"]), (StatusCode::OK, &"incident".into(), &"open".into()));
        let number = body["incident"].as_i64().unwrap();
        let curator = Client::new(&office.router, "token of vera");
        assert_eq!(curator.get(&format!("/api/v1/incidents/{number}/posts")).await.items()[0]["id"], post.as_str());
        assert_eq!(client.get(&format!("/api/v1/incidents/{number}")).await.status, StatusCode::FORBIDDEN);
    }

    async fn what_is_asked_twice_is_done_once_also_after_a_restart(it: TestStore) {
        let (office, client) = gateway(it, &[]).await;
        let first = hand_in(&client, "k1", &appeal("417")).await;
        assert_eq!((first.status, first.header("idempotent-replayed")), (StatusCode::CREATED, ""));
        for router in [office.router.clone(), office.another_process()] {
            let again = hand_in(&Client::new(&router, "token of pos"), "k1", &appeal("417")).await;
            assert_eq!((again.status, &again.text, again.header("idempotent-replayed")), (StatusCode::CREATED, &first.text, "true"));
            assert_eq!((again.header("etag"), again.header("location")), (first.header("etag"), first.header("location")));
        }
        let other = hand_in(&client, "k1", &appeal("418")).await;
        assert_eq!((other.status, &other.json()["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &"urn:otklik:problem:key-reused".into()));
        let none = client.ask(Method::POST, PATH, &[], Some(&appeal("419"))).await;
        assert_eq!(none.status, StatusCode::BAD_REQUEST);
        assert_eq!(hand_in(&client, "k2", &appeal("417")).await.status, StatusCode::CONFLICT);
        assert_eq!(count(&office).await, 1);
        let mine = integrate(&office, "city", &allows(&[Permission::SubmitPosts], &[], &[], &[])).await;
        assert_eq!(hand_in(&mine, "k1", &appeal("417")).await.status, StatusCode::CREATED, "keys and numbers are each integration's own");
    }

    async fn of_many_who_ask_the_same_at_once_one_does_it_and_all_get_its_answer(it: TestStore) {
        let (office, _) = gateway(it, &[]).await;
        let routers = [office.router.clone(), office.another_process()];
        let asked = (0..12).map(|n| {
            let client = Client::new(&routers[n % 2], "token of pos");
            tokio::spawn(async move { hand_in(&client, "same", &appeal("417")).await })
        });
        let asked: Vec<_> = asked.collect();
        let (mut done, mut texts) = (0, std::collections::BTreeSet::new());
        for one in asked {
            let answer = one.await.unwrap();
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
            done += usize::from(answer.header("idempotent-replayed").is_empty());
            texts.insert(answer.text);
        }
        assert_eq!((done, texts.len(), count(&office).await), (1, 1, 1));
    }

    async fn a_key_is_kept_for_a_day_and_holds_no_words(it: TestStore) {
        let (office, client) = gateway(it, &[]).await;
        hand_in(&client, "k1", &appeal("417")).await;
        let terms = Settings::load(None, Vec::new()).unwrap().retention;
        let purge = async |after: Span| {
            let now = office.app.clock.now().plus(after);
            let mut tx = office.it.store.write(Priority::Bulk).await.unwrap();
            let gone = retention::purge_batch(&mut tx, &office.app.ids, Class::Answer, &terms, now, 10).await.unwrap();
            tx.commit().await.unwrap();
            gone
        };
        assert_eq!(purge(Span::hours(23)).await, 0);
        assert_eq!(purge(Span::hours(25)).await, 1);
        office.app.clock.advance(Span::hours(25));
        assert_eq!(hand_in(&client, "k1", &appeal("418")).await.status, StatusCode::CREATED, "the key is free again");
    }

    async fn a_change_names_what_its_program_saw(it: TestStore) {
        let (office, client) = gateway(it, &[]).await;
        let taken = hand_in(&client, "k1", &appeal("417")).await;
        let (at, tag) = (taken.header("location").to_owned(), taken.header("etag").to_owned());
        let correction = json!({ "text": "На Речной, 16 третий день нет отопления" });
        let change = async |method: Method, tag: Option<&str>, key: Option<&str>| {
            let headers: Vec<(&str, &str)> = tag.map(|t| ("if-match", t)).into_iter()
                .chain(key.map(|k| ("idempotency-key", k))).collect();
            let body = (method == Method::PATCH).then_some(&correction);
            client.ask(method, &at, &headers, body).await
        };
        assert_eq!(change(Method::PATCH, None, None).await.status, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(change(Method::PATCH, Some("\"old\""), None).await.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(change(Method::DELETE, Some("W/\"x\""), None).await.status, StatusCode::PRECONDITION_FAILED);
        let corrected = change(Method::PATCH, Some(&tag), Some("c1")).await;
        assert_eq!((corrected.status, &corrected.json()["version"]), (StatusCode::OK, &2.into()), "{}", corrected.text);
        assert_eq!(change(Method::PATCH, Some(&tag), None).await.status, StatusCode::PRECONDITION_FAILED, "it has changed");
        let again = change(Method::PATCH, Some(&tag), Some("c1")).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (StatusCode::OK, "true"));
        let stranger = integrate(&office, "city", &allows(&[Permission::SubmitPosts], &[], &[], &[])).await;
        assert_eq!(stranger.get(&at).await.status, StatusCode::NOT_FOUND);
        let gone = change(Method::DELETE, Some(corrected.header("etag")), Some("d1")).await;
        assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NO_CONTENT, ""));
        assert_eq!(change(Method::DELETE, Some(corrected.header("etag")), Some("d1")).await.status, StatusCode::NO_CONTENT);
        assert_eq!(client.get(&at).await.status, StatusCode::NOT_FOUND);
    }

    async fn an_appeal_lies_within_its_tokens_reach(it: TestStore) {
        let (office, one) = gateway(it, &[TOWN]).await;
        let two = integrate(&office, "two", &allows(&[Permission::SubmitPosts], &[], &[], &[TOWN, DISTRICT])).await;
        let mut nowhere = appeal("1");
        nowhere.as_object_mut().unwrap().remove("municipality");
        let taken = hand_in(&one, "k1", &nowhere).await;
        assert_eq!((taken.status, &taken.json()["municipality"]), (StatusCode::CREATED, &TOWN.into()), "the only one that it can be");
        assert_eq!(hand_in(&two, "k1", &nowhere).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut outside = appeal("2");
        outside["municipality"] = DISTRICT.into();
        assert_eq!(hand_in(&one, "k2", &outside).await.status, StatusCode::FORBIDDEN);
        assert_eq!(hand_in(&two, "k2", &outside).await.status, StatusCode::CREATED);
        outside["municipality"] = "12345678".into();
        assert_eq!(hand_in(&two, "k3", &outside).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_body_that_is_not_as_described_is_refused_in_words(it: TestStore) {
        let (office, client) = gateway(it, &[]).await;
        let with = |field: &str, value: Value| {
            let mut body = appeal("417");
            body[field] = value;
            body
        };
        for (n, body) in [
            with("text", "".into()), with("text", "я".repeat(16_385).into()), with("number", "a\nb".into()),
            with("number", "".into()), with("published", "вчера".into()), with("url", "javascript:alert(1)".into()),
            with("author", "".into()), with("point", json!({ "lat": 91, "lon": 0 })), with("point", json!({ "lat": 1 })),
            with("sector", "housing".into()), with("text", 7.into()), json!([]), json!("text"),
        ].iter().enumerate() {
            let answer = hand_in(&client, &format!("k{n}"), body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert!(answer.json()["errors"][0]["field"].is_string(), "{body}");
        }
        let large = with("text", "я".repeat(140_000).into());
        assert_eq!(hand_in(&client, "large", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let form = [("idempotency-key", "form"), ("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(client.ask(Method::POST, PATH, &form, None).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(hand_in(&client, "a b", &appeal("1")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(count(&office).await, 0);
        let nul = hand_in(&client, "nul", &with("text", "нет\u{0} воды".into())).await;
        assert_eq!(nul.status, StatusCode::CREATED, "PostgreSQL takes no NUL: it is kept as a space");
    }
}
