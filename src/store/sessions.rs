//! Sessions of people who signed in. Only a hash of the cookie is stored.

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::UserId,
    post::coded,
    time::{Span, Timestamp},
};

statements! {
    OPEN = Sql::both("insert into session
        (token_hash, account, csrf, created, seen, expires, address, browser, how)
        values ($1, $2, $3, $4, $4, $5, $6, $7, $8)");
    FIND = Sql::both("select s.account, s.csrf, s.seen, s.how from session s
        join account a on a.id = s.account
        where s.token_hash = $1 and s.expires > $2 and a.disabled is null");
    LIST = Sql::both("select token_hash, created, seen, address, browser, how from session
        where account = $1 and expires > $2 order by seen desc, token_hash");
    TOUCH = Sql::both("update session set seen = $2,
        expires = case when how = 'provider' then expires
            when created + $4 < $3 then created + $4 else $3 end where token_hash = $1");
    CLOSE = Sql::both("delete from session where token_hash = $1");
    CLOSE_ONE = Sql::both("delete from session where account = $1 and token_hash = $2");
    CLOSE_OTHERS = Sql::both("delete from session where account = $1 and token_hash <> $2");
    CLOSE_EXPIRED = Sql::both("delete from session where expires <= $1");
}

coded! {
    /// How somebody showed who they are.
    How {
        /// Login and password.
        Password = "password",
        /// And a code of the second factor.
        Code = "code",
        /// And a recovery code.
        Recovery = "recovery",
        /// At the provider of the organisation.
        Provider = "provider",
    }
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
    /// A [`How`].
    pub how: String,
}

/// A session as its owner looks at it.
#[derive(Debug, Clone, FromRow)]
pub struct OwnSession {
    /// Its name: a hash that opens nothing.
    pub token_hash: String,
    /// Begin, UTC milliseconds.
    pub created: i64,
    /// Last request that was noted.
    pub seen: i64,
    /// The caller's address at the begin.
    pub address: String,
    /// Their browser and system, in words.
    pub browser: String,
    /// A [`How`].
    pub how: String,
}

/// A new session.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// The hash of its cookie.
    pub token_hash: &'a str,
    /// Whose.
    pub account: &'a UserId,
    /// The token of its forms.
    pub csrf: &'a str,
    /// Where from.
    pub address: &'a str,
    /// With which browser.
    pub browser: &'a str,
    /// By what.
    pub how: How,
    /// It ends so long after the last request.
    pub life: Span,
}

/// Opens a session.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn open(tx: &mut Tx, new: &NewSession<'_>, now: Timestamp) -> Result<()> {
    execute!(tx, CLOSE_EXPIRED, now.as_millis())?;
    execute!(
        tx,
        OPEN,
        new.token_hash,
        new.account.as_str(),
        new.csrf,
        now.as_millis(),
        now.plus(new.life).as_millis(),
        new.address,
        new.browser,
        new.how.code()
    )?;
    Ok(())
}

/// An account's running sessions, the one used last first.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list(tx: &mut Tx, account: &UserId, now: Timestamp) -> Result<Vec<OwnSession>> {
    Ok(fetch!(fetch_all OwnSession, tx, LIST, account.as_str(), now.as_millis())?)
}

/// Ends one session of an account; false when it has no such session.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn close_one(tx: &mut Tx, account: &UserId, token_hash: &str) -> Result<bool> {
    Ok(execute!(tx, CLOSE_ONE, account.as_str(), token_hash)? > 0)
}

/// Ends every session of an account but one (all of them for an empty `kept`); gives how many.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn close_others(tx: &mut Tx, account: &UserId, kept: &str) -> Result<u64> {
    Ok(execute!(tx, CLOSE_OTHERS, account.as_str(), kept)?)
}

/// The running session of a cookie's hash; none when it ended or the account was switched off.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<SessionRow>> {
    Ok(fetch!(fetch_optional SessionRow, tx, FIND, token_hash, now.as_millis())?)
}

/// Notes a request, and moves the end, `longest` after the beginning at most. Who came by the provider goes there anew after one life, however
/// busy they were: only there is told who lost a role.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn touch(
    tx: &mut Tx,
    token_hash: &str,
    life: Span,
    longest: Span,
    now: Timestamp,
) -> Result<()> {
    execute!(
        tx,
        TOUCH,
        token_hash,
        now.as_millis(),
        now.plus(life).as_millis(),
        longest.as_millis()
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
