//! `/health`: each loop's state, for probes. Tells no error texts: they are for those who sign in.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{super::Shared, Moment, moment};

/// A loop that failed so many times in a row makes the process unhealthy: with growing waits that
/// is about half a minute.
const TOO_MANY: u32 = 5;

#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    loops: BTreeMap<&'static str, Loop>,
}

#[derive(Serialize, ToSchema)]
struct Loop {
    state: &'static str,
    failures: u32,
    last_worked: Option<Moment>,
}

/// Each loop's state; 503 while a loop keeps failing or the database is away. Needs no token.
#[utoipa::path(get, path = "/health", operation_id = "getHealth", tag = "service",
    responses((status = 200, description = "It works.", body = Health),
        (status = 503, description = "A loop keeps failing.", body = Health)))]
pub(super) async fn show(State(app): State<Shared>) -> (StatusCode, Json<Health>) {
    let loops: BTreeMap<_, _> = app
        .health
        .list()
        .into_iter()
        .map(|(name, health)| {
            let one = Loop {
                state: health.state,
                failures: health.failures,
                last_worked: health.last_worked.map(|at| moment(at.as_millis())),
            };
            (name, one)
        })
        .collect();
    let failing = loops.values().any(|one| one.failures >= TOO_MANY);
    match failing || database_is_away(&app).await {
        false => (
            StatusCode::OK,
            Json(Health {
                status: "ok",
                loops,
            }),
        ),
        true => {
            let body = Health {
                status: "failing",
                loops,
            };
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}

async fn database_is_away(app: &Shared) -> bool {
    app.store.read().await.is_err()
}
