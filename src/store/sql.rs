//! One text, two databases: `Sql`, `Tx`, and the leaf macros that bind and run.
//!
//! The common ground: `$n` placeholders, text ids, `bigint` integers and times, JSON as text,
//! `on conflict`, `returning`, partial indexes. Never `lower` or `like` on Russian text: SQLite
//! folds ASCII only; ask the index.

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Result, gate::Turn};

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
    /// Embedded; a writer holds its turn.
    Sqlite(Transaction<'static, Sqlite>, Option<Turn>),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Makes it last.
    ///
    /// # Errors
    /// [`super::Error::Database`]; then nothing was written.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx, _turn) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
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
            $crate::store::Tx::Postgres(c) => {
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
            $crate::store::Tx::Postgres(c) => {
                sqlx::query(sql.postgres)$(.bind($bind))*.execute(&mut **c).await
                    .map(|done| done.rows_affected())
            }
        }
    }};
}

pub(crate) use {execute, fetch, statements};
