//! Sessions of people who signed in. Only a hash of the cookie is stored.

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::UserId,
    time::{Span, Timestamp},
};

statements! {
    OPEN = Sql::both("insert into session (token_hash, account, csrf, created, seen, expires)
        values ($1, $2, $3, $4, $4, $5)");
    FIND = Sql::both("select s.account, s.csrf, s.seen from session s
        join account a on a.id = s.account
        where s.token_hash = $1 and s.expires > $2 and a.disabled is null");
    TOUCH = Sql::both("update session set seen = $2, expires = $3 where token_hash = $1");
    CLOSE = Sql::both("delete from session where token_hash = $1");
    CLOSE_EXPIRED = Sql::both("delete from session where expires <= $1");
}

/// A running session.
#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    /// The account.
    pub account: String,
    /// The token that every form of this session carries.
    pub csrf: String,
    /// Last request that was noted, UTC milliseconds.
    pub seen: i64,
}

/// Opens a session that ends `life` after the last request.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn open(
    tx: &mut Tx,
    token_hash: &str,
    account: &UserId,
    csrf: &str,
    life: Span,
    now: Timestamp,
) -> Result<()> {
    execute!(tx, CLOSE_EXPIRED, now.as_millis())?;
    execute!(
        tx,
        OPEN,
        token_hash,
        account.as_str(),
        csrf,
        now.as_millis(),
        now.plus(life).as_millis()
    )?;
    Ok(())
}

/// The running session of a cookie's hash; none when it ended or the account was switched off.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<SessionRow>> {
    Ok(fetch!(fetch_optional SessionRow, tx, FIND, token_hash, now.as_millis())?)
}

/// Notes a request, and moves the end.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn touch(tx: &mut Tx, token_hash: &str, life: Span, now: Timestamp) -> Result<()> {
    execute!(
        tx,
        TOUCH,
        token_hash,
        now.as_millis(),
        now.plus(life).as_millis()
    )?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn close(tx: &mut Tx, token_hash: &str) -> Result<()> {
    execute!(tx, CLOSE, token_hash)?;
    Ok(())
}
