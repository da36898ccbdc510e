//! The upgrade path: a database of every earlier version, with rows in it, becomes one of today's; one
//! of a later program is refused.

use std::{path::Path, process::Output};

use otklik::{
    app::Centre,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
    store::{
        Store,
        incidents::{self, QueueFilter},
        posts,
        retention::{Class, standing},
        scope::Scope,
    },
    work::supervisor::settle,
};
use sqlx::AssertSqlSafe;

use crate::{
    harness::{START, TestStore, new_postgres_database},
    on_each_database,
};

/// From this version on entries of the journal stand in chains.
const CHAINS: i64 = 10;
/// From this version on a post says itself that an incident holds it.
const HELD: i64 = 20;

/// Rows as the first version wrote them; every later one must take them over.
fn rows() -> Vec<String> {
    let now = START.as_millis();
    let due = START.plus(Span::hours(4)).as_millis();
    [
        format!("insert into post (id, platform, kind, source, author_kind, published, captured,
            version, content_hash, text, municipality, alerts, revision, handled) values
            ('P1', 'vk', 'post', 'old-source', 'person', {now}, {now}, 1, 'h1',
                'Третью неделю не вывозят мусор', '99701000', 1, 1, 1),
            ('P2', 'vk', 'post', 'old-source', 'person', {now}, {now}, 1, 'h2',
                'Нет отопления, третий день холодно', '99701000', 1, 0, 0)"),
        "insert into post_link (post, owner, external_id, url) values ('P1', '-1', '1', null)".into(),
        "insert into change (post, kind) values ('P1', 'new'), ('P1', 'understood'), ('P2', 'new')".into(),
        format!("insert into annotation (post, revision, model, made, language, kind, sector,
            sector_score, topic, topic_score, abstained, alternatives, reasons, municipality,
            fingerprint, masked) values ('P1', 1, 'old', {now}, 'rus', 'complaint', 'waste', 0.9,
            'waste.collection', 0.9, 0, '[]', '[]', '99701000', 0, 'Третью неделю не вывозят мусор')"),
        format!("insert into incident (id, number, sector, topic, title, municipality, state, cycle,
            posts, opened, updated, last_post) values ('I1', 1, 'waste', 'waste.collection',
            'Третью неделю не вывозят мусор', '99701000', 'new', 1, 1, {now}, {now}, {now})"),
        format!("insert into incident_post (post, incident, joined, joined_by, score)
            values ('P1', 'I1', {now}, 'machine', 1)"),
        format!("insert into cycle (incident, number, opened) values ('I1', 1, {now})"),
        format!("insert into clock (incident, cycle, kind, starts, due)
            values ('I1', 1, 'take', {now}, {due})"),
        format!("insert into account (id, login, name, password, created)
            values ('A1', 'vera', 'В. Соколова', 'no hash', {now})"),
        "insert into account_role (account, role) values ('A1', 'curator')".into(),
        format!("insert into source (code, platform, owner, name, official, comments, state, cursor,
            cursor_version, interval_ms, next_visit, lease_until, failures, posts) values
            ('old-source', 'vk', '-1', 'Старый источник', 0, 0, 'active', 'cursor', 7, 600000,
            {now}, 0, 0, 2)"),
    ]
    .to_vec()
}

async fn execute(url: &str, folder: &Path, steps: &[String]) {
    let all = AssertSqlSafe(steps.join(";\n"));
    match url.is_empty() {
        true => {
            let file = folder.join("otklik.db");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            sqlx::raw_sql(all).execute(&pool).await.unwrap();
            pool.close().await;
        }
        false => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            sqlx::raw_sql(all).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }
}

/// A database as the program of that version left it.
async fn old(it: &TestStore, version: i64) -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = match it.url.is_empty() {
        true => String::new(),
        false => new_postgres_database().await,
    };
    let store = Store::open(&url, folder.path()).await.unwrap();
    store.migrate_to(version).await.unwrap();
    assert_eq!(store.schema_version().await.unwrap(), version);
    store.close().await;
    let mut all = rows();
    if version < CHAINS {
        let now = START.as_millis();
        all.push(format!(
            "insert into audit (id, at, who, kind, subject, detail)
            values ('01OLD', {now}, 'vera', 'viewed', 'incident:1', '')"
        ));
    }
    if version >= HELD {
        let held = "update post set held = 1 where id in (select post from incident_post)";
        all.push(held.to_owned());
    }
    execute(&url, folder.path(), &all).await;
    (url, folder)
}

fn otklik(command: &[&str], url: &str, folder: &Path) -> Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(command)
        .env_clear()
        .env("OTKLIK_DATA_DIR", folder)
        .env("OTKLIK_DATABASE_URL", url)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

on_each_database! {
    async fn a_database_of_each_earlier_version_goes_on_with_its_rows(it: TestStore) {
        let latest = Store::latest_schema();
        assert!(latest > 4);
        for version in 1..latest {
            let (url, folder) = old(&it, version).await;
            let migrated = otklik(&["migrate"], &url, folder.path());
            let said = told(&migrated);
            let expected = format!("from version {version} to {latest}");
            assert!(migrated.status.success() && said.contains(&expected), "{said}");

            let environment = [
                ("OTKLIK_DATA_DIR".to_owned(), folder.path().display().to_string()),
                ("OTKLIK_DATABASE_URL".to_owned(), url.clone()),
            ];
            let settings = Settings::load(None, environment).unwrap();
            let terms = settings.retention.clone();
            let region = RegionCatalogue::svetlorechye(START).unwrap();
            let clock = Clock::manual(START.plus(Span::hours(5)));
            let centre = Centre::open(settings, region, clock, Ids::random()).await.unwrap();
            settle(&centre.inner_loops().await.unwrap()).await.unwrap();
            let mut tx = centre.store.read().await.unwrap();
            assert_eq!(posts::count(&mut tx).await.unwrap(), 2, "from {version}");
            let filter = QueueFilter { limit: 10, ..QueueFilter::default() };
            let rows = incidents::list(&mut tx, &Scope::service("story"), &filter).await.unwrap();
            let kept = rows.iter().find(|row| row.number == 1).expect("the incident is there");
            assert_eq!((kept.sector.as_str(), kept.posts), ("waste", 1), "from {version}");
            // what an incident holds is not purged as a post that became nothing
            let loose = 2 - rows.iter().map(|row| row.posts).sum::<i64>();
            let later = START.plus(Span::days(300));
            for class in [Class::Nothing, Class::Waiting] {
                let due = standing(&mut tx, class, &terms, later, 10).await.unwrap().due;
                assert!(due as i64 <= loose, "from {version}: {due} due of {loose} loose");
            }
            let source = otklik::store::sources::find(&mut tx, "old-source").await.unwrap().unwrap();
            assert_eq!((source.cursor.as_str(), source.cursor_version), ("cursor", 7));
            drop(tx);
            centre.store.close().await;
        }
    }

    async fn a_database_of_a_later_program_is_refused_in_a_sentence(it: TestStore) {
        let (url, folder) = (it.url.clone(), it.folder.path());
        let later = "insert into _sqlx_migrations
            (version, description, installed_on, success, checksum, execution_time)
            values (9999, 'later', current_timestamp, true, 'x', 1)";
        execute(&url, folder, &[later.to_owned()]).await;
        it.store.close().await;
        for command in [&["migrate"][..], &["serve"], &["retention", "report"]] {
            let refused = otklik(command, &url, folder);
            assert_eq!(refused.status.code(), Some(1), "{command:?}");
            let said = told(&refused);
            assert!(said.contains("the database has schema version 9999"), "{said}");
            assert!(said.contains("run the newer program"), "{said}");
        }
        let doctor = otklik(&["doctor", "--offline", "--json"], &url, folder);
        let found = String::from_utf8(doctor.stdout).unwrap();
        assert!(found.contains("\"finding\":\"schema\""), "{found}");
    }
}
