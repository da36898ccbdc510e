//! `/api/v1/sources`: what is visited, and how it does.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Answer, Items, Moment,
    answer::Conditions,
    asked::{Nothing, Params},
    moment,
};
use crate::{
    domain::user::Permission,
    store::sources::{self, SourceRow},
    web::{Shared, auth::session::Program},
};

/// A source of posts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Source {
    code: String,
    platform: String,
    name: String,
    municipality: Option<String>,
    /// The page of a body.
    official: bool,
    state: String,
    /// Posts that came from it.
    posts: i64,
    last_visit: Option<Moment>,
    last_success: Option<Moment>,
    last_post: Option<Moment>,
}

/// What is visited within reach, and how it does. Needs `read_sources`.
#[utoipa::path(get, path = "/api/v1/sources", operation_id = "listSources", tag = "sources",
    responses((status = 200, description = "All sources within reach.", body = Items<Source>)))]
pub(super) async fn list(
    State(app): State<Shared>,
    program: Program,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    program.require(Permission::ReadSources)?;
    let mut tx = app.store.read().await?;
    let rows = sources::list(&mut tx, &program.scope).await?;
    conditions.all(rows.into_iter().map(source).collect())
}

fn source(row: SourceRow) -> Source {
    Source {
        code: row.code,
        platform: row.platform,
        name: row.name,
        municipality: row.municipality,
        official: row.official != 0,
        state: row.state,
        posts: row.posts,
        last_visit: row.last_visit.map(moment),
        last_success: row.last_success.map(moment),
        last_post: row.last_post.map(moment),
    }
}
