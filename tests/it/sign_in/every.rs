//! What holds for every address that the table of addresses knows, and for answers that no handler
//! gave: the policy against foreign code, and forms that only our own pages can send.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header, request::Builder},
};
use otklik::{domain::user::Role, web::table};

use super::{guard::inline, sessions::is_in};
use crate::{
    office::{HEATING, Office, Page, Visitor},
    on_each_database,
};

/// The whole policy: what it does not name is not allowed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An address with something in each of its places.
fn filled(path: &str) -> String {
    let places = [
        ("{number}", "1"),
        ("{action}", "decline"),
        ("{version}/{name}", "1/otklik.css"),
    ];
    let path = places.iter().fold(path.to_owned(), |path, (place, value)| {
        path.replace(place, value)
    });
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "nobody",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn form(path: &str) -> Builder {
    Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

/// Requests that no handler answers, or none as it was meant.
fn odd() -> Vec<(Builder, Body)> {
    let large = "a=".to_owned() + &"x".repeat(300 * 1024);
    let mut odd: Vec<(Builder, Body)> = [
        "/nowhere",
        "/%ff",
        "/queue/%2e%2e/etc",
        "/api/v1/nowhere",
        "/static/1/nowhere.css",
        "/queue?lang=en",
        "/search?q=%00",
        "/incidents/99999999999999999999",
        "/audit?since=never",
    ]
    .map(|path| (Request::get(path), Body::empty()))
    .into();
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        for path in ["/signin", "/api/v1/incidents", "/nowhere"] {
            let asked = Request::builder().method(method.clone()).uri(path);
            odd.push((asked, Body::empty()));
        }
    }
    odd.push((form("/signin"), Body::from(large.clone())));
    odd.push((form("/signout"), Body::from(large)));
    let fragment = Request::get("/queue/fresh").header("hx-request", "true");
    odd.push((fragment, Body::empty()));
    odd
}

/// Everything that the table knows, with an empty form where there is one, and what it does not know.
fn everything() -> Vec<(Builder, Body)> {
    let known = table::all().map(|address| {
        let path = filled(address.path);
        let asked = match address.method {
            "get" => Request::get(&path),
            _ => form(&path),
        };
        (asked, Body::empty())
    });
    known.chain(odd()).collect()
}

fn is_guarded(page: &Page, asked: &str) {
    let policies: Vec<_> = page
        .headers
        .get_all(header::CONTENT_SECURITY_POLICY)
        .iter()
        .collect();
    assert_eq!(policies, [POLICY], "{asked}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(page.headers[name], value, "{asked}");
    }
    assert!(page.headers.contains_key("x-request-id"), "{asked}");
    assert_eq!(inline(&page.text), Vec::<String>::new(), "{asked}");
}

/// The addresses that take forms of people.
fn forms() -> impl Iterator<Item = &'static str> {
    let programs = |path: &str| path.starts_with("/api/") || path.starts_with("/receive/");
    let posts = table::all().filter(move |a| a.method == "post" && !programs(a.path));
    posts.map(|address| address.path)
}

async fn sends(person: &mut Visitor, path: &str, token: &str, site: &str) -> Page {
    if path == "/import" {
        return uploads(person, path, token, site).await;
    }
    let asked = form(path).header("sec-fetch-site", site);
    person.ask(asked, Body::from(format!("csrf={token}"))).await
}

/// The one form with a file.
async fn uploads(person: &mut Visitor, path: &str, token: &str, site: &str) -> Page {
    let asked = Request::post(path)
        .header("sec-fetch-site", site)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line");
    let field = "--line\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n";
    let body = format!("{field}{token}\r\n--line--\r\n");
    person.ask(asked, Body::from(body)).await
}

on_each_database! {
    async fn every_answer_has_the_policy_whoever_gave_it(it: TestStore) {
        let office = Office::open_with(it, |settings| settings.web.limits.sign_in_per_minute = 20).await;
        office.hears(&[HEATING]).await;
        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        let mut people = vec![office.stranger()];
        for role in [Role::Curator, Role::Auditor, Role::Administrator] {
            people.push(office.with(role, &[], &[]).await);
        }
        for mut person in people {
            for (asked, body) in everything() {
                let said = format!("{:?} {:?}", asked.method_ref().unwrap(), asked.uri_ref().unwrap());
                let page = person.ask(asked, body).await;
                is_guarded(&page, &said);
                *statuses.entry(page.status.as_u16()).or_default() += 1;
            }
        }
        for status in [200, 204, 303, 401, 403, 404, 405, 413, 429] {
            assert!(statuses.contains_key(&status), "no answer was {status}: {statuses:?}");
        }
    }

    async fn every_form_wants_the_token_of_its_page(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[HEATING]).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let mut checked = 0;
        for path in forms().filter(|path| !path.starts_with("/signin")) {
            for token in ["", "another", &"0".repeat(43)] {
                let page = sends(&mut curator, &filled(path), token, "same-origin").await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
                assert!(page.sees("Форма устарела"), "{path}: {}", page.text);
            }
            checked += 1;
        }
        assert!(checked > 10, "{checked} forms");
        assert!(is_in(&mut curator).await, "/signout and /me/end did nothing either");
    }

    async fn no_form_is_taken_from_another_site(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[HEATING]).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let csrf = curator.csrf().await;
        for path in forms() {
            for site in ["cross-site", "same-site"] {
                let page = sends(&mut curator, &filled(path), &csrf, site).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} from {site}");
            }
        }
        assert!(is_in(&mut curator).await);
    }

    async fn every_way_of_signing_in_is_limited(it: TestStore) {
        let office = Office::open_with(it, |settings| settings.web.limits.sign_in_per_minute = 3).await;
        let ways = table::all().filter(|a| a.path.starts_with("/signin") && a.path != "/signin");
        for (n, way) in ways.enumerate() {
            let mut flood = office.stranger().at(&format!("203.0.113.{n}"));
            let ask = || match way.method {
                "get" => (Request::get(way.path), Body::empty()),
                _ => (form(way.path), Body::empty()),
            };
            for _ in 0..3 {
                let (asked, body) = ask();
                assert_ne!(flood.ask(asked, body).await.status, StatusCode::TOO_MANY_REQUESTS, "{}", way.path);
            }
            let (asked, body) = ask();
            let page = flood.ask(asked, body).await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{} {}", way.method, way.path);
            assert_eq!(page.headers[header::RETRY_AFTER], "21", "{}", way.path);
        }
    }
}
