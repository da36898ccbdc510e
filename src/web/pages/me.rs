//! What is one's own: sessions, and the password. Start with [`show`].

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{Frame, at, note, page, page_with, statics};
use crate::{
    store::{
        Priority, accounts,
        audit::AuditKind,
        factors, providers,
        sessions::{self, OwnSession},
    },
    web::{
        Error, Shared,
        auth::{
            attempt::Outcome,
            caller::Caller,
            enter,
            open::add_cookie,
            password::Weak,
            second,
            session::{SESSION, Visitor},
        },
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
    },
};

#[derive(Template)]
#[template(path = "me.html", config = "src/web/askama.toml")]
struct MePage {
    f: Frame,
    login: String,
    rows: Vec<Row>,
    problem: Option<String>,
    factor: Option<Factor>,
    required: bool,
    /// Whether the account has a password of its own here.
    local: bool,
    factor_problem: Option<String>,
}

/// A second factor that is set up.
struct Factor {
    since: String,
    codes: String,
}

/// What is wrong with a form of the page: its locale key.
pub(super) enum Problem {
    Password(&'static str),
    Factor(&'static str),
}

struct Row {
    id: String,
    browser: String,
    how: String,
    address: String,
    since: String,
    since_machine: String,
    seen: String,
    own: bool,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    page(me(&app, &asked.visitor, &asked.headers, None).await?)
}

async fn me(
    app: &Shared,
    visitor: &Visitor,
    headers: &HeaderMap,
    problem: Option<Problem>,
) -> Result<MePage, Error> {
    let about = About::new("/me", "me-title", keys::PLAIN);
    let f = Frame::new(app, visitor, headers, about);
    let mut tx = app.store.read().await?;
    let own = sessions::list(&mut tx, &visitor.account, app.now()).await?;
    let factor = factors::find(&mut tx, &visitor.account).await?;
    let local = !providers::is_of_provider(&mut tx, &visitor.account).await?;
    let (problem, factor_problem) = match problem {
        Some(Problem::Password(key)) => (Some(f.t(key)), None),
        Some(Problem::Factor(key)) => (None, Some(f.t(key))),
        None => (None, None),
    };
    Ok(MePage {
        login: visitor.scope.who.clone(),
        rows: own
            .into_iter()
            .map(|session| row(&f, visitor, session))
            .collect(),
        problem,
        factor: factor.map(|factor| Factor {
            since: f.v("me-factor-on", f.words.moment(at(factor.since))),
            codes: f.tr.n("me-factor-codes", factor.codes),
        }),
        local,
        required: second::is_required(app, &visitor.scope),
        factor_problem,
        f,
    })
}

fn row(f: &Frame, visitor: &Visitor, session: OwnSession) -> Row {
    let known = |text: String, unknown: &str| match text.is_empty() {
        true => f.t(unknown),
        false => text,
    };
    Row {
        own: session.token_hash == visitor.session,
        browser: known(session.browser, "me-browser-unknown"),
        address: known(session.address, "me-address-unknown"),
        how: f.code("me-how", &session.how),
        since: f.words.moment(at(session.created)),
        since_machine: f.words.machine(at(session.created)),
        seen: f.words.ago(at(session.seen)),
        id: session.token_hash,
    }
}

/// Ends one session of one's own, or all others.
pub(super) async fn end(State(app): State<Shared>, posted: Posted) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    let mut tx = app.store.write(Priority::Person).await?;
    let (flash, ended) = match posted.fields.get("session") {
        "" => {
            let ended = sessions::close_others(&mut tx, &visitor.account, &visitor.session).await?;
            ("sessions-ended", ended)
        }
        session => {
            if !sessions::close_one(&mut tx, &visitor.account, session).await? {
                return Err(Error::NotFound);
            }
            ("session-ended", 1)
        }
    };
    let subject = format!("account:{}", visitor.scope.who);
    let (kind, detail) = (AuditKind::SessionsEnded, format!("{ended} sessions"));
    note(&app, &mut tx, visitor, kind, &subject, &detail).await?;
    tx.commit().await?;
    Ok(go_on(&app, "/me", flash))
}

/// A new password ends every session, this one too.
pub(super) async fn change_password(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let (visitor, fields) = (&posted.visitor, &posted.fields);
    let (login, current) = (&visitor.scope.who, fields.raw("current"));
    let hash = match new_hash(&app, fields.raw("new"), fields.raw("again")).await? {
        Ok(hash) => hash,
        Err(problem) => return again(&app, visitor, &headers, Problem::Password(problem)).await,
    };
    let problem = match enter::attempt(&app, &headers, &caller, login, current).await? {
        Outcome::Right(_) => None,
        Outcome::Wrong(_) => Some("me-password-wrong"),
        Outcome::Wait(_) => Some("me-password-wait"),
    };
    if let Some(problem) = problem {
        return again(&app, visitor, &headers, Problem::Password(problem)).await;
    }
    let mut tx = app.store.write(Priority::Person).await?;
    accounts::set_password(&mut tx, &visitor.account, &hash).await?;
    factors::close_pending_of(&mut tx, &visitor.account).await?;
    let ended = sessions::close_others(&mut tx, &visitor.account, "").await?;
    let subject = format!("account:{login}");
    let kind = AuditKind::Changed;
    note(&app, &mut tx, visitor, kind, &subject, "password").await?;
    let (kind, detail) = (AuditKind::SessionsEnded, format!("{ended} sessions"));
    note(&app, &mut tx, visitor, kind, &subject, &detail).await?;
    tx.commit().await?;
    let mut answer = go_on(&app, "/signin", "password-changed");
    let gone = app.set_cookie(SESSION, None, None);
    add_cookie(answer.headers_mut(), &gone);
    Ok(answer)
}

/// The hash of the new password, or what is wrong with it.
async fn new_hash(
    app: &Shared,
    new: &str,
    again: &str,
) -> Result<Result<String, &'static str>, Error> {
    if new != again {
        return Ok(Err("me-password-differ"));
    }
    let hashed = enter::hash(app, new).await?;
    Ok(hashed.map_err(|weak| match weak {
        Weak::TooShort => "me-password-short",
        Weak::TooLong => "me-password-long",
    }))
}

pub(super) async fn again(
    app: &Shared,
    visitor: &Visitor,
    headers: &HeaderMap,
    problem: Problem,
) -> Result<Response, Error> {
    let form = me(app, visitor, headers, Some(problem)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, form)
}
