//! The JSON API: what programs read and hand in, with a bearer token and within its scope.
//!
//! Lists are `{"items":[…],"next":cursor|null}`; errors are RFC 9457 (`guard.rs` writes them). A token
//! decides nothing: answers and closures carry the name of a person. Start with [`incidents`];
//! `openapi.rs` makes the document that describes it all.

mod answer;
mod asked;
mod body;
mod catalogue;
mod health;
mod incidents;
mod newest;
mod once;
mod openapi;
mod posts;
mod sources;
mod stats;
mod submissions;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    get "/api/v1/incidents/{number}/posts" => incidents::posts,
    get "/api/v1/posts/search" => posts::search,
    get "/api/v1/posts/{id}" => posts::show,
    get "/api/v1/stats" => stats::show,
    get "/api/v1/sources" => sources::list,
    get "/api/v1/sectors" => catalogue::sectors,
    get "/api/v1/topics" => catalogue::topics,
    get "/api/v1/municipalities" => catalogue::municipalities,
    post "/api/v1/submissions" => submissions::create,
    get "/api/v1/submissions/{id}" => submissions::show,
    patch "/api/v1/submissions/{id}" => submissions::correct,
    delete "/api/v1/submissions/{id}" => submissions::withdraw,
    get "/api/v1/openapi.json" => openapi::show,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
struct Items<T> {
    items: Vec<T>,
    /// Give it back as `cursor` for the next page.
    next: Option<String>,
}

type Answer = Result<Response, Error>;

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
        who: &program.scope.who,
        kind,
        subject,
        detail,
    };
    audit::append(&mut tx, &app.ids, app.now(), &entry).await?;
    Ok(tx.commit().await?)
}

/// A code of a catalogue.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(pattern = "^[A-Za-z0-9._-]{1,64}$")]
struct Code(String);

/// A moment in UTC, RFC 3339.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(format = DateTime, example = "2026-11-22T12:00:00Z")]
struct Moment(String);

fn moment(millis: i64) -> Moment {
    Moment(Timestamp::from_millis(millis).to_rfc3339())
}
