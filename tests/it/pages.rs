//! Every page in both languages, and who sees what.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{StatusCode, header};
use otklik::domain::{time::Span, user::Role};

use crate::{
    harness::project,
    office::{DISTRICT, HEATING, Office, RUBBISH, Said, UNSURE, Visitor, post_id},
    on_each_database,
};

const CLAIM: Said = Said {
    id: "9",
    text: "Соседи, с 1 декабря в Заводском на пять суток отключат отопление!",
    claim: Some("c02"),
    topic: "energy.outage",
    age: Span::hours(20),
    ..HEATING
};

/// A town with everything in it.
async fn busy(it: crate::harness::TestStore) -> Office {
    let office = Office::open(it).await;
    office.hears(&[HEATING, RUBBISH, UNSURE, CLAIM]).await;
    office
}

async fn answer_first(visitor: &mut Visitor) -> crate::office::Page {
    let fields = [
        ("seen", "new"),
        ("template", ""),
        (
            "text",
            "Здравствуйте! Тепло вернули, причина была в насосе.",
        ),
        ("url", "https://vk.example/answer"),
    ];
    visitor.post("/incidents/1/answer", &fields).await
}

on_each_database! {
    async fn every_page_speaks_both_languages(it: TestStore) {
        let office = busy(it).await;
        let mut pages: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let paths = [
            "/overview", "/queue", "/queue?due=overdue", "/incidents/1", "/incidents/1/pass",
            "/incidents/1/decline", "/incidents/1?template=accepted", "/triage", "/claims",
            "/search", "/search?q=отопление", "/pages", "/sources", "/alerts",
            "/sources/vk-svetlorechensk-ryadom",
        ];
        for lang in ["ru", "en"] {
            let mut curator = office.with(Role::Curator, &[], &[]).await;
            if lang == "en" {
                curator = curator.in_english();
            }
            for path in paths {
                let page = curator.get(&url_of(path)).await;
                assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
                assert!(page.sees(&format!("<html lang=\"{lang}\">")), "{path}");
                assert_eq!(page.text.matches("<h1").count(), 1, "{path} has one heading");
                assert!(!page.sees("style=\"") && !page.sees("<script>"), "{path}");
                pages.entry(path).or_default().push(page.text);
            }
        }
        for (path, texts) in pages {
            assert_ne!(texts[0], texts[1], "{path}");
            let english = without_people(&texts[1]);
            let left: String = english.chars().filter(|c| ('а'..='я').contains(c)).collect();
            assert!(left.len() < 20_000, "{path} is not English");
        }
    }

    async fn the_queue_puts_the_nearest_promise_first(it: TestStore) {
        let office = busy(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/queue").await;
        let at = |words: &str| page.text.find(words).unwrap_or_else(|| panic!("no {words}"));
        assert!(at("просрочено на") < at("осталось"), "late ones stand on top");
        assert!(page.sees("Мусор с площадки") && page.sees("1\u{a0}просрочен") || page.sees("просрочен"));
        let filtered = curator.get("/queue?sector=waste").await;
        assert!(filtered.sees("Мусор с площадки") && !filtered.sees("Речной, 14 третий"));
        let none = curator.get("/queue?sector=ecology").await;
        assert!(none.sees("По этому отбору ничего нет"));
    }

    async fn a_person_takes_answers_closes_and_reopens(it: TestStore) {
        let office = busy(it).await;
        let mut worker = office.with(Role::BlockEmployee, &["housing"], &[]).await;
        let page = worker.post("/queue/next", &[]).await;
        let incident = page.location().to_owned();
        let page = worker.get(&incident).await;
        assert!(page.sees("Инцидент ведёте вы"));
        let bare = worker.post(&format!("{incident}/answer"), &[
            ("seen", "in_progress"), ("template", ""), ("text", "Тепло дали ещё вчера"), ("url", "завтра"),
        ]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.sees("Тепло дали ещё вчера"), "what was written stays");
        assert!(bare.sees("Вставьте полный адрес"));
        let good = worker.post(&format!("{incident}/answer"), &[
            ("seen", "in_progress"), ("template", ""), ("text", "Тепло дали ещё вчера"), ("url", "https://vk.example/1"),
        ]).await;
        assert_eq!(good.status, StatusCode::SEE_OTHER);
        let stale = worker.post(&format!("{incident}/close"), &[("seen", "in_progress")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "the page was older than the state");
        worker.post(&format!("{incident}/close"), &[("seen", "answered")]).await;
        assert!(worker.get(&incident).await.sees("Закрыто"));
        let short = worker.post(&format!("{incident}/reopen"), &[("seen", "closed"), ("reason", "ну")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = worker.post(&format!("{incident}/reopen"), &[("seen", "closed"), ("reason", "снова холодно, пишут жители")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(worker.get(&incident).await.sees("повторно"));
    }

    async fn a_template_is_not_sent_with_open_prompts(it: TestStore) {
        let office = busy(it).await;
        let mut worker = office.with(Role::BlockEmployee, &["housing"], &[]).await;
        let page = worker.get("/incidents/1?template=accepted").await;
        assert!(page.sees("name=\"p0\"") && page.sees("[срок]"));
        assert!(page.sees("value=\"ул. Речная, 14\""), "the address is known");
        let fields = [
            ("seen", "new"), ("template", "accepted"), ("p0", "нет тепла"), ("p1", "Речная, 14"),
            ("p2", "теплосеть"), ("p3", ""), ("url", "https://vk.example/1"),
        ];
        let page = worker.post("/incidents/1/answer", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.sees("Заполните «срок»"));
        let full: Vec<_> = fields.iter().map(|(k, v)| (*k, if *k == "p3" { "18:00" } else { v })).collect();
        let page = worker.post("/incidents/1/answer", &full).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        assert!(worker.get("/incidents/1").await.sees("осмотрят место до 18:00"));
    }

    async fn an_employee_sees_their_sector_and_passes_on_what_is_not_theirs(it: TestStore) {
        let office = busy(it).await;
        let mut housing = office.with(Role::BlockEmployee, &["housing"], &[]).await;
        let mut waste = office.with(Role::BlockEmployee, &["waste"], &[]).await;
        let page = housing.get("/queue").await;
        assert!(page.sees("Речной, 14") && !page.sees("Мусор с площадки"));
        assert_eq!(waste.get("/incidents/1").await.status, StatusCode::NOT_FOUND);
        for path in ["/triage", "/claims", "/sources", "/pages", "/audit", "/alerts"] {
            assert_eq!(housing.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let fields = [("seen", "new"), ("sector", "waste"), ("reason", "это наледь от мусоровоза")];
        let page = housing.post("/incidents/1/pass", &fields).await;
        assert_eq!(page.location(), "/queue");
        assert_eq!(housing.get("/incidents/1").await.status, StatusCode::NOT_FOUND);
        let page = waste.get("/incidents/1").await;
        assert!(page.sees("третий день нет отопления"), "the posts go with their incident");
        let link = format!("/out/{}", post_id(&HEATING));
        assert_eq!(waste.get(&link).await.location(), "https://vk.example/wall-1_1");
        assert_eq!(housing.get(&link).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_municipal_head_sees_their_own_place_and_changes_nothing(it: TestStore) {
        let office = busy(it).await;
        let mut head = office.with(Role::MunicipalHead, &[], &[DISTRICT]).await;
        let page = head.get("/queue").await;
        assert!(page.sees("Мусор с площадки") && !page.sees("Речной, 14"));
        assert!(!page.sees("Взять следующий"));
        let page = head.get("/overview").await;
        assert!(page.sees("Берёзовский район") && !page.sees("Светлореченск</a>"));
        let number = office_number(&mut head, "Мусор").await;
        let page = head.post(&format!("/incidents/{number}/take"), &[("seen", "new")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert_eq!(head.get(&format!("/incidents/{number}/pass")).await.status, StatusCode::FORBIDDEN);
    }

    async fn leadership_sees_totals_and_no_texts(it: TestStore) {
        let office = busy(it).await;
        let mut leader = office.with(Role::Leadership, &[], &[]).await;
        assert_eq!(leader.get("/").await.location(), "/overview");
        let page = leader.get("/overview").await;
        assert!(page.sees("ЖКХ") && !page.sees("/queue?"), "figures without links");
        for path in ["/queue", "/incidents/1", "/search", "/triage", "/claims", "/sources", "/audit"] {
            assert_eq!(leader.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let link = format!("/out/{}", post_id(&HEATING));
        assert_eq!(leader.get(&link).await.status, StatusCode::FORBIDDEN);
    }

    async fn the_auditor_reads_the_journal_alone(it: TestStore) {
        let office = busy(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        curator.get("/incidents/1").await;
        curator.get("/search?q=%D1%82%D0%B5%D0%BF%D0%BB%D0%BE+89001234567").await;
        curator.get(&format!("/out/{}", post_id(&HEATING))).await;
        curator.get("/queue.csv").await;
        answer_first(&mut curator).await;
        let mut housing = office.with(Role::BlockEmployee, &["housing"], &[]).await;
        housing.get("/sources").await;
        let mut auditor = office.with(Role::Auditor, &[], &[]).await;
        assert_eq!(auditor.get("/").await.location(), "/audit");
        let page = auditor.get("/audit").await;
        for words in ["смотрел", "искал", "открыл оригинал", "выгрузил", "решил", "вошёл", "инцидент №\u{a0}1", "получил отказ", "/sources"] {
            assert!(page.sees(words), "no {words}");
        }
        assert!(!page.sees("89001234567"), "the words of a search are masked");
        let opened = auditor.get("/audit?kind=opened").await;
        assert!(opened.sees(&format!("сообщение {}", post_id(&HEATING))) && !opened.sees("выгрузил</td>"));
        for path in ["/queue", "/incidents/1", "/overview", "/search", "/sources"] {
            assert_eq!(auditor.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }

    async fn one_key_gives_a_sector_to_what_the_machine_was_unsure_of(it: TestStore) {
        let office = busy(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/triage").await;
        assert!(page.sees("творится у нас под окнами") && page.sees("data-key=\"Digit1\""));
        assert!(page.sees("Похоже на «Дороги"), "the guess is a hint");
        let path = format!("/triage/{}", post_id(&UNSURE));
        assert_eq!(curator.post(&path, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = curator.post(&path, &[("sector", "transport")]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(curator.get("/triage").await.sees("Всё разобрано"));
        assert!(curator.get("/queue?sector=transport").await.sees("творится у нас под окнами"));
        let again = curator.post(&path, &[("sector", "roads")]).await;
        assert!(again.status.is_client_error(), "a decision is made once");
    }

    async fn a_claim_is_decided_by_a_person_and_nothing_is_chosen_beforehand(it: TestStore) {
        let office = busy(it).await;
        let mut centre = office.with(Role::ContentCentre, &[], &[]).await;
        let page = centre.get("/claims").await;
        assert!(page.sees("Заводском") && page.sees("<mark class=\"clash\">"));
        assert!(!page.sees(" checked"), "nothing is chosen");
        let (post, claim) = (page.field("post"), page.field("claim"));
        let with = |decision, reason| [
            ("post", post.clone()), ("claim", claim.clone()), ("skip", "0".to_owned()),
            ("decision", String::from(decision)), ("reason", String::from(reason)),
        ];
        async fn send(centre: &mut Visitor, fields: [(&str, String); 5]) -> crate::office::Page {
            let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
            centre.post("/claims", &fields).await
        }
        let page = send(&mut centre, with("", "то же событие")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.sees("Выберите решение") && page.sees("то же событие"));
        let page = send(&mut centre, with("repeats", "")).await;
        assert!(page.sees("Напишите основание") && page.sees(" checked"), "the choice stays");
        let page = send(&mut centre, with("repeats", "то же событие, другое число")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let page = centre.get("/claims").await;
        assert!(page.sees("Нет записей, похожих") && !page.sees("то же событие"));
    }

    async fn search_finds_any_form_of_a_word_within_reach(it: TestStore) {
        let office = busy(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get(&url_of("/search?q=отоплением")).await;
        assert!(page.sees("<mark>отопления</mark>") && page.sees("инцидент № "));
        assert!(page.sees("Сектор") && page.sees("sector=housing"), "facets");
        let page = curator.get(&url_of("/search?q=крысы&sector=housing")).await;
        assert!(page.sees("Ничего не нашлось"));
        assert_eq!(curator.get("/search?q=%E2%84%96+1").await.location(), "/incidents/1");
        let mut waste = office.with(Role::BlockEmployee, &["waste"], &[]).await;
        let page = waste.get(&url_of("/search?q=отопление")).await;
        assert!(page.sees("Ничего не нашлось") && !page.sees("<mark>"));
    }

    async fn markup_in_posts_stays_text(it: TestStore) {
        let office = Office::open(it).await;
        let evil = Said {
            text: "<script>alert(1)</script> <img src=x onerror=alert(2)> & \"яма\" на Речной",
            claim: Some("c01"),
            url: Some("javascript:alert(3)"),
            ..HEATING
        };
        office.hears(&[evil.clone(), Said { id: "7", abstained: true, place: None, ..evil.clone() }]).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        for path in ["/queue", "/incidents/1", "/triage", "/claims", "/queue?sector=%3Cscript%3E", "/search?q=%3Cscript%3E"] {
            let page = curator.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(!page.sees("<script>alert") && !page.sees("<img src=x"), "{path}");
        }
        assert!(curator.get("/incidents/1").await.sees("alert(1)"), "shown as text");
        let page = curator.get(&format!("/out/{}", post_id(&evil))).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "only the web is led to");
    }

    async fn voices_are_letters_within_an_incident(it: TestStore) {
        let office = Office::open(it).await;
        let more = [("11", "id100"), ("12", "id555"), ("13", "id100")];
        let mut said = vec![HEATING];
        said.extend(more.iter().map(|(id, author)| Said { id, author, age: Span::hours(1), ..HEATING }));
        office.hears(&said).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/incidents/1").await;
        assert_eq!(page.text.matches("житель А").count(), 3);
        assert_eq!(page.text.matches("житель Б").count(), 1);
        assert!(!page.sees("id100") && !page.sees("2026-11:"), "no author in any form");
    }

    async fn a_new_incident_waits_behind_a_button(it: TestStore) {
        let office = busy(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/queue").await;
        let fresh = page.text.split_once("hx-get=\"").unwrap().1.split('"').next().unwrap().replace("&#38;", "&");
        assert!(!curator.get(&fresh).await.sees("показать"));
        office.app.clock.advance(Span::minutes(1));
        office.hears(&[Said { id: "21", topic: "roads.potholes", place: Some("ул. Садовая"), ..HEATING }]).await;
        assert!(curator.get(&fresh).await.sees("1 новый, показать"));
    }

    async fn an_export_is_a_table_without_formulas(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[Said { text: "=HYPERLINK(1) горячей воды нет вторую неделю", ..HEATING }]).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/queue.csv").await;
        assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/csv"));
        assert!(page.sees("'=HYPERLINK") && page.sees("ЖКХ"));
    }

    async fn a_link_changes_the_language_and_keeps_the_filter(it: TestStore) {
        let office = busy(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/queue?sector=waste&lang=en").await;
        assert_eq!(page.location(), "/queue?sector=waste");
        assert!(page.headers[header::SET_COOKIE].to_str().unwrap().starts_with("otklik_lang=en"));
        let mut stranger = office.stranger();
        let page = stranger.get("/incidents/7").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(stranger.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    }
}

/// A path with its Russian words encoded.
fn url_of(path: &str) -> String {
    let encode = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => url::form_urlencoded::byte_serialize(c.to_string().as_bytes()).collect(),
    };
    path.chars().map(encode).collect()
}

/// The page without what people wrote: only a rough cut for counting letters.
fn without_people(text: &str) -> String {
    text.replace("A. Вершинина", "")
}

async fn office_number(visitor: &mut Visitor, words: &str) -> String {
    let page = visitor.get("/queue").await;
    let (before, _) = page.text.split_once(words).unwrap();
    let (_, number) = before.rsplit_once("/incidents/").unwrap();
    number.split('"').next().unwrap().to_owned()
}

fn locale(lang: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for entry in std::fs::read_dir(project().join("src/web/locale").join(lang)).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line
                .split_once(" =")
                .filter(|_| !line.starts_with([' ', '}']))
            {
                key = name.to_owned();
                let old = keys.insert(key.clone(), BTreeSet::new());
                assert!(old.is_none(), "{lang}: {key} stands twice");
            }
            let values = line.match_indices('$').map(|(at, _)| {
                line[at + 1..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric())
                    .collect::<String>()
            });
            if let Some(names) = keys.get_mut(&key) {
                names.extend(values);
            }
        }
    }
    keys
}

#[test]
fn both_locales_have_the_same_keys_and_values() {
    let (russian, english) = (locale("ru"), locale("en"));
    let of =
        |map: &BTreeMap<String, BTreeSet<String>>| map.keys().cloned().collect::<BTreeSet<_>>();
    let (ru, en) = (of(&russian), of(&english));
    assert_eq!(
        ru.difference(&en).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "English lacks"
    );
    assert_eq!(
        en.difference(&ru).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "Russian lacks"
    );
    for (key, names) in &russian {
        if key != "bar-zone" {
            let other = &english[key];
            assert!(
                other.is_subset(names),
                "{key}: English asks for {other:?}, Russian for {names:?}"
            );
        }
    }
}

/// Texts of templates and handlers.
fn web_sources() -> Vec<(String, String)> {
    fn walk(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&project().join("src/web"), &mut found);
    found
}

#[test]
fn every_key_that_is_used_has_words() {
    let keys = locale("ru");
    let mut used = 0;
    for (file, text) in web_sources() {
        for call in [".t(", ".n(", ".v(", ".with("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                let Some(key) = rest.strip_prefix('"').and_then(|r| r.split('"').next()) else {
                    continue;
                };
                if rest.starts_with("\"from\"") || call == ".with(" && !key.contains('-') {
                    continue;
                }
                used += 1;
                assert!(
                    keys.contains_key(key),
                    "{file} uses {key}, which has no words"
                );
            }
        }
    }
    assert!(used > 200, "the walk found only {used} uses");
}

#[test]
fn every_code_of_the_domain_has_words() {
    use otklik::{
        collect::import::table::{Person, TableFault},
        domain::{
            annotation::MessageKind,
            claim::{Decision, Level, Rating},
            incident::{Action, ClockKind, IncidentState},
            page::{GosOrg, PageClass},
            post::Platform,
            table::{RowFault, TableField, TableKind},
            user::Role,
            watch::{BackfillEnd, ErrorClass, Finding, GapKind},
        },
        store::{audit::AuditKind, jobs::JobState, tables::imports::ImportState},
    };
    let keys = locale("ru");
    let mut missing = Vec::new();
    let mut check = |group: &str, codes: Vec<&str>| {
        for code in codes {
            let key = format!("{group}-{}", code.replace(['_', '.'], "-"));
            if !keys.contains_key(&key) {
                missing.push(key);
            }
        }
    };
    check(
        "state",
        IncidentState::ALL.iter().map(|c| c.code()).collect(),
    );
    check("action", Action::ALL.iter().map(|c| c.code()).collect());
    check("clock", ClockKind::ALL.iter().map(|c| c.code()).collect());
    check("tag", Platform::ALL.iter().map(|c| c.code()).collect());
    check("platform", Platform::ALL.iter().map(|c| c.code()).collect());
    check("role", Role::ALL.iter().map(|c| c.code()).collect());
    check("audit", AuditKind::ALL.iter().map(|c| c.code()).collect());
    check("mark", GosOrg::ALL.iter().map(|c| c.code()).collect());
    check("class", PageClass::ALL.iter().map(|c| c.code()).collect());
    check("decision", Decision::ALL.iter().map(|c| c.code()).collect());
    check(
        "decision-note",
        Decision::ALL.iter().map(|c| c.code()).collect(),
    );
    check("level", Level::ALL.iter().map(|c| c.code()).collect());
    check("rating", Rating::ALL.iter().map(|c| c.code()).collect());
    check("kind", MessageKind::ALL.iter().map(|c| c.code()).collect());
    check(
        "alerts-state",
        JobState::ALL.iter().map(|c| c.code()).collect(),
    );
    check("field", TableField::ALL.iter().map(|c| c.code()).collect());
    check(
        "row-fault",
        RowFault::ALL.iter().map(|c| c.code()).collect(),
    );
    check("person", Person::ALL.iter().map(|c| c.code()).collect());
    check(
        "table-fault",
        TableFault::ALL.iter().map(|c| c.code()).collect(),
    );
    check(
        "table-group",
        TableKind::ALL.iter().map(|c| c.code()).collect(),
    );
    check(
        "table-import-state",
        ImportState::ALL.iter().map(|c| c.code()).collect(),
    );
    check("conflict", vec!["number", "negation"]);
    check("triage-reason", vec!["unsure", "other", "kind"]);
    check(
        "loop",
        vec![
            "collecting",
            "backfilling",
            "understanding",
            "routing",
            "indexing",
            "deadlines",
            "jobs",
            "journal",
            "listening",
            "retention",
            "tables",
        ],
    );
    check("loop-state", vec!["running", "failing", "stopped"]);
    for words in ["error-class", "error-class-do"] {
        check(words, ErrorClass::ALL.iter().map(|c| c.code()).collect());
    }
    for words in ["finding", "finding-words"] {
        check(words, Finding::ALL.iter().map(|c| c.code()).collect());
    }
    check("gap-words", GapKind::ALL.iter().map(|c| c.code()).collect());
    check(
        "backfill-end",
        BackfillEnd::ALL.iter().map(|c| c.code()).collect(),
    );
    check("gap-state", vec!["open", "waits", "closed", "lost"]);
    check(
        "backfill-state",
        vec!["waiting", "running", "held", "done", "stopped", "failed"],
    );
    check(
        "alert-event",
        vec!["incident.opened", "incident.overdue", "incident.moved"],
    );
    for code in [
        "not-found",
        "denied",
        "forged",
        "unauthorized",
        "conflict",
        "refused",
        "invalid",
        "too-many",
        "unavailable",
        "internal",
        "method",
        "too-large",
        "bad-request",
    ] {
        check(
            "error",
            vec![&format!("{code}-title"), &format!("{code}-next")],
        );
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
