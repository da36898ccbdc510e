//! Between password and session: who has to show a code, and one attempt to do so. Start with [`way`]
//! and [`attempt`].

use axum::{
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    enter::{Outcome, refuse},
    factor, hash_secret, lockout, new_secret,
    open::add_cookie,
    same_secret,
    session::cookie,
};
use crate::{
    domain::{id::UserId, time::Span, user::Role},
    store::{
        Priority,
        accounts::{self, AccountRow},
        attempts::{self, Turn},
        factors,
        scope::Scope,
        sessions::How,
    },
    web::{Error, Shared, form::Fields},
};

/// The cookie of somebody whose password was right.
const PENDING: &str = "otklik_step";
/// They have so long to take out their telephone.
const LIFE: Span = Span::minutes(10);

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

/// Sends them to the next page, which knows them by a cookie of its own.
pub(crate) async fn go(
    app: &Shared,
    account: &AccountRow,
    page: &str,
    to: &str,
) -> Result<Response, Error> {
    let secret = new_secret(&app.ids);
    let id = UserId(account.id.clone());
    let mut tx = app.store.write(Priority::Person).await?;
    factors::add_pending(&mut tx, &hash_secret(&secret), &id, to, LIFE, app.now()).await?;
    tx.commit().await?;
    let mut answer = Redirect::to(page).into_response();
    let given = app.set_cookie(PENDING, Some(&secret), Some(LIFE));
    add_cookie(answer.headers_mut(), &given);
    Ok(answer)
}

/// Somebody between password and session.
pub(crate) struct Pending {
    /// Whose password it was.
    pub account: AccountRow,
    /// Where they wanted to go.
    pub to: String,
    /// The token of their forms.
    pub token: String,
    hash: String,
}

impl Pending {
    /// Who has this browser; none when they have to begin anew.
    pub(crate) async fn of(app: &Shared, headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let Some(secret) = cookie(headers, &app.cookie(PENDING)) else {
            return Ok(None);
        };
        let hash = hash_secret(secret);
        let mut tx = app.store.read().await?;
        let Some(row) = factors::find_pending(&mut tx, &hash, app.now()).await? else {
            return Ok(None);
        };
        let account = accounts::find(&mut tx, &row.account).await?;
        Ok(account.map(|account| Self {
            account,
            to: row.next,
            token: hash_secret(&format!("form\n{secret}")),
            hash,
        }))
    }

    /// The same for a posted form, whose token must be right.
    pub(crate) async fn posted(
        app: &Shared,
        headers: &HeaderMap,
        fields: &Fields,
    ) -> Result<Option<Self>, Error> {
        let Some(pending) = Self::of(app, headers).await? else {
            return Ok(None);
        };
        match same_secret(fields.get("token"), &pending.token) {
            true => Ok(Some(pending)),
            false => Err(Error::Forged),
        }
    }

    /// Whose.
    pub(crate) fn id(&self) -> UserId {
        UserId(self.account.id.clone())
    }

    /// The step is done, and its cookie goes. Of two who do it at once one is refused.
    pub(crate) async fn close(&self, app: &Shared, answer: &mut Response) -> Result<(), Error> {
        let mut tx = app.store.write(Priority::Person).await?;
        if !factors::close_pending(&mut tx, &self.hash).await? {
            return Err(Error::Forged);
        }
        tx.commit().await?;
        let gone = app.set_cookie(PENDING, None, None);
        add_cookie(answer.headers_mut(), &gone);
        Ok(())
    }
}

/// Somebody shows a code: counted, checked, noted, as a password is.
pub(crate) async fn attempt(
    app: &Shared,
    headers: &HeaderMap,
    account: &UserId,
    login: &str,
    code: &str,
) -> Result<Outcome<How>, Error> {
    let subjects = lockout::subjects_of_code(app, headers, login);
    let now = app.now();
    let mut tx = app.store.write(Priority::Person).await?;
    let left = match attempts::begin(&mut tx, &subjects, now).await? {
        Turn::Go(left) => left,
        Turn::Wait(wait) => {
            drop(tx);
            refuse(app, login, "code_too_early").await?;
            return Ok(Outcome::Wait(wait));
        }
    };
    tx.commit().await?;
    let mut tx = app.store.write(Priority::Person).await?;
    let Some(how) = factor::accept(&mut tx, &app.sign_in, account, code, now).await? else {
        drop(tx);
        refuse(app, login, "code").await?;
        return Ok(Outcome::Wrong(left));
    };
    attempts::forgive(&mut tx, &subjects, now).await?;
    tx.commit().await?;
    Ok(Outcome::Right(how))
}
