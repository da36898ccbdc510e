//! What programs read, with a token and within its scope.

mod client;
mod described;
mod paging;
mod submissions;
mod tokens;

use axum::http::{Request, StatusCode, header};
use otklik::domain::{time::Span, user::Role};
use serde_json::Value;
use tower::ServiceExt;

use crate::{
    harness::START,
    office::{DISTRICT, HEATING, Office, RUBBISH, Said, UNSURE},
    on_each_database,
};

struct Answer {
    status: StatusCode,
    kind: String,
    body: Value,
}

async fn ask(office: &Office, token: &str, path: &str) -> Answer {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(axum::body::Body::empty())
        .unwrap();
    let response = office.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response.headers()[header::CONTENT_TYPE]
        .to_str()
        .unwrap()
        .to_owned();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    Answer {
        status,
        kind,
        body: serde_json::from_slice(&bytes).unwrap(),
    }
}

async fn busy_office(it: crate::harness::TestStore) -> Office {
    let office = Office::open(it).await;
    office.hire("vera", Role::Curator, &[], &[]).await;
    let hot = Said {
        id: "7",
        municipality: DISTRICT,
        age: Span::minutes(5),
        ..HEATING
    };
    office.hears(&[HEATING, RUBBISH, UNSURE, hot]).await;
    office
}

on_each_database! {
    async fn without_a_valid_token_a_program_is_told_how_to_come(it: TestStore) {
        let office = Office::open(it).await;
        let answer = ask(&office, "guess", "/api/v1/stats").await;
        assert_eq!((answer.status, answer.kind.as_str()), (StatusCode::UNAUTHORIZED, "application/problem+json"));
        assert_eq!(answer.body["status"], 401);
        assert!(answer.body["request_id"].is_string());
    }

    async fn the_queue_is_read_page_by_page_nearest_promise_first(it: TestStore) {
        let office = busy_office(it).await;
        let mut seen = Vec::new();
        let mut path = "/api/v1/incidents?limit=1".to_owned();
        loop {
            let answer = ask(&office, "token of vera", &path).await;
            assert_eq!(answer.status, StatusCode::OK);
            for item in answer.body["items"].as_array().unwrap() {
                seen.push((item["due"].as_str().unwrap().to_owned(), item["number"].as_i64().unwrap()));
            }
            match answer.body["next"].as_str() {
                Some(cursor) => path = format!("/api/v1/incidents?limit=1&cursor={cursor}"),
                None => break,
            }
        }
        let mut sorted = seen.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((seen.len(), &seen), (3, &sorted));
    }

    async fn filters_are_obeyed_and_wrong_ones_refused(it: TestStore) {
        let office = busy_office(it).await;
        let count = async |path: &str| {
            let answer = ask(&office, "token of vera", path).await;
            answer.body["items"].as_array().map(Vec::len)
        };
        assert_eq!(count("/api/v1/incidents?sector=waste").await, Some(1));
        assert_eq!(count("/api/v1/incidents?sector=waste,housing&state=new").await, Some(3));
        assert_eq!(count("/api/v1/incidents?overdue=true").await, Some(1));
        for bad in ["state=lost", "limit=0", "cursor=x", "overdue=maybe", "overdue=1", "limit=9999", "sector=", "topic=a%20b",
            "platform=myspace", "order=likes", "updated_since=yesterday", "opened_since=2026-11-22"] {
            let answer = ask(&office, "token of vera", &format!("/api/v1/incidents?{bad}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
            assert_eq!(answer.body["errors"][0]["field"], bad.split('=').next().unwrap());
        }
    }

    async fn a_filter_that_is_not_known_is_refused_and_not_passed_over(it: TestStore) {
        let office = busy_office(it).await;
        for path in ["/api/v1/incidents?sektor=waste", "/api/v1/incidents?limit=1&limit=2", "/api/v1/posts/search?query=x",
            "/api/v1/stats?sector=waste", "/api/v1/incidents/1?x"] {
            let answer = ask(&office, "token of vera", path).await;
            assert_eq!((answer.status, answer.kind.as_str()), (StatusCode::BAD_REQUEST, "application/problem+json"), "{path}");
        }
    }

    async fn one_incident_comes_with_its_events(it: TestStore) {
        let office = busy_office(it).await;
        let answer = ask(&office, "token of vera", "/api/v1/incidents/1").await;
        assert_eq!(answer.body["status"], "open");
        assert_eq!(answer.body["events"].as_array().unwrap().last().unwrap()["kind"], "opened");
        for missing in ["99", "x"] {
            let answer = ask(&office, "token of vera", &format!("/api/v1/incidents/{missing}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }

    async fn totals_have_the_promised_shape(it: TestStore) {
        let office = busy_office(it).await;
        let answer = ask(&office, "token of vera", "/api/v1/stats").await;
        assert_eq!(answer.body["posts"], 4);
        assert_eq!(answer.body["incidents"]["housing"]["new"], 2);
        assert_eq!(answer.body["overdue"], 1);
        assert_eq!(answer.body["suggestions"], 0);
        assert_eq!(answer.body["alerts"]["delivered"], 0);
        assert_eq!(answer.body["alerts"]["failed"], 0);
    }

    async fn totals_are_of_what_the_account_may_see(it: TestStore) {
        let office = busy_office(it).await;
        office.hire("lev", Role::BlockHead, &["waste"], &[]).await;
        let answer = ask(&office, "token of lev", "/api/v1/stats").await;
        assert_eq!(answer.body["posts"], 1);
        assert_eq!(answer.body["incidents"].as_object().unwrap().len(), 1);
    }

    async fn a_token_reaches_no_further_than_its_account(it: TestStore) {
        let office = busy_office(it).await;
        office.hire("anna", Role::BlockEmployee, &["waste"], &[]).await;
        office.hire("oleg", Role::Leadership, &[], &[]).await;
        office.hire("rita", Role::Auditor, &[], &[]).await;
        let anna = ask(&office, "token of anna", "/api/v1/incidents").await;
        assert_eq!(anna.body["items"].as_array().unwrap().len(), 1);
        for path in ["/api/v1/incidents", "/api/v1/posts/search?q=x"] {
            assert_eq!(ask(&office, "token of oleg", path).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(ask(&office, "token of oleg", "/api/v1/stats").await.status, StatusCode::OK);
        assert_eq!(ask(&office, "token of rita", "/api/v1/stats").await.status, StatusCode::FORBIDDEN);
    }

    async fn no_answer_names_an_author_or_an_outside_address(it: TestStore) {
        let office = busy_office(it).await;
        for path in ["/api/v1/incidents", "/api/v1/incidents/1", "/api/v1/posts/search", "/api/v1/stats"] {
            let answer = ask(&office, "token of vera", path).await;
            let text = answer.body.to_string();
            assert!(!text.contains("author") && !text.contains("id100") && !text.contains("vk.example"), "{path}");
        }
    }

    async fn a_method_that_an_address_does_not_take_is_told_with_those_it_takes(it: TestStore) {
        let office = busy_office(it).await;
        for path in ["/api/v1/stats", "/api/v1/incidents/1"] {
            let request = Request::post(path)
                .header(header::AUTHORIZATION, "Bearer token of vera")
                .header(header::ACCEPT_LANGUAGE, "en")
                .body(axum::body::Body::empty())
                .unwrap();
            let response = office.router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!((&body["type"], &body["status"]), (&"urn:otklik:problem:method".into(), &405.into()));
            assert_eq!(body["detail"], "The methods it takes are in the Allow header.");
        }
    }

    async fn health_tells_each_loop(it: TestStore) {
        let office = Office::open(it).await;
        office.app.health.good("routing", START, false);
        let fine = ask(&office, "", "/health").await;
        assert_eq!((fine.status, &fine.body["loops"]["routing"]["state"]), (StatusCode::OK, &Value::from("running")));
        for _ in 0..5 {
            office.app.health.failed("routing", "the disk is full".into());
        }
        let bad = ask(&office, "", "/health").await;
        assert_eq!(bad.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}
