//! Small facts of the installation, by name.

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::time::Timestamp;

statements! {
    FIND = Sql::both("select value from setting where name = $1");
    PUT = Sql::both("insert into setting (name, value) values ($1, $2)
        on conflict (name) do update set value = excluded.value");
    PUT_FIRST = Sql::both("insert into setting (name, value) values ($1, $2)
        on conflict (name) do nothing");
}

/// Under which name the identity key's fingerprint is kept.
const IDENTITY: &str = "identity_key_fingerprint";

/// Which log of changes this is: a restored database begins another one.
pub const CHANGE_LOG: &str = "change_log";

/// When `otklik backup` last ended well.
pub const BACKUP_MADE: &str = "backup_made";

/// The folder that `otklik backup` last wrote into.
pub const BACKUP_FOLDER: &str = "backup_folder";

/// Since when a person stopped all collecting; `sources/lease.rs` names it in its text also.
pub const COLLECTING_STOPPED: &str = "collecting_stopped";

/// The moment kept under `name`.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find_moment(tx: &mut Tx, name: &str) -> Result<Option<Timestamp>> {
    let kept = find(tx, name).await?;
    Ok(kept
        .and_then(|text| text.parse().ok())
        .map(Timestamp::from_millis))
}

/// Keeps a moment under `name`.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn put_moment(tx: &mut Tx, name: &str, at: Timestamp) -> Result<()> {
    put(tx, name, &at.as_millis().to_string()).await
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

/// The first start of all leaves the fingerprint of its identity key here; every later start, also
/// on another machine, must bring the same one.
///
/// # Errors
/// [`super::Error::OtherIdentity`] for another key: every post would be stored a second time.
pub async fn claim_identity(tx: &mut Tx, fingerprint: &str) -> Result<()> {
    execute!(tx, PUT_FIRST, IDENTITY, fingerprint)?;
    match find(tx, IDENTITY).await?.as_deref() {
        Some(kept) if kept == fingerprint => Ok(()),
        _ => Err(super::Error::OtherIdentity),
    }
}
