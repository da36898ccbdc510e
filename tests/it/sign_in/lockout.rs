//! Wrong passwords cost time: for all processes, through a restart, and never for ever.

use axum::http::{StatusCode, header};
use otklik::{
    domain::{time::Span, user::Role},
    store::{
        audit::{self, Filter},
        scope::Scope,
    },
};

use crate::{
    office::{Office, PASSWORD, Page, Visitor},
    on_each_database,
};

const WRONG: &str = "не тот пароль";

pub async fn tries(visitor: &mut Visitor, login: &str, password: &str) -> Page {
    let token = visitor.get("/signin").await.field("token");
    let fields = [
        ("token", token.as_str()),
        ("login", login),
        ("password", password),
    ];
    visitor.send("/signin", &fields).await
}

async fn fails(visitor: &mut Visitor, login: &str, times: usize) {
    for _ in 0..times {
        let page = tries(visitor, login, WRONG).await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            page.text
        );
    }
}

async fn office(it: crate::harness::TestStore) -> Office {
    let office = Office::open(it).await;
    office.hire("vershinina", Role::Curator, &[], &[]).await;
    office
}

on_each_database! {
    async fn a_restart_and_another_process_remember_the_wait(it: TestStore) {
        let office = office(it).await;
        let mut stranger = office.stranger();
        fails(&mut stranger, "vershinina", 3).await;
        let mut there = stranger.clone().before(office.another_process());
        let page = tries(&mut there, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers[header::RETRY_AFTER], "6");
        assert!(page.sees("Подождите"), "{}", page.text);
        office.app.clock.advance(Span::seconds(5));
        assert_eq!(tries(&mut there, "vershinina", PASSWORD).await.status, StatusCode::SEE_OTHER);
        fails(&mut stranger, "vershinina", 2).await;
    }

    async fn each_wait_is_longer_and_none_is_for_ever(it: TestStore) {
        let office = office(it).await;
        let mut stranger = office.stranger();
        fails(&mut stranger, "vershinina", 3).await;
        for wait in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900] {
            office.app.clock.advance(Span::seconds(wait - 1));
            let page = tries(&mut stranger, "vershinina", PASSWORD).await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{wait}");
            office.app.clock.advance(Span::seconds(1));
            fails(&mut stranger, "vershinina", 1).await;
        }
        office.app.clock.advance(Span::seconds(900));
        let page = tries(&mut stranger, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "whoever waits gets in");
    }

    async fn a_clock_that_was_set_back_locks_nobody_out(it: TestStore) {
        let office = office(it).await;
        let mut stranger = office.stranger();
        fails(&mut stranger, "vershinina", 3).await;
        office.app.clock.advance(Span::days(-30));
        tries(&mut stranger, "vershinina", PASSWORD).await;
        office.app.clock.advance(Span::seconds(900));
        let page = tries(&mut stranger, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "the old moment still lies ahead");
        office.app.clock.advance(Span::days(30));
        let page = tries(&mut stranger, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }

    async fn an_unknown_login_is_answered_as_a_known_one(it: TestStore) {
        let office = office(it).await;
        office.hire("gone", Role::Curator, &[], &[]).await;
        let (mut known, mut unknown) = (office.stranger(), office.stranger().at("192.0.2.2"));
        for _ in 0..4 {
            let a = tries(&mut known, "vershinina", WRONG).await;
            let b = tries(&mut unknown, "versinina1", WRONG).await;
            assert_eq!(a.status, b.status);
            let plain = |page: &Page, login: &str| {
                page.text.replace(&page.field("token"), "").replace(login, "")
            };
            assert_eq!(plain(&a, "vershinina"), plain(&b, "versinina1"));
        }
    }

    async fn strangers_do_not_keep_out_who_works_here(it: TestStore) {
        let office = office(it).await;
        let mut owner = office.enters("vershinina").await;
        let mut stranger = office.stranger();
        fails(&mut stranger, "vershinina", 3).await;
        for i in 0..7 {
            fails(&mut office.stranger().at(&format!("198.51.100.{i}")), "vershinina", 1).await;
        }
        let mut elsewhere = office.stranger().at("203.0.113.9");
        let page = tries(&mut elsewhere, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "ten from everywhere");
        let page = tries(&mut owner, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "the browser is known, also at that address");
        fails(&mut owner, "vershinina", 3).await;
        let page = tries(&mut owner, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "it has three of its own");
    }

    async fn a_mark_of_one_login_is_worth_nothing_for_another(it: TestStore) {
        let office = office(it).await;
        office.hire("other", Role::Curator, &[], &[]).await;
        let mut insider = office.enters("other").await;
        fails(&mut insider, "vershinina", 3).await;
        let page = tries(&mut insider, "vershinina", WRONG).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn an_address_that_tries_many_logins_waits(it: TestStore) {
        let office = office(it).await;
        let mut stranger = office.stranger();
        for i in 0..20 {
            fails(&mut stranger, &format!("user{i}"), 1).await;
        }
        let page = tries(&mut stranger, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        let mut elsewhere = office.stranger().at("203.0.113.9");
        let page = tries(&mut elsewhere, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }

    async fn a_hundred_guesses_at_once_are_counted_one_by_one(it: TestStore) {
        let office = office(it).await;
        let processes = [office.router.clone(), office.another_process()];
        let mut guesses = tokio::task::JoinSet::new();
        for i in 0..100 {
            let mut stranger = office.stranger().before(processes[i % 2].clone());
            guesses.spawn(async move { tries(&mut stranger, "vershinina", WRONG).await.status });
        }
        let statuses = guesses.join_all().await;
        let looked_at = statuses.iter().filter(|s| **s == StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(looked_at.count(), 3);
        let refused = statuses.iter().filter(|s| **s == StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.count(), 97);
    }

    async fn the_journal_tells_who_was_refused_and_no_secret(it: TestStore) {
        let office = office(it).await;
        let mut person = office.stranger();
        let mistaken = "password typed as login";
        tries(&mut person, mistaken, PASSWORD).await;
        fails(&mut person, "vershinina", 3).await;
        tries(&mut person, "vershinina", PASSWORD).await;
        let mut tx = office.it.store.read().await.unwrap();
        let rows = audit::list(&mut tx, &Scope::service("test"), &Filter::default(), 50).await.unwrap();
        let told: Vec<_> = rows.iter().rev()
            .map(|row| format!("{} {} {}", row.kind, row.subject, row.detail)).collect();
        assert_eq!(told, [
            "sign_in_refused account:unknown password",
            "sign_in_refused account:vershinina password",
            "sign_in_refused account:vershinina password",
            "sign_in_refused account:vershinina password",
            "sign_in_refused account:vershinina too_early",
        ]);
        let all = format!("{rows:?}");
        assert!(!all.contains(mistaken) && !all.contains(PASSWORD) && !all.contains(WRONG));
    }
}
