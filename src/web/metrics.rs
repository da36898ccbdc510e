//! `/metrics` in OpenMetrics' text: what this process counted, and what the database tells now. Open to
//! whoever holds `metrics.token`, or on a listener of its own. Start with [`text`].
//!
//! A database that is away is itself a figure (`otklik_database_up`): the scrape goes on without it.

mod database;
mod process;
mod sheet;

use anyhow::Result;
use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use secrecy::ExposeSecret;

use super::{App, Error, Shared, auth, table};
use database::{from_database, of_database};
use process::of_process;
use sheet::Sheet;

/// What Prometheus asks for since its version 2.5.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

table::routes! {
    get "/metrics" => show,
}

/// On requests that came by the listener of the figures' own.
#[derive(Clone, Copy)]
struct OwnListener;

/// `/metrics` alone, for a listener of its own. Without a token in the settings it asks for none: the
/// settings allow that on loopback only.
pub fn router(app: App) -> Router {
    routes()
        .layer(Extension(OwnListener))
        .with_state(Shared::new(app))
}

async fn show(
    State(app): State<Shared>,
    own: Option<Extension<OwnListener>>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let token = app.settings.metrics.token.expose_secret();
    if token.is_empty() && own.is_none() {
        return Err(Error::NotFound);
    }
    let given = auth::session::bearer(&headers).unwrap_or_default();
    if !token.is_empty() && !auth::same_secret(token, given) {
        return Err(Error::Unauthorized);
    }
    let text = text(&app).await.map_err(|error| {
        tracing::error!("the metrics could not be written: {error:#}");
        Error::Internal
    })?;
    Ok(([(header::CONTENT_TYPE, KIND)], text).into_response())
}

/// Everything, in OpenMetrics' text.
///
/// # Errors
/// When a file of the index or the folder of data cannot be read.
pub async fn text(app: &App) -> Result<String> {
    let mut sheet = Sheet::default();
    of_process(&mut sheet, app);
    let read = from_database(app).await;
    sheet.one(
        "database_up",
        "1 while the database answers, else 0",
        f64::from(u8::from(read.is_ok())),
    );
    match read {
        Ok(read) => of_database(&mut sheet, app, &read),
        Err(error) => tracing::warn!("the metrics lack the database's figures: {error}"),
    }
    let mut text = String::new();
    app.store.meters.encode(&mut text)?;
    encode_registry(&mut text, &sheet.0)?;
    encode_eof(&mut text)?;
    Ok(text)
}
