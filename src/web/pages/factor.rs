//! One's own second factor: setting it up, its recovery codes, taking it away. Start with [`show`]; a role
//! that asks for one while signing in is `pages::step`.

pub(super) mod form;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{me, page, page_with};
use crate::{
    store::{Priority, factors},
    web::{
        Error, Shared,
        auth::{
            attempt::Outcome,
            factor::{self, Draft},
            second,
        },
        form::{Asked, Posted},
        frame::go_on,
    },
};
use form::{changed, codes, form, keep};

/// The page with the QR code.
pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let visitor = &asked.visitor;
    let mut tx = app.store.read().await?;
    if factors::find(&mut tx, &visitor.account).await?.is_some() {
        return Ok(Redirect::to("/me").into_response());
    }
    let draft = Draft::new(&app.sign_in, &app.ids, &visitor.account);
    let token = ("csrf", visitor.csrf.clone());
    page(form(
        &app,
        &asked.headers,
        &draft,
        &visitor.scope.who,
        token,
    ))
}

/// The first code shows that the authenticator has the secret.
pub(super) async fn set_up(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let (visitor, fields) = (&posted.visitor, &posted.fields);
    let draft = Draft::again(&app.sign_in, &visitor.account, fields.get("word"));
    let made = keep(&app, &draft, &visitor.account, &visitor.scope.who, fields).await?;
    match made {
        Some(made) => page(codes(&app, &headers, made, "/me")),
        None => {
            let token = ("csrf", visitor.csrf.clone());
            let mut form = form(&app, &headers, &draft, &visitor.scope.who, token);
            form.problem = true;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, form)
        }
    }
}

/// New recovery codes, for somebody who shows a code.
pub(super) async fn renew(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    if let Some(refused) = refused(&app, &headers, &posted).await? {
        return Ok(refused);
    }
    let mut tx = app.store.write(Priority::Person).await?;
    let made = factor::renew_codes(&mut tx, &app.sign_in, &app.ids, &visitor.account).await?;
    changed(&app, &mut tx, &visitor.scope.who, "recovery_codes").await?;
    tx.commit().await?;
    page(codes(&app, &headers, made, "/me"))
}

/// Takes the second factor away, for somebody who shows a code and whose role does not ask for it.
pub(super) async fn remove(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    if second::is_required(&app, &visitor.scope) {
        return Err(Error::Refused);
    }
    if let Some(refused) = refused(&app, &headers, &posted).await? {
        return Ok(refused);
    }
    let mut tx = app.store.write(Priority::Person).await?;
    factors::remove(&mut tx, &visitor.account).await?;
    changed(&app, &mut tx, &visitor.scope.who, "second_factor_removed").await?;
    tx.commit().await?;
    Ok(go_on(&app, "/me", "factor-removed"))
}

/// One's own page with what is wrong, unless the code is right.
async fn refused(
    app: &Shared,
    headers: &HeaderMap,
    posted: &Posted,
) -> Result<Option<Response>, Error> {
    let (visitor, code) = (&posted.visitor, posted.fields.get("code"));
    let (account, login) = (&visitor.account, &visitor.scope.who);
    let problem = match second::attempt(app, headers, account, login, code).await? {
        Outcome::Right(_) => return Ok(None),
        Outcome::Wrong(_) => "code-wrong",
        Outcome::Wait(_) => "me-password-wait",
    };
    me::again(app, visitor, headers, me::Problem::Factor(problem))
        .await
        .map(Some)
}
