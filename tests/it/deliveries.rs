//! Deliveries of alerts as people see them: who may, what it tells them, and one more try.

use axum::http::StatusCode;
use otklik::{
    domain::user::Role,
    store::{
        Priority,
        audit::{self, Filter},
        jobs::{self, JobState},
        scope::Scope,
    },
};

use crate::{
    office::{HEATING, Office, RUBBISH, TOWN},
    on_each_database,
};

const GONE: &str = "the receiver answered 410 Gone";

/// A town whose every alert was given up; their ids, by incident.
async fn given_up(it: crate::harness::TestStore) -> (Office, Vec<String>) {
    let office = Office::open(it).await;
    office.hears(&[HEATING, RUBBISH]).await;
    let now = office.app.clock.now();
    let mut tx = office.it.store.write(Priority::Bulk).await.unwrap();
    for job in jobs::list_unaddressed(&mut tx, now, 10).await.unwrap() {
        jobs::fail(&mut tx, &job, GONE, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut rows = seen(&office, JobState::Failed).await;
    rows.sort_by_key(|row| row.number);
    (office, rows.into_iter().map(|row| row.id).collect())
}

async fn seen(office: &Office, state: JobState) -> Vec<jobs::JobRow> {
    let mut tx = office.it.store.read().await.unwrap();
    let scope = Scope::service("test");
    jobs::list(&mut tx, &scope, Some(state), None, 10)
        .await
        .unwrap()
}

on_each_database! {
    async fn an_administrator_sees_deliveries_and_no_texts(it: TestStore) {
        let (office, failed) = given_up(it).await;
        let mut administrator = office.with(Role::Administrator, &[], &[]).await;
        let page = administrator.get("/alerts?state=failed").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.sees("href=\"/alerts\" aria-current") || page.sees("Оповещения</a>"));
        for id in &failed {
            assert!(page.sees(id) && page.sees(&format!("/alerts/{id}/retry")), "{id}");
        }
        assert!(page.sees(GONE) && page.sees("новый инцидент") && page.sees("№ 1"));
        for text in ["отопления", "Мусор", "Речн", "/incidents/", "key-open", "ЖКХ"] {
            assert!(!page.sees(text), "{text}");
        }
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/alerts").await;
        assert!(page.sees("/incidents/1\"") && page.sees("отопления") && page.sees("Отправить ещё раз"));
    }

    async fn a_failed_alert_is_sent_once_more_by_a_person(it: TestStore) {
        let (office, failed) = given_up(it).await;
        office.hire("olga", Role::Administrator, &[], &[]).await;
        let mut olga = office.enters("olga").await;
        let path = format!("/alerts/{}/retry", failed[0]);

        let forged = olga.send(&path, &[("csrf", "guess")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        assert_eq!(seen(&office, JobState::Failed).await.len(), failed.len(), "nothing happened");

        let done = olga.post(&path, &[]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/alerts"));
        assert!(olga.get("/alerts").await.sees("Оповещение снова в очереди"));
        let waiting = seen(&office, JobState::Waiting).await;
        let due: Vec<_> = waiting.iter().map(|row| (row.id.as_str(), row.attempts)).collect();
        assert_eq!(due, [(failed[0].as_str(), 0)]);
        assert!(waiting[0].not_before <= office.app.clock.now().as_millis(), "it is due now");
        let page = olga.get("/alerts").await;
        assert!(!page.sees(&path), "what waits has no button");
        assert!(olga.in_english().get("/alerts").await.sees("Send again"));

        let mut tx = office.it.store.read().await.unwrap();
        let filter = Filter { subject: Some(format!("alert:{}", failed[0])), ..Filter::default() };
        let noted = audit::list(&mut tx, &Scope::service("test"), &filter, 10).await.unwrap();
        let noted: Vec<_> =
            noted.iter().map(|e| (e.who.as_str(), e.kind.as_str(), e.detail.as_str())).collect();
        assert_eq!(noted, [("olga", "changed", "retry")]);
    }

    async fn only_what_failed_within_reach_is_sent_again(it: TestStore) {
        let (office, failed) = given_up(it).await;
        let path = format!("/alerts/{}/retry", failed[0]);
        let mut waste = office.with(Role::Curator, &["waste"], &[]).await;
        assert_eq!(waste.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "of another sector");
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        assert_eq!(curator.post("/alerts/01NOSUCH/retry", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(curator.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(curator.post(&path, &[]).await.status, StatusCode::CONFLICT, "it waits already");
    }

    async fn those_who_only_answer_incidents_do_not_see_deliveries(it: TestStore) {
        let (office, failed) = given_up(it).await;
        let path = format!("/alerts/{}/retry", failed[0]);
        for role in [Role::Executor, Role::BlockHead, Role::MunicipalHead, Role::Leadership, Role::Auditor] {
            let mut somebody = office.with(role, &["housing"], &[TOWN]).await;
            assert_eq!(somebody.get("/alerts").await.status, StatusCode::FORBIDDEN, "{role}");
            assert_eq!(somebody.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{role}");
        }
        assert_eq!(seen(&office, JobState::Failed).await.len(), failed.len());
    }
}
