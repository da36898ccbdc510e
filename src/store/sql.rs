//! One text, two databases: `Sql`, `Tx`, and the leaf macros that bind and run.
//!
//! The common ground: `$n` placeholders, text ids, `bigint` integers and times, JSON as text,
//! `on conflict`, `returning`, partial indexes. Never `lower` or `like` on Russian text: SQLite
//! folds ASCII only; ask the index.

use std::sync::Arc;

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Result, audit::Process, gate::Turn};

/// A statement, in both dialects.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Sql {
    /// One text for both.
    pub const fn both(text: &'static str) -> Self {
        Self {
            sqlite: text,
            postgres: text,
        }
    }

    /// A true difference.
    pub const fn each(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

/// A transaction on either database. Dropping it rolls back.
pub enum Tx {
    /// Embedded.
    Sqlite(Transaction<'static, Sqlite>, Held),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>, Held),
}

/// What a transaction has beside its connection.
pub struct Held {
    /// SQLite's one writer holds its turn.
    pub(super) turn: Option<Turn>,
    /// Who appends to the journal.
    pub(super) process: Arc<Process>,
}

impl Tx {
    /// Makes it last.
    ///
    /// # Errors
    /// [`super::Error::Database`]; then nothing was written.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx, held) => {
                tx.commit().await?;
                drop(held.turn); // the turn ends after the commit
            }
            Tx::Postgres(tx, _) => tx.commit().await?,
        }
        Ok(())
    }

    /// Who appends to the journal in it.
    pub(super) fn process(&self) -> &Arc<Process> {
        match self {
            Tx::Sqlite(_, held) | Tx::Postgres(_, held) => &held.process,
        }
    }
}

/// Declares a file's statements as constants and lists them, so that one test prepares every text
/// on both databases.
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$meta])* const $name: $crate::store::Sql = $sql;)*

        /// Every statement of this file, for the test that prepares them all.
        pub(crate) const ALL: &[(&str, $crate::store::Sql)] =
            &[$((stringify!($name), $name)),*];
    };
}

/// Runs a statement for rows: `fetch!(fetch_all RowType, tx, SQL, bind, …)`.
macro_rules! fetch {
    ($how:ident $row:ty, $tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let sql: $crate::store::Sql = $sql;
        match $tx {
            $crate::store::Tx::Sqlite(c, _) => {
                sqlx::query_as::<_, $row>(sql.sqlite)$(.bind($bind))*.$how(&mut **c).await
            }
            $crate::store::Tx::Postgres(c, _) => {
                sqlx::query_as::<_, $row>(sql.postgres)$(.bind($bind))*.$how(&mut **c).await
            }
        }
    }};
}

/// Runs a statement for its effect and gives the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let sql: $crate::store::Sql = $sql;
        match $tx {
            $crate::store::Tx::Sqlite(c, _) => {
                sqlx::query(sql.sqlite)$(.bind($bind))*.execute(&mut **c).await
                    .map(|done| done.rows_affected())
            }
            $crate::store::Tx::Postgres(c, _) => {
                sqlx::query(sql.postgres)$(.bind($bind))*.execute(&mut **c).await
                    .map(|done| done.rows_affected())
            }
        }
    }};
}

pub(crate) use {execute, fetch, statements};
