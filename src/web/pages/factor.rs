//! Setting up a second factor, from one's own page or where a role asks for it while signing in; its
//! recovery codes; taking it away. Start with [`show`].

use askama::Template;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{Frame, me, note, page, page_with, sign_in::later, statics};
use crate::{
    domain::id::UserId,
    store::{
        Priority, Tx,
        accounts::AccountRow,
        audit::{AuditKind, Entry, append},
        factors,
        sessions::How,
    },
    web::{
        Error, Shared,
        auth::{
            caller::Caller,
            enter::Outcome,
            factor::{self, Draft},
            open::open,
            qr::Qr,
            second::{self, Pending},
            session::lang_of,
        },
        form::{Asked, Fields, Posted},
        frame::go_on,
    },
};

#[derive(Template)]
#[template(path = "factor.html", config = "src/web/askama.toml")]
struct FactorPage {
    f: Frame,
    /// Where the form goes, and the name and value of its token.
    action: &'static str,
    token: (&'static str, String),
    asked_by_role: bool,
    word: String,
    uri: String,
    by_hand: String,
    qr: Option<Qr>,
    problem: bool,
}

#[derive(Template)]
#[template(path = "codes.html", config = "src/web/askama.toml")]
struct CodesPage {
    f: Frame,
    codes: Vec<String>,
    next: String,
}

fn form(
    app: &Shared,
    headers: &HeaderMap,
    draft: &Draft,
    login: &str,
    token: (&'static str, String),
) -> FactorPage {
    let mut f = Frame::bare(app, lang_of(app, headers), String::new());
    f.title = f.t("factor-title");
    let uri = draft.uri(&f.t("product"), login);
    let asked_by_role = token.0 == "token";
    FactorPage {
        action: if asked_by_role {
            "/signin/factor"
        } else {
            "/me/factor"
        },
        token,
        asked_by_role,
        word: draft.word.clone(),
        by_hand: draft.by_hand(),
        qr: Qr::of(&uri),
        uri,
        problem: false,
        f,
    }
}

fn codes(app: &Shared, headers: &HeaderMap, codes: Vec<String>, next: &str) -> CodesPage {
    let mut f = Frame::bare(app, lang_of(app, headers), String::new());
    f.title = f.t("codes-title");
    let next = next.to_owned();
    CodesPage { f, codes, next }
}

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

/// Stores the factor with recovery codes, which are shown this once; none when the code is wrong.
async fn keep(
    app: &Shared,
    draft: &Draft,
    account: &UserId,
    login: &str,
    fields: &Fields,
) -> Result<Option<Vec<String>>, Error> {
    let (now, code) = (app.now(), fields.get("code"));
    let mut tx = app.store.write(Priority::Person).await?;
    let kept = draft.keep(&mut tx, &app.sign_in, &app.ids, account, code, now);
    if !kept.await? {
        return Ok(None);
    }
    let made = factor::renew_codes(&mut tx, &app.sign_in, &app.ids, account).await?;
    changed(app, &mut tx, login, "second_factor_set_up").await?;
    tx.commit().await?;
    Ok(Some(made))
}

async fn changed(app: &Shared, tx: &mut Tx, login: &str, detail: &str) -> Result<(), Error> {
    let entry = Entry {
        who: login,
        kind: AuditKind::Changed,
        subject: &format!("account:{login}"),
        detail,
    };
    Ok(append(tx, &app.ids, app.now(), &entry).await?)
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
    let (who, kind) = (&visitor.scope.who, AuditKind::Changed);
    let subject = format!("account:{who}");
    note(
        &app,
        &mut tx,
        visitor,
        kind,
        &subject,
        "second_factor_removed",
    )
    .await?;
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

/// The page with the QR code, for somebody whose role asks for a second factor.
pub(super) async fn show_required(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let Some(pending) = Pending::of(&app, &headers).await? else {
        return Ok(Redirect::to("/signin").into_response());
    };
    let draft = Draft::new(&app.sign_in, &app.ids, &pending.id());
    page(required(&app, &headers, &pending, &draft))
}

fn required(app: &Shared, headers: &HeaderMap, pending: &Pending, draft: &Draft) -> FactorPage {
    let token = ("token", pending.token.clone());
    form(app, headers, draft, &pending.account.login, token)
}

/// The first code also opens the session.
pub(super) async fn set_up_required(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let fields = Fields::parse(&body);
    let Some(pending) = Pending::posted(&app, &headers, &fields).await? else {
        return Ok(Redirect::to("/signin").into_response());
    };
    let draft = Draft::again(&app.sign_in, &pending.id(), fields.get("word"));
    let login = &pending.account.login;
    let Some(made) = keep(&app, &draft, &pending.id(), login, &fields).await? else {
        let mut form = required(&app, &headers, &pending, &draft);
        form.problem = true;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, form);
    };
    let shown = page(codes(&app, &headers, made, &pending.to))?;
    enter(&app, &caller, &pending, How::Code, shown).await
}

/// Opens the session of somebody who has shown both.
async fn enter(
    app: &Shared,
    caller: &Caller,
    pending: &Pending,
    how: How,
    mut answer: Response,
) -> Result<Response, Error> {
    pending.close(app, &mut answer).await?;
    let account: &AccountRow = &pending.account;
    open(app, caller, account, how, answer).await
}

#[derive(Template)]
#[template(path = "code.html", config = "src/web/askama.toml")]
struct CodePage {
    f: Frame,
    token: String,
    problem: Option<String>,
}

fn ask(app: &Shared, headers: &HeaderMap, pending: &Pending) -> CodePage {
    let mut f = Frame::bare(app, lang_of(app, headers), String::new());
    f.title = f.t("code-title");
    CodePage {
        f,
        token: pending.token.clone(),
        problem: None,
    }
}

/// The page that asks for a code.
pub(super) async fn ask_code(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    match Pending::of(&app, &headers).await? {
        Some(pending) => page(ask(&app, &headers, &pending)),
        None => Ok(Redirect::to("/signin").into_response()),
    }
}

/// A right code opens the session.
pub(super) async fn check_code(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let fields = Fields::parse(&body);
    let Some(pending) = Pending::posted(&app, &headers, &fields).await? else {
        return Ok(Redirect::to("/signin").into_response());
    };
    let (account, login) = (pending.id(), &pending.account.login);
    let outcome = second::attempt(&app, &headers, &account, login, fields.get("code")).await?;
    let mut form = ask(&app, &headers, &pending);
    match outcome {
        Outcome::Right(how) => {
            let next = Redirect::to(&pending.to).into_response();
            enter(&app, &caller, &pending, how, next).await
        }
        Outcome::Wrong(_) => {
            form.problem = Some(form.f.t("code-wrong"));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, form)
        }
        Outcome::Wait(wait) => {
            let (words, seconds) = later(&form.f, wait);
            form.problem = Some(words);
            let answer = page_with(StatusCode::TOO_MANY_REQUESTS, form)?;
            Ok(super::sign_in::retry_after(answer, seconds))
        }
    }
}
