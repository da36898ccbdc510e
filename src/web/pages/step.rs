//! Between password and session: a code of the second factor, or setting one up where a role asks for
//! it. Start with [`ask_code`].

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Frame,
    factor::form::{FactorPage, codes, form, keep},
    page, page_with,
    sign_in::{later, retry_after},
    statics,
};
use crate::{
    store::sessions::How,
    web::{
        Error, Shared,
        auth::{
            attempt::Outcome,
            caller::Caller,
            factor::Draft,
            open::open,
            second,
            session::lang_of,
            step::{Pending, Shown},
        },
    },
};

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
    pending: Pending,
) -> Result<Response, Error> {
    page(ask(&app, &headers, &pending))
}

/// A right code opens the session.
pub(super) async fn check_code(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Shown { pending, fields }: Shown,
) -> Result<Response, Error> {
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
            Ok(retry_after(answer, seconds))
        }
    }
}

/// The page with the QR code, for somebody whose role asks for a second factor.
pub(super) async fn show_factor(
    State(app): State<Shared>,
    headers: HeaderMap,
    pending: Pending,
) -> Result<Response, Error> {
    let draft = Draft::new(&app.sign_in, &app.ids, &pending.id());
    page(factor_form(&app, &headers, &pending, &draft))
}

fn factor_form(app: &Shared, headers: &HeaderMap, pending: &Pending, draft: &Draft) -> FactorPage {
    let token = ("token", pending.token.clone());
    form(app, headers, draft, &pending.account.login, token)
}

/// The first code also opens the session. Whoever has a factor already sets up no other here.
pub(super) async fn set_up_factor(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Shown { pending, fields }: Shown,
) -> Result<Response, Error> {
    let draft = Draft::again(&app.sign_in, &pending.id(), fields.get("word"));
    let login = &pending.account.login;
    let Some(made) = keep(&app, &draft, &pending.id(), login, &fields).await? else {
        let mut form = factor_form(&app, &headers, &pending, &draft);
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
    open(app, caller, &pending.account, how, answer).await
}
