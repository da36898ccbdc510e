//! The JSON API: what programs read, with a bearer token and within its account's scope.
//!
//! Lists are `{"items":[…],"next":cursor|null}`; errors are RFC 9457 (`guard.rs` writes them). It
//! changes nothing. Start with [`incidents`].

mod health;
mod incidents;
mod posts;
mod stats;

use axum::Json;
use serde::Serialize;

use super::{Error, Shared, auth::session::Program, table::routes};
use crate::{
    domain::time::Timestamp,
    store::{
        Priority,
        audit::{self, AuditKind, Entry},
    },
};

routes! {
    get "/health" => health::show,
    get "/api/v1/incidents" => incidents::list,
    get "/api/v1/incidents/{number}" => incidents::show,
    get "/api/v1/posts/search" => posts::search,
    get "/api/v1/stats" => stats::show,
}

/// A page of a list.
#[derive(Debug, Serialize)]
struct Items<T> {
    items: Vec<T>,
    /// Give it back as `cursor` for the next page.
    next: Option<String>,
}

type Answer<T> = Result<Json<T>, Error>;

/// Notes what a program took out.
async fn note(
    app: &Shared,
    program: &Program,
    kind: AuditKind,
    subject: &str,
    detail: &str,
) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let entry = Entry {
        who: &program.0.scope.who,
        kind,
        subject,
        detail,
    };
    audit::append(&mut tx, &app.ids, app.now(), &entry).await?;
    Ok(tx.commit().await?)
}

fn moment(millis: i64) -> String {
    Timestamp::from_millis(millis).to_rfc3339()
}

/// `a,b` as a list; nothing as none.
fn words(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A whole number within bounds.
fn number(
    text: Option<&str>,
    field: &'static str,
    default: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Result<i64, Error> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(default);
    };
    text.parse()
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or(Error::Invalid(field, "out_of_range"))
}
