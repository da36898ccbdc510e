//! The pages: one file each, with its handlers and the typed context of its template.

mod alerts;
mod audit;
mod claims;
mod factor;
mod import;
mod incident;
mod me;
mod official;
mod out;
mod overview;
mod provider;
mod queue;
mod search;
mod sign_in;
mod source;
mod sources;
mod step;
mod triage;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{
    Error, Shared,
    auth::session::Visitor,
    error::Told,
    frame::{self, Frame},
    locale::Tr,
    statics,
    table::routes,
};
use crate::{
    domain::time::Timestamp,
    store::{
        Priority, Tx,
        audit::{AuditKind, Entry, append},
    },
};

routes! {
    get "/" => home,
    get "/signin" => sign_in::show,
    post "/signin" => sign_in::enter,
    get "/signin/code" => step::ask_code,
    post "/signin/code" => step::check_code,
    get "/signin/factor" => step::show_factor,
    post "/signin/factor" => step::set_up_factor,
    get "/signin/provider" => provider::go,
    get "/signin/provider/back" => provider::back,
    post "/signout" => sign_in::leave,
    get "/overview" => overview::show,
    get "/queue" => queue::show,
    get "/queue.csv" => queue::export,
    get "/queue/fresh" => queue::fresh,
    post "/queue/next" => queue::take_next,
    get "/incidents/{number}" => incident::show,
    post "/incidents/{number}/take" => incident::take,
    post "/incidents/{number}/answer" => incident::post_answer,
    post "/incidents/{number}/close" => incident::close,
    get "/incidents/{number}/{action}" => incident::ask_reason,
    post "/incidents/{number}/{action}" => incident::give_reason,
    get "/out/{post}" => out::go,
    get "/triage" => triage::show,
    post "/triage/{post}" => triage::decide,
    get "/claims" => claims::show,
    post "/claims" => claims::decide,
    get "/search" => search::show,
    get "/alerts" => alerts::show,
    post "/alerts/{id}/retry" => alerts::retry,
    get "/sources" => sources::show,
    get "/sources/new" => source::blank,
    post "/sources/new" => source::add,
    get "/sources/{code}" => source::show,
    get "/sources/{code}/edit" => source::ask,
    post "/sources/{code}/edit" => source::change,
    post "/sources/{code}/{action}" => source::act,
    get "/import" => import::show,
    post "/import" => import::upload,
    get "/import/figures" => import::show_figures,
    get "/import/{id}" => import::show_file,
    post "/import/{id}" => import::act,
    get "/pages" => official::show,
    post "/pages/{code}/mark" => official::mark,
    get "/audit" => audit::show,
    get "/audit.jsonl" => audit::export,
    get "/me" => me::show,
    post "/me/end" => me::end,
    get "/me/factor" => factor::show,
    post "/me/factor" => factor::set_up,
    post "/me/factor/codes" => factor::renew,
    post "/me/factor/remove" => factor::remove,
    post "/me/password" => me::change_password,
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
