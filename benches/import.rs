//! The whole way of import on SQLite beside the sum of its bare parts, in one run: understanding in
//! memory, inserting the same rows into bare tables, indexing the same texts.
//!
//! `cargo bench --bench import` prints the report; a number after `--` is the count of rows (else
//! 20,000 and 100,000). It asserts nothing.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a report, not a service"
)]

#[path = "import/rows.rs"]
mod rows;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use otklik::{
    app::{Centre, import::into_centre},
    collect::import::{Format, Options, read},
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        id::{Ids, PostId},
        time::{Clock, Timestamp},
    },
    index::{self, IndexDoc, Position},
    store::posts::list_for_index,
    understand::understander::Input,
    work::importing::Origin,
};
use sqlx::{
    AssertSqlSafe, Row, SqlitePool, TypeInfo, ValueRef,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous},
};

/// Midnight of 2026-11-22 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_305_600);
/// The tables that an imported row enters.
const TABLES: [&str; 4] = ["post", "post_link", "change", "annotation"];

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let counts = if asked.is_empty() {
        vec![20_000, 100_000]
    } else {
        asked
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for count in counts {
        runtime.block_on(report(count));
    }
}

async fn report(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let table = rows::table(count, NOW);
    println!("\n{count} rows, {} bytes of CSV each", table.len() / count);
    let (centre, whole) = whole_way(folder.path(), table).await;
    let understanding = understanding(&centre).await;
    let inserting = inserting(folder.path()).await;
    let indexing = indexing(folder.path(), &centre).await;
    let bare = understanding + inserting + indexing;
    let line = |name: &str, time: Duration| {
        let rate = count as f64 / time.as_secs_f64();
        println!(
            "{name:<34} {:>8.2} s {rate:>9.0} posts/s",
            time.as_secs_f64()
        );
    };
    line("  bare: understanding in memory", understanding);
    line("  bare: inserting the same rows", inserting);
    line("  bare: indexing the same texts", indexing);
    line("sum of the bare parts", bare);
    line("the whole way of import", whole);
    println!(
        "whole / bare: {:.2}",
        whole.as_secs_f64() / bare.as_secs_f64()
    );
}

async fn whole_way(folder: &Path, table: String) -> (Centre, Duration) {
    let environment = [("OTKLIK_DATA_DIR".to_owned(), folder.display().to_string())];
    let settings = Settings::load(None, environment).unwrap();
    let region = RegionCatalogue::svetlorechye(NOW).unwrap();
    let (clock, ids) = (Clock::manual(NOW), Ids::seeded(1));
    let centre = Centre::open(settings, region, clock, ids).await.unwrap();
    let options = Options {
        owner: Some("bench".into()),
        columns: Vec::new(),
        delimiter: None,
        encoding: None,
        zone: centre.zone().unwrap(),
    };
    let origin = Origin {
        source: "bench".into(),
        alerts: false,
        max_age: centre.settings.incidents.max_age(),
    };
    let start = Instant::now();
    let rows = read(Format::Csv, std::io::Cursor::new(table), options).unwrap();
    let summary = into_centre(&centre, rows, &origin, &|_| {}).await.unwrap();
    let whole = start.elapsed();
    assert_eq!(summary.new, centre.index.count(), "all stored, all found");
    (centre, whole)
}

/// The same texts through the same models, on all cores.
async fn understanding(centre: &Centre) -> Duration {
    let mut tx = centre.store.read().await.unwrap();
    let texts = otklik::store::posts::list_stale(&mut tx, i64::MAX, i64::MAX)
        .await
        .unwrap();
    let inputs: Vec<Input<'_>> = texts
        .iter()
        .map(|post| Input {
            text: &post.text,
            place_hint: post.place_hint.as_deref(),
            ..Input::default()
        })
        .collect();
    let start = Instant::now();
    for batch in inputs.chunks(4000) {
        std::hint::black_box(centre.understander.annotate(batch));
    }
    start.elapsed()
}

/// The same rows into tables of the same columns and keys, without further indexes.
async fn inserting(folder: &Path) -> Duration {
    let from = SqlitePool::connect_with(file(&folder.join("otklik.db")))
        .await
        .unwrap();
    let to = SqlitePool::connect_with(file(&folder.join("bare.db")))
        .await
        .unwrap();
    let mut time = Duration::ZERO;
    for table in TABLES {
        let sql = "select sql from sqlite_master where type = 'table' and name = $1";
        let made: String = sqlx::query_scalar(sql)
            .bind(table)
            .fetch_one(&from)
            .await
            .unwrap();
        sqlx::query(AssertSqlSafe(made)).execute(&to).await.unwrap();
        let all = format!("select * from {table} order by rowid");
        let rows = sqlx::query(AssertSqlSafe(all))
            .fetch_all(&from)
            .await
            .unwrap();
        let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
        let start = Instant::now();
        for batch in rows.chunks(5000) {
            let mut tx = to.begin().await.unwrap();
            for chunk in batch.chunks(100) {
                let row = format!("({})", vec!["?"; chunk[0].len()].join(", "));
                let values = vec![row; chunk.len()].join(", ");
                let insert = format!("insert into {table} values {values}");
                let mut query = sqlx::query(AssertSqlSafe(insert));
                for cell in chunk.iter().flatten() {
                    query = match cell {
                        Cell::Null => query.bind(None::<i64>),
                        Cell::Int(n) => query.bind(*n),
                        Cell::Real(x) => query.bind(*x),
                        Cell::Text(text) => query.bind(text.clone()),
                    };
                }
                query.execute(&mut *tx).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        time += start.elapsed();
    }
    time
}

fn file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", "-65536")
}

enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

fn cells(row: &SqliteRow) -> Vec<Cell> {
    (0..row.len())
        .map(|i| {
            let value = row.try_get_raw(i).unwrap();
            let kind = value.type_info().name().to_owned();
            match kind.as_str() {
                _ if value.is_null() => Cell::Null,
                "INTEGER" => Cell::Int(row.get(i)),
                "REAL" => Cell::Real(row.get(i)),
                _ => Cell::Text(row.get(i)),
            }
        })
        .collect()
}

/// The same documents with the same analysis, in one commit.
async fn indexing(folder: &Path, centre: &Centre) -> Duration {
    let mut tx = centre.store.read().await.unwrap();
    let ids: Vec<PostId> = otklik::store::posts::list_stale(&mut tx, i64::MAX, i64::MAX)
        .await
        .unwrap()
        .into_iter()
        .map(|post| PostId(post.id))
        .collect();
    let rows = list_for_index(&mut tx, &ids).await.unwrap();
    let docs: Vec<IndexDoc> = rows
        .into_iter()
        .map(|row| IndexDoc {
            id: row.id,
            text: row.text,
            source: row.source,
            platform: row.platform,
            language: row.language,
            kind: row.kind,
            sector: row.sector,
            topic: row.topic,
            municipality: row.municipality,
            place: row.place,
            published: row.published.into(),
        })
        .collect();
    let (_index, mut writer) = index::open(&folder.join("bare-index")).unwrap();
    let start = Instant::now();
    writer.apply(docs, Vec::new()).unwrap();
    writer.commit(Position::default()).unwrap();
    start.elapsed()
}
