//! Passing, declining and reopening: actions whose reason others will read, each on a page of its
//! own that says what will change.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{super::note_view, Frame, act::perform, find, page_with, statics};
use crate::{
    domain::{
        incident::{Action, next_state},
        user::Permission,
    },
    incidents::act::{Command, SHORTEST_REASON},
    store::incidents::{IncidentRow, require_handling},
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Asked, Fields, Posted},
        frame::{About, go_on},
        keys,
        locale::Tr,
    },
};

#[derive(Template)]
#[template(path = "reason.html", config = "src/web/askama.toml")]
struct ReasonPage {
    f: Frame,
    number: i64,
    title: String,
    seen: String,
    code: &'static str,
    outcome: String,
    changes: String,
    button: String,
    sectors: Vec<(String, String, bool)>,
    reason: String,
    shortest: usize,
    wrong: &'static str,
    problem: Option<String>,
}

/// What somebody has written so far, with what was wrong.
#[derive(Default)]
struct Draft {
    sector: String,
    reason: String,
    problem: Option<(&'static str, String)>,
}

/// The actions that ask for a reason.
fn action_of(word: &str) -> Result<Action, Error> {
    match Action::from_code(word) {
        Some(action @ (Action::Pass | Action::Decline | Action::Reopen)) => Ok(action),
        _ => Err(Error::NotFound),
    }
}

pub(in crate::web::pages) async fn ask(
    State(app): State<Shared>,
    Path((number, action)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Error> {
    let action = action_of(&action)?;
    asked.visitor.require(Permission::HandleIncidents)?;
    let mut tx = app.store.read().await?;
    let row = find(&mut tx, &asked.visitor, &number).await?;
    drop(tx);
    require_handling(&asked.visitor.scope, &row)?;
    next_state(row.state(), action).map_err(|_| Error::Refused)?;
    note_view(&app, &asked.visitor, &format!("incident:{}", row.number)).await?;
    let draft = Draft::default();
    form(
        &app,
        &asked.visitor,
        &asked.headers,
        &row,
        action,
        draft,
        StatusCode::OK,
    )
}

fn form(
    app: &Shared,
    visitor: &Visitor,
    headers: &HeaderMap,
    row: &IncidentRow,
    action: Action,
    draft: Draft,
    status: StatusCode,
) -> Result<Response, Error> {
    let mut f = Frame::new(
        app,
        visitor,
        headers,
        About::new("/queue", "nav-queue", keys::PLAIN),
    );
    f.title = f.code("reason-title", action.code());
    let sectors = match action {
        Action::Pass => sectors(app, &f, row, &draft.sector),
        _ => Vec::new(),
    };
    page_with(
        status,
        ReasonPage {
            number: row.number,
            title: app.incident_title(row.title.clone(), &row.topic, f.tr.lang),
            seen: row.state.clone(),
            code: action.code(),
            outcome: f.code("reason-outcome", action.code()),
            changes: f.code("reason-changes", action.code()),
            button: f.code("reason-button", action.code()),
            sectors,
            reason: draft.reason,
            shortest: SHORTEST_REASON,
            wrong: draft.problem.as_ref().map_or("", |(field, _)| field),
            problem: draft.problem.map(|(_, words)| words),
            f,
        },
    )
}

fn sectors(
    app: &Shared,
    f: &Frame,
    row: &IncidentRow,
    chosen: &str,
) -> Vec<(String, String, bool)> {
    app.catalogue
        .sectors()
        .iter()
        .filter(|sector| sector.code != row.sector)
        .map(|sector| {
            let label = f.tr.lang.choose(&sector.label, &sector.label_en).to_owned();
            (sector.code.clone(), label, sector.code == chosen)
        })
        .collect()
}

pub(in crate::web::pages) async fn give(
    State(app): State<Shared>,
    Path((number, action)): Path<(String, String)>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let action = action_of(&action)?;
    let visitor = &posted.visitor;
    let command = command(action, &posted.fields);
    let (field, problem) = match perform(&app, visitor, &number, &posted.fields, &command).await {
        Ok(()) => {
            // Whoever passes an incident on may no longer see it.
            let (path, flash) = match action {
                Action::Pass => ("/queue".to_owned(), "passed"),
                Action::Decline => (format!("/incidents/{number}"), "declined"),
                _ => (format!("/incidents/{number}"), "reopened"),
            };
            return Ok(go_on(&app, &path, flash));
        }
        Err(Error::Invalid(field, problem)) => (field, problem),
        Err(other) => return Err(other),
    };
    let mut tx = app.store.read().await?;
    let row = find(&mut tx, visitor, &number).await?;
    drop(tx);
    note_view(&app, visitor, &format!("incident:{}", row.number)).await?;
    let tr = Tr { lang: visitor.lang };
    let draft = Draft {
        sector: posted.fields.get("sector").to_owned(),
        reason: posted.fields.get("reason").to_owned(),
        problem: Some((field, super::super::field_words(tr, field, problem))),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    form(&app, visitor, &headers, &row, action, draft, status)
}

fn command(action: Action, fields: &Fields) -> Command {
    let reason = fields.get("reason").to_owned();
    match action {
        Action::Pass => Command::Pass {
            sector: fields.get("sector").to_owned(),
            reason,
        },
        Action::Decline => Command::Decline { reason },
        _ => Command::Reopen { reason },
    }
}
