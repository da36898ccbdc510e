//! Text that is not constant: multi-row inserts and filtered lists. Values are always bound.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow, sqlite::SqliteRow};

use super::{Result, Tx};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    OptText(Option<String>),
    Int(i64),
    OptInt(Option<i64>),
    Real(f64),
    OptReal(Option<f64>),
}

macro_rules! value_from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Value::$variant(value)
            }
        }
    )*};
}
value_from!(String => Text, Option<String> => OptText, i64 => Int, Option<i64> => OptInt,
            f64 => Real, Option<f64> => OptReal);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Text(v) => query.bind(v),
                Value::OptText(v) => query.bind(v),
                Value::Int(v) => query.bind(v),
                Value::OptInt(v) => query.bind(v),
                Value::Real(v) => query.bind(v),
                Value::OptReal(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Text and values of one statement under construction.
#[derive(Debug, Default)]
pub(crate) struct Query {
    text: String,
    values: Vec<Value>,
}

impl Query {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    /// Appends text as it is: only constants and placeholders, never outside data.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Binds a value and appends its placeholder: `?`, which SQLite numbers by itself. A named one
    /// (`$1`) it would look up in a list for each value of each run: a third of all work of import.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('?');
        self
    }

    /// Appends `?, ?, …` for each value.
    pub(crate) fn bind_list<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Self {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    pub(crate) async fn fetch_all<R>(self, tx: &mut Tx) -> Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(match tx {
            Tx::Sqlite(c, _) => {
                bind_all!(sqlx::query_as(AssertSqlSafe(self.text)), self.values)
                    .fetch_all(&mut **c)
                    .await?
            }
            Tx::Postgres(c, _) => {
                let text = AssertSqlSafe(numbered(&self.text));
                bind_all!(sqlx::query_as(text), self.values)
                    .fetch_all(&mut **c)
                    .await?
            }
        })
    }

    pub(crate) async fn execute(self, tx: &mut Tx) -> Result<u64> {
        Ok(match tx {
            Tx::Sqlite(c, _) => bind_all!(sqlx::query(AssertSqlSafe(self.text)), self.values)
                .execute(&mut **c)
                .await?
                .rows_affected(),
            Tx::Postgres(c, _) => {
                let text = AssertSqlSafe(numbered(&self.text));
                bind_all!(sqlx::query(text), self.values)
                    .execute(&mut **c)
                    .await?
                    .rows_affected()
            }
        })
    }
}

/// PostgreSQL's placeholders: the n-th `?` becomes `$n`.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for (n, part) in text.split('?').enumerate() {
        if n > 0 {
            let _ = write!(out, "${n}"); // writing to a String cannot fail
        }
        out.push_str(part);
    }
    out
}

/// Rows per statement: one prepared text of a fixed size serves nearly all of a batch.
const CHUNK: usize = 100;

/// `insert into … values (…), (…) tail`, in chunks of [`CHUNK`] rows. `head` names table and
/// columns; `tail` is the conflict clause. Gives the number of rows written.
pub(crate) async fn insert_rows(
    tx: &mut Tx,
    head: &str,
    tail: &str,
    rows: Vec<Vec<Value>>,
) -> Result<u64> {
    let mut written = 0;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut query = Query::new(format!("insert into {head} values "));
        for (i, row) in rows.by_ref().take(CHUNK).enumerate() {
            query.push(if i > 0 { ", (" } else { "(" });
            query.bind_list(row).push(")");
        }
        query.push(" ").push(tail);
        written += query.execute(tx).await?;
    }
    Ok(written)
}
