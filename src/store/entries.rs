//! Sources that people added on the page, beside those of the files: the entry as a file would hold it.
//! The row that is visited is [`super::sources`]'. Start with [`put`].

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{source::SourceConfig, time::Timestamp};

statements! {
    PUT = Sql::both("insert into source_entry (source, entry, who, at) values ($1, $2, $3, $4)
        on conflict (source) do update set entry = excluded.entry, who = excluded.who,
            at = excluded.at");
    FIND = Sql::both("select entry from source_entry where source = $1");
    LIST = Sql::both("select entry from source_entry order by source");
    SAME = Sql::both("select code from source where platform = $1 and owner = $2 limit 1");
    BEGIN_ANEW = Sql::both("update source set cursor = '', cursor_version = cursor_version + 1,
            failures = 0, next_visit = $2, facts = null, last_error = null, note = null
        where code = $1");
    FORGET_CHECK = Sql::both("delete from source_check where source = $1");
}

/// Keeps the entry of a source.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn put(tx: &mut Tx, entry: &SourceConfig, who: &str, now: Timestamp) -> Result<()> {
    let text = serde_json::to_string(entry).unwrap_or_default();
    execute!(tx, PUT, entry.code.as_str(), text, who, now.as_millis())?;
    Ok(())
}

/// The entry of a source that was added on the page.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find(tx: &mut Tx, code: &str) -> Result<Option<SourceConfig>> {
    let found = fetch!(fetch_optional(String,), tx, FIND, code)?;
    Ok(found.and_then(|(text,)| serde_json::from_str(&text).ok()))
}

/// Every entry; one of a later version that cannot be read is left out.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list(tx: &mut Tx) -> Result<Vec<SourceConfig>> {
    let found = fetch!(fetch_all(String,), tx, LIST)?;
    let entries = found.iter().map(|(text,)| serde_json::from_str(text).ok());
    Ok(entries.flatten().collect())
}

/// The source that reads this owner already.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn same(tx: &mut Tx, platform: &str, owner: &str) -> Result<Option<String>> {
    let found = fetch!(fetch_optional(String,), tx, SAME, platform, owner)?;
    Ok(found.map(|(code,)| code))
}

/// The source has another address: its position and what was known of its visits are of the old one.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn begin_anew(tx: &mut Tx, code: &str, now: Timestamp) -> Result<()> {
    execute!(tx, BEGIN_ANEW, code, now.as_millis())?;
    execute!(tx, FORGET_CHECK, code)?;
    Ok(())
}
