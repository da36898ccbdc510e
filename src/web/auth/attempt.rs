//! One attempt to show who one is, by password or by code: counted before it is looked at, noted when
//! it is refused, forgiven when it is right. Start with [`counted`]; what is counted decides
//! `auth::lockout`, how long the waits are `domain::patience`.

use super::enter;
use crate::{
    domain::time::Span,
    store::{
        Priority,
        attempts::{self, Subject, Turn},
        audit::{AuditKind, Entry, append},
    },
    web::{Error, Shared},
};

/// How an attempt ended.
pub(crate) enum Outcome<T> {
    /// The password or code is right.
    Right(T),
    /// Wrong; so many are left before a delay.
    Wrong(u32),
    /// Too early: nothing was looked at.
    Wait(Span),
}

/// What somebody tries, and the words of the journal for it.
pub(crate) struct Attempt<'a> {
    /// The login as it was typed: nobody may have it.
    pub login: &'a str,
    /// What is counted.
    pub subjects: Vec<Subject>,
    /// For one that came too early.
    pub early: &'static str,
    /// For a wrong one.
    pub wrong: &'static str,
}

/// Looks with `check`, unless it is too early; `check` gives none when what was shown is wrong.
pub(crate) async fn counted<T>(
    app: &Shared,
    attempt: &Attempt<'_>,
    check: impl Future<Output = Result<Option<T>, Error>>,
) -> Result<Outcome<T>, Error> {
    let Attempt {
        login, subjects, ..
    } = attempt;
    let now = app.now();
    let mut tx = app.store.write(Priority::Person).await?;
    let left = match attempts::begin(&mut tx, subjects, now).await? {
        Turn::Go(left) => left,
        Turn::Wait(wait) => {
            drop(tx);
            refuse(app, login, attempt.early).await?;
            return Ok(Outcome::Wait(wait));
        }
    };
    tx.commit().await?;
    let Some(shown) = check.await? else {
        refuse(app, login, attempt.wrong).await?;
        return Ok(Outcome::Wrong(left));
    };
    let mut tx = app.store.write(Priority::Person).await?;
    attempts::forgive(&mut tx, subjects, now).await?;
    tx.commit().await?;
    Ok(Outcome::Right(shown))
}

/// Notes a refusal. A login that nobody has is not repeated: people type passwords there.
async fn refuse(app: &Shared, login: &str, why: &str) -> Result<(), Error> {
    let account = enter::find(app, login).await?;
    let subject = match &account {
        Some(account) => format!("account:{}", account.login),
        None => "account:unknown".to_owned(),
    };
    note_refusal(app, &subject, why).await
}

/// Writes a refused sign-in down; the subject is an account's, or `account:unknown`.
pub(crate) async fn note_refusal(app: &Shared, subject: &str, why: &str) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let entry = Entry {
        who: "nobody",
        kind: AuditKind::SignInRefused,
        subject,
        detail: why,
    };
    append(&mut tx, &app.ids, app.now(), &entry).await?;
    Ok(tx.commit().await?)
}
