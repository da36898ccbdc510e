//! The kill switches: one source, or all collecting, in the database, so that every process obeys at
//! once: no source is leased any more and the gates pass no request.

use crate::{
    domain::time::Timestamp,
    store::{
        Result, Sql, Tx, settings,
        sql::{execute, fetch, statements},
    },
};

statements! {
    STOP = Sql::both("update source set stopped = coalesce(stopped, $2) where code = $1");
    START = Sql::both("update source set stopped = null, failures = 0, next_visit = $2,
            state = case when state = 'off' then 'off' else 'active' end
        where code = $1");
    START_ALL = Sql::both("delete from setting where name = $1");
    STOPPED = Sql::both("select cast(value as bigint) from setting where name = $1");
}

/// Stops visits of one source until a person starts it; false for an unknown one.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn stop(tx: &mut Tx, code: &str, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, STOP, code, now.as_millis())? > 0)
}

/// Starts a source again, also one that is parked or gone: it is due now. What the catalogue switches
/// off stays off. False for an unknown one.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn start(tx: &mut Tx, code: &str, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, START, code, now.as_millis())? > 0)
}

/// Stops all collecting, of every process on this database.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn stop_all(tx: &mut Tx, now: Timestamp) -> Result<()> {
    if stopped(tx).await?.is_none() {
        settings::put_moment(tx, settings::COLLECTING_STOPPED, now).await?;
    }
    Ok(())
}

/// Lifts [`stop_all`]; sources stopped one by one stay stopped.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn start_all(tx: &mut Tx) -> Result<()> {
    execute!(tx, START_ALL, settings::COLLECTING_STOPPED)?;
    Ok(())
}

/// Since when all collecting is stopped.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn stopped(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let since = fetch!(
        fetch_optional(i64,),
        tx,
        STOPPED,
        settings::COLLECTING_STOPPED
    )?;
    Ok(since.map(|(since,)| since.into()))
}
