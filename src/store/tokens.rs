//! API tokens: bearer secrets of accounts and of integrations. Only a hash is stored; the first
//! characters of it are the name by which a token is listed and revoked. Start with [`find`].

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    scope::Allowance,
    sql::{execute, fetch, statements},
};
use crate::domain::{id::UserId, time::Timestamp};

statements! {
    ADD = Sql::both("insert into api_token (token_hash, account, created, name, allows, expires)
        values ($1, $2, $3, $4, $5, $6) on conflict (token_hash) do nothing");
    FIND = Sql::both("select substr(t.token_hash, 1, 12) as id, t.account, a.login, t.name, t.allows,
            t.created, t.expires, t.used, t.revoked
        from api_token t left join account a on a.id = t.account
        where t.token_hash = $1 and t.revoked is null and a.disabled is null
            and (t.expires is null or t.expires > $2) and (t.allows is not null or a.id is not null)");
    LIST = Sql::both("select substr(t.token_hash, 1, 12) as id, t.account, a.login, t.name, t.allows,
            t.created, t.expires, t.used, t.revoked
        from api_token t left join account a on a.id = t.account order by t.created, t.token_hash");
    TOUCH = Sql::both("update api_token set used = $2 where substr(token_hash, 1, 12) = $1
        and (used is null or used < $2)");
    REVOKE = Sql::both("update api_token set revoked = $2
        where substr(token_hash, 1, 12) = $1 and revoked is null");
    REVOKE_ALL = Sql::both("update api_token set revoked = $2
        where account = $1 and revoked is null");
}

/// A token, without its secret.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct TokenRow {
    /// What it is listed by: 72 bits of the hash, which tell nothing of the secret.
    pub id: String,
    /// Empty for an integration.
    pub account: String,
    /// The account's login.
    pub login: Option<String>,
    /// The integration's name; empty for an account.
    pub name: String,
    /// JSON of [`Allowance`]; none for an account.
    pub allows: Option<String>,
    pub created: i64,
    pub expires: Option<i64>,
    pub used: Option<i64>,
    pub revoked: Option<i64>,
}

impl TokenRow {
    /// What an integration's token names; none for the token of an account.
    ///
    /// # Errors
    /// [`Error::Broken`] when the row holds what this version cannot read: it gives nothing then.
    pub fn allowance(&self) -> Result<Option<Allowance>> {
        let parsed = self.allows.as_deref().map(serde_json::from_str);
        parsed
            .transpose()
            .map_err(|reason| Error::Broken(format!("token {}: {reason}", self.id)))
    }

    /// The name that the journal has for who carries it.
    pub fn who(&self) -> String {
        match &self.login {
            Some(login) => login.clone(),
            None => format!("integration:{}", self.name),
        }
    }
}

/// Stores a token of an account by its hash; storing it again changes nothing. None: it never expires.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(
    tx: &mut Tx,
    token_hash: &str,
    account: &UserId,
    expires: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let expires = expires.map(Timestamp::as_millis);
    let (account, none) = (account.as_str(), None::<String>);
    execute!(
        tx,
        ADD,
        token_hash,
        account,
        now.as_millis(),
        "",
        none,
        expires
    )?;
    Ok(())
}

/// Stores a token of an integration by its hash.
///
/// # Errors
/// [`Error::Database`].
pub async fn add_integration(
    tx: &mut Tx,
    token_hash: &str,
    name: &str,
    allows: &Allowance,
    expires: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let allows = serde_json::to_string(allows).map_err(|e| Error::Broken(e.to_string()))?;
    let expires = expires.map(Timestamp::as_millis);
    execute!(
        tx,
        ADD,
        token_hash,
        "",
        now.as_millis(),
        name,
        allows,
        expires
    )?;
    Ok(())
}

/// The token with this hash; none when it was revoked, expired, or its account switched off.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<TokenRow>> {
    Ok(fetch!(fetch_optional TokenRow, tx, FIND, token_hash, now.as_millis())?)
}

/// Every token that there was, oldest first. For the administrator's own command line.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx) -> Result<Vec<TokenRow>> {
    Ok(fetch!(fetch_all TokenRow, tx, LIST)?)
}

/// Notes that a token was used.
///
/// # Errors
/// [`Error::Database`].
pub async fn touch(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    execute!(tx, TOUCH, id, now.as_millis())?;
    Ok(())
}

/// Revokes a token by what it is listed by; false when there is none that works.
///
/// # Errors
/// [`Error::Database`].
pub async fn revoke(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool> {
    Ok(execute!(tx, REVOKE, id, now.as_millis())? > 0)
}

/// Revokes every token of an account; gives how many there were.
///
/// # Errors
/// [`Error::Database`].
pub async fn revoke_all(tx: &mut Tx, account: &UserId, now: Timestamp) -> Result<u64> {
    Ok(execute!(tx, REVOKE_ALL, account.as_str(), now.as_millis())?)
}
