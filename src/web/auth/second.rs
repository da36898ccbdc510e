//! Who has to show more than a password, and one attempt to do so. Start with [`way`] and [`attempt`].

use axum::http::HeaderMap;

use super::{
    attempt::{Attempt, Outcome, counted},
    factor, lockout,
};
use crate::{
    domain::{id::UserId, user::Role},
    store::{
        Priority,
        accounts::{self, AccountRow},
        factors,
        scope::Scope,
        sessions::How,
    },
    web::{Error, Shared},
};

/// What comes after a right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A session.
    Open,
    /// The code of their second factor.
    Code,
    /// They have none, and their role asks for one.
    SetUp,
}

/// What an account has to show beside its password.
pub(crate) async fn way(app: &Shared, account: &AccountRow) -> Result<Way, Error> {
    let mut tx = app.store.read().await?;
    let id = UserId(account.id.clone());
    if factors::find(&mut tx, &id).await?.is_some() {
        return Ok(Way::Code);
    }
    let scope = accounts::scope_of(&mut tx, account).await?;
    Ok(match is_required(app, &scope) {
        true => Way::SetUp,
        false => Way::Open,
    })
}

/// Whether somebody with this session's beginning may not go on: their role asks for a second factor
/// since, all but a few have to come by the provider since, or there is no provider any more.
pub(crate) fn is_outdated(app: &Shared, scope: &Scope, how: &str) -> bool {
    match How::from_code(how) {
        Some(How::Provider) => !app.settings.web.oidc.is_on(),
        Some(How::Password) if is_required(app, scope) => true,
        _ => !may_come_by_password(app, scope),
    }
}

/// Whether somebody may sign in by password at all: everybody, or the administrators of
/// `web.break_glass`.
pub(crate) fn may_come_by_password(app: &Shared, scope: &Scope) -> bool {
    let web = &app.settings.web;
    let named = || web.break_glass.contains(&scope.who);
    web.local_sign_in || scope.roles.contains(&Role::Administrator) && named()
}

/// Whether a role of theirs asks for a second factor.
pub(crate) fn is_required(app: &Shared, scope: &Scope) -> bool {
    let asked = &app.settings.web.require_totp;
    scope.roles.iter().any(|role| asked.contains(role))
}

/// Somebody shows a code: counted, checked, noted, as a password is.
pub(crate) async fn attempt(
    app: &Shared,
    headers: &HeaderMap,
    account: &UserId,
    login: &str,
    code: &str,
) -> Result<Outcome<How>, Error> {
    let attempt = Attempt {
        login,
        subjects: lockout::subjects_of_code(app, headers, login),
        early: "code_too_early",
        wrong: "code",
    };
    counted(app, &attempt, check(app, account, code)).await
}

/// By what the code is right; it is taken.
async fn check(app: &Shared, account: &UserId, code: &str) -> Result<Option<How>, Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let how = factor::accept(&mut tx, &app.sign_in, account, code, app.now()).await?;
    tx.commit().await?;
    Ok(how)
}
