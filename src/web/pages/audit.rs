//! The journal: who saw, opened, decided or changed what. Read only.

mod words;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, at, page, statics};
use crate::{
    store::audit::{self, AuditKind, Filter},
    web::{Error, Shared, form::Asked, frame::About, keys},
};

const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "audit.html", config = "src/web/askama.toml")]
struct AuditPage {
    f: Frame,
    who: String,
    subject: String,
    kinds: Vec<(&'static str, String, bool)>,
    filtered: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    at: String,
    machine: String,
    who: String,
    kind: String,
    subject: String,
    /// Everything about this subject.
    same: String,
    detail: String,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let mut f = asked.frame(
        &app,
        About {
            place: "/audit",
            keys: keys::PLAIN,
            ..About::default()
        },
    );
    f.title = f.t("audit-title");
    let query = &asked.query;
    let text = |name| Some(query.get(name).to_owned()).filter(|value| !value.is_empty());
    let filter = Filter {
        who: text("who"),
        kind: AuditKind::from_code(query.get("kind")),
        subject: text("subject").map(|typed| words::asked(&typed)),
        before: text("before"),
        ..Filter::default()
    };
    let mut tx = app.store.read().await?;
    let mut rows = audit::list(&mut tx, &asked.visitor.scope, &filter, ROWS + 1).await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = rows.last().filter(|_| more).map(|row| {
        url::form_urlencoded::Serializer::new("/audit?".to_owned())
            .append_pair("who", query.get("who"))
            .append_pair("kind", query.get("kind"))
            .append_pair("subject", query.get("subject"))
            .append_pair("before", &row.id)
            .finish()
    });
    let rows = rows.into_iter().map(|row| Row {
        at: f.words.moment(at(row.at)),
        machine: f.words.machine(at(row.at)),
        detail: words::detail(&app, &f, &row.kind, &row.subject, &row.detail),
        kind: f.code("audit", &row.kind),
        who: match row.who.as_str() {
            "nobody" => f.t("audit-nobody"),
            who => who.to_owned(),
        },
        subject: words::subject(&f, &row.subject),
        same: url::form_urlencoded::Serializer::new("/audit?".to_owned())
            .append_pair("subject", &row.subject)
            .finish(),
    });
    page(AuditPage {
        who: query.get("who").to_owned(),
        subject: query.get("subject").to_owned(),
        kinds: AuditKind::ALL
            .iter()
            .map(|k| (k.code(), f.code("audit", k.code()), Some(*k) == filter.kind))
            .collect(),
        filtered: filter.who.is_some() || filter.kind.is_some() || filter.subject.is_some(),
        rows: rows.collect(),
        next,
        f,
    })
}
