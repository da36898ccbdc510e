//! Taking, answering and closing: forms on the incident's page.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    answer::{Draft, template},
    find, note, render,
};
use crate::{
    domain::id::IncidentId,
    incidents::act::{Command, act},
    store::{Priority, audit::AuditKind},
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Fields, Posted},
        frame::go_on,
        locale::Tr,
    },
};

/// Does what a form asks, with its audit event, in one transaction. The form says in which state
/// its page was made: an older one is a conflict.
pub(super) async fn perform(
    app: &Shared,
    visitor: &Visitor,
    number: &str,
    fields: &Fields,
    command: &Command,
) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let row = find(&mut tx, visitor, number).await?;
    if fields.get("seen") != row.state {
        return Err(Error::Conflict);
    }
    let id = IncidentId(row.id);
    act(&mut tx, &app.desk, &visitor.scope, &id, command, app.now()).await?;
    let subject = format!("incident:{}", row.number);
    let action = command.action();
    note(
        app,
        &mut tx,
        visitor,
        AuditKind::Decided,
        &subject,
        action.code(),
    )
    .await?;
    tx.commit().await?;
    app.store.hints.jobs.notify_one();
    app.store.hints.changes.notify_one();
    Ok(())
}

pub(in crate::web::pages) async fn take(
    State(app): State<Shared>,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Error> {
    at_once(&app, &number, &posted, &Command::Take, "taken").await
}

pub(in crate::web::pages) async fn close(
    State(app): State<Shared>,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Error> {
    at_once(&app, &number, &posted, &Command::Close, "closed").await
}

/// An action that asks for nothing more; then the incident's page with a flash.
async fn at_once(
    app: &Shared,
    number: &str,
    posted: &Posted,
    command: &Command,
    flash: &'static str,
) -> Result<Response, Error> {
    perform(app, &posted.visitor, number, &posted.fields, command).await?;
    Ok(go_on(app, &format!("/incidents/{number}"), flash))
}

/// Records an answer; a mistake shows the page again with everything that was written.
pub(in crate::web::pages) async fn answer(
    State(app): State<Shared>,
    Path(number): Path<String>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    let mut draft = Draft::of(&posted.fields);
    let problem = match try_answer(&app, visitor, &number, &posted.fields, &draft).await? {
        Ok(()) => return Ok(go_on(&app, &format!("/incidents/{number}"), "answered")),
        Err(problem) => problem,
    };
    let status = match problem.0 {
        "state" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    draft.problem = Some(problem);
    render(&app, visitor, &headers, &number, draft, status).await
}

/// The outer error ends the request, the inner one is for the form: field and sentence.
async fn try_answer(
    app: &Shared,
    visitor: &Visitor,
    number: &str,
    fields: &Fields,
    draft: &Draft,
) -> Result<Result<(), (&'static str, String)>, Error> {
    let tr = Tr { lang: visitor.lang };
    let mut tx = app.store.read().await?;
    let row = find(&mut tx, visitor, number).await?;
    drop(tx);
    let text = match draft.compose(template(app, &row, &draft.template), tr.lang) {
        Ok(text) => text,
        Err(label) => return Ok(Err(("prompt", tr.v("wrong-prompt-empty", label)))),
    };
    let command = Command::Answer {
        text,
        url: draft.url.clone(),
    };
    match perform(app, visitor, number, fields, &command).await {
        Ok(()) => Ok(Ok(())),
        Err(Error::Invalid(field, problem)) => {
            Ok(Err((field, super::super::field_words(tr, field, problem))))
        }
        Err(Error::Conflict | Error::Refused) => Ok(Err(("state", tr.t("wrong-state-changed")))),
        Err(other) => Err(other),
    }
}
