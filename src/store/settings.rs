//! Small facts of the installation, by name.

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};

statements! {
    FIND = Sql::both("select value from setting where name = $1");
    PUT = Sql::both("insert into setting (name, value) values ($1, $2)
        on conflict (name) do update set value = excluded.value");
}

/// The value kept under `name`.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    Ok(fetch!(fetch_optional(String,), tx, FIND, name)?.map(|(value,)| value))
}

/// Keeps a value under `name`.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    execute!(tx, PUT, name, value)?;
    Ok(())
}
