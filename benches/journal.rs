//! What noting costs: an entry of the journal beside the bare insert of the same row, each in a
//! transaction of its own, and the check of all that was written.
//!
//! `cargo bench --bench journal` prints microseconds (p50 and p99) on SQLite, and on the PostgreSQL
//! server of TEST_POSTGRES when it is set; there also for eight at once. It asserts nothing.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a report, not a service"
)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use otklik::{
    domain::{
        id::Ids,
        journal::{check::Verifier, key::SigningKey},
        time::Timestamp,
    },
    store::{
        Priority, Store,
        audit::{self, AuditKind, Entry},
    },
};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

const NOW: Timestamp = Timestamp::from_seconds(1_795_305_600);
const ROWS: usize = 5_000;

/// The journal's table as it was before entries were chained.
const BARE: &str = "create table bare (id text primary key, at bigint not null, who text not null,
    kind text not null, subject text not null, detail text not null)";
const INSERT: &str = "insert into bare values ($1, $2, $3, $4, $5, $6)";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        report("SQLite", "", folder.path()).await;
        if let Ok(server) = std::env::var("TEST_POSTGRES") {
            let url = new_database(&server).await;
            report("PostgreSQL", &url, folder.path()).await;
        }
    });
}

async fn new_database(server: &str) -> String {
    let name = format!("b_{}", Ids::random().ulid(NOW).to_lowercase());
    let pool = PgPool::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    let create = AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&pool).await.unwrap();
    format!("{server}/{name}")
}

async fn report(name: &str, url: &str, folder: &Path) {
    let store = Store::open(url, folder).await.unwrap();
    store.migrate().await.unwrap();
    let ids = Ids::seeded(1);
    println!("\n{name}, {ROWS} entries, microseconds");
    show("bare insert and commit", bare(url, folder, &ids).await);
    show("append and commit", append(&store, &ids, ROWS).await);
    let within = within_one(&store, &ids).await;
    println!("{:<28} {within:>8.1} each", "append, commit left out");
    if !url.is_empty() {
        let began = Instant::now();
        let hands: Vec<_> = (0..8u64)
            .map(|n| {
                let store = store.clone();
                tokio::spawn(async move { append(&store, &Ids::seeded(n + 2), ROWS / 8).await })
            })
            .collect();
        let mut all = Vec::new();
        for hand in hands {
            all.extend(hand.await.unwrap());
        }
        let rate = all.len() as f64 / began.elapsed().as_secs_f64();
        show("append, eight at once", all);
        println!("{:<28} {rate:>8.0} a second", "");
    }
    let key = SigningKey::from_secret("the key of this report");
    let mut tx = store.write(Priority::Bulk).await.unwrap();
    audit::sign(&mut tx, &key, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let began = Instant::now();
    let verifier = Verifier::new(vec![key.public()], None);
    let mut tx = store.read().await.unwrap();
    let found = audit::verify(&mut tx, verifier).await.unwrap().unwrap();
    let each = began.elapsed().as_secs_f64() * 1e6 / found.entries as f64;
    println!("{:<28} {each:>8.1} each", "verify");
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: f64| times[(times.len() as f64 * part) as usize].as_secs_f64() * 1e6;
    println!("{what:<28} {:>8.1} p50 {:>8.1} p99", at(0.5), at(0.99));
}

/// The same row into a bare table of the same database, one connection.
async fn bare(url: &str, folder: &Path, ids: &Ids) -> Vec<Duration> {
    macro_rules! run {
        ($pool:expr) => {{
            let pool = $pool;
            sqlx::query(BARE).execute(&pool).await.unwrap();
            let mut times = Vec::with_capacity(ROWS);
            for n in 0..ROWS {
                let began = Instant::now();
                let mut tx = pool.begin().await.unwrap();
                sqlx::query(INSERT)
                    .bind(ids.ulid(NOW))
                    .bind(NOW.as_millis())
                    .bind("vershinina")
                    .bind("viewed")
                    .bind(format!("incident:{n}"))
                    .bind("3 posts")
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                times.push(began.elapsed());
            }
            times
        }};
    }
    match url.is_empty() {
        true => {
            let file = folder.join("otklik.db");
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(file)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal);
            run!(SqlitePool::connect_with(options).await.unwrap())
        }
        false => run!(PgPool::connect(url).await.unwrap()),
    }
}

async fn append(store: &Store, ids: &Ids, rows: usize) -> Vec<Duration> {
    let mut times = Vec::with_capacity(rows);
    for n in 0..rows {
        let subject = format!("incident:{n}");
        let began = Instant::now();
        let mut tx = store.write(Priority::Person).await.unwrap();
        note(&mut tx, ids, &subject).await;
        tx.commit().await.unwrap();
        times.push(began.elapsed());
    }
    times
}

async fn within_one(store: &Store, ids: &Ids) -> f64 {
    let mut tx = store.write(Priority::Person).await.unwrap();
    let began = Instant::now();
    for _ in 0..ROWS {
        note(&mut tx, ids, "incident:1").await;
    }
    let each = began.elapsed().as_secs_f64() * 1e6 / ROWS as f64;
    tx.commit().await.unwrap();
    each
}

async fn note(tx: &mut otklik::store::Tx, ids: &Ids, subject: &str) {
    let entry = Entry {
        who: "vershinina",
        kind: AuditKind::Viewed,
        subject,
        detail: "3 posts",
    };
    audit::append(tx, ids, NOW, &entry).await.unwrap();
}
