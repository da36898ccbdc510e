//! `/api/v1/posts/search`: full-text search within the token's scope, masked snippets.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};

use super::{Answer, Items, moment, note, number, words};
use crate::{
    domain::{id::PostId, user::Permission},
    index::{
        query::{Found, Search},
        snippet::snippet,
    },
    store::{
        audit::AuditKind,
        posts::{self, PostRow},
        scope::Scope,
    },
    web::{Error, Shared, auth::session::Program},
};

/// Characters of a snippet.
const SNIPPET: usize = 240;

/// The deepest page that is served: beyond it, narrow the question.
const DEEPEST: i64 = 10_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
    sector: Option<String>,
    topic: Option<String>,
    municipality: Option<String>,
    platform: Option<String>,
    language: Option<String>,
    kind: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// A found post.
#[derive(Debug, Serialize)]
pub(super) struct Hit {
    id: String,
    score: f32,
    published: String,
    platform: String,
    kind: String,
    language: String,
    sector: Option<String>,
    topic: Option<String>,
    municipality: Option<String>,
    place: Option<String>,
    /// Masked text around the words found.
    snippet: String,
    /// Path of the audited door to the original, for who may open it.
    link: Option<String>,
}

pub(super) async fn search(
    State(app): State<Shared>,
    program: Program,
    Query(asked): Query<Asked>,
) -> Answer<Items<Hit>> {
    program.0.require(Permission::ReadPosts)?;
    let limit = number(asked.limit.as_deref(), "limit", 20, 1..=200)?;
    let offset = number(asked.cursor.as_deref(), "cursor", 0, 0..=DEEPEST)?;
    let search = question(&asked, &program.0.scope, limit, offset);
    let index = app.index.clone();
    let found = tokio::task::spawn_blocking(move || index.search(&search))
        .await
        .map_err(|_| Error::Internal)?
        .map_err(|reason| {
            tracing::error!("the index refused a search: {reason:#}");
            Error::Internal
        })?;
    let ids: Vec<PostId> = found.hits.iter().map(|hit| hit.id.clone()).collect();
    let mut tx = app.store.read().await?;
    let rows = posts::list(&mut tx, &program.0.scope, &ids).await?;
    drop(tx);
    let shown = rows.iter().map(|row| format!(" {}", row.id));
    let detail = format!("{} found{}", found.total, shown.collect::<String>());
    note(&app, &program, AuditKind::Searched, "api:posts", &detail).await?;
    let next = offset + limit;
    let more = found.total as i64 > next && next <= DEEPEST;
    Ok(Json(Items {
        items: hits(&found, rows),
        next: more.then(|| next.to_string()),
    }))
}

fn question(asked: &Asked, scope: &Scope, limit: i64, offset: i64) -> Search {
    let filters = [
        ("sector", &asked.sector),
        ("topic", &asked.topic),
        ("municipality", &asked.municipality),
        ("platform", &asked.platform),
        ("language", &asked.language),
        ("kind", &asked.kind),
    ];
    Search {
        words: asked.q.clone().unwrap_or_default(),
        reach: scope.search_reach(),
        filters: filters
            .into_iter()
            .map(|(name, value)| (name.to_owned(), words(value.as_deref())))
            .collect(),
        limit: limit as usize,
        offset: offset as usize,
        ..Search::default()
    }
}

/// The rows in the order of the hits; what the store no longer shows is left out.
fn hits(found: &Found, rows: Vec<PostRow>) -> Vec<Hit> {
    let mut rows: HashMap<String, PostRow> =
        rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    found
        .hits
        .iter()
        .filter_map(|hit| Some((hit.score, rows.remove(hit.id.as_str())?)))
        .map(|(score, row)| Hit {
            snippet: snippet(&row.text, &found.stems, SNIPPET)
                .into_iter()
                .map(|part| part.text)
                .collect(),
            link: row.opens.then(|| format!("/out/{}", row.id)),
            score,
            published: moment(row.published),
            id: row.id,
            platform: row.platform,
            kind: row.message_kind,
            language: row.language,
            sector: row.sector,
            topic: row.topic,
            municipality: row.municipality,
            place: row.place_name,
        })
        .collect()
}
