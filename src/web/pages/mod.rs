//! The pages: one file each, with its handlers and the typed context of its template.

mod alerts;
mod audit;
mod claims;
mod factor;
mod incident;
mod me;
mod official;
mod out;
mod overview;
mod queue;
mod search;
mod sign_in;
mod sources;
mod triage;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};

use super::{
    Error, Shared,
    auth::session::Visitor,
    error::Told,
    frame::{self, Frame},
    locale::Tr,
    statics,
};
use crate::{
    domain::time::Timestamp,
    store::{
        Priority, Tx,
        audit::{AuditKind, Entry, append},
    },
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home))
        .route("/signin", get(sign_in::show).post(sign_in::enter))
        .route(
            "/signin/code",
            get(factor::ask_code).post(factor::check_code),
        )
        .route(
            "/signin/factor",
            get(factor::show_required).post(factor::set_up_required),
        )
        .route("/signout", post(sign_in::leave))
        .route("/overview", get(overview::show))
        .route("/queue", get(queue::show))
        .route("/queue.csv", get(queue::export))
        .route("/queue/fresh", get(queue::fresh))
        .route("/queue/next", post(queue::take_next))
        .route("/incidents/{number}", get(incident::show))
        .route("/incidents/{number}/take", post(incident::take))
        .route("/incidents/{number}/answer", post(incident::post_answer))
        .route("/incidents/{number}/close", post(incident::close))
        .route(
            "/incidents/{number}/{action}",
            get(incident::ask_reason).post(incident::give_reason),
        )
        .route("/out/{post}", get(out::go))
        .route("/triage", get(triage::show))
        .route("/triage/{post}", post(triage::decide))
        .route("/claims", get(claims::show).post(claims::decide))
        .route("/search", get(search::show))
        .route("/alerts", get(alerts::show))
        .route("/alerts/{id}/retry", post(alerts::retry))
        .route("/sources", get(sources::show))
        .route("/pages", get(official::show))
        .route("/pages/{code}/mark", post(official::mark))
        .route("/audit", get(audit::show))
        .route("/audit.jsonl", get(audit::export))
        .route("/me", get(me::show))
        .route("/me/end", post(me::end))
        .route("/me/factor", get(factor::show).post(factor::set_up))
        .route("/me/factor/codes", post(factor::renew))
        .route("/me/factor/remove", post(factor::remove))
        .route("/me/password", post(me::change_password))
}

/// The first place that a person may open.
async fn home(State(app): State<Shared>, visitor: Visitor) -> Result<Redirect, Error> {
    let _ = app;
    match frame::places(&visitor).first() {
        Some((href, _)) => Ok(Redirect::to(href)),
        None => Err(Error::Denied),
    }
}

/// A template as a page.
fn page(template: impl Template) -> Result<Response, Error> {
    Ok(Html(template.render()?).into_response())
}

/// A page with a form that has to be mended.
fn page_with(status: StatusCode, template: impl Template) -> Result<Response, Error> {
    Ok((status, page(template)?).into_response())
}

/// Notes something in the journal, in the caller's transaction.
async fn note(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    kind: AuditKind,
    subject: &str,
    detail: &str,
) -> Result<(), Error> {
    let entry = Entry {
        who: &visitor.scope.who,
        kind,
        subject,
        detail,
    };
    Ok(append(tx, &app.ids, app.now(), &entry).await?)
}

/// Notes a view in a transaction of its own, before anything is shown.
async fn note_view(app: &Shared, visitor: &Visitor, subject: &str) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    note(app, &mut tx, visitor, AuditKind::Viewed, subject, "").await?;
    Ok(tx.commit().await?)
}

/// Notes which posts were shown, as [`note_view`] does.
async fn note_posts<'a>(
    app: &Shared,
    visitor: &Visitor,
    subject: &str,
    posts: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    let posts: Vec<&str> = posts.collect();
    let mut tx = app.store.write(Priority::Person).await?;
    let detail = posts.join(" ");
    note(app, &mut tx, visitor, AuditKind::Viewed, subject, &detail).await?;
    Ok(tx.commit().await?)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[derive(Template)]
#[template(path = "error.html", config = "src/web/askama.toml")]
struct ErrorPage {
    f: Frame,
    next: String,
    status: u16,
    field: Option<String>,
    id: String,
}

/// A sentence, the next step, and the code last.
pub(super) fn error_page(mut f: Frame, status: StatusCode, told: &Told, id: &str) -> Response {
    let tr = f.tr;
    f.title = tr.t(&format!("error-{}-title", told.code));
    let page = ErrorPage {
        next: tr.t(&format!("error-{}-next", told.code)),
        status: status.as_u16(),
        field: told
            .field
            .map(|(field, problem)| field_words(tr, field, problem)),
        id: id.to_owned(),
        f,
    };
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page could not be rendered");
            status.into_response()
        }
    }
}

/// What is wrong with a field, as a sentence.
fn field_words(tr: Tr, field: &str, problem: &str) -> String {
    tr.t(&format!("wrong-{field}-{}", problem.replace('_', "-")))
}
