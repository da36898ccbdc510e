//! Logs tell what the program does and never whom it reads: a run at debug level is searched for
//! everything that people wrote, are called, or keep secret.

use std::{
    io::Write,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use otklik::{demo::material::Material, domain::time::Clock, store::Store};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
};

use crate::on_each_database;

/// Planted wherever a stranger can write: no word of it occurs elsewhere.
const PLANTED: [&str; 7] = [
    "брымзалки",
    "Пурпырчатов",
    "id777000222",
    "555-77-33",
    "pass-кодовое-слово",
    "tok-7f3c9a11",
    "hush-hush-hush-hush",
];

fn shown(text: &[u8], canary: &str) -> bool {
    // a debug format escapes Russian letters, a form encodes them
    let escaped: String = canary.escape_unicode().to_string();
    let form: String = url::form_urlencoded::byte_serialize(canary.as_bytes()).collect();
    let text = String::from_utf8_lossy(text);
    [canary, &escaped, &form]
        .iter()
        .any(|way| text.contains(way))
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().tls_certs_only([]).no_proxy();
    builder
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// A stranger tries every door with planted words.
async fn knock(address: &str) {
    let client = client();
    let planted = PLANTED.join(" ");
    for path in [
        "/search",
        "/queue",
        "/out/x",
        "/api/v1/posts/search",
        "/audit",
    ] {
        let request = client
            .get(format!("{address}{path}"))
            .query(&[("q", &planted)]);
        let request = request.bearer_auth(PLANTED[5]);
        let request = request.header("cookie", format!("otklik={}", PLANTED[5]));
        request.send().await.unwrap();
    }
    let fields = [
        ("token", PLANTED[5]),
        ("login", PLANTED[1]),
        ("password", PLANTED[4]),
    ];
    client
        .post(format!("{address}/signin"))
        .form(&fields)
        .send()
        .await
        .unwrap();
    let broken = client.post(format!("{address}/signin")).body(planted);
    broken.send().await.unwrap();
}

/// A program whose log is kept.
struct Program {
    child: tokio::process::Child,
    log: Arc<Mutex<Vec<u8>>>,
    reading: tokio::task::JoinHandle<()>,
}

impl Program {
    fn start(arguments: &[&str], given: &[(&str, &str)]) -> Program {
        let mut child = Command::new(env!("CARGO_BIN_EXE_otklik"))
            .args(arguments)
            .env_clear()
            .env("OTKLIK_LOG", "debug")
            .envs(given.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let own = log.clone();
        let reading = tokio::spawn(async move {
            let mut part = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut part).await {
                own.lock().unwrap().extend_from_slice(&part[..read]);
            }
        });
        Program {
            child,
            log,
            reading,
        }
    }

    fn said(&self) -> Vec<u8> {
        self.log.lock().unwrap().clone()
    }

    /// Waits for words in the log.
    async fn says(&self, words: &str) -> String {
        for _ in 0..600 {
            let said = String::from_utf8_lossy(&self.said()).into_owned();
            if let Some(line) = said.lines().find(|line| line.contains(words)) {
                return line.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "never said {words}: {}",
            String::from_utf8_lossy(&self.said())
        );
    }

    async fn ends(mut self) -> Vec<u8> {
        let id = self.child.id().expect("it runs");
        let kill = format!("kill -TERM {id}");
        std::process::Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap();
        self.child.wait().await.unwrap();
        let _ = self.reading.await;
        let log = self.log.lock().unwrap();
        log.clone()
    }
}

fn assert_none(what: &str, text: &[u8], canaries: impl IntoIterator<Item = impl AsRef<str>>) {
    let found: Vec<String> = canaries
        .into_iter()
        .map(|canary| canary.as_ref().to_owned())
        .filter(|canary| shown(text, canary))
        .collect();
    assert!(found.is_empty(), "{what} shows {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_s_log_and_figures_name_nobody_and_quote_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let token = "the-demo-s-own-token-2f9c";
    let arguments = [
        "demo",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--api-token",
        token,
    ];
    let mut demo = Program::start(&arguments, &[]);
    let mut first = String::new();
    let stdout = demo.child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut first).await.unwrap();
    let told: Value = serde_json::from_str(&first).unwrap();
    let address = told["address"].as_str().unwrap();
    knock(address).await;
    let stats = format!("{address}/api/v1/stats");
    for _ in 0..600 {
        let answer = client()
            .get(&stats)
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        let stats: Value = answer.json().await.unwrap();
        if stats["posts"].as_i64() > Some(250) && stats["alerts"]["delivered"].as_i64() > Some(20) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let figures = client()
        .get(format!("{address}/metrics"))
        .bearer_auth(token)
        .send();
    let figures = figures.await.unwrap().text().await.unwrap();
    assert!(
        figures.contains("otklik_posts_captured_total{platform=\"vk\"}"),
        "{figures}"
    );
    let log = demo.ends().await;
    assert!(
        log.windows(15).any(|w| w == b"visited a sourc"),
        "the level is debug"
    );

    let material = Material::built_in().unwrap();
    let texts = material
        .entries
        .iter()
        .filter_map(|entry| a_part(&entry.text));
    let texts: Vec<String> = texts.collect();
    assert!(texts.len() > 300);
    let password = told["password"].as_str().unwrap();
    // the person who starts the demo is told the password; the log proper does not know it
    let text = String::from_utf8_lossy(&log).replace(&format!("password {password}"), "");
    for (what, shown) in [
        ("the log", text.as_bytes()),
        ("a figure", figures.as_bytes()),
    ] {
        assert_none(what, shown, &texts);
        assert_none(what, shown, PLANTED);
        assert_none(what, shown, [password, token, "Соколова"]);
    }
}

/// Three words from the middle of a text.
fn a_part(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let middle = words.get(words.len() / 3..words.len() / 3 + 3)?;
    Some(middle.join(" ")).filter(|part| part.chars().count() > 12)
}

fn write_table(folder: &Path) -> String {
    let file = folder.join("appeals.csv");
    let mut table = std::fs::File::create(&file).unwrap();
    writeln!(table, "id,text,author,url,place").unwrap();
    for row in 0..30 {
        writeln!(
            table,
            "{row},\"Нет отопления, третий день холодно, {} {} звоните 8 912 {}\",{},\
             https://vk.example/{},улица {}",
            PLANTED[0], PLANTED[1], PLANTED[3], PLANTED[2], PLANTED[2], PLANTED[1]
        )
        .unwrap();
    }
    writeln!(table, "31,\"{}", PLANTED[0]).unwrap(); // a broken row is told by its line alone
    file.display().to_string()
}

on_each_database! {
    async fn planted_words_reach_the_database_and_no_log(it: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let table = write_table(folder.path());
        let data = it.folder.path().display().to_string();
        let given = [
            ("OTKLIK_DATA_DIR", data.as_str()),
            ("OTKLIK_DATABASE_URL", &it.url),
            ("OTKLIK_WEB__LISTEN", "127.0.0.1:0"),
            ("OTKLIK_SECRETS__AUTHOR_KEY", PLANTED[6]),
            ("OTKLIK_COLLECT__VK__TOKEN", PLANTED[5]),
            ("OTKLIK_METRICS__TOKEN", "scraper"),
            ("OTKLIK_ALERTS__WEBHOOK_URL", "http://127.0.0.1:9/hook"),
            ("OTKLIK_UNDERSTAND__MIN_SECTOR_SCORE", "0.3"),
            ("OTKLIK_LOG__FORMAT", "json"),
        ];
        let import = Program::start(&["import", "csv", &table, "--alert"], &given);
        let Program { mut child, log, reading } = import;
        child.wait().await.unwrap();
        reading.await.unwrap();
        let imported = log.lock().unwrap().clone();
        let stored = count(&it.url, it.folder.path()).await;
        assert_eq!(stored, 30, "{}", String::from_utf8_lossy(&imported));

        let serve = Program::start(&["serve"], &given);
        let line = serve.says("listens on http://").await;
        let address = format!("http://{}", line.split_once("http://").unwrap().1);
        knock(&address).await;
        let scrape = client().get(format!("{address}/metrics")).bearer_auth("scraper");
        let figures = scrape.send().await.unwrap().text().await.unwrap();
        let log = serve.ends().await;
        let said = String::from_utf8(log.clone()).unwrap();
        let lines: Vec<Value> =
            said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert!(lines.len() > 3, "{said}");
        assert!(lines.iter().all(|l| l["level"].is_string() && l["timestamp"].is_string()));
        for (what, shown) in
            [("import", &imported), ("serve", &log), ("a figure", &figures.into_bytes())]
        {
            assert_none(what, shown, PLANTED);
        }
    }
}

async fn count(url: &str, folder: &Path) -> i64 {
    let store = Store::open(url, folder).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let _ = Clock::System;
    otklik::store::posts::count(&mut tx).await.unwrap()
}
