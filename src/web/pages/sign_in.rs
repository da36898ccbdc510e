//! Signing in and out.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{ConnectInfo, Extension, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, note, page, page_with, statics};
use crate::{
    domain::{id::UserId, time::Span},
    store::{
        Priority, accounts,
        audit::{AuditKind, Entry, append},
        sessions,
    },
    web::{
        Error, Shared,
        auth::{
            hash_secret, new_secret, password, same_secret,
            session::{cookie, cookie_name, lang_of, set_cookie},
        },
        form::{Fields, Posted},
        frame::go_on,
        locale::args,
    },
};

/// The form's own token before there is a session: the cookie and the field must agree.
const BEFORE: &str = "otklik_form";
/// Longer logins are nobody's.
const LONGEST_LOGIN: usize = 64;

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
    let lang = lang_of(headers, app.https());
    let mut f = Frame::bare(app, lang, String::new());
    f.title = f.t("signin-title");
    f.flash =
        (cookie(headers, "otklik_flash") == Some("signed-out")).then(|| f.t("flash-signed-out"));
    SignIn {
        f,
        token: token.to_owned(),
        next: safe_path(next).to_owned(),
        login: login.to_owned(),
        problem: None,
    }
}

fn give_token(app: &Shared, response: &mut Response, token: &str) {
    let text = set_cookie(BEFORE, Some(token), Some(Span::hours(2)), app.https());
    if let Ok(value) = text.parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Only a path of ours: never another host.
fn safe_path(next: &str) -> &str {
    let inside = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t']);
    if inside { next } else { "/" }
}

pub(super) async fn enter(
    State(app): State<Shared>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let fields = Fields::parse(&body);
    let token = cookie(&headers, BEFORE).unwrap_or_default();
    if !same_secret(fields.get("token"), token) {
        return Err(Error::Forged);
    }
    let address = address.map_or_else(String::new, |a| a.0.0.ip().to_string());
    let login = fields.get("login").to_lowercase();
    let again = |status, problem: String| {
        let mut form = form(
            &app,
            &headers,
            token,
            fields.get("next"),
            fields.get("login"),
        );
        form.problem = Some(problem);
        page_with(status, form)
    };
    let f = form(&app, &headers, token, "", "").f;
    let now = app.now();
    if let Some(wait) = app.throttle().wait(&login, &address, now) {
        let words = f.v("signin-wait", f.words.span(wait.max(Span::minutes(1))));
        return again(StatusCode::TOO_MANY_REQUESTS, words);
    }
    let account = check(&app, &login, &fields).await?;
    let Some(account) = account else {
        let left = app.throttle().failed(&login, &address, now);
        refuse(&app, &login).await?;
        let key = if left == 0 {
            "signin-wrong"
        } else {
            "signin-wrong-left"
        };
        let words = f.tr.with(key, args![n = left]);
        return again(StatusCode::UNPROCESSABLE_ENTITY, words);
    };
    app.throttle().passed(&login, &address);
    open(&app, &account, safe_path(fields.get("next"))).await
}

/// The account, when the password is right. An unknown login takes the same time as a known one.
async fn check(
    app: &Shared,
    login: &str,
    fields: &Fields,
) -> Result<Option<accounts::AccountRow>, Error> {
    let mut tx = app.store.read().await?;
    let account = match login.len() {
        1..=LONGEST_LOGIN => accounts::find_by_login(&mut tx, login).await?,
        _ => None,
    };
    drop(tx);
    let account = account.filter(|account| account.disabled.is_none());
    let stored = match &account {
        Some(account) => account.password.clone(),
        None => password::hash("a password of nobody", app.passwords, &app.ids).unwrap_or_default(),
    };
    // The form's fields are trimmed; a password is taken as it stands.
    let given = fields.raw("password").to_owned();
    let _turn = app
        .checking()
        .acquire()
        .await
        .map_err(|_| Error::Internal)?;
    let fits = tokio::task::spawn_blocking(move || password::verify(&given, &stored))
        .await
        .map_err(|_| Error::Internal)?;
    Ok(account.filter(|_| fits))
}

async fn refuse(app: &Shared, login: &str) -> Result<(), Error> {
    let shown: String = login.chars().take(LONGEST_LOGIN).collect();
    let mut tx = app.store.write(Priority::Person).await?;
    let entry = Entry {
        who: "nobody",
        kind: AuditKind::SignInRefused,
        subject: &format!("login:{shown}"),
        detail: "",
    };
    append(&mut tx, &app.ids, app.now(), &entry).await?;
    Ok(tx.commit().await?)
}

async fn open(app: &Shared, account: &accounts::AccountRow, next: &str) -> Result<Response, Error> {
    let (secret, csrf) = (new_secret(&app.ids), new_secret(&app.ids));
    let now = app.now();
    let mut tx = app.store.write(Priority::Person).await?;
    let id = UserId(account.id.clone());
    let hash = hash_secret(&secret);
    sessions::open(&mut tx, &hash, &id, &csrf, app.session_life(), now).await?;
    let entry = Entry {
        who: &account.login,
        kind: AuditKind::SignedIn,
        subject: &format!("account:{}", account.login),
        detail: "",
    };
    append(&mut tx, &app.ids, now, &entry).await?;
    tx.commit().await?;
    let mut response = Redirect::to(next).into_response();
    let cookies = [
        set_cookie(cookie_name(app.https()), Some(&secret), None, app.https()),
        set_cookie(BEFORE, None, None, app.https()),
    ];
    for text in cookies {
        if let Ok(value) = text.parse() {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    Ok(response)
}

pub(super) async fn leave(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let name = cookie_name(app.https());
    let mut tx = app.store.write(Priority::Person).await?;
    if let Some(secret) = cookie(&headers, name) {
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
    if let Ok(value) = set_cookie(name, None, None, app.https()).parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
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
        ] {
            assert_eq!(safe_path(bad), "/", "{bad}");
        }
    }
}
