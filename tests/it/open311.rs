//! Reading an Open311 endpoint, over real HTTP: what is asked, how states come back as edits, what an
//! endpoint's error asks for.

use otklik::{
    domain::{
        post::Platform,
        reading::Open311,
        source::{Reaction, SourceConfig},
        time::Span,
    },
    store::posts::{self, KeepAs},
};
use serde_json::{Value, json};

use crate::{
    collect::{Crawler, source},
    harness::{self, START},
    network::{Network, says, status},
};

fn endpoint(net: &Network, table: Open311) -> SourceConfig {
    SourceConfig {
        open311: Some(table),
        ..source(Platform::Open311, &format!("{}/open311/v2", net.base))
    }
}

/// A request, so many minutes before the story's start.
fn request(id: &str, minutes: i64, state: &str) -> Value {
    let at = START.minus(Span::minutes(minutes)).to_rfc3339();
    json!({"service_request_id": id, "status": state, "service_code": "012", "description": format!("Яма {id}"),
        "requested_datetime": at, "updated_datetime": at, "lat": 56.84, "long": 60.6, "address": "Садовая, 5",
        "first_name": "Иван", "email": "ivan@example.org", "phone": "+79001234567"})
}

const REQUESTS: &str = "/open311/v2/requests.json";
const SERVICES: &str = "/open311/v2/services.json";

#[tokio::test]
async fn requests_are_read_with_their_state_place_and_service_and_without_who_reported() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    net.on(
        SERVICES,
        says("[{\"service_code\":012,\"service_name\":\"Ямы на дорогах\"}]"),
    );
    let mut done = request("0007", 30, "closed");
    done["status_notes"] = json!("Заделана 20 ноября");
    net.on(REQUESTS, json!([done, request("8", 20, "open")]));
    let city = endpoint(
        net,
        Open311 {
            jurisdiction_id: Some("gorod.example".into()),
            link: Some("https://gorod.example/report/{id}".into()),
            ..Open311::default()
        },
    );
    let page = crawler.visit(&city).await.unwrap();
    let post = &page.posts[0];
    assert_eq!(post.key.external_id, "0007");
    assert_eq!(
        post.title.as_deref(),
        Some("Ямы на дорогах [closed: Заделана 20 ноября]")
    );
    assert_eq!(
        (post.text.as_str(), post.point),
        ("Яма 0007", Some((56.84, 60.6)))
    );
    assert_eq!(post.place_hint.as_deref(), Some("Садовая, 5"));
    assert_eq!(
        post.url.as_deref(),
        Some("https://gorod.example/report/0007")
    );
    assert_eq!(post.author, None);
    let all = format!("{page:?}");
    assert!(!all.contains("ivan@") && !all.contains("Иван") && !all.contains("7900"));
    let asked = net.asked();
    assert!(
        asked
            .iter()
            .all(|asked| asked.query.contains("jurisdiction_id=gorod.example"))
    );
    assert!(
        asked[1]
            .query
            .contains("start_date=2026-10-23T12%3A00%3A00Z"),
        "{}",
        asked[1].query
    );
    // The next visit looks at the last day; some hours later, at thirty.
    crawler.visit(&city).await.unwrap();
    assert!(
        net.asked()[2]
            .query
            .contains("start_date=2026-11-21T12%3A00%3A00Z")
    );
    crawler.clock.advance(Span::hours(7));
    crawler.visit(&city).await.unwrap();
    assert!(
        net.asked()[3]
            .query
            .contains("start_date=2026-10-23T12%3A00%3A00Z")
    );
}

#[tokio::test]
async fn a_state_that_changes_is_an_edit_of_the_post() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    net.on(REQUESTS, json!([request("7", 30, "open")]));
    let city = endpoint(net, Open311::default());
    let as_ = KeepAs {
        source: "a-source",
        municipality: None,
        alerts: true,
        now: START,
        history: START.minus(Span::days(7)),
        oldest: None,
    };
    let keep = async |page: otklik::domain::source::Page| {
        let mut tx = crawler
            .store
            .store
            .write(otklik::store::Priority::Bulk)
            .await
            .unwrap();
        let kept = posts::keep(&mut tx, &harness::keys(), &as_, page.posts)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        (kept.new, kept.updated, kept.unchanged)
    };
    assert_eq!(keep(crawler.visit(&city).await.unwrap()).await, (1, 0, 0));
    assert_eq!(keep(crawler.visit(&city).await.unwrap()).await, (0, 0, 1));
    net.clear(REQUESTS)
        .on(REQUESTS, json!([request("7", 30, "closed")]));
    assert_eq!(keep(crawler.visit(&city).await.unwrap()).await, (0, 1, 0));
}

#[tokio::test]
async fn a_capped_answer_is_followed_by_what_it_left_out() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    let of = |minutes: std::ops::Range<i64>| -> Value {
        minutes
            .map(|m| request(&m.to_string(), m, "open"))
            .collect()
    };
    // Three requests an answer at most, the newest first.
    net.on(REQUESTS, of(1..4))
        .on(REQUESTS, of(3..6))
        .on(REQUESTS, of(5..7));
    let city = endpoint(
        net,
        Open311 {
            max_requests: Some(3),
            ..Open311::default()
        },
    );
    let page = crawler.visit(&city).await.unwrap();
    let mut ids: Vec<&str> = page
        .posts
        .iter()
        .map(|post| post.key.external_id.as_str())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6"]);
    let asked = net.asked();
    assert!(asked[1].query.contains("max_requests=3"));
    assert!(
        asked[2].query.contains("end_date=2026-11-22T11%3A57%3A00Z"),
        "{}",
        asked[2].query
    );
    assert!(!page.more);
}

#[tokio::test]
async fn a_server_that_tells_changes_is_asked_for_them_in_xml_by_its_discovery_file() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    net.on("/discovery.xml", says(format!(
        "<discovery><endpoints><endpoint><specification>http://wiki.open311.org/GeoReport_v2</specification>\
         <url>{}/v2</url><type>production</type></endpoint></endpoints></discovery>", net.base)));
    net.on("/v2/services.xml", status(503));
    net.on("/v2/requests.xml", says("<service_requests><request><service_request_id>5</service_request_id>\
        <status>open</status><description>Снег</description><requested_datetime>2026-11-22T10:00:00Z\
        </requested_datetime></request></service_requests>"));
    let table = Open311 {
        format: Some("xml".into()),
        updated_after: true,
        ..Open311::default()
    };
    let city = SourceConfig {
        owner: format!("{}/discovery.xml", net.base),
        ..endpoint(net, table)
    };
    let page = crawler.visit(&city).await.unwrap();
    assert_eq!(page.posts[0].text, "Снег");
    assert!(
        page.notes[0].contains("services were not read"),
        "{:?}",
        page.notes
    );
    crawler.clock.advance(Span::minutes(10));
    crawler.visit(&city).await.unwrap();
    let asked = net.asked();
    let last = asked.last().unwrap();
    assert!(
        last.query
            .contains("updated_after=2026-11-22T11%3A00%3A00Z"),
        "{}",
        last.query
    );
    assert_eq!(asked.len(), 4, "described once");
}

#[tokio::test]
async fn an_error_is_told_in_the_endpoints_own_words() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    net.on(SERVICES, json!([]));
    let error = r#"[{"code":400,"description":"jurisdiction_id was not provided."}]"#;
    net.on(REQUESTS, says(error));
    let city = endpoint(net, Open311::default());
    let failed = crawler.visit(&city).await.unwrap_err();
    assert_eq!((failed.reaction, failed.code), (Reaction::Stop, Some(400)));
    assert!(
        failed.message.contains("jurisdiction_id was not provided."),
        "{failed}"
    );
    net.clear(REQUESTS)
        .on(REQUESTS, says("<html><body>Ремонт</body>"));
    let broken = crawler.visit(&city).await.unwrap_err();
    assert!(broken.message.contains("PARSER_BROKEN"), "{broken}");
}
