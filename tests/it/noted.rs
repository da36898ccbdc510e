//! What is noted: every view, search, export, decision and change leaves an entry, and where no entry
//! can be made, nothing is shown and nothing happens.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use otklik::{
    domain::{journal::check::Verifier, time::Span, user::Role},
    store::audit::{self, AuditKind, Filter},
    store::scope::Scope,
};

use crate::{
    harness::TestStore,
    journal::tamper::Hand,
    office::{HEATING, Office, PASSWORD, Page, Said, UNSURE, Visitor, journal_key, post_id},
    on_each_database,
};

/// Words that are in the posts, and must be in no entry; the same for a name and a phone number.
const TEXT: &str = "третий день нет отопления";
const NAME: &str = "Варвара";
const PHONE: &str = "89001234567";

const CLAIM: Said = Said {
    id: "9",
    text: "Соседи, с 1 декабря в Заводском на пять суток отключат отопление!",
    claim: Some("c02"),
    topic: "energy.outage",
    age: Span::hours(20),
    ..HEATING
};

/// How somebody asks.
enum Ask {
    Get(String),
    Post(String, Vec<(&'static str, String)>),
    /// A program, with its token.
    Api(&'static str),
}
use Ask::{Api, Get, Post};

/// One way to see or change something, and the entry that it leaves.
struct Deed {
    ask: Ask,
    kind: AuditKind,
    subject: String,
}

fn deed(ask: Ask, kind: AuditKind, subject: &str) -> Deed {
    Deed {
        ask,
        kind,
        subject: subject.to_owned(),
    }
}

fn get(path: &str) -> Ask {
    Get(path.to_owned())
}

fn post(path: &str, fields: &[(&'static str, &str)]) -> Ask {
    let fields = fields.iter().map(|(k, v)| (*k, (*v).to_owned()));
    Post(path.to_owned(), fields.collect())
}

/// Every audited route, in an order in which each is possible.
fn deeds() -> Vec<Deed> {
    use AuditKind::{Changed, Decided, Exported, Opened, Searched, Viewed};
    let (heating, unsure, claim) = (post_id(&HEATING), post_id(&UNSURE), post_id(&CLAIM));
    let pair = [
        ("post", claim.as_str()),
        ("claim", "c02"),
        ("skip", "0"),
        ("reason", "то же событие"),
    ];
    let decided = [&pair[..], &[("decision", "repeats")]].concat();
    let undecided = [&pair[..], &[("decision", "")]].concat();
    let answer = |seen| {
        [
            ("seen", seen),
            ("template", ""),
            (
                "text",
                "Здравствуйте! Тепло вернули, причина была в насосе.",
            ),
            ("url", "https://vk.example/answer"),
        ]
    };
    let because = |seen| {
        [
            ("seen", seen),
            ("reason", "жители пишут, что снова холодно"),
        ]
    };
    let one = "incident:1";
    let of_claim = format!("post:{claim}");
    vec![
        deed(get("/queue"), Viewed, "page:queue"),
        deed(get("/queue.csv"), Exported, "page:queue"),
        deed(get("/incidents/1"), Viewed, one),
        deed(get("/incidents/1/pass"), Viewed, one),
        deed(get("/triage"), Viewed, "page:triage"),
        deed(get("/claims"), Viewed, &of_claim),
        deed(get("/alerts"), Viewed, "page:alerts"),
        deed(get(&format!("/search?q={NAME}+{PHONE}")), Searched, "posts"),
        deed(
            get(&format!("/out/{heating}")),
            Opened,
            &format!("post:{heating}"),
        ),
        deed(Api("/api/v1/incidents"), Exported, "api:incidents"),
        deed(Api("/api/v1/incidents/1"), Viewed, one),
        deed(
            Api("/api/v1/posts/search?q=89001234567"),
            Searched,
            "api:posts",
        ),
        deed(post("/incidents/1/take", &[("seen", "new")]), Decided, one),
        deed(post("/incidents/1/answer", &answer("new")), Viewed, one),
        deed(
            post("/incidents/1/answer", &answer("in_progress")),
            Decided,
            one,
        ),
        deed(
            post("/incidents/1/close", &[("seen", "answered")]),
            Decided,
            one,
        ),
        deed(
            post("/incidents/1/reopen", &[("seen", "closed"), ("reason", "")]),
            Viewed,
            one,
        ),
        deed(
            post("/incidents/1/reopen", &because("closed")),
            Decided,
            one,
        ),
        deed(
            post("/incidents/1/decline", &because("assigned")),
            Decided,
            one,
        ),
        deed(post("/queue/next", &[]), Decided, "incident:"),
        deed(
            post(&format!("/triage/{unsure}"), &[("sector", "roads")]),
            Decided,
            &format!("post:{unsure}"),
        ),
        deed(post("/claims", &undecided), Viewed, &of_claim),
        deed(post("/claims", &decided), Decided, "claim:c02"),
        deed(
            post(
                "/pages/p01/mark",
                &[
                    ("seen", "confirmed"),
                    ("mark", "lost"),
                    ("note", "проверено вручную"),
                ],
            ),
            Changed,
            "page:p01",
        ),
    ]
}

async fn ask(office: &Office, visitor: &mut Visitor, csrf: &str, ask: &Ask) -> Page {
    match ask {
        Get(path) => visitor.get(path).await,
        Post(path, fields) => {
            let mut all = vec![("csrf", csrf)];
            all.extend(fields.iter().map(|(k, v)| (*k, v.as_str())));
            visitor.send(path, &all).await
        }
        Api(path) => {
            let request = Request::get(*path).header(header::AUTHORIZATION, "Bearer token of vera");
            office.stranger().ask(request, Body::empty()).await
        }
    }
}

fn told(ask: &Ask) -> &str {
    match ask {
        Get(path) | Post(path, _) => path,
        Api(path) => path,
    }
}

/// What stands in the tables that deeds change.
async fn state(hand: &Hand) -> Vec<String> {
    let mut all = Vec::new();
    for query in [
        "select number || ' ' || state || ' ' || coalesce(holder, '') || cycle from incident order by number",
        "select incident || kind || coalesce(to_value, '') from incident_event order by id",
        "select post || coalesce(sector, '') from triage where decided is not null order by post",
        "select post || decision from claim_match where decision is not null order by post",
        "select code || gosorg || note from official_page order by code",
        "select cast(count(*) as text) from session",
        "select cast(count(*) as text) from job",
    ] {
        all.extend(hand.texts(query).await);
    }
    all
}

async fn entries(it: &TestStore) -> Vec<audit::AuditRow> {
    let scope = Scope::service("test");
    let mut tx = it.store.read().await.unwrap();
    let all = Filter::default();
    audit::list(&mut tx, &scope, &all, 1000).await.unwrap()
}

/// The journal refuses every entry.
async fn close(hand: &Hand) {
    hand.run(match hand {
        Hand::Sqlite(_) => {
            "create trigger refuse before insert on audit begin select raise(abort, 'full'); end"
        }
        Hand::Postgres(_) => {
            "create trigger refuse before insert on audit for each row \
             execute function audit_refuse()"
        }
    })
    .await;
}

async fn open(hand: &Hand) {
    hand.run(match hand {
        Hand::Sqlite(_) => "drop trigger refuse",
        Hand::Postgres(_) => "drop trigger refuse on audit",
    })
    .await;
}

async fn office(it: TestStore) -> (Office, Visitor, String, Hand) {
    let hand = Hand::bare(&it).await;
    let office = Office::open(it).await;
    let second = Said {
        id: "2",
        place: None,
        topic: "housing.heating",
        municipality: crate::office::DISTRICT,
        ..HEATING
    };
    office.hears(&[HEATING, UNSURE, CLAIM, second]).await;
    office.hire("vera", Role::Curator, &[], &[]).await;
    let mut vera = office.enters("vera").await;
    let csrf = vera.csrf().await;
    (office, vera, csrf, hand)
}

on_each_database! {
    async fn every_deed_leaves_an_entry_or_does_not_happen(it: TestStore) {
        let (office, mut vera, csrf, hand) = office(it).await;
        for deed in deeds() {
            let path = told(&deed.ask);
            let (before, known) = (state(&hand).await, entries(&office.it).await.len());
            close(&hand).await;
            let page = ask(&office, &mut vera, &csrf, &deed.ask).await;
            open(&hand).await;
            assert!(page.status.is_server_error(), "{path} without a journal: {}", page.status);
            assert!(!page.sees(TEXT) && page.location().is_empty(), "{path} shows something");
            assert_eq!(state(&hand).await, before, "{path} changed something");
            assert_eq!(entries(&office.it).await.len(), known, "{path}");

            let page = ask(&office, &mut vera, &csrf, &deed.ask).await;
            assert!(!page.status.is_server_error() && page.status != StatusCode::FORBIDDEN, "{path}: {}", page.text);
            let new = entries(&office.it).await;
            assert_eq!(new.len(), known + 1, "{path}: {}", page.text);
            let entry = &new[0];
            assert_eq!((entry.who.as_str(), entry.kind.as_str()), ("vera", deed.kind.code()), "{path}");
            assert!(entry.subject.starts_with(&deed.subject), "{path}: {}", entry.subject);
            let decided = matches!(deed.kind, AuditKind::Decided | AuditKind::Changed);
            assert_eq!(state(&hand).await != before, decided, "{path}");
        }
        let verifier = Verifier::new(vec![journal_key().public()], None);
        let mut tx = office.it.store.read().await.unwrap();
        let figures = audit::verify(&mut tx, verifier).await.unwrap().unwrap();
        assert_eq!(figures.chains, 1, "what was refused left no gap");
    }

    async fn signing_in_and_out_and_refusals_are_noted(it: TestStore) {
        let (office, mut vera, csrf, _) = office(it).await;
        let token = office.stranger().get("/signin").await.field("token");
        for login in ["vera", NAME, PHONE] {
            let mut stranger = office.stranger();
            let own = stranger.get("/signin").await.field("token");
            let fields = [("token", own.as_str()), ("login", login), ("password", "не тот")];
            stranger.send("/signin", &fields).await;
        }
        drop(token);
        vera.get("/audit").await;
        vera.send("/signout", &[("csrf", &csrf)]).await;
        let rows = entries(&office.it).await;
        let told: Vec<_> = rows.iter().rev().map(|r| (r.who.as_str(), r.kind.as_str(), r.subject.as_str())).collect();
        assert_eq!(told[0], ("vera", "signed_in", "account:vera"));
        assert!(told.contains(&("nobody", "sign_in_refused", "account:vera")));
        assert_eq!(told.iter().filter(|t| t.2 == "account:unknown").count(), 2);
        assert!(told.contains(&("vera", "denied", "/audit")));
        assert_eq!(*told.last().unwrap(), ("vera", "signed_out", "account:vera"));
    }

    async fn no_entry_holds_a_text_a_name_or_a_phone_number(it: TestStore) {
        let (office, mut vera, csrf, hand) = office(it).await;
        for deed in deeds() {
            ask(&office, &mut vera, &csrf, &deed.ask).await;
        }
        let mut stranger = office.stranger();
        let token = stranger.get("/signin").await.field("token");
        for login in [NAME, PHONE] {
            let fields = [("token", token.as_str()), ("login", login), ("password", PASSWORD)];
            stranger.send("/signin", &fields).await;
        }
        let mut head = office.with(Role::Leadership, &[], &[]).await;
        for path in [format!("/out/{PHONE}"), format!("/incidents/{PHONE}"), format!("/search?q={PHONE}")] {
            head.get(&path).await;
        }
        let all = hand.texts("select who || ' ' || subject || ' ' || detail from audit").await;
        assert!(all.len() > 20);
        let words: Vec<&str> = HEATING.text.split_whitespace().chain(CLAIM.text.split_whitespace())
            .filter(|word| word.chars().count() > 5).collect();
        for entry in all {
            for forbidden in words.iter().chain(&[NAME, PHONE, "Вершинина", "id100", "https://"]) {
                assert!(!entry.contains(forbidden), "{entry}");
            }
        }
    }
}
