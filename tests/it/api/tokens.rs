//! A token per integration: its own reach, its own end, and no hands on what people decide.

use axum::http::{Method, StatusCode};
use otklik::{
    domain::{
        time::Span,
        user::{Field, Permission, Role},
    },
    store::{
        Priority,
        audit::{self, AuditKind},
        scope::Scope,
        tokens,
    },
};

use super::{
    busy_office,
    client::{Client, allows, integrate, integrate_until},
};
use crate::{
    office::{DISTRICT, TOWN},
    on_each_database,
};

const READS: &[Permission] = &[Permission::ReadIncidents, Permission::ReadPosts];

fn numbers(answer: &super::client::Answer) -> Vec<i64> {
    let numbers = answer.items();
    numbers
        .iter()
        .filter_map(|item| item["number"].as_i64())
        .collect()
}

on_each_database! {
    async fn an_integration_reaches_its_sectors_in_its_municipalities_and_no_further(it: TestStore) {
        let office = busy_office(it).await;
        let everywhere = integrate(&office, "all", &allows(READS, &[], &[], &[])).await;
        let heat = integrate(&office, "heat", &allows(READS, &[], &["housing"], &[TOWN])).await;
        let waste = integrate(&office, "waste", &allows(READS, &[], &["waste"], &[TOWN])).await;
        assert_eq!(numbers(&everywhere.get("/api/v1/incidents").await).len(), 3);
        let of_heat = numbers(&heat.get("/api/v1/incidents").await);
        assert_eq!(of_heat.len(), 1);
        assert_eq!(numbers(&waste.get("/api/v1/incidents").await).len(), 0);
        for number in numbers(&everywhere.get("/api/v1/incidents").await) {
            for path in [format!("/api/v1/incidents/{number}"), format!("/api/v1/incidents/{number}/posts")] {
                let seen = of_heat.contains(&number);
                let expected = if seen { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(heat.get(&path).await.status, expected, "{path}");
            }
        }
        assert_eq!(heat.get("/api/v1/posts/search").await.items().len(), 0, "without the field text nothing is found by words");
        let reader = integrate(&office, "reader", &allows(READS, &[Field::Text], &[], &[DISTRICT])).await;
        let found = reader.get("/api/v1/posts/search").await.items();
        assert!(!found.is_empty() && found.iter().all(|hit| hit["municipality"] == DISTRICT));
    }

    async fn an_integration_does_only_what_its_token_names(it: TestStore) {
        let office = busy_office(it).await;
        let paths = [
            ("/api/v1/incidents", Permission::ReadIncidents),
            ("/api/v1/incidents/1", Permission::ReadIncidents),
            ("/api/v1/posts/search", Permission::ReadPosts),
            ("/api/v1/stats", Permission::ReadStats),
            ("/api/v1/sources", Permission::ReadSources),
        ];
        for may in Permission::FOR_PROGRAMS {
            let client = integrate(&office, may.code(), &allows(&[*may], &[], &[], &[])).await;
            for (path, needed) in paths {
                let expected = if needed == *may { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(client.get(path).await.status, expected, "{path} with {may}");
            }
            for path in ["/api/v1/sectors", "/api/v1/topics", "/api/v1/municipalities"] {
                assert_eq!(client.get(path).await.status, StatusCode::OK, "{path} with {may}");
            }
        }
    }

    async fn what_tells_of_people_comes_only_with_its_field(it: TestStore) {
        let office = busy_office(it).await;
        let bare = integrate(&office, "bare", &allows(READS, &[], &[], &[])).await;
        let whole = integrate(&office, "whole", &allows(READS, Field::ALL, &[], &[])).await;
        let of = async |client: &Client, path: &str| client.get(path).await.json();
        let (hidden, seen) = (of(&bare, "/api/v1/incidents/1").await, of(&whole, "/api/v1/incidents/1").await);
        assert_eq!((&hidden["title"], &hidden["place"]), (&"".into(), &serde_json::Value::Null));
        assert!(seen["title"].as_str().is_some_and(|title| !title.is_empty()) && seen["place"].is_string());
        let posts = "/api/v1/incidents/1/posts";
        let (hidden, seen) = (of(&bare, posts).await, of(&whole, posts).await);
        assert_eq!(hidden["items"][0]["text"], "");
        assert!(seen["items"][0]["text"].as_str().is_some_and(|text| text.contains("отопления")));
        assert_eq!(seen["items"][0]["link"], serde_json::Value::Null, "no program opens originals");
    }

    async fn no_token_decides_whatever_its_row_says(it: TestStore) {
        let office = busy_office(it).await;
        let all = allows(Permission::ALL, Field::ALL, &[], &[]);
        let scope = Scope::integration("greedy", &all);
        for permission in Permission::ALL {
            let programs = Permission::FOR_PROGRAMS.contains(permission);
            assert_eq!(scope.may(*permission), programs, "{permission}");
        }
        for people in [Permission::HandleIncidents, Permission::Triage, Permission::ReviewClaims,
            Permission::OpenLinks, Permission::EditPages, Permission::ReadAudit, Permission::Administer] {
            assert!(!Permission::FOR_PROGRAMS.contains(&people), "{people}");
        }
        let greedy = integrate(&office, "greedy", &all).await;
        for path in ["/incidents/1/take", "/incidents/1/close", "/out/x", "/audit"] {
            let answer = greedy.ask(Method::POST, path, &[], None).await;
            assert!(!answer.status.is_success(), "{path}: {}", answer.status);
        }
    }

    async fn a_token_ends_when_it_expires_is_revoked_or_its_account_is_switched_off(it: TestStore) {
        let office = busy_office(it).await;
        let until = Some(office.app.clock.now().plus(Span::hours(1)));
        let client = integrate_until(&office, "short", &allows(READS, &[], &[], &[]), until).await;
        let lasting = integrate(&office, "long", &allows(READS, &[], &[], &[])).await;
        assert_eq!(client.get("/api/v1/incidents").await.status, StatusCode::OK);
        office.app.clock.advance(Span::hours(2));
        assert_eq!(client.get("/api/v1/incidents").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(lasting.get("/api/v1/incidents").await.status, StatusCode::OK);
        let mut tx = office.it.store.write(Priority::Person).await.unwrap();
        let rows = tokens::list(&mut tx).await.unwrap();
        let row = rows.iter().find(|row| row.name == "long").unwrap();
        assert_eq!(row.used, Some(office.app.clock.now().as_millis()));
        assert!(tokens::revoke(&mut tx, &row.id, office.app.clock.now()).await.unwrap());
        assert!(!tokens::revoke(&mut tx, &row.id, office.app.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(lasting.get("/api/v1/incidents").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn the_journal_names_the_integration_that_read(it: TestStore) {
        let office = busy_office(it).await;
        office.hire("rita", Role::Auditor, &[], &[]).await;
        let client = integrate(&office, "portal", &allows(READS, Field::ALL, &[], &[])).await;
        client.get("/api/v1/incidents/1").await;
        client.get("/api/v1/stats").await; // refused
        let mut tx = office.it.store.read().await.unwrap();
        let filter = audit::Filter { who: Some("integration:portal".into()), ..Default::default() };
        let entries = audit::list(&mut tx, &Scope::service("test"), &filter, 10).await.unwrap();
        let kinds: Vec<_> = entries.iter().map(|e| (e.kind.as_str(), e.subject.as_str())).collect();
        let denied = (AuditKind::Denied.code(), "/api/v1/stats");
        assert_eq!(kinds, [denied, (AuditKind::Viewed.code(), "incident:1")]);
    }
}
