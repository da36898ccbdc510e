//! API tokens: bearer secrets of accounts. Only a hash is stored.

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{id::UserId, time::Timestamp};

statements! {
    ADD = Sql::both("insert into api_token (token_hash, account, created) values ($1, $2, $3)
        on conflict (token_hash) do nothing");
    FIND_ACCOUNT = Sql::both("select t.account from api_token t join account a on a.id = t.account
        where t.token_hash = $1 and t.revoked is null and a.disabled is null");
    REVOKE_ALL = Sql::both("update api_token set revoked = $2
        where account = $1 and revoked is null");
}

/// Stores a token of an account by its hash; storing it again changes nothing.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn add(tx: &mut Tx, token_hash: &str, account: &UserId, now: Timestamp) -> Result<()> {
    execute!(tx, ADD, token_hash, account.as_str(), now.as_millis())?;
    Ok(())
}

/// The account behind a token's hash; none when it was revoked or the account switched off.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn find_account(tx: &mut Tx, token_hash: &str) -> Result<Option<UserId>> {
    let found = fetch!(fetch_optional(String,), tx, FIND_ACCOUNT, token_hash)?;
    Ok(found.map(|(account,)| UserId(account)))
}

/// Revokes every token of an account; gives how many there were.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn revoke_all(tx: &mut Tx, account: &UserId, now: Timestamp) -> Result<u64> {
    Ok(execute!(tx, REVOKE_ALL, account.as_str(), now.as_millis())?)
}
