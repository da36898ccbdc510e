//! Alerts to agencies: delivered, waiting, given up, with the last error and one more try. What an
//! alert tells of is named only to those who may read incidents. Start with [`show`].

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use url::Url;

use super::{Frame, note, note_view, page, statics};
use crate::{
    domain::{job::Receiver, user::Permission},
    store::{
        Priority,
        audit::AuditKind,
        jobs::{self, JobRow, JobState},
    },
    web::{
        Error, Shared,
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
        locale::args,
        text::title,
    },
};

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "alerts.html", config = "src/web/askama.toml")]
struct AlertsPage {
    f: Frame,
    totals: String,
    /// Scheme and host of the webhook (its path may be a secret), and how many mailboxes.
    receiver: Option<String>,
    may_retry: bool,
    states: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// A state to choose, with how many alerts are in it where that is counted.
struct Tab {
    href: String,
    label: String,
    count: Option<i64>,
    current: bool,
}

struct Row {
    id: String,
    at: String,
    machine: String,
    number: i64,
    /// Title and sector of the incident, for those who may open it.
    incident: Option<(String, String)>,
    event: String,
    receiver: String,
    tone: &'static str,
    failed: bool,
    state: String,
    when: String,
    attempts: i64,
    error: Option<String>,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let keys = match asked.visitor.may(Permission::ReadIncidents) {
        true => keys::LIST,
        false => keys::PLAIN, // nothing to open
    };
    let f = asked.frame(&app, About::new("/alerts", "alerts-title", keys));
    let scope = &asked.visitor.scope;
    let state = JobState::from_code(asked.query.get("state"));
    let before = Some(asked.query.get("before")).filter(|id| !id.is_empty());
    let mut tx = app.store.read().await?;
    let mut rows = jobs::list(&mut tx, scope, state, before, ROWS + 1).await?;
    let counts = jobs::counts(&mut tx, scope).await?;
    drop(tx);
    note_view(&app, &asked.visitor, "page:alerts").await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let word = state.map_or("", JobState::code);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("/alerts?state={word}&before={}", row.id));
    let states = tabs(&f, state, counts);
    page(AlertsPage {
        totals: f.tr.with(
            "alerts-totals",
            args![
                delivered = counts.delivered,
                waiting = counts.waiting,
                failed = counts.failed,
            ],
        ),
        receiver: receivers(&app, &f),
        may_retry: asked.visitor.may(Permission::RetryAlerts),
        states,
        rows: rows.into_iter().map(|row| view(&app, &f, row)).collect(),
        next,
        f,
    })
}

fn tabs(f: &Frame, chosen: Option<JobState>, counts: jobs::Counts) -> Vec<Tab> {
    let all = Tab {
        href: "/alerts".to_owned(),
        label: f.t("alerts-all"),
        count: None,
        current: chosen.is_none(),
    };
    let tab = |state: &JobState| Tab {
        href: format!("/alerts?state={}", state.code()),
        label: f.code("alerts-state", state.code()),
        count: match state {
            JobState::Delivered => Some(counts.delivered),
            JobState::Waiting => Some(counts.waiting),
            JobState::Failed => Some(counts.failed),
            JobState::Skipped => None,
        },
        current: chosen == Some(*state),
    };
    std::iter::once(all)
        .chain(JobState::ALL.iter().map(tab))
        .collect()
}

/// A person has a failed alert sent once more.
pub(super) async fn retry(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    let mut tx = app.store.write(Priority::Person).await?;
    jobs::try_again(&mut tx, &visitor.scope, &id, app.now()).await?;
    let subject = format!("alert:{id}");
    note(
        &app,
        &mut tx,
        visitor,
        AuditKind::Changed,
        &subject,
        "retry",
    )
    .await?;
    tx.commit().await?;
    app.store.hints.jobs.notify_one();
    Ok(go_on(&app, "/alerts", "retried"))
}

/// Everybody who may be told, in a line; none when nobody is.
fn receivers(app: &Shared, f: &Frame) -> Option<String> {
    let alerts = &app.settings.alerts;
    let webhook = Url::parse(&alerts.webhook_url).ok().map(|url| url.origin());
    let webhook = webhook.filter(|origin| origin.is_tuple());
    let mailboxes = alerts.all_mailboxes(&app.catalogue).len() as i64;
    let parts = [
        webhook.map(|origin| origin.ascii_serialization()),
        (mailboxes > 0).then(|| f.tr.n("alerts-mailboxes", mailboxes)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The receiver of one alert, as people say it.
fn receiver(f: &Frame, code: Option<&str>) -> String {
    match code.and_then(Receiver::from_code) {
        Some(Receiver::Webhook) => f.t("alerts-webhook"),
        Some(Receiver::Mail(address)) => address,
        None => String::new(),
    }
}

fn view(app: &Shared, f: &Frame, row: JobRow) -> Row {
    let state = row.state();
    let (tone, when) = match state {
        JobState::Delivered => ("ok", row.done),
        JobState::Failed => ("late", row.failed),
        JobState::Skipped => ("hold", row.done),
        JobState::Waiting => (if row.attempts > 0 { "soon" } else { "none" }, None),
    };
    let waiting = || match row.attempts {
        0 => String::new(),
        _ => f.v("alerts-again", f.words.moment(row.not_before.into())),
    };
    Row {
        at: f.words.moment(row.created.into()),
        machine: f.words.machine(row.created.into()),
        incident: row.title.as_deref().map(|words| {
            let sector = app.sector_label(&row.sector, f.tr.lang);
            match words.is_empty() {
                true => (sector.clone(), sector), // its words were deleted
                false => (title(f.tr, words), sector),
            }
        }),
        event: match row.event() {
            event if event.is_empty() => f.t("unknown"),
            event => f.code("alert-event", &event.replace('.', "-")),
        },
        receiver: receiver(f, row.receiver.as_deref()),
        tone,
        failed: state == JobState::Failed,
        state: f.code("alerts-state", state.code()),
        when: when.map_or_else(waiting, |t| f.words.moment(t.into())),
        attempts: row.attempts,
        error: row
            .last_error
            .clone()
            .filter(|_| state != JobState::Delivered),
        number: row.number,
        id: row.id,
    }
}
