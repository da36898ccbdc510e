//! Counts of appeals as tables gave them.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page, statics};
use crate::{
    domain::user::Permission,
    store::tables::totals,
    web::{Error, Shared, form::Asked, frame::About, keys},
};

/// Counts that a page shows.
const SHOWN: i64 = 500;

#[derive(Template)]
#[template(path = "figures.html", config = "src/web/askama.toml")]
struct FiguresPage {
    f: Frame,
    spans: Vec<Span>,
    cut: Option<String>,
}

struct Span {
    label: String,
    rows: Vec<Row>,
}

struct Row {
    body: String,
    theme: String,
    count: String,
    source: String,
    import: String,
}

pub(in crate::web::pages) async fn show(
    State(app): State<Shared>,
    asked: Asked,
) -> Result<Response, Error> {
    asked.visitor.require(Permission::ImportTables)?;
    let f = asked.frame(&app, About::new("/import", "figures-title", keys::PLAIN));
    let mut tx = app.store.read().await?;
    let rows = totals::list(&mut tx, &asked.visitor.scope, SHOWN).await?;
    drop(tx);
    let cut = (rows.len() as i64 == SHOWN).then(|| f.tr.n("figures-first", SHOWN));
    let mut spans: Vec<Span> = Vec::new();
    for row in rows {
        let label = format!("{} – {}", day(&row.first_day), day(&row.last_day));
        let view = Row {
            body: row.body,
            theme: row.theme,
            count: f.words.count(row.appeals),
            source: row.source,
            import: row.import,
        };
        match spans.last_mut().filter(|span| span.label == label) {
            Some(span) => span.rows.push(view),
            None => spans.push(Span {
                label,
                rows: vec![view],
            }),
        }
    }
    page(FiguresPage { f, spans, cut })
}

/// `2026-01-31` as people write it.
fn day(iso: &str) -> String {
    let date = iso.parse::<jiff::civil::Date>();
    date.map_or_else(
        |_| iso.to_owned(),
        |date| date.strftime("%d.%m.%Y").to_string(),
    )
}
