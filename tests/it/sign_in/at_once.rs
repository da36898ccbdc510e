//! The sign-in provider at awkward moments: one that takes the connection and says nothing, and people
//! who come by two windows at once.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use otklik::{
    domain::user::Role,
    store::{Priority, accounts},
};
use tokio::net::TcpListener;

use super::{
    lockout::tries,
    provider::{Provider, comes, office},
    sessions::is_in,
};
use crate::{
    office::{Office, PASSWORD, Visitor},
    on_each_database,
};

/// The way there; gives the way back, which was not gone yet.
async fn goes(visitor: &mut Visitor, provider: &Provider, person: &str) -> String {
    let there = visitor.get("/signin/provider?next=%2Fme").await;
    provider.signs_in(there.location(), person).await
}

on_each_database! {
    async fn a_provider_that_never_answers_is_told_in_time(it: TestStore) {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", silent.local_addr().unwrap());
        let hearing = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok(connection) = silent.accept().await {
                open.push(connection);
            }
        });
        let office = Office::open_with(it, |settings| {
            settings.web.oidc.issuer = issuer;
            settings.web.oidc.client_id = "otklik".into();
            settings.web.oidc.timeout_seconds = 1;
        })
        .await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let (mut ivanova, begun) = (office.stranger(), Instant::now());
        let page = ivanova.get("/signin/provider").await;
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.sees("Служба входа организации сейчас не отвечает"), "{}", page.text);
        let page = tries(&mut ivanova, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "passwords still open");
        hearing.abort();
    }

    async fn a_new_person_in_two_windows_gets_in_by_both(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        for round in 0..6 {
            let person = format!("novikova{round}");
            provider.knows(&person, &["curators"]).await;
            let mut one = office.stranger();
            let mut two = office.stranger().before(office.another_process());
            let (first, second) = (goes(&mut one, &provider, &person).await, goes(&mut two, &provider, &person).await);
            for page in <[_; 2]>::from(tokio::join!(one.get(&first), two.get(&second))) {
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{round}: {}", page.text);
                assert_eq!(page.location(), "/me");
            }
            assert!(is_in(&mut one).await && is_in(&mut two).await, "{round}");
        }
        let mut tx = office.it.store.read().await.unwrap();
        let staff = accounts::list_names(&mut tx).await.unwrap();
        assert_eq!(staff.len(), 6, "one account for each: {staff:?}");
    }

    async fn changed_groups_in_two_windows_leave_no_role_of_before(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        comes(&mut office.stranger(), &provider, "ivanova").await;
        for groups in [["auditors"], ["curators"], ["auditors"]] {
            provider.knows("ivanova", &groups).await;
            let mut one = office.stranger();
            let mut two = office.stranger().before(office.another_process());
            let (first, second) = (goes(&mut one, &provider, "ivanova").await, goes(&mut two, &provider, "ivanova").await);
            for page in <[_; 2]>::from(tokio::join!(one.get(&first), two.get(&second))) {
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{groups:?}: {}", page.text);
            }
        }
        let mut tx = office.it.store.write(Priority::Person).await.unwrap();
        let account = accounts::find_by_login(&mut tx, "ivanova").await.unwrap().unwrap();
        let auditor = BTreeSet::from([(Role::Auditor, None, None)]);
        let other = accounts::put_grants(&mut tx, &account.id.into(), &auditor).await.unwrap();
        assert!(!other, "another role, or the same one twice");
    }
}
