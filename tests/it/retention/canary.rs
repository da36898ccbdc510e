//! Words that were planted are looked for everywhere, before their purge and after it: in the files of the
//! database and of the index, in a backup, in every export and in the figures. What logs hold is
//! `logs.rs`.

use std::{collections::BTreeSet, fs, io::Read, path::PathBuf};

use axum::{
    body::Body,
    http::{Request, header},
};
use otklik::{app::backup, domain::user::Role, web};

use super::*;
use crate::office::{PASSWORD, Visitor};

const LOGIN: &str = "vera";
const TOKEN: &str = "a token of the canary story";

/// Where a planted word was found, and which.
type Hit = (&'static str, &'static str);

/// What was read at a place.
pub(crate) type Place = (&'static str, Vec<u8>);

fn hits((place, bytes): &Place) -> impl Iterator<Item = Hit> {
    let shows = |word: &str| {
        bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes())
    };
    let words: Vec<_> = PLANTED.into_iter().filter(|word| shows(word)).collect();
    words.into_iter().map(move |word| (*place, word))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files
}

/// A file's bytes, unpacked; none when it went meanwhile.
fn bytes(file: &Path) -> Vec<u8> {
    let packed = fs::read(file).unwrap_or_default();
    match file.extension().is_some_and(|end| end == "gz") {
        false => packed,
        true => {
            let mut bytes = Vec::new();
            let read = flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes);
            read.unwrap();
            bytes
        }
    }
}

/// The files in which the database keeps its rows: SQLite's and its log, or the folder that
/// PostgreSQL's server has for this base, and what the server logged. Its write-ahead log, from which a
/// machine recovers, is the server's to cut.
async fn database_files(it: &TestStore) -> Vec<PathBuf> {
    if it.url.is_empty() {
        let all = files(it.folder.path()).into_iter();
        return all
            .filter(|file| file.to_string_lossy().contains("otklik.db"))
            .collect();
    }
    let pool = sqlx::PgPool::connect(&it.url).await.unwrap();
    sqlx::raw_sql("checkpoint").execute(&pool).await.unwrap();
    let place = "select current_setting('data_directory'), oid::text from pg_database
        where datname = current_database()";
    let (data, base): (String, String) = sqlx::query_as(place).fetch_one(&pool).await.unwrap();
    pool.close().await;
    let mut all = files(&Path::new(&data).join("base").join(base));
    all.push(Path::new(&data).parent().unwrap().with_extension("log"));
    assert!(all.len() > 50, "{data}");
    all
}

/// Everything that leaves by a page, the API or a command. Who reads has this login and token.
async fn exports(centre: &Centre, it: &TestStore) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut vera = Visitor::before_pages(web::router(centre.pages()));
    vera.signs_in(LOGIN).await;
    for (place, path) in [
        ("queue.csv", "/queue.csv"),
        ("queue", "/queue"),
        ("incident", "/incidents/1"),
        ("triage", "/triage"),
        ("alerts", "/alerts"),
        ("sources", "/sources"),
    ] {
        found.push((place, vera.get(path).await.text.into_bytes()));
    }
    for (place, path) in [
        (
            "api search",
            "/api/v1/posts/search?q=%D0%B1%D1%80%D1%8B%D0%BC%D0%B7%D0%B0%D0%BB%D0%BA%D0%B8",
        ),
        ("api posts", "/api/v1/posts/search"),
        ("api incidents", "/api/v1/incidents"),
        ("api incident", "/api/v1/incidents/1"),
        ("api incident", "/api/v1/incidents/1/posts"),
        ("api sources", "/api/v1/sources"),
    ] {
        let asked = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        let answer = vera.ask(asked, Body::empty()).await;
        found.push((place, answer.text.into_bytes()));
    }
    let figures = web::metrics::text(&centre.pages()).await.unwrap();
    assert!(figures.contains("otklik_posts_understood"), "{figures}");
    found.push(("metrics", figures.into_bytes()));
    for command in [&["audit", "export", "-"][..], &["retention", "report"]] {
        let said = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
            .args(command)
            .env_clear()
            .env("OTKLIK_LOG", "debug")
            .env("OTKLIK_DATA_DIR", it.folder.path())
            .env("OTKLIK_DATABASE_URL", &it.url)
            .output()
            .unwrap();
        assert!(
            said.status.success() && !said.stdout.is_empty(),
            "{command:?}"
        );
        found.push(("command", [said.stdout, said.stderr].concat()));
    }
    found
}

/// Everything that there is: what leaves, and the files of database, index and a backup.
pub(crate) async fn places(centre: &Centre, it: &TestStore) -> Vec<Place> {
    let mut found = exports(centre, it).await;
    let kept = tempfile::tempdir().unwrap();
    let made = backup::make(
        &centre.settings,
        &centre.store,
        &centre.clock,
        kept.path(),
        true,
    );
    made.await.unwrap();
    for (place, files) in [
        ("database", database_files(it).await),
        ("index", files(&it.folder.path().join("index"))),
        ("backup", files(kept.path())),
    ] {
        found.extend(files.iter().map(|file| (place, bytes(file))));
    }
    found
}

/// Lets somebody in who reads all that [`places`] needs.
pub(crate) async fn admit_reader(centre: &Centre) {
    let account = centre.ensure_account(LOGIN, "В. Соколова", Role::Curator, PASSWORD);
    account.await.unwrap();
    centre.ensure_token(LOGIN, TOKEN).await.unwrap();
}

async fn everywhere(centre: &Centre, it: &TestStore) -> BTreeSet<Hit> {
    let places = places(centre, it).await;
    let mut found: BTreeSet<Hit> = places.iter().flat_map(hits).collect();
    if !indexed_words(it.folder.path()).is_empty() {
        found.insert(("index", "its words"));
    }
    found
}

on_each_database! {
    async fn what_was_purged_is_found_nowhere(it: TestStore) {
        let centre = centre(&it).await;
        admit_reader(&centre).await;
        for text in [THANKS, COMPLAINT] {
            let id = text.len().to_string();
            hear(&centre, said(&centre, &id, text)).await;
            let edited = CapturedPost { edited: Some(START), ..said(&centre, &id, &format!("{text} UPD")) };
            hear(&centre, edited).await;
        }
        indexed(&centre, 2).await;
        let before = everywhere(&centre, &it).await;
        let places: BTreeSet<&str> = before.iter().map(|(place, _)| *place).collect();
        for place in ["database", "index", "backup", "api search"] {
            assert!(places.contains(place), "the story could not find in {place}: {before:?}");
        }
        for place in ["metrics", "command"] {
            assert!(!places.contains(place), "at no time: {before:?}");
        }
        assert!(before.iter().all(|(_, word)| *word != "id777000222"), "hashed at once: {before:?}");
        decide(&centre, Command::Decline { reason: "Повтор другого обращения".into() }).await;
        pass(&centre, Span::days(1100)).await;
        assert_eq!(count(&centre).await, 0);
        centre.store.rewrite().await.unwrap();
        assert_eq!(everywhere(&centre, &it).await, BTreeSet::new());
    }
}
