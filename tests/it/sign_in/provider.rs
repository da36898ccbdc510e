//! Signing in at a real provider (panva's oidc-provider, which `scripts/test` installs): roles, changed
//! roles, forged and replayed answers, clocks, and a provider that is down.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use axum::http::{StatusCode, header};
use otklik::{
    config::settings::RoleRule,
    domain::{
        time::{Clock, Span},
        user::Role,
    },
    store::{
        Priority, accounts,
        audit::{self, Filter},
        scope::Scope,
    },
    web,
};
use reqwest::{Client, redirect::Policy};
use serde_json::json;

use super::{
    lockout::tries,
    sessions::{is_in, otklik_user},
};
use crate::{
    harness::{TestStore, project},
    office::{HEATING, Office, PASSWORD, Page, RUBBISH, Visitor},
    on_each_database,
};

/// Where people type the pages' address.
const PAGES: &str = "http://127.0.0.1:8080";

/// A running provider; it ends when this is dropped.
pub(super) struct Provider {
    process: Child,
    issuer: String,
    client: Client,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    #[allow(clippy::disallowed_methods, reason = "tests have no settings")]
    pub(super) fn start() -> Provider {
        let modules = std::env::var("TEST_OIDC")
            .expect("TEST_OIDC is not set: run scripts/test, which installs the provider");
        let mut process = Command::new("node")
            .arg(project().join("tests/oidc/provider.mjs"))
            .arg(format!("{PAGES}/signin/provider/back"))
            .env("TEST_OIDC", modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is not installed: run scripts/test, which installs it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = lines
            .next()
            .expect("the provider tells its address")
            .unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).no_proxy();
        let client = client.tls_certs_only([]).build().unwrap();
        Provider {
            process,
            issuer,
            client,
        }
    }

    /// Somebody has an account there, with these groups from now on.
    pub(super) async fn knows(&self, person: &str, groups: &[&str]) {
        let claims =
            json!({ "preferred_username": person, "name": "И. Иванова", "groups": groups });
        let there = format!("{}/test/people/{person}", self.issuer);
        self.client.put(there).json(&claims).send().await.unwrap();
    }

    /// Its tokens say this from now on.
    async fn lies(&self, lies: serde_json::Value) {
        let there = format!("{}/test/lies", self.issuer);
        self.client.put(there).json(&lies).send().await.unwrap();
    }

    /// A browser goes there and signs in; gives the address to which it is sent back.
    pub(super) async fn signs_in(&self, address: &str, person: &str) -> String {
        let (mut address, mut cookies) = (address.to_owned(), Vec::new());
        for _ in 0..8 {
            if let Some(back) = address.strip_prefix(PAGES) {
                return back.to_owned();
            }
            if address.starts_with('/') {
                address = format!("{}{address}", self.issuer);
            }
            let asked = self.client.get(&address).header("x-person", person);
            let answer = asked
                .header("cookie", cookies.join("; "))
                .send()
                .await
                .unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                cookies.push(pair.to_owned());
            }
            let Some(next) = answer.headers().get("location") else {
                panic!("the provider stopped: {}", answer.text().await.unwrap());
            };
            address = next.to_str().unwrap().to_owned();
        }
        panic!("the provider goes round in circles");
    }
}

fn rule(value: &str, role: Role, sectors: &[&str]) -> RoleRule {
    RoleRule {
        value: value.into(),
        role,
        sectors: sectors.iter().map(|s| (*s).to_owned()).collect(),
        municipalities: Vec::new(),
    }
}

/// An office whose people come by the provider, at the present moment: the provider has no other.
pub(super) async fn office(it: TestStore, provider: &Provider) -> Office {
    let office = Office::open_with(it, |settings| {
        let web = &mut settings.web;
        web.public_url = PAGES.into();
        web.oidc.issuer.clone_from(&provider.issuer);
        web.oidc.client_id = "otklik".into();
        web.oidc.client_secret = "a secret of the client".into();
        web.oidc.scopes = ["openid", "profile", "groups"].map(str::to_owned).into();
        web.oidc.roles = vec![
            rule("zhkh", Role::BlockEmployee, &["housing"]),
            rule("curators", Role::Curator, &[]),
            rule("auditors", Role::Auditor, &[]),
        ];
    })
    .await;
    right(&office);
    office
}

/// Sets the office's clock right.
pub(super) fn right(office: &Office) {
    let clock = &office.app.clock;
    clock.advance(Clock::System.now().since(clock.now()));
}

/// The same office with other settings, as after a restart.
fn restarted(office: &mut Office, change: impl FnOnce(&mut otklik::config::settings::Web)) {
    let mut settings = (*office.app.settings).clone();
    change(&mut settings.web);
    office.app.settings = settings.into();
    office.router = web::router(office.app.clone());
}

/// The way there and back.
pub(super) async fn comes(visitor: &mut Visitor, provider: &Provider, person: &str) -> Page {
    let page = visitor.get("/signin/provider?next=%2Fme").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let back = provider.signs_in(page.location(), person).await;
    visitor.get(&back).await
}

/// The address with one parameter changed.
fn with(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut changed = url::form_urlencoded::Serializer::new(format!("{path}?"));
    for (key, old) in pairs {
        changed.append_pair(&key, if key == name { value } else { &old });
    }
    changed.finish()
}

fn parameter(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').unwrap();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
}

async fn refusals(office: &Office) -> Vec<String> {
    let kind = Some(audit::AuditKind::SignInRefused);
    let filter = Filter {
        kind,
        ..Filter::default()
    };
    let mut tx = office.it.store.read().await.unwrap();
    let rows = audit::list(&mut tx, &Scope::service("test"), &filter, 50)
        .await
        .unwrap();
    rows.into_iter().rev().map(|row| row.detail).collect()
}

on_each_database! {
    async fn a_person_of_the_provider_has_the_role_of_their_group(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        office.hears(&[HEATING, RUBBISH]).await;
        provider.knows("ivanova", &["zhkh", "football"]).await;
        let mut ivanova = office.stranger();
        assert!(ivanova.get("/signin").await.sees("Войти через учётную запись организации"));
        let page = comes(&mut ivanova, &provider, "ivanova").await;
        assert_eq!(page.location(), "/me", "{}", page.text);
        let page = ivanova.get("/me").await;
        assert!(page.sees("И. Иванова") && page.sees("вход через учётную запись организации"), "{}", page.text);
        assert!(!page.sees("name=\"current\"") && !page.sees("/me/factor"), "no password, no second step here");
        let queue = ivanova.get("/queue").await;
        assert!(queue.sees("нет отопления") && !queue.sees("Мусор с площадки"), "the sector is the rule's");
        let (code, said) = { let o = otklik_user(&office.it, &["password", "ivanova"], "длинный пароль\n");
            (o.status.code(), String::from_utf8(o.stderr).unwrap()) };
        assert!(code == Some(2) && said.contains("no password here"), "{said}");
    }

    async fn a_role_that_was_taken_away_ends_the_old_session(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        let (mut old, mut same, mut new) = (office.stranger(), office.stranger(), office.stranger());
        comes(&mut old, &provider, "ivanova").await;
        comes(&mut same, &provider, "ivanova").await;
        assert!(is_in(&mut old).await && is_in(&mut same).await, "the same roles end nothing");
        assert_eq!(old.get("/triage").await.status, StatusCode::OK);
        provider.knows("ivanova", &["auditors"]).await;
        comes(&mut new, &provider, "ivanova").await;
        assert!(!is_in(&mut old).await && !is_in(&mut same).await);
        assert_eq!(new.get("/audit").await.status, StatusCode::OK);
        assert_eq!(new.get("/triage").await.status, StatusCode::FORBIDDEN);
    }

    async fn groups_are_asked_anew_after_a_day_of_work(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        provider.knows("ivanova", &["curators"]).await;
        let (mut ivanova, mut vershinina) = (office.stranger(), office.enters("vershinina").await);
        comes(&mut ivanova, &provider, "ivanova").await;
        for hour in 1..12 {
            office.app.clock.advance(Span::hours(1));
            assert!(is_in(&mut ivanova).await, "after {hour} hours");
            assert!(is_in(&mut vershinina).await);
        }
        office.app.clock.advance(Span::hours(1));
        assert!(!is_in(&mut ivanova).await, "however busy they were");
        assert!(is_in(&mut vershinina).await, "roles given here are read at each request");
    }

    async fn a_provider_that_is_given_up_keeps_nobody_signed_in(it: TestStore) {
        let provider = Provider::start();
        let mut office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        comes(&mut ivanova, &provider, "ivanova").await;
        restarted(&mut office, |web| web.oidc.issuer.clear());
        let mut ivanova = ivanova.before(office.router.clone());
        assert!(!is_in(&mut ivanova).await);
        assert_eq!(ivanova.get("/signin/provider").await.status, StatusCode::NOT_FOUND);
        assert!(!office.stranger().get("/signin").await.sees("/signin/provider"));
    }

    async fn the_way_there_leads_to_no_other_host(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        for elsewhere in ["//evil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example"] {
            let mut ivanova = office.stranger();
            let there = ivanova.get(&format!("/signin/provider?next={elsewhere}")).await;
            let back = provider.signs_in(there.location(), "ivanova").await;
            assert_eq!(ivanova.get(&back).await.location(), "/");
        }
        let mut ivanova = office.stranger();
        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let elsewhere = with(&there, "redirect_uri", "https://evil.example/signin/provider/back");
        let asked = provider.client.get(&elsewhere).header("x-person", "ivanova").send().await.unwrap();
        assert_eq!(asked.status(), StatusCode::BAD_REQUEST, "the provider knows one address of ours");
    }

    async fn whoever_has_no_role_gets_a_sentence_and_no_access(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("petrov", &["football"]).await;
        let mut petrov = office.stranger();
        let page = comes(&mut petrov, &provider, "petrov").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.sees("роли в Отклике у вас нет"), "{}", page.text);
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        comes(&mut ivanova, &provider, "ivanova").await;
        provider.knows("ivanova", &[]).await;
        let page = comes(&mut office.stranger(), &provider, "ivanova").await;
        assert!(page.sees("роли в Отклике у вас нет"));
        assert!(!is_in(&mut ivanova).await, "the session of the lost role ended");
        let mut tx = office.it.store.read().await.unwrap();
        assert!(accounts::find_by_login(&mut tx, "petrov").await.unwrap().is_none());
        assert_eq!(refusals(&office).await, ["provider_no_role", "provider_no_role"]);
    }

    async fn an_answer_of_another_browser_or_sign_in_is_refused(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&there, "ivanova").await;
        let page = office.stranger().get(&back).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "a stolen answer is worth nothing elsewhere");
        assert!(page.sees("начат в другом браузере"), "{}", page.text);

        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&there, "ivanova").await;
        let page = ivanova.get(&with(&back, "state", "forged")).await;
        assert!(page.sees("начат в другом браузере"));

        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&with(&there, "nonce", "another"), "ivanova").await;
        let page = ivanova.get(&back).await;
        assert!(page.sees("относится к другому входу"), "{}", page.text);

        let other = office.stranger().get("/signin/provider").await.location().to_owned();
        let other = provider.signs_in(&other, "ivanova").await;
        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&there, "ivanova").await;
        let page = ivanova.get(&with(&back, "code", &parameter(&other, "code"))).await;
        assert!(page.sees("не приняла ответ"), "PKCE: the code was another browser's: {}", page.text);
        assert!(!is_in(&mut ivanova).await);
        assert_eq!(refusals(&office).await, ["provider_state", "provider_state", "provider_nonce", "provider_code"]);
    }

    async fn a_token_that_is_not_the_providers_or_not_for_us_is_refused(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        for (lies, code) in [
            (json!({ "claims": { "aud": "another" } }), "provider_token"),
            (json!({ "claims": { "aud": ["otklik", "another"] } }), "provider_token"),
            (json!({ "claims": { "iss": "https://evil.example" } }), "provider_token"),
            (json!({ "claims": { "azp": "another" } }), "provider_token"),
            (json!({ "claims": { "nonce": null } }), "provider_nonce"),
            (json!({ "claims": { "exp": 1 } }), "provider_time"),
            (json!({ "stranger": true }), "provider_token"),
            (json!({ "header": { "alg": "none" } }), "provider_token"),
            (json!({ "header": { "alg": "HS256" } }), "provider_token"),
        ] {
            provider.lies(lies.clone()).await;
            let mut ivanova = office.stranger();
            let page = comes(&mut ivanova, &provider, "ivanova").await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{lies}");
            assert!(!is_in(&mut ivanova).await, "{lies}");
            assert_eq!(refusals(&office).await.last().unwrap(), code, "{lies}");
        }
        provider.lies(json!({})).await;
        assert_eq!(comes(&mut office.stranger(), &provider, "ivanova").await.location(), "/me", "the forger forges well");
    }

    async fn an_answer_is_taken_once(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&there, "ivanova").await;
        let mut copy = ivanova.clone().before(office.another_process());
        assert_eq!(ivanova.get(&back).await.status, StatusCode::SEE_OTHER);
        let page = copy.get(&back).await;
        assert!(page.sees("уже завершён"), "also with the cookie, in another process: {}", page.text);

        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let fresh = provider.signs_in(&there, "ivanova").await;
        let replayed = with(&fresh, "code", &parameter(&back, "code"));
        assert!(ivanova.get(&replayed).await.sees("не приняла ответ"));
    }

    async fn clocks_may_differ_a_little_and_an_old_token_is_refused(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        for seconds in [-50, 50] {
            right(&office);
            office.app.clock.advance(Span::seconds(seconds));
            let page = comes(&mut office.stranger(), &provider, "ivanova").await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{seconds}: {}", page.text);
        }
        // tokens last two minutes there: five minutes on they are over, five minutes back they are
        // not yet issued
        for minutes in [5, -5] {
            right(&office);
            office.app.clock.advance(Span::minutes(minutes));
            let page = comes(&mut office.stranger(), &provider, "ivanova").await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{minutes}");
            assert!(page.sees("часы расходятся с часами сервера"), "{}", page.text);
        }
        right(&office);
        let mut late = office.stranger();
        let there = late.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&there, "ivanova").await;
        office.app.clock.advance(Span::minutes(11));
        assert!(late.get(&back).await.sees("устарел"));
    }

    async fn a_provider_that_is_down_is_told_and_passwords_still_open(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let back = provider.signs_in(&there, "ivanova").await;
        drop(provider);
        for path in [back.as_str(), "/signin/provider"] {
            let page = ivanova.get(path).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(page.sees("Служба входа организации сейчас не отвечает"), "{}", page.text);
            assert!(!page.field("token").is_empty(), "the form for passwords stands below");
            assert!(!page.sees("раскладку"), "nobody typed a password");
        }
        let page = tries(&mut ivanova, "vershinina", PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }

    async fn a_refusal_there_is_told_here(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        let mut ivanova = office.stranger();
        let there = ivanova.get("/signin/provider").await.location().to_owned();
        let state = parameter(&there, "state");
        let page = ivanova.get(&format!("/signin/provider/back?error=access_denied&state={state}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.sees("Служба входа организации отказала"));
        assert!(!page.sees("access_denied"), "what the address says is not repeated");
    }

    async fn a_name_chosen_there_takes_over_nobody_here(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        office.hire("admin", Role::Administrator, &[], &[]).await;
        provider.knows("admin", &["auditors"]).await;
        let mut namesake = office.stranger();
        comes(&mut namesake, &provider, "admin").await;
        assert!(is_in(&mut namesake).await);
        assert_eq!(namesake.get("/sources").await.status, StatusCode::FORBIDDEN);
        let mut admin = office.enters("admin").await;
        assert_eq!(admin.get("/sources").await.status, StatusCode::OK);
    }

    async fn a_leaver_is_switched_off_here_too(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        comes(&mut ivanova, &provider, "ivanova").await;
        let mut tx = office.it.store.write(Priority::Person).await.unwrap();
        let account = accounts::find_by_login(&mut tx, "ivanova").await.unwrap().unwrap();
        accounts::set_disabled(&mut tx, &account.id.into(), Some(office.app.clock.now())).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!is_in(&mut ivanova).await);
        let page = comes(&mut ivanova, &provider, "ivanova").await;
        assert!(page.sees("учётная запись выключена"), "{}", page.text);
    }

    async fn passwords_are_switched_off_but_for_the_day_of_need(it: TestStore) {
        let provider = Provider::start();
        let mut office = office(it, &provider).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        office.hire("admin", Role::Administrator, &[], &[]).await;
        office.hire("clerk", Role::Curator, &[], &[]).await;
        let mut before = office.enters("vershinina").await;
        restarted(&mut office, |web| {
            web.local_sign_in = false;
            web.break_glass = vec!["admin".into(), "clerk".into()];
        });
        before = before.before(office.router.clone());
        assert!(!is_in(&mut before).await, "sessions by password end as well");
        let page = office.stranger().get("/signin").await;
        assert!(page.sees("Вход администратора по паролю"));
        let page = tries(&mut office.stranger(), "vershinina", PASSWORD).await;
        assert!(page.sees("Логин или пароль не подошли"), "{}", page.text);
        let page = tries(&mut office.stranger().at("192.0.2.7"), "clerk", PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "only administrators break the glass");
        let mut admin = office.stranger().at("192.0.2.8");
        assert_eq!(tries(&mut admin, "admin", PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert!(is_in(&mut admin).await);
        provider.knows("ivanova", &["curators"]).await;
        let mut ivanova = office.stranger();
        assert_eq!(comes(&mut ivanova, &provider, "ivanova").await.status, StatusCode::SEE_OTHER);
    }

    async fn the_way_there_carries_what_the_standard_asks_for(it: TestStore) {
        let provider = Provider::start();
        let office = office(it, &provider).await;
        let page = office.stranger().get("/signin/provider").await;
        let there = page.location();
        for (name, value) in [
            ("response_type", "code"), ("code_challenge_method", "S256"), ("client_id", "otklik"),
            ("scope", "openid profile groups"), ("redirect_uri", "http://127.0.0.1:8080/signin/provider/back"),
        ] {
            assert_eq!(parameter(there, name), value);
        }
        let long = |name| parameter(there, name).len() == 43;
        assert!(long("state") && long("nonce") && long("code_challenge"), "{there}");
        let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=600"));
        assert!(!there.contains(cookie.split(['=', ';']).nth(1).unwrap()), "the secret stays in the browser");
    }
}
