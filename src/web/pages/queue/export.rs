//! The queue's selection as a table, noted as an export.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::{super::note, filter::Chosen, rows};
use crate::{
    store::{Priority, audit::AuditKind, incidents},
    web::{Error, Shared, form::Asked},
};

/// Rows of an export.
const EXPORT: usize = 20_000;

/// The selection as a table, noted as an export.
pub(in crate::web::pages) async fn export(
    State(app): State<Shared>,
    asked: Asked,
) -> Result<Response, Error> {
    let f = asked.frame(&app, super::ABOUT);
    let scope = &asked.visitor.scope;
    let chosen = Chosen::of(&asked.query, &f.words, &scope.who);
    let mut filter = chosen.filter(500);
    let mut tx = app.store.read().await?;
    let mut all = Vec::new();
    while all.len() < EXPORT {
        let part = incidents::list(&mut tx, scope, &filter).await?;
        let Some(last) = part.last() else { break };
        filter.after = Some(incidents::position(last));
        all.extend(part);
    }
    drop(tx);
    let mut tx = app.store.write(Priority::Person).await?;
    let detail = format!("{} rows", all.len());
    note(
        &app,
        &mut tx,
        &asked.visitor,
        AuditKind::Exported,
        "page:queue",
        &detail,
    )
    .await?;
    tx.commit().await?;
    let name = "attachment; filename=\"otklik-incidents.csv\"";
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, rows::table(&app, &f, &all)?).into_response())
}
