//! The main road in a real Chromium, with keys: sign in, filter, answer, review.
//!
//! The driver is started on a free port and stopped by its own handle.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, key::Key};
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
