//! The widget of the state feedback platform on sites: by command, and kept for official sites.

use std::process::Command;

use otklik::{
    domain::{
        page::{GosOrg, OfficialPage, PageClass},
        post::Platform,
        source::{PageFacts, SourceConfig},
        time::Span,
        user::Role,
        widget::{Widget, WidgetVerdict},
    },
    store::{Priority, pages, scope::Scope},
};
use serde_json::{Value, json};

use crate::{
    collect::{Crawler, source},
    harness::START,
    network::{Network, says, status},
    office::Office,
    on_each_database,
};

const PLACE: &str = "<html><body><div id='js-show-iframe-wrapper'></div>";

fn called(form: u32) -> String {
    format!(
        "<script src='https://pos.gosuslugi.ru/bin/script.min.js'></script>{PLACE}\
         <script>Widget(\"https://pos.gosuslugi.ru/form\", {form})</script>"
    )
}

#[tokio::test]
async fn the_command_tells_a_verdict_for_each_site() {
    let net = Network::start().await;
    net.on("/whole", says(called(17)));
    net.on(
        "/own",
        says(format!("{PLACE}<script src='/js/site.js'></script>")),
    );
    net.on(
        "/js/site.js",
        says("Widget('https://pos.gosuslugi.ru/form', 18)"),
    );
    net.on(
        "/link",
        says("<a href='https://pos.gosuslugi.ru/form'>Решаем вместе</a>"),
    );
    net.on("/none", says("<p>Администрация</p>"));
    net.on("/gone", status(404));
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_otklik"));
    command.args(["sources", "widget"]);
    command.args(
        ["/whole", "/own", "/link", "/none", "/gone"].map(|path| format!("{}{path}", net.base)),
    );
    command
        .env("OTKLIK_DATA_DIR", folder.path())
        .env("OTKLIK_COLLECT__ALLOW_PRIVATE_ADDRESSES", "true")
        .env("OTKLIK_COLLECT__HOST_PER_SECOND", "1000");
    let done = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert_eq!(done.status.code(), Some(1), "one page could not be had");
    let text = String::from_utf8(done.stdout).unwrap();
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<Value> = rows
        .iter()
        .map(|row| json!([row["verdict"], row["form"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["present", 17]),
            json!(["present", 18]),
            json!(["link_only", null]),
            json!(["absent", null]),
            json!([null, null]),
        ]
    );
    assert!(rows[4]["error"].as_str().unwrap().contains("404"));
}

#[tokio::test]
async fn an_official_site_is_looked_at_once_a_day_and_the_registry_keeps_it() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    net.on(
        "/news/",
        says("<main><h1>Отключения</h1><p>Завтра воды не будет на улице Мира.</p></main>"),
    );
    net.on("/", says(called(4711)));
    let town = SourceConfig {
        official: true,
        ..source(Platform::Site, &format!("{}/news/", net.base))
    };
    let facts = crawler.visit(&town).await.unwrap().facts.unwrap();
    assert_eq!(facts.widget.unwrap().verdict, WidgetVerdict::Present);
    assert_eq!(crawler.visit(&town).await.unwrap().facts, None);
    crawler.clock.advance(Span::days(1));
    assert!(crawler.visit(&town).await.unwrap().facts.is_some());

    let mut tx = crawler.store.store.write(Priority::Person).await.unwrap();
    let page = OfficialPage {
        code: "site-town".into(),
        body: "Администрация".into(),
        network: "site".into(),
        address: "https://town.example/".into(),
        municipality: None,
        class: PageClass::Card,
        gosorg: GosOrg::Absent,
        posts_per_week_norm: 1,
        source: Some("a-source".into()),
        note: String::new(),
    };
    pages::put(&mut tx, &page).await.unwrap();
    pages::note_facts(&mut tx, "a-source", &facts, START)
        .await
        .unwrap();
    let row = pages::list(&mut tx, &Scope::service("a story"))
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (row.pos_widget.as_deref(), row.pos_form),
        (Some("present"), Some(4711))
    );
    assert_eq!(row.gosorg_checked, None, "a site has no mark to check");
}

on_each_database! {
    async fn the_page_of_official_pages_tells_what_a_site_shows(it: TestStore) {
        let office = Office::open(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/pages").await;
        assert!(page.sees("Форму ПОС на сайте ещё не искали"), "{}", page.text);
        for (verdict, form, words) in [
            (WidgetVerdict::Present, Some(4711), "Форма ПОС на сайте есть, номер 4711"),
            (WidgetVerdict::Partial, None, "Указать в коде установки номер формы ПОС"),
            (WidgetVerdict::Absent, None, "Поставить на сайт форму ПОС"),
        ] {
            let facts = PageFacts {
                widget: Some(Widget { verdict, form }),
                ..PageFacts::default()
            };
            let mut tx = office.it.store.write(Priority::Person).await.unwrap();
            pages::note_facts(&mut tx, "site-sineozersk", &facts, START).await.unwrap();
            tx.commit().await.unwrap();
            let page = curator.get("/pages").await;
            assert!(page.sees(words), "{words} not in {}", page.text);
        }
        let mut english = office.with(Role::Curator, &[], &[]).await.in_english();
        assert!(english.get("/pages").await.sees("No ПОС form in the site"));
    }
}
