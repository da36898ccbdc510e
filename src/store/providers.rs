//! People who sign in at the organisation's provider: their accounts, and their way there and back.

use super::{
    Error, Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::UserId,
    time::{Span, Timestamp},
};

statements! {
    FIND = Sql::both("select account from provider_account where issuer = $1 and subject = $2");
    IS_OF_PROVIDER = Sql::both("select issuer from provider_account where account = $1");
    LINK = Sql::both("insert into provider_account (issuer, subject, account) values ($1, $2, $3)
        on conflict (issuer, subject) do nothing");
    BEGIN = Sql::both("insert into provider_step (token_hash, next, expires) values ($1, $2, $3)");
    END = Sql::both("delete from provider_step where token_hash = $1 and expires > $2
        returning next");
    END_EXPIRED = Sql::both("delete from provider_step where expires <= $1");
}

/// The account of a subject at an issuer.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<UserId>> {
    let found = fetch!(fetch_optional(String,), tx, FIND, issuer, subject)?;
    Ok(found.map(|(account,)| UserId(account)))
}

/// Whether an account signs in at a provider, and has no password of its own.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_of_provider(tx: &mut Tx, account: &UserId) -> Result<bool> {
    let found = fetch!(
        fetch_optional(String,),
        tx,
        IS_OF_PROVIDER,
        account.as_str()
    )?;
    Ok(found.is_some())
}

/// Gives a new account to a subject.
///
/// # Errors
/// [`Error::Conflict`] when the subject has one; [`Error::Database`].
pub async fn link(tx: &mut Tx, issuer: &str, subject: &str, account: &UserId) -> Result<()> {
    match execute!(tx, LINK, issuer, subject, account.as_str())? {
        0 => Err(Error::Conflict("the person's account".into())),
        _ => Ok(()),
    }
}

/// Somebody goes to the provider and may be back within so long.
///
/// # Errors
/// [`Error::Database`].
pub async fn begin(
    tx: &mut Tx,
    token_hash: &str,
    next: &str,
    life: Span,
    now: Timestamp,
) -> Result<()> {
    execute!(tx, END_EXPIRED, now.as_millis())?;
    execute!(tx, BEGIN, token_hash, next, now.plus(life).as_millis())?;
    Ok(())
}

/// They are back, once: where they wanted to go. None when they were back before, or are late.
///
/// # Errors
/// [`Error::Database`].
pub async fn end(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<String>> {
    let found = fetch!(
        fetch_optional(String,),
        tx,
        END,
        token_hash,
        now.as_millis()
    )?;
    Ok(found.map(|(next,)| next))
}
