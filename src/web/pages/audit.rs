//! The journal: who saw, opened, decided or changed what, and whether it is whole. Read only.
//!
//! Start with [`show`]; the address is `audit/chosen.rs`, the file `audit/export.rs`.

mod chosen;
mod export;
mod standing;
mod words;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, at, note, page, statics};
use crate::{
    store::audit::{self, AuditKind, AuditRow},
    web::{Error, Shared, form::Asked, frame::About, keys},
};
use chosen::Chosen;
use standing::Say;

pub(super) use export::export;

const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "audit.html", config = "src/web/askama.toml")]
struct AuditPage {
    f: Frame,
    standing: Vec<Say>,
    chosen: Chosen,
    kinds: Vec<(&'static str, String, bool)>,
    rows: Vec<Row>,
    next: Option<String>,
    export: String,
}

struct Row {
    at: String,
    machine: String,
    who: String,
    /// Everything that they did.
    theirs: String,
    kind: String,
    subject: String,
    /// Everything about this subject.
    same: String,
    detail: String,
    /// Posts that were shown: id, and everything about it.
    posts: Vec<(String, String)>,
    /// The entry's chain, place and hash.
    place: String,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::new("/audit", "audit-title", keys::PLAIN));
    let chosen = Chosen::of(&asked.query);
    let filter = chosen.filter(app.zone());
    let mut tx = app.store.read().await?;
    let mut rows = audit::list(&mut tx, &asked.visitor.scope, &filter, ROWS + 1).await?;
    let standing = standing::lines(&mut tx, &f).await?;
    drop(tx);
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let last = rows.last().filter(|_| more);
    page(AuditPage {
        standing,
        kinds: AuditKind::ALL
            .iter()
            .map(|k| (k.code(), f.code("audit", k.code()), Some(*k) == chosen.kind))
            .collect(),
        next: last.map(|row| chosen.address("/audit", &[("before", &row.id)])),
        rows: rows.into_iter().map(|row| view(&app, &f, row)).collect(),
        export: chosen.address("/audit.jsonl", &[]),
        chosen,
        f,
    })
}

fn view(app: &Shared, f: &Frame, row: AuditRow) -> Row {
    let posts = words::posts(&row.detail);
    Row {
        at: f.words.moment(at(row.at)),
        machine: f.words.machine(at(row.at)),
        detail: words::detail(app, f, &row.kind, &row.subject, &row.detail),
        posts: posts
            .map(|id| (id.to_owned(), chosen::about(&format!("post:{id}"))))
            .collect(),
        kind: f.code("audit", &row.kind),
        who: words::who(f, &row.who),
        theirs: chosen::of(&row.who),
        subject: words::subject(f, &row.subject),
        same: chosen::about(&row.subject),
        place: format!("{} · {} · {}", row.chain, row.position, row.hash),
    }
}
