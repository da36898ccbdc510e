//! Backups: taken while others write, restored whole, checked before, and never bringing back what was
//! purged since.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

use otklik::{
    app::{
        Centre,
        backup::{self, Made},
    },
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        id::Ids,
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::{Clock, Span},
    },
    store::Store,
    work::supervisor::settle,
};
use sqlx::{AssertSqlSafe, Column, Executor, Row, SqlSafeStr, TypeInfo, ValueRef};

use crate::{
    harness::{START, TestStore, new_postgres_database},
    on_each_database,
    retention::keep,
};

/// Everything in a database: rows of each table as text, in an order of their own. Changes' transaction
/// numbers and marks belong to a server, and the moment of a backup is noted after it.
async fn dump(url: &str, folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut all = match url.is_empty() {
        true => dump_sqlite(folder).await,
        false => dump_postgres(url).await,
    };
    all.remove("_sqlx_migrations");
    all.remove("change_mark");
    let facts = all.get_mut("setting").unwrap();
    facts.retain(|row| !row.contains("backup_") && !row.contains("change"));
    all
}

async fn dump_postgres(url: &str) -> BTreeMap<String, Vec<String>> {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    let names: Vec<(String,)> =
        sqlx::query_as("select tablename::text from pg_tables where schemaname = 'public'")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut all = BTreeMap::new();
    for (name,) in names {
        let row = match name.as_str() {
            "change" => "(seq, post, kind)::text",
            _ => "t::text",
        };
        let rows = format!("select {row} from {name} t order by 1");
        let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(rows))
            .fetch_all(&pool)
            .await
            .unwrap();
        all.insert(name, rows.into_iter().map(|(row,)| row).collect());
    }
    pool.close().await;
    all
}

async fn dump_sqlite(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("otklik.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let names = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
    let names: Vec<(String,)> = sqlx::query_as(names).fetch_all(&pool).await.unwrap();
    let mut all = BTreeMap::new();
    for (name,) in names {
        let rows = AssertSqlSafe(format!("select * from {name}")).into_sql_str();
        let rows = pool.fetch_all(rows).await.unwrap();
        let mut told: Vec<String> = rows
            .iter()
            .map(|row| {
                let cells = row.columns().iter().enumerate().map(|(i, column)| {
                    let raw = row.try_get_raw(i).unwrap();
                    let kind = raw.type_info().name().to_owned();
                    let value = match kind.as_str() {
                        "NULL" => "null".to_owned(),
                        "INTEGER" => row.get_unchecked::<i64, _>(i).to_string(),
                        "REAL" => row.get_unchecked::<f64, _>(i).to_string(),
                        "BLOB" => format!("{:?}", row.get_unchecked::<Vec<u8>, _>(i)),
                        _ => row.get_unchecked::<String, _>(i),
                    };
                    format!("{}={value}", column.name())
                });
                cells.collect::<Vec<_>>().join("|")
            })
            .collect();
        told.sort();
        all.insert(name, told);
    }
    pool.close().await;
    all
}

fn settings(url: &str, data: &Path) -> Settings {
    let environment = [
        ("OTKLIK_DATA_DIR".to_owned(), data.display().to_string()),
        ("OTKLIK_DATABASE_URL".to_owned(), url.to_owned()),
        (
            "OTKLIK_UNDERSTAND__MIN_SECTOR_SCORE".to_owned(),
            "0.3".to_owned(),
        ),
    ];
    Settings::load(None, environment).unwrap()
}

async fn open(url: &str, data: &Path, clock: Clock) -> Centre {
    let region = RegionCatalogue::svetlorechye(START).unwrap();
    Centre::open(settings(url, data), region, clock, Ids::random())
        .await
        .unwrap()
}

/// A centre that heard `posts` complaints, tabs, backslashes and line feeds in them.
async fn busy(it: &TestStore, posts: usize) -> Centre {
    let centre = open(&it.url, it.folder.path(), Clock::manual(START)).await;
    for batch in 0..posts.div_ceil(50) {
        hear(&centre, batch * 50..posts.min(batch * 50 + 50)).await;
    }
    settle(&centre.inner_loops().await.unwrap()).await.unwrap();
    centre
}

async fn hear(centre: &Centre, numbers: std::ops::Range<usize>) {
    let said = numbers.map(|n| {
        let text =
            format!("Третью неделю\tне вывозят \\ мусор,\nконтейнеры «полны» {n} \\N \\. 🚮");
        post(centre, &n.to_string(), &text)
    });
    keep(centre, said.collect()).await;
}

async fn hear_text(centre: &Centre, id: &str, text: &str) {
    keep(centre, vec![post(centre, id, text)]).await;
}

fn post(centre: &Centre, id: &str, text: &str) -> CapturedPost {
    let key = PostKey {
        platform: Platform::Vk,
        owner: "-1".into(),
        kind: PostKind::Post,
        external_id: id.into(),
    };
    CapturedPost {
        published: Some(centre.clock.now()),
        url: Some(format!("https://vk.example/{id}")),
        ..CapturedPost::new(key, text)
    }
}

async fn back_up(centre: &Centre, dir: &Path) -> Made {
    backup::make(&centre.settings, &centre.store, &centre.clock, dir, false)
        .await
        .unwrap()
}

fn run(command: &[&str], url: &str, data: &Path) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(command)
        .env_clear()
        .env("OTKLIK_DATA_DIR", data)
        .env("OTKLIK_DATABASE_URL", url)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn empty_target(it: &TestStore) -> (String, tempfile::TempDir) {
    let url = match it.url.is_empty() {
        true => String::new(),
        false => new_postgres_database().await,
    };
    (url, tempfile::tempdir().unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

on_each_database! {
    async fn a_backup_of_a_busy_centre_is_one_moment_and_comes_back_row_by_row(it: TestStore) {
        let centre = busy(&it, 120).await;
        let journal = it.folder.path().join("journal.jsonl");
        let signed = run(&["audit", "export", text(&journal)], &it.url, it.folder.path());
        assert!(signed.status.success(), "{}", told(&signed));
        let before = dump(&it.url, it.folder.path()).await;
        let dir = tempfile::tempdir().unwrap();
        let (target, data) = empty_target(&it).await;
        let made = back_up(&centre, dir.path()).await;
        hear(&centre, 120..150).await; // after its moment
        let restored = run(&["restore", text(dir.path())], &target, data.path());
        assert!(restored.status.success(), "{}", told(&restored));
        let after = dump(&target, data.path()).await;
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "{table}");
        }
        assert!(before["post"].len() == 120 && !before["incident_event"].is_empty());
        let manifest = made.kept.manifest;
        assert_eq!(manifest.schema, Store::latest_schema());
        let posts = manifest.parts.iter().flat_map(|p| &p.tables).find(|t| t.name == "post");
        assert_eq!(posts.unwrap().rows, 120);

        copy_keys(it.folder.path(), data.path());
        let verified = run(&["audit", "verify"], &target, data.path());
        assert!(verified.status.success(), "{}", told(&verified));
        let verified: serde_json::Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert!(verified["checkpoints"].as_i64() > Some(0), "{verified}");
        let other = open(&target, data.path(), Clock::manual(START)).await;
        settle(&other.inner_loops().await.unwrap()).await.unwrap();
        indexed(&other, 120).await;
        hear(&other, 120..121).await; // counters go on behind the rows
        settle(&other.inner_loops().await.unwrap()).await.unwrap();
        indexed(&other, 121).await;
    }

    async fn a_snapshot_taken_while_others_write_holds_no_half_of_a_visit(it: TestStore) {
        let centre = busy(&it, 50).await;
        let dir = tempfile::tempdir().unwrap();
        let writer = centre.clone();
        let writing = tokio::spawn(async move {
            for batch in 1..20 {
                hear(&writer, batch * 50..batch * 50 + 50).await;
            }
        });
        let mut seen = Vec::new();
        while !writing.is_finished() && seen.len() < 6 {
            let made = back_up(&centre, &dir.path().join(seen.len().to_string())).await;
            let tables: BTreeMap<String, u64> = made.kept.manifest.parts.iter()
                .flat_map(|part| &part.tables)
                .map(|table| (table.name.clone(), table.rows))
                .collect();
            assert_eq!(tables["post"] % 50, 0, "whole visits only");
            assert_eq!(tables["post"], tables["post_link"], "of one moment");
            seen.push(tables["post"]);
        }
        writing.await.unwrap();
        assert!(seen.is_sorted() && !seen.is_empty(), "{seen:?}");
    }

    async fn what_was_purged_since_does_not_come_back(it: TestStore) {
        let centre = busy(&it, 3).await;
        let dir = tempfile::tempdir().unwrap();
        back_up(&centre, dir.path()).await;
        purge_by_hand(&it, "2").await;
        let log = dump(&it.url, it.folder.path()).await["purge"].clone();
        let (url, folder) = (it.url.clone(), it.folder.path().to_owned());
        centre.store.close().await;
        drop(centre);
        it.store.close().await;
        let refused = run(&["restore", text(dir.path())], &url, &folder);
        assert_eq!(refused.status.code(), Some(1));
        assert!(told(&refused).contains("--force"), "{}", told(&refused));
        let restored = run(&["restore", text(dir.path()), "--force"], &url, &folder);
        assert!(restored.status.success(), "{}", told(&restored));
        assert!(told(&restored).contains("1 posts were purged since"), "{}", told(&restored));
        let after = dump(&url, &folder).await;
        assert_eq!(after["post"].len(), 2);
        assert_eq!(after["post_link"].len(), 2);
        assert_eq!(after["purge"], log, "the log of purges is kept");
    }

    async fn what_outlived_its_term_in_the_backup_is_purged_as_it_comes_back(it: TestStore) {
        let centre = busy(&it, 1).await;
        hear_text(&centre, "thanks", "Спасибо большое коммунальщикам, всё убрали, молодцы!").await;
        settle(&centre.inner_loops().await.unwrap()).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        back_up(&centre, dir.path()).await;
        let (url, data) = empty_target(&it).await;
        let (set, kept) = (settings(&url, data.path()), backup::find(dir.path()).unwrap());
        let later = Clock::manual(START.plus(Span::days(40)));
        otklik::app::restore::run(&set, &kept, &later, &Ids::random(), false).await.unwrap();
        let left = dump(&url, data.path()).await;
        assert_eq!(left["post"].len(), 1, "an open incident holds its post, thanks have a term");
        assert!(left["post"][0].contains("мусор"), "{:?}", left["post"]);
        assert_eq!(left["purge"].len(), 1);
    }

    async fn a_damaged_backup_is_refused_and_a_kill_at_any_moment_leaves_the_old_data(it: TestStore) {
        let centre = busy(&it, 400).await;
        let dir = tempfile::tempdir().unwrap();
        back_up(&centre, dir.path()).await;
        hear(&centre, 400..410).await;
        let (url, folder) = (it.url.clone(), it.folder.path().to_owned());
        centre.store.close().await;
        drop(centre);
        it.store.close().await;
        let old = dump(&url, &folder).await;
        assert_eq!(old["post"].len(), 410);

        let mut killed = 0;
        for delay in [5, 20, 40, 60, 80, 100, 130, 160, 200, 260, 340] {
            let mut restore = tokio::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
                .args(["restore", text(dir.path()), "--force"])
                .env_clear()
                .env("OTKLIK_DATA_DIR", &folder)
                .env("OTKLIK_DATABASE_URL", &url)
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            if tokio::time::timeout(Duration::from_millis(delay), restore.wait()).await.is_ok() {
                break;
            }
            restore.kill().await.unwrap();
            let now = dump(&url, &folder).await;
            match now["post"].len() {
                410 => assert_eq!(now, old, "killed after {delay} ms"),
                400 => break, // it had swapped already: whole as well
                other => panic!("half a database: {other} posts"),
            }
            killed += 1;
        }
        assert!(killed > 1, "no kill came in time");

        let file = damage(dir.path());
        let refused = run(&["restore", text(dir.path()), "--force"], &url, &folder);
        assert_eq!(refused.status.code(), Some(1));
        let told = told(&refused);
        assert!(told.contains(&file) && told.contains("checksum"), "{told}");
    }

    async fn keys_are_copied_when_asked_for_and_their_absence_is_told_loudly(it: TestStore) {
        let centre = busy(&it, 1).await;
        let dir = tempfile::tempdir().unwrap();
        let without = run(&["backup", text(dir.path())], &it.url, it.folder.path());
        assert!(without.status.success(), "{}", told(&without));
        assert!(told(&without).contains("THE KEYS ARE NOT IN THIS BACKUP"), "{}", told(&without));
        let folder = String::from_utf8(without.stdout).unwrap();
        assert!(!Path::new(folder.trim()).join("secrets").exists());
        assert_eq!(fs::metadata(folder.trim()).unwrap().permissions().mode() & 0o077, 0);

        let dir = tempfile::tempdir().unwrap();
        let with = ["backup", text(dir.path()), "--with-secrets"];
        let with = run(&with, &it.url, it.folder.path());
        assert!(told(&with).contains("identity_key"), "{}", told(&with));
        let (target, data) = empty_target(&it).await;
        let restored = run(&["restore", text(dir.path())], &target, data.path());
        assert!(told(&restored).contains("put the keys"), "{}", told(&restored));
        let key = |data: &Path| fs::read(data.join("secrets/identity_key")).unwrap();
        assert_eq!(key(data.path()), key(it.folder.path()));
        drop(centre);
    }

    async fn old_backups_go_when_a_new_one_is_whole(it: TestStore) {
        let centre = busy(&it, 1).await;
        let dir = tempfile::tempdir().unwrap();
        let first = back_up(&centre, dir.path()).await.kept.folder;
        fs::create_dir(dir.path().join("otklik-20200101T000000Z.partial")).unwrap();
        fs::create_dir(dir.path().join("not-ours")).unwrap();
        centre.clock.advance(Span::days(29));
        let second = back_up(&centre, dir.path()).await;
        assert!(first.exists() && second.deleted.is_empty());
        centre.clock.advance(Span::days(2));
        let third = back_up(&centre, dir.path()).await;
        assert_eq!(third.deleted, [first]);
        let left: Vec<PathBuf> = backup::list(dir.path()).unwrap().into_iter().map(|k| k.folder).collect();
        assert_eq!(left, [second.kept.folder.clone(), third.kept.folder.clone()]);
        // No new one is made any more: the term holds all the same.
        age(&second.kept.folder, Span::days(1));
        age(&third.kept.folder, Span::days(31));
        let report = |command: &str| {
            let said = run(&["retention", command], &it.url, it.folder.path());
            assert!(said.status.success(), "{}", told(&said));
            let lines = String::from_utf8(said.stdout).unwrap();
            let line = lines.lines().find(|line| line.contains("\"backup\"")).unwrap();
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        };
        let due = report("report");
        assert_eq!((due["due"].as_i64(), due["term_days"].as_i64()), (Some(1), Some(30)), "{due}");
        assert_eq!(report("run")["due"], 0);
        assert!(!third.kept.folder.exists() && second.kept.folder.exists());
        let names = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(names, 3, "a backup, the lock, and what is not ours");
    }
}

#[tokio::test]
async fn a_backup_of_another_database_is_refused_in_words() {
    let it = TestStore::start(crate::harness::Database::Sqlite).await;
    let centre = busy(&it, 1).await;
    let dir = tempfile::tempdir().unwrap();
    let made = back_up(&centre, dir.path()).await;
    let data = tempfile::tempdir().unwrap();
    let url = new_postgres_database().await;
    let refused = run(&["restore", text(dir.path())], &url, data.path());
    assert!(
        told(&refused).contains("a backup of sqlite"),
        "{}",
        told(&refused)
    );
    let file = made.kept.folder.join("backup.json");
    let later = fs::read_to_string(&file)
        .unwrap()
        .replace("\"format\": 1", "\"format\": 2");
    fs::write(&file, later).unwrap();
    let refused = run(&["restore", text(&made.kept.folder)], "", data.path());
    assert!(
        told(&refused).contains("later program"),
        "{}",
        told(&refused)
    );
    let nothing = run(&["restore", text(data.path())], "", data.path());
    assert!(
        told(&nothing).contains("there is no backup in"),
        "{}",
        told(&nothing)
    );
}

/// One byte of the largest file of the newest backup; gives its name.
/// Makes a backup look older than this machine's clock by a span.
fn age(folder: &Path, span: Span) {
    let file = folder.join("backup.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    manifest["made_millis"] = Clock::System.now().minus(span).as_millis().into();
    fs::write(&file, manifest.to_string()).unwrap();
}

fn damage(dir: &Path) -> String {
    let kept = backup::find(dir).unwrap();
    let largest = kept
        .manifest
        .files
        .iter()
        .max_by_key(|file| file.bytes)
        .unwrap();
    let path = kept.folder.join(&largest.path);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    largest.path.clone()
}

fn copy_keys(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("secrets")).unwrap();
    for entry in fs::read_dir(from.join("secrets")).unwrap().flatten() {
        fs::copy(entry.path(), to.join("secrets").join(entry.file_name())).unwrap();
    }
}

/// Purges one post as retention does, tombstone and log line included.
async fn purge_by_hand(it: &TestStore, external: &str) {
    let steps = [
        format!("insert into change (post, kind) select post, 'purged' from post_link where external_id = '{external}'"),
        format!("delete from post where id in (select post from post_link where external_id = '{external}')"),
        format!("delete from post_link where external_id = '{external}'"),
        "insert into purge (id, at, class, rows_gone, oldest, newest) values ('01TEST', 1, 'nothing', 1, 1, 1)".to_owned(),
    ];
    for step in steps {
        match it.url.is_empty() {
            true => {
                let file = it.folder.path().join("otklik.db");
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(step))
                    .execute(&pool)
                    .await
                    .unwrap();
                pool.close().await;
            }
            false => {
                let pool = sqlx::PgPool::connect(&it.url).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(step))
                    .execute(&pool)
                    .await
                    .unwrap();
                pool.close().await;
            }
        }
    }
}

/// Waits for the index: any transaction of the server may hold the readable horizon back.
async fn indexed(centre: &Centre, wanted: u64) {
    for _ in 0..2000 {
        settle(&centre.inner_loops().await.unwrap()).await.unwrap();
        if centre.index.count() == wanted {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!(
        "the index holds {} posts, not {wanted}",
        centre.index.count()
    );
}
