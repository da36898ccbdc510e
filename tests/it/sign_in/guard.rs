//! What keeps strangers out: forms of other sites, floods, inline scripts, loose cookies.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use otklik::domain::{time::Span, user::Role};

use super::lockout::tries;
use crate::{
    office::{HEATING, Office, PASSWORD, RUBBISH, UNSURE},
    on_each_database,
};

/// Where in a page something runs or is styled inline, which the policy forbids.
pub fn inline(text: &str) -> Vec<String> {
    let text = text.replace('\n', " ");
    let handler = regex::Regex::new(r"\s(on[a-z]+|style)\s*=").unwrap();
    let mut found = Vec::new();
    for tag in text
        .split('<')
        .skip(1)
        .map(|tag| tag.split('>').next().unwrap_or(tag))
    {
        let lower = tag.to_lowercase();
        let script = lower.starts_with("script") && !lower.contains(" src=\"/static/");
        if script
            || lower.starts_with("style")
            || handler.is_match(&lower)
            || lower.contains("javascript:")
        {
            found.push(tag.to_owned());
        }
    }
    found
}

#[test]
fn the_search_for_inline_code_finds_it() {
    for bad in [
        "<script>x</script>",
        "<p style=\"a\">",
        "<a onclick='x'>",
        "<style>",
        "<a href=\"javascript:x\">",
    ] {
        assert_eq!(inline(bad).len(), 1, "{bad}");
    }
    assert!(
        inline("<script src=\"/static/1/a.js\" defer></script><p class=\"style\">one = two</p>")
            .is_empty()
    );
}

on_each_database! {
    async fn no_page_has_anything_inline(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[HEATING, RUBBISH, UNSURE]).await;
        let mut seen = 0;
        for role in Role::ALL {
            let mut person = office.with(*role, &["housing"], &[crate::office::TOWN]).await;
            for path in [
                "/overview", "/queue", "/triage", "/claims", "/search?q=отопление", "/alerts", "/sources",
                "/pages", "/audit", "/me", "/incidents/1", "/incidents/1/decline", "/incidents/1/pass", "/nowhere", "/signin",
            ] {
                let path = path.replace("отопление", "%D0%BE%D1%82%D0%BE%D0%BF%D0%BB%D0%B5%D0%BD%D0%B8%D0%B5");
                let page = person.get(&path).await;
                assert_eq!(inline(&page.text), Vec::<String>::new(), "{path} as {role}");
                let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
                assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
                seen += usize::from(page.status == StatusCode::OK);
            }
        }
        assert!(seen > 50, "{seen} pages were open to anybody");
    }

    async fn a_form_that_another_site_sends_changes_nothing(it: TestStore) {
        let office = Office::open(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let csrf = curator.csrf().await;
        let send = |name: &'static str, value: &'static str| {
            let form = Request::post("/signout").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            (form.header(name, value), Body::from(format!("csrf={csrf}")))
        };
        for (name, value) in [
            ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"),
        ] {
            let (request, body) = send(name, value);
            let page = curator.ask(request.header(header::HOST, "otklik.example"), body).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(curator.get("/me").await.status, StatusCode::OK);
        let (request, body) = send("sec-fetch-site", "same-origin");
        assert_eq!(curator.ask(request, body).await.status, StatusCode::SEE_OTHER);
    }

    async fn cookies_of_https_belong_to_this_host_alone(it: TestStore) {
        let office = Office::open_with(it, |settings| {
            settings.web.public_url = "https://otklik.example".into();
        }).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        curator.post("/signout", &[]).await;
        let page = office.stranger().get("/signin?lang=en").await;
        let mut set: Vec<_> = page.headers.get_all(header::SET_COOKIE).iter().collect();
        let form = office.stranger().get("/signin").await;
        set.extend(form.headers.get_all(header::SET_COOKIE));
        assert_eq!(set.len(), 2);
        for cookie in set {
            let text = cookie.to_str().unwrap();
            let strict = ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"].iter().all(|word| text.contains(word));
            assert!(text.starts_with("__Host-") && strict && !text.contains("Domain"), "{text}");
        }
        assert!(form.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        for (name, value) in [
            ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(form.headers[name], value);
        }
    }

    async fn the_cookies_of_a_session_are_for_this_host_and_no_script(it: TestStore) {
        let office = Office::open_with(it, |settings| {
            settings.web.public_url = "https://otklik.example".into();
        }).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut person = office.stranger();
        let opened = tries(&mut person, "vershinina", PASSWORD).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER);
        let closed = person.post("/signout", &[]).await;
        for (page, least) in [(opened, 3), (closed, 2)] {
            let set: Vec<_> = page.headers.get_all(header::SET_COOKIE).iter().collect();
            assert!(set.len() >= least, "{set:?}");
            for cookie in set {
                let text = cookie.to_str().unwrap();
                let strict = ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"].iter().all(|word| text.contains(word));
                assert!(text.starts_with("__Host-") && strict && !text.contains("Domain"), "{text}");
            }
        }
    }

    async fn a_flood_of_attempts_from_one_address_is_told_to_wait(it: TestStore) {
        let office = Office::open_with(it, |settings| settings.web.limits.sign_in_per_minute = 5).await;
        let mut flood = office.stranger();
        for _ in 0..5 {
            assert_eq!(flood.send("/signin", &[]).await.status, StatusCode::FORBIDDEN);
        }
        let page = flood.send("/signin", &[]).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers[header::RETRY_AFTER], "13");
        assert!(page.sees("Слишком много попыток"));
        assert_eq!(flood.get("/signin").await.status, StatusCode::OK, "looking costs nothing");
        let mut elsewhere = flood.clone().at("203.0.113.9");
        assert_eq!(elsewhere.send("/signin", &[]).await.status, StatusCode::FORBIDDEN);
        office.app.clock.advance(Span::seconds(13));
        assert_eq!(flood.send("/signin", &[]).await.status, StatusCode::FORBIDDEN);
    }

    async fn a_flood_of_api_requests_is_told_to_wait(it: TestStore) {
        let office = Office::open_with(it, |settings| settings.web.limits.api_per_minute = 3).await;
        office.hire("one", Role::Curator, &[], &[]).await;
        office.hire("two", Role::Curator, &[], &[]).await;
        let mut program = office.stranger();
        let ask = |token: &str| {
            Request::get("/api/v1/stats").header(header::AUTHORIZATION, format!("Bearer {token}"))
        };
        for _ in 0..3 {
            assert_eq!(program.ask(ask("token of one"), Body::empty()).await.status, StatusCode::OK);
        }
        let page = program.ask(ask("token of one"), Body::empty()).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(page.headers[header::RETRY_AFTER], "21");
        assert_eq!(page.json()["type"], "urn:otklik:problem:too-many");
        assert_eq!(program.ask(ask("token of two"), Body::empty()).await.status, StatusCode::OK);
        for _ in 0..3 {
            assert_eq!(program.ask(ask("guess"), Body::empty()).await.status, StatusCode::UNAUTHORIZED);
        }
        let page = program.ask(ask("guess"), Body::empty()).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "guessing of tokens has its own limit");
        office.app.clock.advance(Span::seconds(21));
        assert_eq!(program.ask(ask("token of one"), Body::empty()).await.status, StatusCode::OK);
    }
}
