//! Signing in and out.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, note, page, page_with, statics};
use crate::{
    domain::time::Span,
    store::{
        Priority,
        accounts::AccountRow,
        audit::AuditKind,
        sessions::{self, How},
    },
    web::{
        Error, Shared,
        auth::{
            attempt::Outcome,
            caller::Caller,
            enter, hash_secret, new_secret,
            open::{add_cookie, open},
            same_secret,
            second::{self, Way},
            session::{SESSION, cookie, lang_of},
            step,
        },
        form::{Fields, Posted},
        frame::{go_on, told},
        locale::args,
    },
};

/// The form's own token before there is a session: the cookie and the field must agree.
const BEFORE: &str = "otklik_form";

#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "signin.html", config = "src/web/askama.toml")]
struct SignIn {
    f: Frame,
    token: String,
    next: String,
    login: String,
    problem: Option<String>,
    /// Whether the password is what is wrong.
    wrong: bool,
    /// What the button to the provider says.
    provider: Option<String>,
    /// Whether everybody may come by password; else the form is out of the way.
    local: bool,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Query(query): Query<Next>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let token = new_secret(&app.ids);
    let form = form(&app, &headers, &token, &query.next, "");
    let mut response = page(form)?;
    give_token(&app, &mut response, &token);
    Ok(response)
}

fn form(app: &Shared, headers: &HeaderMap, token: &str, next: &str, login: &str) -> SignIn {
    let lang = lang_of(app, headers);
    let mut f = Frame::bare(app, lang, String::new());
    f.title = f.t("signin-title");
    f.flash = told(app, f.tr, headers);
    let oidc = &app.settings.web.oidc;
    let provider = oidc.is_on().then(|| match oidc.label.is_empty() {
        true => f.t("signin-provider"),
        false => f.v("signin-provider-named", &oidc.label),
    });
    SignIn {
        f,
        token: token.to_owned(),
        next: safe_path(next).to_owned(),
        login: login.to_owned(),
        problem: None,
        wrong: false,
        provider,
        local: app.settings.web.local_sign_in,
    }
}

/// The page after a sign-in at the provider that came to nothing.
pub(super) fn refused_with(
    app: &Shared,
    headers: &HeaderMap,
    status: StatusCode,
    code: &str,
) -> Result<Response, Error> {
    let token = new_secret(&app.ids);
    let mut form = form(app, headers, &token, "", "");
    form.problem = Some(form.f.code("signin", code));
    let mut response = page_with(status, form)?;
    give_token(app, &mut response, &token);
    Ok(response)
}

fn give_token(app: &Shared, response: &mut Response, token: &str) {
    let text = app.set_cookie(BEFORE, Some(token), Some(Span::hours(2)));
    add_cookie(response.headers_mut(), &text);
}

/// Only a path of ours: never another host.
pub(super) fn safe_path(next: &str) -> &str {
    let inside = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if inside { next } else { "/" }
}

pub(super) async fn enter(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let fields = Fields::parse(&body);
    let token = cookie(&headers, &app.cookie(BEFORE)).unwrap_or_default();
    if !same_secret(fields.get("token"), token) {
        return Err(Error::Forged);
    }
    let login = fields.get("login").to_lowercase();
    // The form's fields are trimmed; a password is taken as it stands.
    let password = fields.raw("password");
    let outcome = enter::attempt(&app, &headers, &caller, &login, password).await?;
    if let Outcome::Right(account) = outcome {
        let next = safe_path(fields.get("next"));
        let mut answer = go_on_with(&app, &caller, &account, next).await?;
        let gone = app.set_cookie(BEFORE, None, None);
        add_cookie(answer.headers_mut(), &gone);
        return Ok(answer);
    }
    let (next, typed) = (fields.get("next"), fields.get("login"));
    refused(outcome, form(&app, &headers, token, next, typed))
}

/// A session, or first the second factor.
async fn go_on_with(
    app: &Shared,
    caller: &Caller,
    account: &AccountRow,
    to: &str,
) -> Result<Response, Error> {
    match second::way(app, account).await? {
        Way::Code => step::go(app, account, "/signin/code", to).await,
        Way::SetUp => step::go(app, account, "/signin/factor", to).await,
        Way::Open => {
            let answer = Redirect::to(to).into_response();
            open(app, caller, account, How::Password, answer).await
        }
    }
}

/// The form again, with what is wrong.
fn refused(outcome: Outcome<AccountRow>, mut form: SignIn) -> Result<Response, Error> {
    let f = &form.f;
    let (status, words, wait) = match outcome {
        Outcome::Wait(wait) => {
            let (words, seconds) = later(f, wait);
            (StatusCode::TOO_MANY_REQUESTS, words, Some(seconds))
        }
        Outcome::Wrong(0) => {
            let words = f.t("signin-wrong");
            (StatusCode::UNPROCESSABLE_ENTITY, words, None)
        }
        Outcome::Wrong(left) => {
            let words = f.tr.with("signin-wrong-left", args![n = left]);
            (StatusCode::UNPROCESSABLE_ENTITY, words, None)
        }
        Outcome::Right(_) => return Err(Error::Internal),
    };
    (form.problem, form.wrong) = (Some(words), wait.is_none());
    let response = page_with(status, form)?;
    Ok(match wait {
        Some(seconds) => retry_after(response, seconds),
        None => response,
    })
}

/// How long to wait, in words and in whole seconds.
pub(super) fn later(f: &Frame, wait: Span) -> (String, i64) {
    let seconds = wait.as_millis().div_euclid(1000) + 1;
    let words = f.v("signin-wait", f.words.interval(Span::seconds(seconds)));
    (words, seconds)
}

pub(super) fn retry_after(mut answer: Response, seconds: i64) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::RETRY_AFTER, seconds.into());
    answer
}

pub(super) async fn leave(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    if let Some(secret) = cookie(&headers, &app.cookie(SESSION)) {
        sessions::close(&mut tx, &hash_secret(secret)).await?;
    }
    let subject = format!("account:{}", posted.visitor.scope.who);
    note(
        &app,
        &mut tx,
        &posted.visitor,
        AuditKind::SignedOut,
        &subject,
        "",
    )
    .await?;
    tx.commit().await?;
    let mut response = go_on(&app, "/signin", "signed-out");
    let gone = app.set_cookie(SESSION, None, None);
    add_cookie(response.headers_mut(), &gone);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::safe_path;

    #[test]
    fn sign_in_never_leads_to_another_host() {
        assert_eq!(safe_path("/queue?sector=waste"), "/queue?sector=waste");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\nb",
            "/a\u{1}b",
            "/a\u{7f}",
        ] {
            assert_eq!(safe_path(bad), "/", "{bad}");
        }
    }
}
