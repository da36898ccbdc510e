//! The database goes away, its disk fills up, it can only be read: pages say so in a sentence and soon,
//! loops wait, nothing is lost, and all goes on by itself afterwards.

use std::{
    fs::File,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Instant,
};

use axum::http::{Request, StatusCode, header};
use otklik::{
    app::Centre,
    config::settings::Settings,
    demo::{self, material::Material},
    domain::{
        id::Ids,
        time::{Clock, Span},
        user::Role,
    },
    store::{Priority, Store, Trouble, jobs, posts, scope::Scope, settings},
    work::supervisor::settle,
};
use tokio::net::{TcpListener, TcpStream};

use crate::{
    harness::{START, TestStore, new_postgres_database},
    office::{HEATING, Office, Page, RUBBISH, UNSURE},
};

/// A way to PostgreSQL that can be cut.
struct Way {
    url: String,
    state: Arc<AtomicU8>,
    changed: Arc<tokio::sync::watch::Sender<()>>,
}

const OPEN: u8 = 0;
/// Connections end, new ones are refused.
const CUT: u8 = 1;
/// Nothing ends and nothing answers: a cable is out.
const SILENT: u8 = 2;

impl Way {
    async fn to_a_new_database() -> Way {
        let direct = url::Url::parse(&new_postgres_database().await).unwrap();
        let server = format!("{}:{}", direct.host_str().unwrap(), direct.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut url = direct.clone();
        url.set_port(Some(listener.local_addr().unwrap().port()))
            .unwrap();
        let state = Arc::new(AtomicU8::new(OPEN));
        let changed = Arc::new(tokio::sync::watch::channel(()).0);
        let (own, own_changed) = (state.clone(), changed.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (server, state, changed) =
                    (server.clone(), own.clone(), own_changed.subscribe());
                tokio::spawn(carry(near, server, state, changed));
            }
        });
        Way {
            url: url.to_string(),
            state,
            changed,
        }
    }

    fn is(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
        self.changed.send_replace(());
    }
}

async fn carry(
    mut near: TcpStream,
    server: String,
    state: Arc<AtomicU8>,
    mut changed: tokio::sync::watch::Receiver<()>,
) {
    if state.load(Ordering::SeqCst) == CUT {
        return;
    }
    let mut far = TcpStream::connect(server).await.unwrap();
    loop {
        match state.load(Ordering::SeqCst) {
            CUT => return,
            SILENT => drop(changed.changed().await),
            _ => tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
                _ = changed.changed() => {}
            },
        }
    }
}

async fn over(way: &Way) -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&way.url, folder.path()).await.unwrap();
    store.migrate().await.unwrap();
    TestStore {
        store,
        folder,
        url: way.url.clone(),
    }
}

fn says_unavailable(page: &Page, words: &str) {
    assert_eq!(
        page.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        page.text
    );
    assert_eq!(page.headers[header::RETRY_AFTER], "10");
    assert!(page.text.contains(words), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_say_within_seconds_that_the_database_is_away_and_recover_by_themselves() {
    let way = Way::to_a_new_database().await;
    let office = Office::open(over(&way).await).await;
    office.hears(&[HEATING]).await;
    let mut curator = office.with(Role::Curator, &[], &[]).await;
    assert_eq!(curator.get("/queue").await.status, StatusCode::OK);
    for away in [CUT, SILENT] {
        way.is(away);
        let asked = Instant::now();
        says_unavailable(&curator.get("/queue").await, "База не отвечает");
        says_unavailable(&curator.get("/incidents/1").await, "База не отвечает");
        let took = asked.elapsed().as_secs_f32() / 2.0;
        assert!(took < 6.0, "{took} s a page");
        let api = Request::get("/api/v1/stats").header(header::AUTHORIZATION, "Bearer x");
        let told = office.stranger().ask(api, axum::body::Body::empty()).await;
        assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(told.json()["type"], "urn:otklik:problem:unavailable");
        assert_eq!(
            office.stranger().get("/health").await.status,
            StatusCode::SERVICE_UNAVAILABLE
        );
        let figures = otklik::web::metrics::text(&office.app).await.unwrap();
        assert!(figures.contains("otklik_database_up 0.0"), "{figures}");
        way.is(OPEN);
        let back = curator.get("/queue").await;
        assert_eq!(back.status, StatusCode::OK, "{}", back.text);
    }
    way.is(CUT);
    let told = curator.in_english().get("/queue").await;
    says_unavailable(&told, "The database is not responding");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_minutes_without_a_database_lose_and_double_nothing() {
    let way = Way::to_a_new_database().await;
    let it = over(&way).await;
    let (clock, ids) = (Clock::manual(START), Ids::seeded(3));
    let running = demo::start(clock.clone(), START, &ids).await.unwrap();
    let environment = [
        (
            "OTKLIK_DATA_DIR".to_owned(),
            it.folder.path().display().to_string(),
        ),
        ("OTKLIK_DATABASE_URL".to_owned(), it.url.clone()),
    ];
    let mut settings = Settings::load(None, environment).unwrap();
    running.apply(&mut settings);
    let region = running.region.clone();
    let centre = Centre::open(settings, region, clock.clone(), ids)
        .await
        .unwrap();
    let loops = centre.all_loops().await.unwrap();
    for _ in 0..8 {
        for work in &loops {
            work.tick().await.unwrap();
        }
    }
    let before = count(&centre).await;
    assert!(before > 0);
    way.is(CUT);
    let mut failed = 0;
    for work in &loops {
        failed += usize::from(work.tick().await.is_err());
    }
    assert!(failed >= loops.len() - 2, "{failed} loops noticed");
    clock.advance(Span::minutes(10));
    way.is(OPEN);
    let mut broken = 0;
    for _ in 0..48 {
        // Each connection that broke in the air may tell so once; the supervisor ticks again.
        while let Err(error) = settle(&loops).await {
            broken += 1;
            assert!(broken <= 30, "{error:#}");
        }
        clock.advance(Span::minutes(10)); // the demo's receiver is out of order at times
    }
    let material = Material::built_in().unwrap();
    let past = material
        .entries
        .iter()
        .filter(|e| e.at < Span::ZERO)
        .count() as i64;
    let after = count(&centre).await;
    assert!(
        after >= past && after <= material.entries.len() as i64,
        "{after} of {past}"
    );
    let mut tx = centre.store.read().await.unwrap();
    let told = jobs::counts(&mut tx, &Scope::service("story"))
        .await
        .unwrap();
    drop(tx);
    let sink = format!("{}/deliveries", running.sink);
    let sink: serde_json::Value = client()
        .get(sink)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(told.delivered > 50 && told.waiting == 0, "{told:?}");
    assert!(sink["accepted"].as_i64() >= Some(told.delivered), "{sink}");
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap()
}

async fn count(centre: &Centre) -> i64 {
    posts::count(&mut centre.store.read().await.unwrap())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_only_be_read_is_read_and_says_so_when_written() {
    let url = new_postgres_database().await;
    let (server, name) = url.rsplit_once('/').unwrap();
    let own = sqlx::PgPool::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&url, folder.path()).await.unwrap();
    store.migrate().await.unwrap();
    let it = TestStore {
        store,
        folder,
        url: url.clone(),
    };
    let office = Office::open(it).await;
    office.hears(&[HEATING]).await;
    let mut curator = office.with(Role::Curator, &[], &[]).await;
    let csrf = curator.csrf().await;
    let take = [("csrf", csrf.as_str()), ("seen", "new")];
    let switch = async |only: &str| {
        for step in [
            format!("alter database {name} set default_transaction_read_only = {only}"),
            format!(
                "select pg_terminate_backend(pid) from pg_stat_activity
                where datname = '{name}'"
            ),
        ] {
            let step = sqlx::AssertSqlSafe(step);
            sqlx::raw_sql(step).execute(&own).await.unwrap();
        }
    };
    switch("on").await;
    assert_eq!(
        curator.get("/overview").await.status,
        StatusCode::OK,
        "reading goes on"
    );
    let taken = curator.send("/incidents/1/take", &take).await;
    says_unavailable(&taken, "База только для чтения");
    switch("off").await;
    let taken = curator.send("/incidents/1/take", &take).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
}

/// A small disk of its own; gone when dropped. Only root can make one.
pub struct Disk(PathBuf);

impl Disk {
    pub fn mount(at: &Path, size: &str) -> Option<Disk> {
        let options = format!("size={size}");
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "otklik-test"])
            .arg(at)
            .output();
        match mounted.is_ok_and(|output| output.status.success()) {
            true => Some(Disk(at.to_owned())),
            false => {
                eprintln!("NOT TRIED: mounting a small disk wants root");
                None
            }
        }
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let mut ballast = File::create(self.0.join("ballast")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while ballast.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Remounts it: `ro` or `rw`.
    pub fn may(&self, how: &str) {
        let done = std::process::Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(&self.0)
            .status();
        assert!(done.unwrap().success());
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.0)
            .output();
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[tokio::test]
async fn a_disk_that_may_only_be_read_is_told_at_the_start_and_all_is_well_when_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path(), "24m") else {
        return;
    };
    let otklik = |command: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
            .args(command)
            .env_clear()
            .env("OTKLIK_DATA_DIR", folder.path())
            .output()
            .unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    assert_eq!(otklik(&["migrate"]).0, Some(0));
    disk.may("ro");
    for command in [&["migrate"][..], &["retention", "report"], &["serve"]] {
        let (code, said) = otklik(command);
        assert_eq!(code, Some(1), "{said}");
        let place = folder.path().display().to_string();
        assert!(said.contains(&place), "{said}");
        assert!(
            said.contains("can the folder be written") || said.contains("Read-only"),
            "{said}"
        );
    }
    disk.may("rw");
    assert_eq!(otklik(&["retention", "report"]).0, Some(0));
}

/// Writes until the disk is full: a log may have a little room of its own, which is used up first.
async fn fill_up(store: &Store, disk: &Disk) {
    disk.fill();
    let ids = Ids::random();
    for _ in 0..4000 {
        let ballast: String = (0..2500).map(|_| ids.ulid(START)).collect(); // cannot be packed
        let mut tx = store.write(Priority::Bulk).await.unwrap();
        let put = settings::put(&mut tx, &ids.ulid(START), &ballast).await;
        let done = match put {
            Ok(()) => tx.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            assert_eq!(error.trouble(), Some(Trouble::Full), "{error}");
            return;
        }
        disk.fill();
    }
    panic!("the disk never filled up");
}

/// A PostgreSQL database on a disk of its own; [`OwnDisk::end`] takes it away again.
struct OwnDisk {
    disk: Disk,
    url: String,
    server: sqlx::PgPool,
    name: String,
}

impl OwnDisk {
    async fn of_a_new_database(folder: &Path) -> Option<OwnDisk> {
        let disk = Disk::mount(folder, "24m")?;
        let other = new_postgres_database().await;
        let (server, name) = other.rsplit_once('/').unwrap();
        let name = format!("{name}_small");
        let url = format!("{server}/{name}");
        let server = sqlx::PgPool::connect(&format!("{server}/postgres"))
            .await
            .unwrap();
        let data = "select current_setting('data_directory')";
        let (data,): (String,) = sqlx::query_as(data).fetch_one(&server).await.unwrap();
        let owner = std::process::Command::new("chown")
            .args(["--reference", &data])
            .arg(folder)
            .status();
        assert!(owner.unwrap().success());
        std::fs::set_permissions(folder.parent().unwrap(), PermissionsExt::from_mode(0o755))
            .unwrap();
        let place = folder.display();
        let own = OwnDisk {
            disk,
            url,
            server,
            name,
        };
        own.run(&format!(
            "create tablespace {} location '{place}'",
            own.name
        ))
        .await;
        own.run(&format!("create database {0} tablespace {0}", own.name))
            .await;
        Some(own)
    }

    async fn run(&self, step: &str) {
        let step = sqlx::AssertSqlSafe(step.to_owned());
        sqlx::raw_sql(step).execute(&self.server).await.unwrap();
    }

    async fn end(self) {
        self.run(&format!("drop database {} with (force)", self.name))
            .await;
        self.run(&format!("drop tablespace {}", self.name)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_is_full_is_told_and_goes_on_when_there_is_room() {
    let mounted = tempfile::tempdir().unwrap();
    let place = mounted.path().join("disk");
    std::fs::create_dir(&place).unwrap();
    let Some(own) = OwnDisk::of_a_new_database(&place).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&own.url, folder.path()).await.unwrap();
    store.migrate().await.unwrap();
    let url = own.url.clone();
    let office = Office::open(TestStore { store, folder, url }).await;
    office.hears(&[HEATING]).await;
    let mut curator = office.with(Role::Curator, &[], &[]).await;
    fill_up(&office.it.store, &own.disk).await;
    assert_eq!(
        curator.get("/overview").await.status,
        StatusCode::OK,
        "reading goes on"
    );
    own.disk.free();
    assert_eq!(curator.get("/incidents/1").await.status, StatusCode::OK);
    office.hears(&[RUBBISH, UNSURE]).await;
    let mut tx = office.it.store.read().await.unwrap();
    assert_eq!(posts::count(&mut tx).await.unwrap(), 3);
    drop(tx);
    office.it.store.close().await;
    own.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_lets_people_read_tells_writers_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path(), "12m") else {
        return;
    };
    let store = Store::open("", folder.path()).await.unwrap();
    store.migrate().await.unwrap();
    let it = TestStore {
        store,
        folder,
        url: String::new(),
    };
    let office = Office::open(it).await;
    office.hears(&[HEATING]).await;
    let mut curator = office.with(Role::Curator, &[], &[]).await;
    let csrf = curator.csrf().await;
    let take = [("csrf", csrf.as_str()), ("seen", "new")];
    fill_up(&office.it.store, &disk).await;
    let queue = curator.get("/overview").await;
    assert_eq!(
        queue.status,
        StatusCode::OK,
        "reading goes on: {}",
        queue.text
    );
    let taken = curator.send("/incidents/1/take", &take).await;
    says_unavailable(&taken, "На диске нет места");
    office.app.clock.advance(Span::minutes(5)); // a session that cannot be prolonged still serves
    assert_eq!(curator.get("/overview").await.status, StatusCode::OK);
    says_unavailable(
        &curator.get("/queue").await,
        "просмотр записывается в журнал",
    );

    disk.free();
    // a write that failed must not spoil the connection that later ones go by
    let taken = curator.send("/incidents/1/take", &take).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    office.hears(&[RUBBISH, UNSURE]).await;
    assert_eq!(
        posts::count(&mut office.it.store.read().await.unwrap())
            .await
            .unwrap(),
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_on_a_full_disk_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path(), "24m") else {
        return;
    };
    let (index, mut writer) = otklik::index::open(&folder.path().join("index")).unwrap();
    let docs = |from: usize| {
        (from..from + 200)
            .map(|n| otklik::index::IndexDoc {
                id: n.to_string(),
                text: format!(
                    "яма номер {n} на дороге {}",
                    "у школы и почты ".repeat(n % 40)
                ),
                source: "s".into(),
                platform: "vk".into(),
                language: "rus".into(),
                kind: "complaint".into(),
                sector: None,
                topic: None,
                municipality: None,
                place: None,
                published: START,
            })
            .collect::<Vec<_>>()
    };
    let at = |seq| otklik::index::Position { xid: 0, seq };
    writer.apply(docs(0), Vec::new()).unwrap();
    writer.commit(at(1)).unwrap();
    disk.fill();
    for _ in 0..3 {
        let failed = writer
            .apply(docs(200), Vec::new())
            .and_then(|()| writer.commit(at(2)));
        assert!(failed.is_err());
        assert_eq!((writer.position(), index.count()), (at(1), 200));
    }
    disk.free();
    writer.apply(docs(200), Vec::new()).unwrap();
    writer.commit(at(2)).unwrap();
    assert_eq!((writer.position(), index.count()), (at(2), 400));
}
