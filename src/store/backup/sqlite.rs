//! SQLite: a whole file each way.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection, SqlitePool,
    sqlite::SqliteConnectOptions,
};

use super::{Part, Snapshot, Store, Table};

const FILE: &str = "otklik.db";

/// Where the next database is made; what an earlier restore left there is of no use.
fn beside_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("restore.partial")
}

/// Copies by a connection of its own: those of the pool may only query.
pub(super) async fn snapshot(pool: &SqlitePool, folder: &Path) -> Result<Snapshot> {
    let file = folder.join(FILE);
    let options = (*pool.connect_options()).clone();
    let mut from = options.pragma("query_only", "off").connect().await?;
    let copy = sqlx::query("vacuum into $1").bind(file.display().to_string());
    copy.execute(&mut from)
        .await
        .context("copying the database")?;
    from.close().await?;
    let options = SqliteConnectOptions::new().filename(&file).read_only(true);
    let mut copy = options.connect().await?;
    let (sound,): (String,) = sqlx::query_as("pragma quick_check(1)")
        .fetch_one(&mut copy)
        .await?;
    anyhow::ensure!(sound == "ok", "the copy is not sound: {sound}");
    let schema = "select coalesce(max(version), 0) from _sqlx_migrations where success";
    let (schema,): (i64,) = sqlx::query_as(schema).fetch_one(&mut copy).await?;
    let tables = count_tables(&mut copy).await?;
    copy.close().await?;
    fs::File::open(&file)?.sync_all()?;
    let part = Part {
        path: FILE.into(),
        tables,
    };
    Ok(Snapshot {
        schema,
        parts: vec![part],
    })
}

async fn count_tables(copy: &mut SqliteConnection) -> Result<Vec<Table>> {
    let names = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'
        order by name";
    let names: Vec<(String,)> = sqlx::query_as(names).fetch_all(&mut *copy).await?;
    let mut tables = Vec::new();
    for (name,) in names {
        let count = AssertSqlSafe(format!("select count(*) from \"{name}\""));
        let (rows,): (i64,) = sqlx::query_as(count).fetch_one(&mut *copy).await?;
        tables.push(Table {
            name,
            columns: Vec::new(),
            rows: rows.unsigned_abs(),
        });
    }
    Ok(tables)
}

pub(super) async fn beside(data_dir: &Path, folder: &Path) -> Result<Store> {
    let made = beside_folder(data_dir);
    if made.exists() {
        fs::remove_dir_all(&made).with_context(|| format!("cannot delete {}", made.display()))?;
    }
    fs::create_dir_all(&made).with_context(|| format!("cannot make {}", made.display()))?;
    let (from, to) = (folder.join(FILE), made.join(FILE));
    tokio::task::spawn_blocking(move || fs::copy(from, to))
        .await?
        .with_context(|| format!("cannot copy into {}", made.display()))?;
    Ok(Store::open("", &made).await?)
}

/// The old file first takes in its log, so that no log of one database meets the file of another.
pub(super) async fn swap(data_dir: &Path) -> Result<()> {
    let (old, made) = (data_dir.join(FILE), beside_folder(data_dir));
    if old.exists() {
        let mut last = SqliteConnectOptions::new().filename(&old).connect().await?;
        sqlx::raw_sql("pragma wal_checkpoint(truncate)")
            .execute(&mut last)
            .await?;
        last.close().await?;
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(data_dir.join(format!("{FILE}{end}")));
        }
    }
    fs::File::open(made.join(FILE))?.sync_all()?;
    fs::rename(made.join(FILE), &old).context("cannot put the database in its place")?;
    fs::File::open(data_dir)?.sync_all()?;
    fs::remove_dir_all(&made)?;
    Ok(())
}
