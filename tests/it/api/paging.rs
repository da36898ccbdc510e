//! Lists are walked by cursors that say nothing and lose nothing; what has not changed is not sent again.

use axum::http::StatusCode;
use otklik::domain::{time::Span, user::Role};

use super::{busy_office, client::Client};
use crate::{
    office::{HEATING, Office, Said},
    on_each_database,
};

async fn curator(it: crate::harness::TestStore) -> (Office, Client) {
    let office = busy_office(it).await;
    let client = Client::new(&office.router, "token of vera");
    (office, client)
}

fn said(n: usize, age: Span) -> Said {
    Said {
        id: format!("p{n}").leak(),
        topic: [
            "transport.schedule",
            "roads.potholes",
            "ecology.air",
            "health.queue",
        ][n % 4],
        place: Some(format!("ул. Дальняя, {n}").leak()),
        age,
        ..HEATING
    }
}

fn distinct(items: &[serde_json::Value], field: &str) -> usize {
    let values: std::collections::BTreeSet<String> =
        items.iter().map(|item| item[field].to_string()).collect();
    values.len()
}

on_each_database! {
    async fn pages_of_one_are_the_whole_list_in_each_order(it: TestStore) {
        let (office, client) = curator(it).await;
        for n in 0..5 {
            office.app.clock.advance(Span::minutes(3));
            office.hears(&[said(n, Span::minutes(1))]).await;
        }
        for path in ["/api/v1/incidents?order=due", "/api/v1/incidents?order=updated", "/api/v1/posts/search?order=newest",
            "/api/v1/posts/search?q=отопления"] {
            let whole = client.get(&format!("{path}&limit=200")).await.items();
            assert!(whole.len() > 2, "{path}");
            assert_eq!(client.walk(&format!("{path}&limit=1")).await.len(), whole.len());
            let ids = |list: Vec<serde_json::Value>| list.iter().map(|i| (i["number"].clone(), i["id"].clone())).collect::<Vec<_>>();
            assert_eq!(ids(client.walk(&format!("{path}&limit=2")).await), ids(whole), "{path}");
        }
    }

    async fn what_comes_meanwhile_moves_nothing(it: TestStore) {
        let (office, client) = curator(it).await;
        let mut n = 10;
        for path in ["/api/v1/incidents?limit=1", "/api/v1/posts/search?limit=1&order=newest"] {
            let before = client.walk(path).await;
            let (mut seen, mut at) = (Vec::new(), path.to_owned());
            loop {
                let answer = client.get(&at).await;
                seen.extend(answer.items());
                n += 1;
                office.app.clock.advance(Span::minutes(1));
                office.hears(&[said(n, Span::ZERO)]).await;
                match answer.json()["next"].as_str() {
                    Some(cursor) if seen.len() < 40 => at = format!("{path}&cursor={cursor}"),
                    _ => break,
                }
            }
            let key = if path.contains("incidents") { "number" } else { "id" };
            assert_eq!(distinct(&seen, key), seen.len(), "{path}: nothing comes twice");
            for item in &before {
                assert!(seen.iter().any(|s| s[key] == item[key]), "{path}: {} was lost", item[key]);
            }
        }
    }

    async fn a_program_follows_what_changed(it: TestStore) {
        let (office, client) = curator(it).await;
        let since = office.app.clock.now().to_rfc3339();
        let path = format!("/api/v1/incidents?order=updated&updated_since={since}");
        office.app.clock.advance(Span::minutes(5));
        let later = office.app.clock.now().to_rfc3339();
        assert_eq!(client.walk(&path).await.len(), 3);
        let after = path.replace(&since, &later);
        assert_eq!(client.walk(&after).await.len(), 0);
        let mut vera = office.enters("vera").await;
        vera.post("/incidents/2/take", &[("seen", "new")]).await;
        let changed = client.walk(&after).await;
        assert_eq!((changed.len(), &changed[0]["number"], &changed[0]["state"]), (1, &2.into(), &"in_progress".into()));
    }

    async fn the_same_again_is_not_sent_again(it: TestStore) {
        let (office, client) = curator(it).await;
        office.hire("lev", Role::BlockLead, &["housing"], &[]).await;
        for path in ["/api/v1/incidents", "/api/v1/incidents/1", "/api/v1/incidents/1/posts", "/api/v1/stats",
            "/api/v1/sources", "/api/v1/sectors", "/api/v1/topics", "/api/v1/municipalities"] {
            let first = client.get(path).await;
            let tag = first.header("etag").to_owned();
            assert_eq!((first.status, tag.starts_with("W/")), (StatusCode::OK, first.json()["items"].is_array()), "{path}");
            assert_eq!(first.header("cache-control"), "private, no-cache");
            let again = client.get_with(path, &[("if-none-match", &tag)]).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
            assert_eq!(again.header("etag"), tag);
            let other = client.get_with(path, &[("if-none-match", "\"other\"")]).await;
            assert_eq!((other.status, other.text), (StatusCode::OK, first.text), "{path}");
        }
    }

    async fn a_tag_goes_with_what_its_reader_sees(it: TestStore) {
        let (office, client) = curator(it).await;
        let one = "/api/v1/incidents/1";
        let tag = client.get(one).await.header("etag").to_owned();
        let mut vera = office.enters("vera").await;
        vera.post("/incidents/1/take", &[("seen", "new")]).await;
        let taken = client.get_with(one, &[("if-none-match", &tag)]).await;
        assert_eq!((taken.status, &taken.json()["state"]), (StatusCode::OK, &"in_progress".into()));
        let tag = taken.header("etag").to_owned();
        let gzip = client.get_with(one, &[("accept-encoding", "gzip")]).await;
        assert_eq!((gzip.header("etag"), gzip.header("content-encoding")), (tag.as_str(), ""), "a strong tag is of these bytes");
        office.hire("nina", Role::MunicipalHead, &[], &[crate::office::TOWN]).await;
        let narrow = Client::new(&office.router, "token of nina").get_with(one, &[("if-none-match", &tag)]).await;
        assert_eq!(narrow.status, StatusCode::OK);
        assert_ne!(narrow.header("etag"), tag);
    }

    async fn posts_of_one_moment_are_each_given_once(it: TestStore) {
        let (office, client) = curator(it).await;
        let many: Vec<Said> = (20..27).map(|n| said(n, Span::hours(2))).collect();
        office.hears(&many).await;
        let seen = client.walk("/api/v1/posts/search?order=newest&limit=3").await;
        assert_eq!((seen.len(), distinct(&seen, "id")), (11, 11));
    }
}
