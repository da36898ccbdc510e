//! Signing in by login and password. Start with [`attempt`].
//!
//! Answers and their times are the same whether or not the login exists.

use axum::http::HeaderMap;

use super::{
    attempt::{Attempt, Outcome, counted},
    caller::Caller,
    lockout,
    password::{self, Weak},
    second,
};
use crate::{
    store::accounts::{self, AccountRow},
    web::{Error, Shared},
};

/// Longer logins are nobody's.
const LONGEST_LOGIN: usize = 64;

/// Somebody tries a login and a password.
pub(crate) async fn attempt(
    app: &Shared,
    headers: &HeaderMap,
    caller: &Caller,
    login: &str,
    password: &str,
) -> Result<Outcome<AccountRow>, Error> {
    let attempt = Attempt {
        login,
        subjects: lockout::subjects(app, headers, caller, login),
        early: "too_early",
        wrong: "password",
    };
    counted(app, &attempt, check(app, login, password)).await
}

/// The account, when the password is right. An unknown login takes the same time as a known one: its
/// password is compared with a hash of the same cost that fits none.
async fn check(app: &Shared, login: &str, password: &str) -> Result<Option<AccountRow>, Error> {
    let account = find(app, login).await?;
    let mut account = account.filter(|account| account.disabled.is_none());
    if let Some(known) = &account
        && !by_password(app, known).await?
    {
        account = None;
    }
    let stored = account.as_ref().map(|account| account.password.as_str());
    let fits = fits(app, password, stored).await?;
    Ok(account.filter(|_| fits))
}

async fn by_password(app: &Shared, account: &AccountRow) -> Result<bool, Error> {
    if app.settings.web.local_sign_in {
        return Ok(true);
    }
    let scope = accounts::scope_of(&mut app.store.read().await?, account).await?;
    Ok(second::may_come_by_password(app, &scope))
}

/// The account of a login as it was typed.
pub(super) async fn find(app: &Shared, login: &str) -> Result<Option<AccountRow>, Error> {
    let mut tx = app.store.read().await?;
    Ok(match login.len() {
        1..=LONGEST_LOGIN => accounts::find_by_login(&mut tx, login).await?,
        _ => None,
    })
}

/// Whether a password fits; an account without one takes as long as any other.
pub(crate) async fn fits(
    app: &Shared,
    password: &str,
    stored: Option<&str>,
) -> Result<bool, Error> {
    let stored = stored.filter(|stored| !stored.is_empty());
    let stored = stored.unwrap_or(app.nobody()).to_owned();
    let given = password.to_owned();
    off_threads(app, move || password::verify(&given, &stored)).await
}

/// The hash of a new password.
pub(crate) async fn hash(app: &Shared, password: &str) -> Result<Result<String, Weak>, Error> {
    let (given, cost, ids) = (password.to_owned(), app.passwords, app.ids.clone());
    off_threads(app, move || password::hash(&given, cost, &ids)).await
}

/// Does what takes tens of milliseconds and megabytes apart from the async threads, two at a time.
async fn off_threads<T: Send + 'static>(
    app: &Shared,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let turn = app.checking().acquire().await;
    let _turn = turn.map_err(|_| Error::Internal)?;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Error::Internal)
}
