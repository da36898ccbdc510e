//! The way to the organisation's provider and back. Start with [`go`] and [`back`].

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::sign_in::{refused_with, safe_path};
use crate::{
    domain::time::Span,
    store::{Priority, providers, sessions::How},
    web::{
        Error, Shared,
        auth::{
            attempt::note_refusal,
            caller::Caller,
            hash_secret,
            open::{add_cookie, open},
            provider::{self, Refusal, people},
            same_secret,
            session::cookie,
        },
        form::Fields,
    },
};

/// The cookie of somebody on their way; it comes back from the provider's page, hence SameSite=Lax.
const STEP: &str = "otklik_provider";
/// They have so long to sign in there.
const LIFE: Span = Span::minutes(10);

/// What an address of the way there and back was asked with. Where there is no provider, there are no
/// such addresses.
pub(super) struct Query(Fields);

impl FromRequestParts<Shared> for Query {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or("");
        match app.settings.web.oidc.is_on() {
            true => Ok(Self(Fields::parse(query.as_bytes()))),
            false => Err(Error::NotFound),
        }
    }
}

/// Sends somebody to the provider.
pub(super) async fn go(
    State(app): State<Shared>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let next = safe_path(query.get("next"));
    let (url, secret) = match provider::start(&app).await {
        Ok(started) => started,
        Err(refusal) => return refuse(&app, &headers, refusal).await,
    };
    let mut tx = app.store.write(Priority::Person).await?;
    providers::begin(&mut tx, &hash_secret(&secret), next, LIFE, app.now()).await?;
    tx.commit().await?;
    let mut answer = Redirect::to(&url).into_response();
    let given = app.set_cookie(STEP, Some(&secret), Some(LIFE));
    add_cookie(answer.headers_mut(), &given);
    Ok(answer)
}

/// Somebody comes back.
pub(super) async fn back(
    State(app): State<Shared>,
    caller: Caller,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut answer = match enter(&app, &caller, &headers, &query).await? {
        Ok(answer) => answer,
        Err(refusal) => refuse(&app, &headers, refusal).await?,
    };
    let gone = app.set_cookie(STEP, None, None);
    add_cookie(answer.headers_mut(), &gone);
    Ok(answer)
}

async fn enter(
    app: &Shared,
    caller: &Caller,
    headers: &HeaderMap,
    query: &Fields,
) -> Result<Result<Response, Refusal>, Error> {
    let secret = cookie(headers, &app.cookie(STEP)).unwrap_or_default();
    let issuer = query.get("iss");
    let is_ours = same_secret(query.get("state"), &provider::state_of(secret))
        && (issuer.is_empty() || issuer == app.settings.web.oidc.issuer); // RFC 9207
    if secret.is_empty() || !is_ours {
        return Ok(Err(Refusal::State));
    }
    let mut tx = app.store.write(Priority::Person).await?;
    let next = providers::end(&mut tx, &hash_secret(secret), app.now()).await?;
    tx.commit().await?;
    let Some(next) = next else {
        return Ok(Err(Refusal::State));
    };
    if query.has("error") {
        return Ok(Err(Refusal::Denied));
    }
    let person = match provider::finish(app, secret, query.get("code")).await {
        Ok(person) => person,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let account = match people::admit(app, &person).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let answer = Redirect::to(&next).into_response();
    open(app, caller, &account, How::Provider, answer)
        .await
        .map(Ok)
}

/// The sign-in page with a sentence; the way by password stays open.
async fn refuse(app: &Shared, headers: &HeaderMap, refusal: Refusal) -> Result<Response, Error> {
    note_refusal(app, "account:unknown", refusal.code()).await?;
    let status = match refusal {
        Refusal::Away => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    };
    refused_with(app, headers, status, refusal.code())
}
