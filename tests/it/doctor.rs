//! `otklik doctor`: each fault is made, seen and named, with what to do.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use otklik::{
    app::{
        Centre,
        doctor::{Finding, Reach, examine},
    },
    config::{region::RegionCatalogue, settings::Settings},
    demo,
    domain::{
        id::Ids,
        post::{CapturedPost, Platform, PostKey, PostKind},
        source::SourceState,
        time::{Clock, Span},
    },
    store::{
        Priority, Store,
        posts::{self, KeepAs},
        settings as facts, sources,
    },
    work::supervisor::settle,
};
use sqlx::AssertSqlSafe;

use crate::{
    harness::{TestStore, new_postgres_database},
    on_each_database,
    outage::Disk,
};

fn settings(it: &TestStore, more: &[(&str, &str)]) -> Settings {
    let data = it.folder.path().display().to_string();
    let given = [
        ("OTKLIK_DATA_DIR", data.as_str()),
        ("OTKLIK_DATABASE_URL", &it.url),
    ];
    let given = given
        .iter()
        .chain(more)
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Settings::load(None, given).unwrap()
}

async fn found(settings: &Settings, file: Option<&Path>) -> Vec<Finding> {
    examine(settings, file, &Clock::System, &Ids::random(), Reach::Here).await
}

/// The one finding of this name.
#[track_caller]
fn only<'a>(found: &'a [Finding], name: &str) -> &'a Finding {
    let named: Vec<&Finding> = found.iter().filter(|one| one.finding == name).collect();
    assert_eq!(named.len(), 1, "{name} among {found:#?}");
    assert!(
        named[0].next.len() > 10,
        "it says what to do: {:?}",
        named[0]
    );
    named[0]
}

fn names(found: &[Finding]) -> Vec<&'static str> {
    found.iter().map(|one| one.finding).collect()
}

/// A centre that has run: keys, index, sources, a post of this moment.
async fn running(it: &TestStore) -> Centre {
    let clock = Clock::System;
    let region = RegionCatalogue::svetlorechye(clock.now()).unwrap();
    let centre = Centre::open(settings(it, &[]), region, clock, Ids::random())
        .await
        .unwrap();
    hear(&centre, Span::ZERO).await;
    settle(&centre.inner_loops().await.unwrap()).await.unwrap();
    centre
}

async fn hear(centre: &Centre, age: Span) {
    let now = centre.clock.now().minus(age);
    let as_ = KeepAs {
        source: "vk-zavodskoy-nash",
        municipality: None,
        alerts: true,
        now,
        history: now.minus(Span::days(7)),
        oldest: None,
    };
    let key = PostKey {
        platform: Platform::Vk,
        owner: "-1".into(),
        kind: PostKind::Post,
        external_id: age.as_millis().to_string(),
    };
    let post = CapturedPost {
        published: Some(now),
        ..CapturedPost::new(key, "Спасибо за лавочки")
    };
    let mut tx = centre.store.write(Priority::Bulk).await.unwrap();
    posts::keep(&mut tx, &centre.post_keys(), &as_, vec![post])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn execute(it: &TestStore, step: &str) {
    let step = AssertSqlSafe(step.to_owned());
    match it.url.is_empty() {
        true => {
            let file = it.folder.path().join("otklik.db");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            sqlx::raw_sql(step).execute(&pool).await.unwrap();
            pool.close().await;
        }
        false => {
            let pool = sqlx::PgPool::connect(&it.url).await.unwrap();
            sqlx::raw_sql(step).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

on_each_database! {
    async fn a_sound_installation_is_told_as_sound_and_left_as_it_is(it: TestStore) {
        let centre = running(&it).await;
        let told = found(&settings(&it, &[]), None).await;
        assert_eq!(told, Vec::new());
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
            .args(["doctor", "--offline"])
            .env_clear()
            .env("OTKLIK_DATA_DIR", it.folder.path())
            .env("OTKLIK_DATABASE_URL", &it.url)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "all is sound\n");
        let files = fs::read_dir(it.folder.path()).unwrap().flatten();
        assert!(!files.map(|f| f.file_name()).any(|f| f.to_string_lossy().starts_with(".doctor")));
        drop(centre);
    }

    async fn sources_that_are_dead_parked_silent_or_refused_are_named(it: TestStore) {
        let centre = running(&it).await;
        let now = centre.clock.now();
        let mut tx = centre.store.write(Priority::Person).await.unwrap();
        let codes: Vec<String> = centre.region.sources.iter().map(|s| s.code.0.clone()).collect();
        for (code, state, note) in [
            (&codes[0], SourceState::Gone, "the wall is closed"),
            (&codes[1], SourceState::Parked, "a captcha"),
            (&codes[2], SourceState::Parked, "the access token has expired"),
        ] {
            sources::fail(&mut tx, code, state, note, now, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let old = now.minus(Span::days(3)).as_millis();
        execute(&it, &format!("update source set last_success = {old}, last_visit = {old}
            where code = '{}'", codes[3])).await;
        let told = found(&settings(&it, &[]), None).await;
        for (name, code, why) in [
            ("source-gone", &codes[0], "the wall is closed"),
            ("source-parked", &codes[1], "a captcha"),
            ("token", &codes[2], "expired"),
            ("source-silent", &codes[3], "without a good visit"),
        ] {
            let what = &only(&told, name).what;
            assert!(what.contains(code.as_str()) && what.contains(why), "{what}");
        }
    }

    async fn alerts_that_fail_or_wait_and_backups_that_are_old_are_named(it: TestStore) {
        let centre = running(&it).await;
        let now = centre.clock.now();
        let old = now.minus(Span::hours(3)).as_millis();
        execute(&it, &format!("insert into job (id, kind, incident, payload, created, not_before,
                attempts, lease_until, failed) values
            ('J1', 'notify', null, '{{}}', {old}, {old}, 20, 0, {old}),
            ('J2', 'notify', null, '{{}}', {old}, {old}, 3, 0, null)")).await;
        hear(&centre, Span::hours(60)).await;
        let told = found(&settings(&it, &[]), None).await;
        assert_eq!(only(&told, "alerts-failed").what, "1 alerts were given up");
        assert!(only(&told, "alerts-late").what.contains("180 minutes"));
        assert_eq!(only(&told, "backup-old").what, "no backup was ever made");
        let mut tx = centre.store.write(Priority::Person).await.unwrap();
        facts::put_moment(&mut tx, facts::BACKUP_MADE, now.minus(Span::hours(50))).await.unwrap();
        tx.commit().await.unwrap();
        let told = found(&settings(&it, &[]), None).await;
        assert!(only(&told, "backup-old").what.starts_with("the last backup is of 20"));
        let never = settings(&it, &[("OTKLIK_BACKUP__EXPECTED_HOURS", "0")]);
        assert!(!names(&found(&never, None).await).contains(&"backup-old"));
    }

    async fn an_index_that_is_broken_or_behind_is_named(it: TestStore) {
        let centre = running(&it).await;
        let numbers = match it.url.is_empty() {
            true => "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20002)",
            false => "with n(i) as (select generate_series(1, 20002))",
        };
        let many = format!("insert into change (post, kind) {numbers} select 'P', 'new' from n");
        // PostgreSQL takes the query before «insert»
        let many = match it.url.is_empty() {
            true => format!("{numbers} insert into change (post, kind) select 'P', 'new' from n"),
            false => many,
        };
        execute(&it, &many).await;
        let told = found(&settings(&it, &[]), None).await;
        assert!(only(&told, "index-behind").what.contains("changes behind"));
        drop(centre);
        fs::write(it.folder.path().join("index/meta.json"), "{ broken").unwrap();
        let told = found(&settings(&it, &[]), None).await;
        assert!(only(&told, "index").next.contains("otklik reindex"));
    }

    async fn a_schema_that_is_older_or_later_is_named(it: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let url = match it.url.is_empty() {
            true => String::new(),
            false => new_postgres_database().await,
        };
        let store = Store::open(&url, folder.path()).await.unwrap();
        store.migrate_to(3).await.unwrap();
        let older = TestStore { store, folder, url };
        let told = found(&settings(&older, &[]), None).await;
        let one = only(&told, "schema");
        assert!(one.what.contains("version 3") && one.next.contains("otklik migrate"), "{one:?}");
    }

    async fn secrets_that_others_may_read_are_named(it: TestStore) {
        let _centre = running(&it).await;
        chmod(&it.folder.path().join("secrets/author_key"), 0o644);
        chmod(&it.folder.path().join("secrets"), 0o755);
        let file = it.folder.path().join("settings.toml");
        fs::write(&file, "[collect.vk]\ntoken = \"hush\"\n").unwrap();
        chmod(&file, 0o644);
        let told = found(&settings(&it, &[]), Some(&file)).await;
        let open: Vec<&Finding> = told.iter().filter(|one| one.finding == "open-secret").collect();
        assert_eq!(open.len(), 3, "{open:#?}");
        assert!(open[0].next.starts_with("chmod 600") && open[0].what.contains("author_key"));
        assert!(open[2].what.contains("settings.toml"));
        fs::write(&file, "[web]\nsession_hours = 5\n").unwrap();
        let told = found(&settings(&it, &[]), Some(&file)).await;
        assert_eq!(names(&told).len(), 2, "settings without secrets may be read: {told:#?}");
    }

    async fn a_missing_model_and_settings_without_sense_are_named(it: TestStore) {
        let _centre = running(&it).await;
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().display().to_string();
        let wrong = settings(&it, &[
            ("OTKLIK_UNDERSTAND__MODEL_DIR", &model),
            ("OTKLIK_ALERTS__MAX_ATTEMPTS", "0"),
        ]);
        let told = found(&wrong, None).await;
        assert!(only(&told, "model").what.contains("the topic model cannot be used"));
        assert!(only(&told, "settings").what.starts_with("alerts.max_attempts"));
    }

    async fn clocks_that_differ_from_the_database_s_and_the_hosts_are_named(it: TestStore) {
        let centre = running(&it).await;
        centre.store.close().await;
        let wrong = Clock::manual(Clock::System.now().plus(Span::minutes(7)));
        let ids = Ids::seeded(3);
        let hosts = demo::start(wrong.clone(), wrong.now(), &ids).await.unwrap();
        let mut set = settings(&it, &[]);
        hosts.apply(&mut set);
        // the region's addresses lead to the demo's servers by the base alone: VK and Telegram
        let region = concat!(env!("CARGO_MANIFEST_DIR"), "/config/regions/svetlorechye");
        set.config_dir = region.into();
        let told = examine(&set, None, &wrong, &ids, Reach::Networks).await;
        let clocks: Vec<&str> =
            told.iter().filter(|f| f.finding == "clock").map(|f| f.what.as_str()).collect();
        assert_eq!(clocks.len(), 2, "{told:#?}");
        assert!(clocks[0].contains("of the database differ by 4"), "{clocks:?}");
        let seconds = |told: &str| told.contains("is 41") || told.contains("is 42");
        assert!(seconds(clocks[1]) && clocks[1].contains("ahead of that of 127.0.0.1"), "{clocks:?}");
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named_with_the_reason() {
    let it = TestStore::start(crate::harness::Database::Sqlite).await;
    let away = settings(
        &it,
        &[(
            "OTKLIK_DATABASE_URL",
            "postgres://vera:hush@127.0.0.1:1/centre",
        )],
    );
    let told = found(&away, None).await;
    let one = only(&told, "database");
    assert!(
        one.what.contains("connection refused") && !one.what.contains("hush"),
        "{one:?}"
    );
    let empty = tempfile::tempdir().unwrap();
    let data = empty.path().join("none").display().to_string();
    let nothing = settings(&it, &[("OTKLIK_DATA_DIR", &data)]);
    assert_eq!(
        names(&found(&nothing, None).await),
        ["no-data", "no-database"]
    );
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(["doctor", "--json"])
        .env_clear()
        .env("OTKLIK_DATA_DIR", &data)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let first = output.stdout.split(|b| *b == b'\n').next().unwrap();
    let first: serde_json::Value = serde_json::from_slice(first).unwrap();
    assert_eq!(first["finding"], "no-data");
    assert!(!Path::new(&data).exists(), "it makes nothing");
}

#[tokio::test]
async fn a_full_disk_and_one_that_may_only_be_read_are_named() {
    let it = TestStore::start(crate::harness::Database::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path(), "8m") else {
        return;
    };
    let data = folder.path().display().to_string();
    let small = settings(&it, &[("OTKLIK_DATA_DIR", &data)]);
    assert!(
        only(&found(&small, None).await, "disk-full")
            .what
            .contains("8 MiB left, 100 %: nothing can be written")
    );
    disk.may("ro");
    let told = found(&small, None).await;
    assert!(
        only(&told, "data-read-only")
            .what
            .contains("Read-only file system"),
        "{told:#?}"
    );
}
