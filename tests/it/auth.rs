//! Who gets in, and what a browser is told.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use otklik::domain::{time::Span, user::Role};

use crate::{
    office::{Office, PASSWORD},
    on_each_database,
};

on_each_database! {
    async fn a_stranger_is_sent_to_sign_in_and_back(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut visitor = office.stranger();
        let page = visitor.get("/sources?x=1").await;
        assert_eq!(page.location(), "/signin?next=%2Fsources%3Fx%3D1");
        let form = visitor.get(page.location()).await;
        let fields = [
            ("token", form.field("token")),
            ("next", form.field("next")),
            ("login", " Vershinina ".to_owned()),
            ("password", PASSWORD.to_owned()),
        ];
        let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let page = visitor.send("/signin", &fields).await;
        assert_eq!(page.location(), "/sources?x=1");
        assert!(visitor.get("/sources").await.sees("А. Вершинина"));
    }

    async fn a_wrong_password_waits_longer_each_time(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut visitor = office.stranger();
        let token = visitor.get("/signin").await.field("token");
        let try_with = |password| [("token", token.clone()), ("login", "vershinina".to_owned()), ("password", password)];
        for _ in 0..3 {
            let fields = try_with("не тот пароль".to_owned());
            let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let page = visitor.send("/signin", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.sees("Логин или пароль не подошли"));
            assert!(page.sees("value=\"vershinina\""), "the login stays in its field");
        }
        let right = try_with(PASSWORD.to_owned());
        let right: Vec<_> = right.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let page = visitor.send("/signin", &right).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        office.app.clock.advance(Span::seconds(6));
        let page = visitor.send("/signin", &right).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }

    async fn a_form_without_its_token_changes_nothing(it: TestStore) {
        let office = Office::open(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let fields = [("seen", "confirmed"), ("mark", "lost"), ("note", "проверено вручную")];
        for token in ["", "чужой"] {
            let mut all = vec![("csrf", token)];
            all.extend_from_slice(&fields);
            let page = curator.send("/pages/p01/mark", &all).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            assert!(page.sees("Форма устарела"));
        }
        let page = curator.post("/pages/p01/mark", &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(curator.get("/pages").await.sees("Метка страницы записана"));
        assert!(!curator.get("/pages").await.sees("Метка страницы записана"), "told once");
    }

    async fn signing_out_ends_the_session(it: TestStore) {
        let office = Office::open(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let mut copy = curator.clone();
        curator.post("/signout", &[]).await;
        let page = copy.get("/sources").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "a stolen cookie no longer works");
    }

    async fn a_session_ends_without_requests(it: TestStore) {
        let office = Office::open(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        office.app.clock.advance(Span::hours(11));
        assert_eq!(curator.get("/sources").await.status, StatusCode::OK);
        office.app.clock.advance(Span::hours(11));
        assert_eq!(curator.get("/sources").await.status, StatusCode::OK, "a request moves the end");
        office.app.clock.advance(Span::hours(13));
        assert_eq!(curator.get("/sources").await.status, StatusCode::SEE_OTHER);
    }

    async fn a_page_that_asks_by_itself_keeps_no_session_alive(it: TestStore) {
        let office = Office::open(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let by_itself = || Request::get("/queue/fresh").header("hx-request", "true");
        office.app.clock.advance(Span::hours(11));
        let page = curator.ask(by_itself(), Body::empty()).await;
        assert_eq!(page.status, StatusCode::OK);
        office.app.clock.advance(Span::hours(2));
        let page = curator.ask(by_itself(), Body::empty()).await;
        assert_eq!(page.status, StatusCode::NO_CONTENT);
        assert_eq!(page.headers["hx-refresh"], "true");
    }

    async fn every_answer_carries_the_strict_headers(it: TestStore) {
        let office = Office::open(it).await;
        let mut visitor = office.stranger();
        for path in ["/signin", "/nowhere", "/health"] {
            let page = visitor.get(path).await;
            let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
            assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
            assert!(page.headers.contains_key("x-request-id"));
        }
        let page = visitor.get("/signin").await;
        let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
        assert!(!page.sees("style=") && !page.sees("onclick"));
    }
}
