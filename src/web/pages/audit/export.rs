//! The journal as a file, written while it is read: all of it, or what is chosen. Noted first.

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio_util::io::ReaderStream;

use super::{chosen::Chosen, note};
use crate::{
    domain::user::Permission,
    store::{
        Priority,
        audit::{self, AuditKind, Export, Filter},
        scope::Scope,
    },
    web::{Error, Shared, form::Asked},
};

/// Bytes that wait for a slow reader.
const AHEAD: usize = 256 * 1024;

pub(in crate::web::pages) async fn export(
    State(app): State<Shared>,
    asked: Asked,
) -> Result<Response, Error> {
    let visitor = &asked.visitor;
    visitor.require(Permission::ReadAudit)?;
    let chosen = Chosen::of(&asked.query);
    let filter = chosen.any().then(|| chosen.filter(app.zone()));
    let detail = if filter.is_some() {
        "selection"
    } else {
        "whole"
    };
    let mut tx = app.store.write(Priority::Person).await?;
    let subject = "page:audit";
    note(&app, &mut tx, visitor, AuditKind::Exported, subject, detail).await?;
    // The file of the whole journal has no unsigned end.
    audit::sign(&mut tx, &app.journal, app.now()).await?;
    tx.commit().await?;
    let (to, from) = duplex(AHEAD);
    let scope = visitor.scope.clone();
    tokio::spawn(async move {
        // Cut short, the file has no last line: whoever checks it is told.
        if let Err(error) = write(&app, &scope, filter, to).await {
            tracing::warn!("an export of the journal ended early: {error:#}");
        }
    });
    let name = "attachment; filename=\"otklik-journal.jsonl\"";
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8"),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(from))).into_response())
}

async fn write(
    app: &Shared,
    scope: &Scope,
    filter: Option<Filter>,
    mut to: DuplexStream,
) -> anyhow::Result<()> {
    let (key, now) = (app.journal.clone(), app.now());
    let mut tx = app.store.read().await?;
    let mut export = match filter {
        Some(filter) => Export::selection(scope, filter, key, now),
        None => Export::whole(&mut tx, scope, key, now).await?,
    };
    while let Some(lines) = export.next(&mut tx).await? {
        to.write_all(lines.as_bytes()).await?;
    }
    Ok(to.shutdown().await?)
}
