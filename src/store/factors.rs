//! Second factors and their recovery codes, as `web::auth::factor` sealed and hashed them; and people
//! between password and code.

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
    FIND = Sql::both("select f.secret, f.since,
            (select count(*) from recovery_code r where r.account = f.account) as codes
        from factor f where f.account = $1");
    PUT = Sql::both("insert into factor (account, secret, since, last_step) values ($1, $2, $3, $4)
        on conflict (account) do nothing");
    TAKE_STEP = Sql::both("update factor set last_step = $2 where account = $1 and last_step < $2");
    REMOVE = Sql::both("delete from factor where account = $1");
    ADD_CODE = Sql::both("insert into recovery_code (account, code_hash) values ($1, $2)");
    TAKE_CODE = Sql::both("delete from recovery_code where account = $1 and code_hash = $2");
    REMOVE_CODES = Sql::both("delete from recovery_code where account = $1");
    ADD_PENDING = Sql::both("insert into sign_in_step (token_hash, account, next, expires)
        values ($1, $2, $3, $4)");
    FIND_PENDING = Sql::both("select s.account, s.next from sign_in_step s
        join account a on a.id = s.account
        where s.token_hash = $1 and s.expires > $2 and a.disabled is null");
    CLOSE_PENDING = Sql::both("delete from sign_in_step where token_hash = $1");
    CLOSE_PENDING_OF = Sql::both("delete from sign_in_step where account = $1");
    CLOSE_EXPIRED = Sql::both("delete from sign_in_step where expires <= $1");
}

/// A second factor as it is stored.
#[derive(Debug, Clone, FromRow)]
pub struct FactorRow {
    /// The secret, sealed.
    pub secret: String,
    /// Set up at, UTC milliseconds.
    pub since: i64,
    /// Recovery codes that are left.
    pub codes: i64,
}

/// The second factor of an account.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find(tx: &mut Tx, account: &UserId) -> Result<Option<FactorRow>> {
    Ok(fetch!(fetch_optional FactorRow, tx, FIND, account.as_str())?)
}

/// Keeps a second factor whose code of `step` was shown; false when the account has one already.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn put(
    tx: &mut Tx,
    account: &UserId,
    sealed: &str,
    step: i64,
    now: Timestamp,
) -> Result<bool> {
    let account = account.as_str();
    Ok(execute!(tx, PUT, account, sealed, now.as_millis(), step)? > 0)
}

/// Takes the code of a step, once: false when this step's or a later one's was taken before, by
/// whichever process.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn take_step(tx: &mut Tx, account: &UserId, step: i64) -> Result<bool> {
    Ok(execute!(tx, TAKE_STEP, account.as_str(), step)? > 0)
}

/// Removes a second factor with its recovery codes; false when there was none.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn remove(tx: &mut Tx, account: &UserId) -> Result<bool> {
    execute!(tx, REMOVE_CODES, account.as_str())?;
    Ok(execute!(tx, REMOVE, account.as_str())? > 0)
}

/// Gives an account these recovery codes and no others.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn put_codes(tx: &mut Tx, account: &UserId, hashes: &[String]) -> Result<()> {
    execute!(tx, REMOVE_CODES, account.as_str())?;
    for hash in hashes {
        execute!(tx, ADD_CODE, account.as_str(), hash.as_str())?;
    }
    Ok(())
}

/// Takes a recovery code, once; false when there is none of this hash.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn take_code(tx: &mut Tx, account: &UserId, hash: &str) -> Result<bool> {
    Ok(execute!(tx, TAKE_CODE, account.as_str(), hash)? > 0)
}

/// Somebody between password and code.
#[derive(Debug, Clone, FromRow)]
pub struct PendingRow {
    /// The account.
    pub account: String,
    /// Where they wanted to go.
    pub next: String,
}

/// Notes that somebody's password was right, for so long.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn add_pending(
    tx: &mut Tx,
    token_hash: &str,
    account: &UserId,
    next: &str,
    life: Span,
    now: Timestamp,
) -> Result<()> {
    execute!(tx, CLOSE_EXPIRED, now.as_millis())?;
    let until = now.plus(life).as_millis();
    execute!(tx, ADD_PENDING, token_hash, account.as_str(), next, until)?;
    Ok(())
}

/// Who has this cookie; none when the time is over or the account was switched off.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find_pending(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<PendingRow>> {
    Ok(fetch!(fetch_optional PendingRow, tx, FIND_PENDING, token_hash, now.as_millis())?)
}

/// The step is done; false when it was done before.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn close_pending(tx: &mut Tx, token_hash: &str) -> Result<bool> {
    Ok(execute!(tx, CLOSE_PENDING, token_hash)? > 0)
}

/// Everybody between password and code of an account has to begin anew.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn close_pending_of(tx: &mut Tx, account: &UserId) -> Result<()> {
    execute!(tx, CLOSE_PENDING_OF, account.as_str())?;
    Ok(())
}
