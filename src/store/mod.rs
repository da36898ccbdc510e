//! All SQL. One file per table family; each statement is written once for SQLite and PostgreSQL.
//!
//! A function takes `&mut Tx`: the caller decides the transaction, so a row, its event and its job
//! commit together. Every read of what people said or did takes a [`scope::Scope`]. Start with
//! [`Store::open`] and [`sql`].

pub mod accounts;
pub mod annotations;
pub mod attempts;
pub mod audit;
pub mod backfills;
pub mod backup;
pub mod budget;
pub mod changes;
pub mod claims;
pub mod clocks;
pub mod entries;
mod error;
pub mod evidence;
pub mod factors;
pub mod figures;
mod gate;
pub mod idempotency;
pub mod inbox;
pub mod incidents;
pub mod jobs;
mod listen;
mod migrate;
mod open;
pub mod pages;
pub mod posts;
pub mod providers;
pub mod retention;
pub mod robots;
pub mod routing;
mod rows;
pub mod scope;
pub mod sessions;
pub mod settings;
pub mod sources;
mod sql;
mod statements;
pub mod submissions;
pub mod tables;
pub mod tokens;
mod trouble;
pub mod turns;
pub mod watch;

use std::{path::Path, sync::Arc};

use sqlx::{Executor, PgPool, SqlSafeStr, SqlitePool};
use tokio::sync::Notify;

use crate::meters::Meters;

pub use error::Error;
pub use gate::Priority;
pub use listen::Ear;
pub use sql::{Sql, Tx};
use statements::statements;
pub use trouble::Trouble;

/// Tables that hold what people wrote, or what was made of it.
const WORDS: &str =
    "post, post_version, post_counter, post_link, evidence, annotation, claim_match, triage, incident,
    incident_post, incident_event, cycle, job, appeal, appeal_version";

/// The store's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Hints that something is waiting. A hint may be lost: every loop polls as well.
#[derive(Debug, Default)]
pub struct Hints {
    /// New or changed posts.
    pub posts: Notify,
    /// Newly understood posts.
    pub annotations: Notify,
    /// Rows in the change log.
    pub changes: Notify,
    /// Jobs to run.
    pub jobs: Notify,
}

/// The database: embedded or PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    gate: Arc<gate::Gate>,
    process: Arc<audit::Process>,
    /// Wakes the loops of this process.
    pub hints: Arc<Hints>,
    /// What this process counts of itself.
    pub meters: Arc<Meters>,
}

#[derive(Clone)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

impl Store {
    /// Opens `url` (`postgres://…`), or the SQLite file `otklik.db` in `data_dir` when it is empty.
    /// Does not migrate.
    ///
    /// # Errors
    /// [`Error::Address`] for an address of another kind; [`Error::Unreachable`] when PostgreSQL does
    /// not answer within seconds or refuses, or SQLite cannot open its file.
    pub async fn open(url: &str, data_dir: &Path) -> Result<Store> {
        Store::open_named(url, data_dir, "otklik").await
    }

    /// [`Store::open`], under another name among PostgreSQL's sessions.
    pub(crate) async fn open_named(url: &str, data_dir: &Path, name: &str) -> Result<Store> {
        let pools = if url.is_empty() {
            open::sqlite(&data_dir.join("otklik.db")).await?
        } else {
            open::postgres(url, name).await?
        };
        Ok(Store::of(pools))
    }

    fn of(pools: Pools) -> Store {
        Store {
            pools,
            gate: Arc::new(gate::Gate::default()),
            process: Arc::new(audit::Process::this()),
            hints: Arc::new(Hints::default()),
            meters: Arc::new(Meters::default()),
        }
    }

    /// Brings the schema up to date, and chains what the journal held before it had chains.
    ///
    /// # Errors
    /// [`Error::Newer`] for a database of a later program; [`Error::Migrate`] with the migration that
    /// failed.
    pub async fn migrate(&self) -> Result<()> {
        self.migrate_to(i64::MAX).await?;
        audit::adopt(self).await
    }

    /// Brings the schema up to a version, as an older program left it: to restore an older backup, and
    /// for trying upgrades.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn migrate_to(&self, version: i64) -> Result<()> {
        let (found, known) = (self.schema_version().await?, migrate::latest());
        if found > known {
            return Err(Error::Newer { found, known });
        }
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                migrate::migrator(migrate::Dialect::Sqlite, version)?
                    .run(write)
                    .await?
            }
            Pools::Postgres(pool) => {
                migrate::migrator(migrate::Dialect::Postgres, version)?
                    .run(pool)
                    .await?
            }
        }
        Ok(())
    }

    /// The version that this program brings a schema to.
    pub fn latest_schema() -> i64 {
        migrate::latest()
    }

    /// The version of the schema; 0 for an empty database.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn schema_version(&self) -> Result<i64> {
        migrate::version(&mut self.read().await?).await
    }

    /// A transaction that only reads.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read(&self) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?, self.held(None)),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?, self.held(None)),
        })
    }

    /// A transaction that writes. SQLite has one writer: people pass before bulk work.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn write(&self, priority: Priority) -> Result<Tx> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => {
                let turn = self.gate.enter(priority).await;
                let tx = write.begin_with("begin immediate").await?;
                Tx::Sqlite(tx, self.held(Some(turn)))
            }
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?, self.held(None)),
        })
    }

    fn held(&self, turn: Option<gate::Turn>) -> sql::Held {
        let process = self.process.clone();
        sql::Held { turn, process }
    }

    /// True when bulk work should commit soon because a person waits to write.
    pub fn person_waits(&self) -> bool {
        self.gate.person_waits()
    }

    /// Prepares every statement, and says which one the database refuses.
    ///
    /// # Errors
    /// A sentence with file, name and the database's reason.
    pub async fn prepare_all(&self) -> Result<usize, String> {
        let statements = statements();
        for (file, name, sql) in &statements {
            let prepared = match &self.pools {
                Pools::Sqlite { write, .. } => match write.acquire().await {
                    Ok(mut c) => c.prepare(sql.sqlite.into_sql_str()).await.map(drop),
                    Err(e) => Err(e),
                },
                Pools::Postgres(pool) => match pool.acquire().await {
                    Ok(mut c) => c.prepare(sql.postgres.into_sql_str()).await.map(drop),
                    Err(e) => Err(e),
                },
            };
            prepared.map_err(|e| format!("store/{file}: {name}: {e}"))?;
        }
        Ok(statements.len())
    }

    /// True for PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Brings deletions to the disk's files: SQLite's log is written back and cut, PostgreSQL's dead
    /// rows are removed from their pages.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn scrub(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                let _turn = self.gate.enter(Priority::Bulk).await;
                let cut = "pragma wal_checkpoint(truncate)";
                sqlx::raw_sql(cut).execute(write).await?;
            }
            Pools::Postgres(pool) => {
                let vacuum = format!("vacuum {WORDS}");
                sqlx::raw_sql(sqlx::AssertSqlSafe(vacuum))
                    .execute(pool)
                    .await?;
            }
        }
        Ok(())
    }

    /// Writes PostgreSQL's tables of words anew: a plain vacuum leaves the bytes of deleted rows in their
    /// pages until others need the room. Each table is locked while it is written. SQLite overwrites
    /// what it deletes and needs none of this.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn rewrite(&self) -> Result<()> {
        if let Pools::Postgres(pool) = &self.pools {
            let vacuum = format!("vacuum (full, analyze) {WORDS}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(vacuum))
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Closes the pools, waiting for what is in hand.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
