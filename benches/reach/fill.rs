//! Filling a database with the region: many rows a statement, many statements a transaction, straight
//! past the store. What is filled stays under `target/reach` for the next run.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Result;
use otklik::{
    app::import::reindex,
    config::catalogue::Catalogue,
    store::Store,
    understand::{topics::Model, understander::Understander},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{
    region::Region,
    tables::{Tables, sources},
};

/// The schema that is filled; later ones come over it as an upgrade would.
const SCHEMA: i64 = 12;
/// Incidents of a transaction.
const BATCH: u64 = 20_000;
/// A filled installation.
pub struct Place {
    pub data_dir: PathBuf,
    /// Empty for SQLite.
    pub url: String,
}

/// The place of a region of this size, filled if it is not yet.
pub async fn ready(region: &Region, server: Option<&str>) -> Result<Place> {
    let n = region.incidents;
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/reach");
    let place = match server {
        None => Place {
            data_dir: target.join(format!("sqlite-{n}")),
            url: String::new(),
        },
        Some(server) => Place {
            data_dir: target.join(format!("postgres-{n}")),
            url: format!("{server}/reach_{n}"),
        },
    };
    let done = place.data_dir.join("filled");
    if done.exists() {
        return Ok(place);
    }
    let _ = std::fs::remove_dir_all(&place.data_dir);
    std::fs::create_dir_all(&place.data_dir)?;
    if let Some(server) = server {
        let mut admin = PgConnection::connect(&format!("{server}/postgres")).await?;
        for sql in ["drop database if exists", "create database"] {
            let sql = AssertSqlSafe(format!("{sql} reach_{n}"));
            sqlx::raw_sql(sql).execute(&mut admin).await?;
        }
    }
    let start = Instant::now();
    let store = Store::open(&place.url, &place.data_dir).await?;
    store.migrate_to(SCHEMA).await?;
    store.close().await;
    fill(region, &place).await?;
    println!("filled in {:.0} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let store = Store::open(&place.url, &place.data_dir).await?;
    store.migrate().await?;
    println!("migrated in {:.1} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let found = reindex(&store, &place.data_dir).await?;
    store.close().await;
    println!("{found} indexed in {:.0} s", start.elapsed().as_secs_f64());
    std::fs::write(&done, "")?;
    Ok(place)
}

/// One connection, past the store.
pub enum Hand {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Hand {
    async fn open(place: &Place) -> Result<Self> {
        Ok(match place.url.as_str() {
            "" => {
                let file = format!("sqlite://{}", place.data_dir.join("otklik.db").display());
                let mut hand = Self::Sqlite(SqliteConnection::connect(&file).await?);
                hand.run("pragma synchronous = off; pragma cache_size = -4000000".into())
                    .await?;
                hand
            }
            url => Self::Postgres(PgConnection::connect(url).await?),
        })
    }

    /// Runs statements.
    pub async fn run(&mut self, sql: String) -> Result<()> {
        let sql = AssertSqlSafe(sql);
        match self {
            Hand::Sqlite(connection) => {
                sqlx::raw_sql(sql).execute(connection).await?;
            }
            Hand::Postgres(connection) => {
                sqlx::raw_sql(sql).execute(connection).await?;
            }
        }
        Ok(())
    }

    /// Indexes that no key needs, by name and the statement that makes them.
    async fn indexes(&mut self) -> Result<Vec<(String, String)>> {
        Ok(match self {
            Hand::Sqlite(connection) => {
                sqlx::query_as(
                    "select name, sql from sqlite_master where type = 'index' and sql is not null",
                )
                .fetch_all(connection)
                .await?
            }
            Hand::Postgres(connection) => {
                sqlx::query_as(
                    "select indexname::text, indexdef from pg_indexes
                     where schemaname = 'public' and indexdef not like '%UNIQUE%'",
                )
                .fetch_all(connection)
                .await?
            }
        })
    }
}

async fn fill(region: &Region, place: &Place) -> Result<()> {
    let understander = Understander::new(Catalogue::load(None)?, Model::shipped()?);
    let mut tables = Tables::new(understander.revision());
    let mut hand = Hand::open(place).await?;
    let indexes = hand.indexes().await?;
    for (name, _) in &indexes {
        hand.run(format!("drop index {name}")).await?;
    }
    let mut posts = 0;
    for first in (0..region.incidents).step_by(BATCH as usize) {
        for n in first..(first + BATCH).min(region.incidents) {
            let incident = region.incident(n);
            posts += incident.posts.len() as u64;
            tables.incident(&incident);
        }
        commit(&mut hand, &mut tables).await?;
        println!(
            "  {} incidents, {posts} posts",
            (first + BATCH).min(region.incidents)
        );
    }
    for n in posts..region.posts() {
        let (post, sector, topic) = region.loose(n);
        tables.post(&post, sector, topic, None);
        if n % (2 * BATCH) == 0 {
            commit(&mut hand, &mut tables).await?;
        }
    }
    commit(&mut hand, &mut tables).await?;
    hand.run(sources()).await?;
    for (_, sql) in indexes {
        hand.run(sql).await?;
    }
    // PostgreSQL does it by itself in time; SQLite never does
    match hand {
        Hand::Postgres(_) => hand.run("vacuum analyze".into()).await,
        Hand::Sqlite(_) => Ok(()),
    }
}

async fn commit(hand: &mut Hand, tables: &mut Tables) -> Result<()> {
    hand.run("begin".into()).await?;
    tables.flush(hand).await?;
    hand.run("commit".into()).await
}
