//! The main road in a real Chromium, with keys: sign in, filter, answer, review; and every page of
//! the menu on a phone.
//!
//! The driver is started on a free port and stopped by its own handle.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, key::Key, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use otklik::domain::user::Role;
use tokio::net::TcpListener;

use crate::{
    harness::{Database, TestStore},
    office::{HEATING, Office, PASSWORD, RUBBISH, Said},
};

/// How long the page may take to show something.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running driver; it ends when this is dropped.
struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the driver on a port that was free a moment ago.
async fn driver() -> Driver {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let process = Command::new("chromedriver")
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is not installed: run scripts/test, which installs it");
    Driver { process, port }
}

async fn browser(driver: &Driver, profile: &std::path::Path) -> Client {
    let flags = [
        "--headless=new",
        "--no-sandbox", // Chromium refuses root without it
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1440,900",
    ];
    let mut flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let options = serde_json::json!({ "goog:chromeOptions": { "args": flags } });
    let serde_json::Value::Object(capabilities) = options else {
        unreachable!("written as an object above")
    };
    let address = format!("http://127.0.0.1:{}", driver.port);
    let mut last = String::new();
    for _ in 0..100 {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        match builder
            .capabilities(capabilities.clone())
            .connect(&address)
            .await
        {
            Ok(client) => return client,
            Err(error) => last = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the browser did not start: {last}");
}

/// A command to the browser's own tools: its name and parameters.
#[derive(Debug)]
struct Devtools(&'static str, serde_json::Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        let body = serde_json::json!({ "cmd": self.0, "params": self.1 });
        (axum::http::Method::POST, Some(body.to_string()))
    }
}

/// The pages on a port of their own.
async fn serve(office: &Office) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = office
        .router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}")
}

struct Person {
    client: Client,
}

impl Person {
    async fn sees(&self, words: &str) {
        let path = format!("//body[contains(., '{words}')]");
        let wait = self.client.wait().at_most(PATIENCE);
        if wait.for_element(Locator::XPath(&path)).await.is_err() {
            let source = self.client.source().await.unwrap_or_default();
            panic!("the page does not say «{words}»:\n{source}");
        }
    }

    async fn fills(&self, css: &str, text: &str) {
        let wait = self.client.wait().at_most(PATIENCE);
        let field = wait.for_element(Locator::Css(css)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    async fn clicks(&self, css: &str) {
        let wait = self.client.wait().at_most(PATIENCE);
        wait.for_element(Locator::Css(css))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }

    /// A window of headless Chromium is never narrower than 500 pixels: the driver's own command
    /// makes the page believe in a phone.
    async fn is_on_a_phone(&self) {
        let metrics = serde_json::json!({
            "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true,
        });
        let command = Devtools("Emulation.setDeviceMetricsOverride", metrics);
        self.client.issue_cmd(command).await.unwrap();
    }

    async fn opens_the_menu(&self) {
        self.clicks(".menu > summary").await;
    }

    /// Opens a page and looks for faults that no page may have.
    async fn visits(&self, url: &str) {
        self.client.goto(url).await.unwrap();
        let faults = self.client.execute(FAULTS, Vec::new()).await.unwrap();
        assert_eq!(faults, serde_json::json!(""), "{url}");
    }

    /// Presses keys outside any field.
    async fn presses(&self, keys: &str) {
        let body = self.client.find(Locator::Css("body")).await.unwrap();
        body.send_keys(keys).await.unwrap();
    }
}

async fn furnished() -> Office {
    let office = Office::open(TestStore::start(Database::Sqlite).await).await;
    office.hire("vershinina", Role::Curator, &[], &[]).await;
    let rumour = Said {
        id: "9",
        text: "Соседи, с 1 декабря в Заводском на пять суток отключат отопление!",
        claim: Some("c02"),
        topic: "energy.outage",
        ..HEATING
    };
    office.hears(&[HEATING, RUBBISH, rumour]).await;
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_curator_works_through_the_day_by_keys() {
    let office = furnished().await;
    let address = serve(&office).await;
    let driver = driver().await;
    let profile = tempfile::tempdir().unwrap();
    let person = Person {
        client: browser(&driver, profile.path()).await,
    };

    person
        .client
        .goto(&format!("{address}/queue"))
        .await
        .unwrap();
    person.fills("#login", "vershinina").await;
    person.fills("#password", PASSWORD).await;
    person.clicks("main button").await;
    person.sees("Взять следующий").await;
    person.sees("Мусор с площадки").await;

    // Filter the queue by a facet.
    person
        .clicks("details.facet:has([name=sector]) > summary")
        .await;
    person.clicks("[name=sector][value=housing]").await;
    person
        .clicks("details.facet:has([name=sector]) button")
        .await;
    person.sees("Показаны 1 из 1").await;

    // J walks to the row, Enter opens it, E takes it, A goes to the answer.
    person.presses("j").await;
    person.presses(&Key::Enter.to_string()).await;
    person.sees("Ход событий").await;
    person.presses("e").await;
    person.sees("Инцидент ведёте вы").await;
    person.presses("a").await;
    person
        .fills(
            "#text",
            "Здравствуйте! Тепло вернули в 18:00, заменили насос.",
        )
        .await;
    person.fills("#url", "https://vk.example/wall-1_99").await;
    person.clicks("#answer button.main").await;
    person.sees("Ответ записан").await;
    person.sees("заменили насос").await;

    // Review a claim: a digit chooses, the reason is written, the decision goes on.
    person
        .client
        .goto(&format!("{address}/claims"))
        .await
        .unwrap();
    person.sees("Проверенное утверждение").await;
    person.presses("1").await;
    let chosen = Locator::Css("[name=decision]:checked");
    let chosen = person.client.find(chosen).await.unwrap();
    assert_eq!(
        chosen.attr("value").await.unwrap().as_deref(),
        Some("repeats")
    );
    person.fills("#reason", "то же событие, другое число").await;
    person.clicks(".because button").await;
    person.sees("Решение записано").await;
    person.sees("Нет записей, похожих").await;

    // Nothing on the way broke the policy.
    let log = "return performance.getEntriesByType('resource').every(e => e.name.startsWith(location.origin))";
    let own = person.client.execute(log, Vec::new()).await.unwrap();
    assert_eq!(
        own,
        serde_json::Value::Bool(true),
        "only our own files were loaded"
    );
    person.client.close().await.unwrap();
}

/// What a page of the menu must have before axe is asked: no sideways scrolling, one heading of the
/// first level, a language, a name for each field, words or a label for each button and link, and
/// no id twice. Gives the faults, one a line.
const FAULTS: &str = r#"
    const faults = [], root = document.documentElement;
    const all = (css) => Array.from(document.querySelectorAll(css));
    if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth}`);
    if (all("h1").length !== 1) faults.push(`${all("h1").length} headings of the first level`);
    if (!/^(ru|en)$/.test(root.lang)) faults.push(`no language: ${root.lang}`);
    if (all("main").length !== 1 || !document.title) faults.push("no main part or no title");
    for (const field of all("input:not([type=hidden], [aria-hidden]), select, textarea")) {
        const words = Array.from(field.labels || []).map((label) => label.textContent.trim());
        if (!words.join("") && !field.getAttribute("aria-label")) faults.push("no label: " + field.outerHTML);
    }
    for (const act of all("a[href], button, summary")) {
        if (!act.textContent.trim() && !act.getAttribute("aria-label")) faults.push("no words: " + act.outerHTML);
    }
    const ids = all("[id]").map((el) => el.id);
    for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push("id twice: " + id);
    for (const el of all("[aria-labelledby], [aria-describedby]")) {
        const named = `${el.getAttribute("aria-labelledby") || ""} ${el.getAttribute("aria-describedby") || ""}`;
        for (const id of named.split(/\s+/).filter(Boolean)) {
            if (!document.getElementById(id)) faults.push("names nothing: " + id);
        }
    }
    if (all("[style]").length) faults.push("a style that the policy forbids");
    return faults.join("\n");
"#;

const MENU: &str =
    "return Array.from(document.querySelectorAll('.menu nav a')).map((a) => a.pathname)";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_menu_fits_a_phone() {
    let office = furnished().await;
    office.hire("zimin", Role::Auditor, &[], &[]).await;
    office.hire("kotov", Role::Administrator, &[], &[]).await;
    let address = serve(&office).await;
    let driver = driver().await;
    for (login, more) in [
        (
            "kotov",
            &["/sources/new", "/sources/vk-svetlorechensk-ryadom"][..],
        ),
        (
            "vershinina",
            &[
                "/incidents/1",
                "/incidents/1/pass",
                "/search?q=отопление",
                "/search?q=абракадабра",
                "/alerts",
                "/me",
                "/me/factor",
                "/nowhere",
            ][..],
        ),
        ("zimin", &["/audit?kind=viewed", "/queue/next"][..]),
    ] {
        let profile = tempfile::tempdir().unwrap();
        let person = Person {
            client: browser(&driver, profile.path()).await,
        };
        person.is_on_a_phone().await;
        person.visits(&format!("{address}/signin")).await;
        person.fills("#login", login).await;
        person.fills("#password", PASSWORD).await;
        person.clicks("main button").await;
        person.opens_the_menu().await;
        let menu = person.client.execute(MENU, Vec::new()).await.unwrap();
        let menu: Vec<String> = serde_json::from_value(menu).unwrap();
        assert!(!menu.is_empty(), "{login} has no menu");
        for lang in ["ru", "en"] {
            let pages = menu.iter().map(String::as_str).chain(more.iter().copied());
            for page in pages {
                let mark = if page.contains('?') { '&' } else { '?' };
                person
                    .visits(&format!("{address}{page}{mark}lang={lang}"))
                    .await;
            }
        }
        person.client.close().await.unwrap();
    }
}

impl Person {
    /// Keeps what stands on the page as a picture, in the target folder's `tmp`.
    async fn is_pictured(&self, name: &str) {
        let height = "return document.documentElement.scrollHeight";
        let height = self.client.execute(height, Vec::new()).await.unwrap();
        let width = "return document.documentElement.clientWidth";
        let width = self.client.execute(width, Vec::new()).await.unwrap();
        let clip =
            serde_json::json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let whole = serde_json::json!({ "captureBeyondViewport": true, "clip": clip });
        let shot = Devtools("Page.captureScreenshot", whole);
        let shot = self.client.issue_cmd(shot).await.unwrap();
        let data = shot["data"].as_str().unwrap();
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap();
        let file = format!("{}/{name}.png", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(file, bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_imported_by_hand_wide_and_on_a_phone() {
    let (office, tables) =
        crate::tables::page::office(TestStore::start(Database::Sqlite).await).await;
    office.hire("vershinina", Role::Curator, &[], &[]).await;
    let file = office.it.folder.path().join("Обращения ноябрь.xlsx");
    crate::tables::books::appeals_book(&file);
    let address = serve(&office).await;
    let driver = driver().await;
    for width in ["1440", "390"] {
        let profile = tempfile::tempdir().unwrap();
        let person = Person {
            client: browser(&driver, profile.path()).await,
        };
        if width == "390" {
            person.is_on_a_phone().await;
        }
        person
            .client
            .goto(&format!("{address}/import"))
            .await
            .unwrap();
        person.fills("#login", "vershinina").await;
        person.fills("#password", PASSWORD).await;
        person.clicks("main button").await;
        person.sees("Последние импорты").await;
        person.visits(&format!("{address}/import")).await;
        person.is_pictured(&format!("import-{width}")).await;
        let input = person.client.find(Locator::Css("#file")).await.unwrap();
        input.send_keys(&file.display().to_string()).await.unwrap();
        person.clicks(".upload button").await;
        person.sees("Что в столбцах").await;
        let page = person.client.current_url().await.unwrap().to_string();
        person.visits(&page).await;
        person.is_pictured(&format!("table-{width}")).await;
        person.fills("#source", "ПОС").await;
        person.clicks("[name=do][value=check]").await;
        person.sees("Проверяем файл").await;
        use otklik::work::Work;
        tables.tick().await.unwrap();
        person.sees("Проверка закончена").await;
        person.visits(&page).await;
        person.is_pictured(&format!("checked-{width}")).await;
        person.clicks("[name=do][value=start]").await;
        person.sees("Записываем строки").await;
        tables.tick().await.unwrap();
        person.sees("Импорт закончен").await;
        person.visits(&page).await;
        person.is_pictured(&format!("done-{width}")).await;
        person.client.close().await.unwrap();
    }
}
