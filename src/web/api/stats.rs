//! `/api/v1/stats`: totals, and nothing that points at a post or a person.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Answer,
    answer::Conditions,
    asked::{Nothing, Params},
};
use crate::{
    domain::user::Permission,
    store::{claims, incidents, jobs, posts},
    web::{Shared, auth::session::Program},
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stats {
    posts: i64,
    /// By sector, then by state.
    incidents: BTreeMap<String, BTreeMap<String, i64>>,
    overdue: i64,
    /// Claim suggestions that wait for a reviewer.
    suggestions: i64,
    alerts: Alerts,
}

#[derive(Debug, Serialize, ToSchema)]
struct Alerts {
    delivered: i64,
    failed: i64,
}

/// Totals within reach. Needs `read_stats`.
#[utoipa::path(get, path = "/api/v1/stats", operation_id = "getStats", tag = "stats",
    responses((status = 200, description = "Totals.", body = Stats)))]
pub(super) async fn show(
    State(app): State<Shared>,
    program: Program,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    program.require(Permission::ReadStats)?;
    let scope = &program.scope;
    let mut tx = app.store.read().await?;
    let counts = incidents::totals(&mut tx, scope, incidents::By::Sector, app.now()).await?;
    let mut by_sector: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    let mut overdue = 0;
    for row in counts {
        overdue += row.overdue;
        let states = by_sector.entry(row.code.unwrap_or_default()).or_default();
        *states.entry(row.state).or_default() += row.incidents;
    }
    let told = jobs::counts(&mut tx, scope).await?;
    conditions.one(&Stats {
        posts: posts::count_within(&mut tx, scope).await?,
        incidents: by_sector,
        overdue,
        suggestions: claims::count_open(&mut tx, scope).await?,
        alerts: Alerts {
            delivered: told.delivered,
            failed: told.failed,
        },
    })
}
