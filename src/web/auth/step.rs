//! The step between password and session: a cookie of its own, for ten minutes and one session. Start
//! with [`go`]; handlers take [`Pending`] for a page and [`Shown`] for its form.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{hash_secret, new_secret, open::add_cookie, session::cookie};
use crate::{
    domain::{id::UserId, time::Span},
    store::{
        Priority,
        accounts::{self, AccountRow},
        factors,
    },
    web::{Error, Shared, form::Fields},
};

/// The cookie of somebody whose password was right.
const PENDING: &str = "otklik_step";
/// They have so long to take out their telephone.
const LIFE: Span = Span::minutes(10);

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
    async fn of(app: &Shared, headers: &HeaderMap) -> Result<Option<Self>, Error> {
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

impl FromRequestParts<Shared> for Pending {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let pending = Self::of(app, &parts.headers).await?;
        pending.ok_or(Error::Anew)
    }
}

/// A form of somebody between password and session, whose token was right.
pub(crate) struct Shown {
    /// Who posted it.
    pub pending: Pending,
    /// Its fields.
    pub fields: Fields,
}

impl FromRequest<Shared> for Shown {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let pending = Pending::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let fields = Fields::posted(request, app, ("token", &pending.token)).await?;
        Ok(Self { pending, fields })
    }
}
