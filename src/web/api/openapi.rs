//! `/api/v1/openapi.json`: the API described for machines. Paths, parameters and shapes come from the
//! handlers and their types (`utoipa`); what holds for every operation alike is said here once: tokens,
//! problems, ETags, keys. Start with [`document`].

mod operation;
mod refusals;
mod words;

use axum::{Json, extract::State};
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{
    Moment,
    asked::{Nothing, Params},
    catalogue, health, incidents, posts, sources, stats, submissions,
};
use crate::web::{Error, Shared};
use operation::complete;
use refusals::{headers, problem, refusals};
use words::name_words;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Otklik",
        version = "1",
        description = "What programs read of public complaints, and hand in. A token sees what its \
            account or its integration may; fields that it does not see are empty. No token decides: \
            answers and closures carry the name of a person. Lists are pages with an opaque cursor. The \
            vocabulary is that of Open311 GeoReport v2 and ActivityStreams.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        health::show, incidents::list, incidents::show, incidents::posts, posts::search, posts::show,
        stats::show, sources::list, catalogue::sectors, catalogue::topics, catalogue::municipalities,
        submissions::create, submissions::show, submissions::correct, submissions::withdraw, show
    ),
    components(schemas(Moment)),
    tags(
        (name = "incidents", description = "Open311 service requests."),
        (name = "posts", description = "ActivityStreams notes, masked."),
        (name = "submissions", description = "Posts that another system hands in."),
        (name = "stats", description = "Totals."),
        (name = "sources", description = "What is visited."),
        (name = "catalogue", description = "The words behind codes; Open311 services."),
        (name = "service", description = "The service itself."),
    )
)]
struct Described;

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", operation_id = "getDescription", tag = "service",
    responses((status = 200, description = "OpenAPI 3.1.", body = Value)))]
pub(super) async fn show(
    State(app): State<Shared>,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Json<Value>, Error> {
    let mut codes: Vec<String> = app.region.municipalities().into_iter().collect();
    codes.sort_unstable();
    document(&codes).map(Json).ok_or(Error::Internal)
}

/// The whole document; `municipalities` are those for which a post may be handed in.
fn document(municipalities: &[String]) -> Option<Value> {
    let mut whole = serde_json::to_value(Described::openapi()).ok()?;
    whole["security"] = json!([{ "token": [] }]);
    let components = whole["components"].as_object_mut()?;
    components.insert(
        "securitySchemes".into(),
        json!({ "token": {
            "type": "http", "scheme": "bearer",
            "description": "Made by `otklik token add`.",
        }}),
    );
    components.insert("responses".into(), refusals());
    components.insert("headers".into(), headers());
    let schemas = components["schemas"].as_object_mut()?;
    schemas.insert("Problem".into(), problem());
    name_words(schemas, municipalities);
    for (path, operations) in whole["paths"].as_object_mut()? {
        for (method, operation) in operations.as_object_mut()? {
            complete(path, method, operation.as_object_mut()?)?;
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_is_described_and_what_is_described_is_served() {
        let whole = document(&["99701000".to_owned()]).expect("a document");
        let paths = whole["paths"].as_object().expect("paths");
        let mut described: Vec<(String, String)> = Vec::new();
        for (path, operations) in paths {
            let methods = operations.as_object().expect("operations");
            described.extend(methods.keys().map(|m| (path.clone(), m.clone())));
        }
        let mut served: Vec<(String, String)> = super::super::TABLE
            .iter()
            .map(|address| (address.path.to_owned(), address.method.to_owned()))
            .collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
    }
}
