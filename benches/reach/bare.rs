//! The bare SQL of what the store gives, written by hand and run through sqlx past the store.

use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::{
    AssertSqlSafe, FromRow, PgPool, SqlitePool,
    postgres::PgRow,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow},
};

use super::{fill::Place, tables::Cell};

/// The database past the store.
pub enum Bare {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

macro_rules! fetch {
    ($pool:expr, $row:ty, $sql:expr, $cells:expr) => {{
        let mut tx = $pool.begin().await?;
        let began = Instant::now();
        let mut query = sqlx::query_as::<_, $row>(AssertSqlSafe($sql));
        for cell in $cells {
            query = match cell {
                Cell::Null => query.bind(None::<i64>),
                Cell::Int(n) => query.bind(*n),
                Cell::Text(text) => query.bind((*text).to_owned()),
            };
        }
        let rows = query.fetch_all(&mut *tx).await?;
        let took = began.elapsed();
        tx.rollback().await?;
        Ok((took, rows))
    }};
}

impl Bare {
    /// With the settings that the store has.
    pub async fn open(place: &Place) -> Result<Self> {
        Ok(match place.url.as_str() {
            "" => {
                let options = SqliteConnectOptions::new()
                    .filename(place.data_dir.join("otklik.db"))
                    .pragma("cache_size", "-65536")
                    .pragma("temp_store", "memory");
                let pool = SqlitePoolOptions::new().max_connections(1);
                Self::Sqlite(pool.connect_with(options).await?)
            }
            url => Self::Postgres(PgPool::connect(url).await?),
        })
    }

    /// Rows of a statement, and how long they took within a transaction.
    pub async fn fetch<R>(&self, sql: &str, cells: &[Cell<'_>]) -> Result<(Duration, Vec<R>)>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Bare::Sqlite(pool) => fetch!(pool, R, sql.to_owned(), cells),
            Bare::Postgres(pool) => fetch!(pool, R, sql.to_owned(), cells),
        }
    }
}
