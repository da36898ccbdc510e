//! One attempt to sign in by login and password: counted, checked, noted. Start with [`attempt`].
//!
//! Answers and their times are the same whether or not the login exists.

use axum::http::HeaderMap;

use super::{
    caller::Caller,
    lockout,
    password::{self, Weak},
    second,
};
use crate::{
    domain::time::Span,
    store::{
        Priority,
        accounts::{self, AccountRow},
        attempts::{self, Turn},
        audit::{AuditKind, Entry, append},
    },
    web::{Error, Shared},
};

/// Longer logins are nobody's.
const LONGEST_LOGIN: usize = 64;

/// How an attempt ended.
pub(crate) enum Outcome<T> {
    /// The password or code is right.
    Right(T),
    /// Wrong; so many are left before a delay.
    Wrong(u32),
    /// Too early: nothing was looked at.
    Wait(Span),
}

/// Somebody tries a login and a password.
pub(crate) async fn attempt(
    app: &Shared,
    headers: &HeaderMap,
    caller: &Caller,
    login: &str,
    password: &str,
) -> Result<Outcome<AccountRow>, Error> {
    let subjects = lockout::subjects(app, headers, caller, login);
    let now = app.now();
    let mut tx = app.store.write(Priority::Person).await?;
    let left = match attempts::begin(&mut tx, &subjects, now).await? {
        Turn::Go(left) => left,
        Turn::Wait(wait) => {
            drop(tx);
            refuse(app, login, "too_early").await?;
            return Ok(Outcome::Wait(wait));
        }
    };
    tx.commit().await?;
    let Some(account) = check(app, login, password).await? else {
        refuse(app, login, "password").await?;
        return Ok(Outcome::Wrong(left));
    };
    let mut tx = app.store.write(Priority::Person).await?;
    attempts::forgive(&mut tx, &subjects, now).await?;
    tx.commit().await?;
    Ok(Outcome::Right(account))
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

async fn find(app: &Shared, login: &str) -> Result<Option<AccountRow>, Error> {
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

/// Notes a refusal. A login that nobody has is not repeated: people type passwords there.
pub(crate) async fn refuse(app: &Shared, login: &str, why: &str) -> Result<(), Error> {
    let account = find(app, login).await?;
    let subject = match &account {
        Some(account) => format!("account:{}", account.login),
        None => "account:unknown".to_owned(),
    };
    let mut tx = app.store.write(Priority::Person).await?;
    let entry = Entry {
        who: "nobody",
        kind: AuditKind::SignInRefused,
        subject: &subject,
        detail: why,
    };
    append(&mut tx, &app.ids, app.now(), &entry).await?;
    Ok(tx.commit().await?)
}
