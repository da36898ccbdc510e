//! Nobody in a network's answer is to be found here: identities are planted in everything that an answer
//! holds and that is not needed, the real connectors read it into a real centre, and every place is
//! searched. A platform is one line of [`PLATFORMS`] and its answers.

mod answers;
mod plants;

use std::sync::{Arc, Mutex};

use otklik::{
    app::Centre,
    collect::sources::identifying,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        id::Ids,
        post::Platform,
        reading::{Open311, Site},
        source::SourceConfig,
        time::{Clock, Span},
    },
    store::{Priority, posts, sources},
    work::supervisor::settle,
};
use tracing::instrument::WithSubscriber;

use self::plants::{Answer, Plants};
use crate::{
    collect::source,
    harness::{START, TestStore},
    network::Network,
    on_each_database,
    retention::canary::{admit_reader, places},
};

/// A platform: whose source, and what its network answers, with plants in it.
struct Told {
    platform: Platform,
    owner: &'static str,
    answers: fn(&mut Plants) -> Vec<(&'static str, Answer)>,
}

const PLATFORMS: &[Told] = &[
    Told {
        platform: Platform::Vk,
        owner: "7",
        answers: answers::vk,
    },
    Told {
        platform: Platform::Telegram,
        owner: "gorod",
        answers: answers::telegram,
    },
    Told {
        platform: Platform::Feed,
        owner: "/rss",
        answers: answers::feed,
    },
    Told {
        platform: Platform::Feed,
        owner: "/atom",
        answers: answers::atom,
    },
    Told {
        platform: Platform::Ok,
        owner: "53",
        answers: answers::ok,
    },
    Told {
        platform: Platform::Max,
        owner: "-70801",
        answers: answers::max,
    },
    Told {
        platform: Platform::Open311,
        owner: "/open311/v2",
        answers: answers::open311,
    },
    Told {
        platform: Platform::Site,
        owner: "/news/",
        answers: answers::site,
    },
];

async fn open(it: &TestStore, base: &str) -> Centre {
    let environment = [
        (
            "OTKLIK_DATA_DIR".to_owned(),
            it.folder.path().display().to_string(),
        ),
        ("OTKLIK_DATABASE_URL".to_owned(), it.url.clone()),
        (
            "OTKLIK_UNDERSTAND__MIN_SECTOR_SCORE".to_owned(),
            "0.3".to_owned(),
        ),
    ];
    let mut settings = Settings::load(None, environment).unwrap();
    settings.collect.allow_private_addresses = true;
    settings.collect.telegram = true;
    settings.collect.base.vk = format!("{base}/method");
    settings.collect.base.telegram = base.to_owned();
    settings.collect.vk.token = "a-token".into();
    settings.collect.base.ok = format!("{base}/fb.do");
    settings.collect.base.max = base.to_owned();
    settings.collect.ok.application_key = "APPLICATION".into();
    settings.collect.ok.access_token = "a-token".into();
    settings.collect.ok.session_secret = "a-secret".into();
    settings.collect.max.token = "a-token-of-max".into();
    settings.collect.max.wait_seconds = 0;
    let region = RegionCatalogue::svetlorechye(START).unwrap();
    let clock = Clock::manual(START);
    Centre::open(settings, region, clock, Ids::seeded(1))
        .await
        .unwrap()
}

/// The source is visited until nothing of it is due, and what came goes the whole way.
async fn read(centre: &Centre, config: &SourceConfig) {
    let mut tx = centre.store.write(Priority::Person).await.unwrap();
    let every = Span::minutes(10);
    sources::put(&mut tx, config, true, every, START)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let work = centre.collecting().unwrap();
    for _ in 0..6 {
        let mut tx = centre.store.read().await.unwrap();
        let row = sources::find(&mut tx, config.code.as_str())
            .await
            .unwrap()
            .unwrap();
        drop(tx);
        work.visit(&row).await.unwrap();
        centre.clock.advance(Span::seconds(5));
    }
    settle(&centre.inner_loops().await.unwrap()).await.unwrap();
}

/// A log at its most talkative, kept.
fn log(into: &Arc<Mutex<Vec<u8>>>) -> impl tracing::Subscriber + Send + Sync + use<> {
    let into = into.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || Writer(into.clone()))
        .finish()
}

struct Writer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Each row of each table as text: numbers stand in files in another form.
async fn rows(it: &TestStore) -> Vec<u8> {
    let mut all = Vec::new();
    if it.url.is_empty() {
        let file = it.folder.path().join("otklik.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(file)
            .read_only(true);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let tables = "select m.name, group_concat('coalesce(quote(\"' || c.name || '\"), '''')', ' || '' '' || ')
            from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' group by m.name";
        let tables: Vec<(String, String)> = sqlx::query_as(tables).fetch_all(&pool).await.unwrap();
        for (table, columns) in tables {
            let query = sqlx::AssertSqlSafe(format!("select {columns} from \"{table}\""));
            let rows: Vec<(String,)> = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
            all.extend(rows.into_iter().flat_map(|(row,)| row.into_bytes()));
        }
        return all;
    }
    let pool = sqlx::PgPool::connect(&it.url).await.unwrap();
    let tables =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&pool).await.unwrap();
    for (table,) in tables {
        let query = sqlx::AssertSqlSafe(format!("select t::text from \"{table}\" t"));
        let rows: Vec<(String,)> = sqlx::query_as(query).fetch_all(&pool).await.unwrap();
        all.extend(rows.into_iter().flat_map(|(row,)| row.into_bytes()));
    }
    pool.close().await;
    all
}

async fn is_read_without_anybody(it: TestStore, told: &Told) {
    let net = Network::start().await;
    let mut plants = Plants::default();
    for (path, answer) in (told.answers)(&mut plants) {
        net.on(path, answer.into_body());
    }
    let declared = identifying(told.platform);
    assert!(!declared.is_empty(), "{} declares nothing", told.platform);
    assert!(plants.count() > 5, "{} plants", plants.count());

    let centre = open(&it, &net.base).await;
    let owner = match told.owner.starts_with('/') {
        true => format!("{}{}", net.base, told.owner),
        false => told.owner.to_owned(),
    };
    let site = Site {
        item: Some(".news".into()),
        link: Some("a.to".into()),
        date: Some(".when".into()),
        body: Some(".text".into()),
        ..Site::default()
    };
    let config = SourceConfig {
        site: (told.platform == Platform::Site).then_some(site),
        open311: (told.platform == Platform::Open311).then(Open311::default),
        comments: true,
        official: true,
        ..source(told.platform, &owner)
    };
    let said = Arc::new(Mutex::new(Vec::new()));
    let work = async {
        read(&centre, &config).await;
        admit_reader(&centre).await;
        places(&centre, &it).await
    };
    let mut found = work.with_subscriber(log(&said)).await;
    let mut tx = centre.store.read().await.unwrap();
    assert!(
        posts::count(&mut tx).await.unwrap() > 0,
        "{} brought nothing",
        told.platform
    );
    drop(tx);
    let said = said.lock().unwrap().clone();
    assert!(
        String::from_utf8_lossy(&said).contains("visited a source"),
        "the log was kept"
    );
    found.push(("log", said));
    found.push(("rows", rows(&it).await));
    let shows = |needle: &str| found.iter().any(|(_, bytes)| has(bytes, needle));
    assert!(shows(answers::SAID), "the search must be able to find");
    let hits: Vec<String> = found
        .iter()
        .flat_map(|(place, bytes)| {
            plants
                .in_bytes(bytes)
                .map(move |hit| format!("{hit} in {place}"))
        })
        .collect();
    assert!(hits.is_empty(), "{}: {hits:#?}", told.platform);
}

/// Whether bytes hold a word.
fn has(bytes: &[u8], needle: &str) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

on_each_database! {
    async fn vk_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[0]).await;
    }

    async fn telegram_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[1]).await;
    }

    async fn a_feed_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[2]).await;
    }

    async fn an_atom_feed_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[3]).await;
    }

    async fn ok_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[4]).await;
    }

    async fn max_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[5]).await;
    }

    async fn open311_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[6]).await;
    }

    async fn a_site_tells_of_nobody(it: TestStore) {
        is_read_without_anybody(it, &PLATFORMS[7]).await;
    }
}

#[test]
fn every_declared_field_is_planted() {
    for platform in PLATFORMS.iter().map(|told| told.platform) {
        let mut plants = Plants::default();
        let told = PLATFORMS.iter().filter(|told| told.platform == platform);
        for told in told {
            (told.answers)(&mut plants);
        }
        let missing: Vec<&&str> = identifying(platform)
            .iter()
            .filter(|field| !plants.has_field(field))
            .collect();
        assert!(
            missing.is_empty(),
            "{platform}: nothing is planted in {missing:?}"
        );
    }
}
