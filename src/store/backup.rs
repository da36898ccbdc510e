//! A consistent copy of the database while others write to it, and the way back.
//!
//! SQLite copies itself into one file (`vacuum into`). PostgreSQL is read by one `repeatable read`
//! snapshot into a file a table, in the text form of its own `copy`, packed with gzip: no client tools
//! are needed on either side. The folder around them (manifest, checksums) is `app::backup`'s. Nothing
//! here touches the database in use before [`Store::replace`], which swaps in one step. Start with
//! [`Store::snapshot`].

mod postgres;
mod since;
mod sqlite;

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

pub use since::Since;

use super::{Pools, Store, open};

/// A file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its path within the backup's folder.
    pub path: String,
    /// Rows by table.
    pub tables: Vec<Table>,
}

/// A table in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Columns in the file's order; empty where the file knows them itself.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: u64,
}

/// What was copied.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The version of the schema.
    pub schema: i64,
    /// The files.
    pub parts: Vec<Part>,
}

/// A database in the making beside the one in use: filled, then swapped in by [`Store::replace`].
pub struct Beside(Store);

pub(super) fn statements() -> Vec<(&'static str, super::Sql)> {
    since::ALL.to_vec()
}

impl std::ops::Deref for Beside {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}

impl Store {
    /// Copies the database into an empty folder, as it was at one moment, while others write.
    ///
    /// # Errors
    /// A sentence: the folder cannot be written, or the database failed. What is in the folder then is
    /// of no use.
    pub async fn snapshot(&self, folder: &Path) -> Result<Snapshot> {
        match &self.pools {
            Pools::Sqlite { read, .. } => sqlite::snapshot(read, folder).await,
            Pools::Postgres(pool) => postgres::snapshot(pool, folder).await,
        }
    }

    /// Fills a new database beside the one at `url` (or in `data_dir`) from a snapshot's folder and
    /// migrates it. The one in use is not touched.
    ///
    /// # Errors
    /// A sentence: a file cannot be read, or the database refused.
    pub async fn beside(
        url: &str,
        data_dir: &Path,
        folder: &Path,
        snapshot: &Snapshot,
    ) -> Result<Beside> {
        let store = match url.is_empty() {
            true => sqlite::beside(data_dir, folder).await?,
            false => {
                let store = Store::of(open::postgres_beside(url, postgres::SCHEMA).await?);
                let Pools::Postgres(pool) = &store.pools else {
                    bail!("{url} is no PostgreSQL");
                };
                postgres::fill(&store, pool, folder, snapshot).await?;
                store
            }
        };
        store.migrate().await?;
        Ok(Beside(store))
    }

    /// Puts `beside` in the place of the database at `url` (or in `data_dir`), in one step: a kill
    /// before it leaves the old one, after it the new one.
    ///
    /// # Errors
    /// A sentence; then the old database stands as it was.
    pub async fn replace(url: &str, data_dir: &Path, beside: Beside) -> Result<()> {
        match &beside.0.pools {
            Pools::Sqlite { .. } => {
                beside.0.close().await;
                sqlite::swap(data_dir).await
            }
            Pools::Postgres(_) => {
                beside.0.close().await;
                let Pools::Postgres(pool) = open::postgres(url, "otklik restore").await? else {
                    bail!("the database is no PostgreSQL any more");
                };
                let swapped = postgres::swap(&pool).await;
                pool.close().await;
                swapped.context("swapping the databases")
            }
        }
    }

    /// How many other processes of ours are connected; 0 on SQLite, where the lock of the data folder
    /// tells.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn others(&self) -> super::Result<i64> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(0),
            Pools::Postgres(pool) => postgres::others(pool).await,
        }
    }
}
