//! `/api/v1/sectors`, `/topics`, `/municipalities`: the words behind codes, for any valid token.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Answer, Items,
    answer::Conditions,
    asked::{Nothing, Params},
};
use crate::{
    domain::place::PlaceKind,
    web::{Shared, auth::session::Program},
};

/// A sector team (Open311: agency responsible).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sector {
    code: String,
    name: String,
    name_en: String,
}

/// A topic (Open311: service).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Topic {
    code: String,
    name: String,
    name_en: String,
    /// The code of the sector whose job it is.
    sector: String,
}

/// A municipality of the region.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Municipality {
    /// Its OKTMO code.
    code: String,
    name: String,
}

/// Sectors in their order.
#[utoipa::path(get, path = "/api/v1/sectors", operation_id = "listSectors", tag = "catalogue",
    responses((status = 200, description = "All sectors.", body = Items<Sector>)))]
pub(super) async fn sectors(
    State(app): State<Shared>,
    _: Program,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    let sectors = app.catalogue.sectors().iter();
    let sectors = sectors.map(|sector| Sector {
        code: sector.code.clone(),
        name: sector.label.clone(),
        name_en: sector.label_en.clone(),
    });
    conditions.all(sectors.collect())
}

/// Topics by sector.
#[utoipa::path(get, path = "/api/v1/topics", operation_id = "listTopics", tag = "catalogue",
    responses((status = 200, description = "All topics.", body = Items<Topic>)))]
pub(super) async fn topics(
    State(app): State<Shared>,
    _: Program,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    let topics = app.catalogue.topics().iter();
    let topics = topics.map(|topic| Topic {
        code: topic.code.clone(),
        name: topic.label.clone(),
        name_en: topic.label_en.clone(),
        sector: topic.sector.clone(),
    });
    conditions.all(topics.collect())
}

/// Municipalities of the region.
#[utoipa::path(get, path = "/api/v1/municipalities", operation_id = "listMunicipalities",
    tag = "catalogue",
    responses((status = 200, description = "All municipalities.", body = Items<Municipality>)))]
pub(super) async fn municipalities(
    State(app): State<Shared>,
    _: Program,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    let places = app.region.places.iter();
    let places = places.filter(|place| place.kind == PlaceKind::Municipality);
    let municipalities = places.map(|place| Municipality {
        code: place.code.clone(),
        name: place.label(),
    });
    conditions.all(municipalities.collect())
}
