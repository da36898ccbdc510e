//! `/api/v1/openapi.json`: the API described for machines. Paths, parameters and shapes come from the
//! handlers and their types (`utoipa`); what holds for every operation alike is said here once: tokens,
//! problems, ETags, keys. Words of a list come from the list itself. Start with [`document`].

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::{
    Moment,
    asked::{Nothing, Params},
    catalogue, health, incidents, posts, sources, stats, submissions,
};
use crate::{
    domain::{
        annotation::MessageKind,
        incident::IncidentState,
        post::{Platform, PostKind},
        source::SourceState,
    },
    web::{Error, Shared},
};

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

/// Operations for which no token is needed.
const OPEN: &[&str] = &["getDescription", "getHealth"];

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

/// What holds for every operation of its kind.
fn complete(path: &str, method: &str, operation: &mut Map<String, Value>) -> Option<()> {
    let id = operation["operationId"].as_str()?.to_owned();
    let is_open = OPEN.contains(&id.as_str());
    if is_open {
        operation.insert("security".into(), json!([]));
    }
    name_parameters(operation);
    let responses = operation.get_mut("responses")?.as_object_mut()?;
    let mut refused = vec![("503", "Unavailable")];
    if path.starts_with("/api/") {
        refused.push(("400", "BadRequest"));
    }
    if !is_open {
        refused.extend([
            ("401", "Unauthorized"),
            ("403", "Denied"),
            ("422", "Invalid"),
        ]);
        refused.extend([("429", "TooMany"), ("500", "Internal")]);
    }
    if path.contains('{') {
        refused.push(("404", "NotFound"));
    }
    if matches!(method, "post" | "patch") {
        refused.extend([("413", "TooLarge"), ("415", "Unsupported")]);
    }
    if method == "post" {
        refused.push(("409", "Conflict"));
    }
    if matches!(method, "patch" | "delete") {
        refused.extend([("412", "Precondition"), ("428", "PreconditionRequired")]);
    }
    for (status, name) in refused {
        let response = json!({ "$ref": format!("#/components/responses/{name}") });
        responses.entry(status).or_insert(response);
    }
    if !is_open {
        tag(method, responses);
        add_headers(method, operation);
        link(&id, operation);
    }
    Some(())
}

/// ETag of what is read and written, Link of lists, Location of what was made.
fn tag(method: &str, responses: &mut Map<String, Value>) {
    let of = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    for status in ["200", "201"] {
        let Some(response) = responses.get_mut(status) else {
            continue;
        };
        let mut headers = json!({ "ETag": of("ETag") });
        let schema = response["content"]["application/json"]["schema"]["$ref"].as_str();
        if schema.is_some_and(|name| name.contains("Items_")) {
            headers["Link"] = of("Link");
        }
        if status == "201" {
            headers["Location"] = of("Location");
        }
        if method != "get" {
            headers["Idempotent-Replayed"] = of("Idempotent-Replayed");
        }
        response["headers"] = headers;
    }
    if method == "get" {
        let same = json!({ "description": "It is what If-None-Match names.",
            "headers": { "ETag": of("ETag") } });
        responses.insert("304".into(), same);
    }
}

fn add_headers(method: &str, operation: &mut Map<String, Value>) {
    let header = |name: &str, required: bool, about: &str, example: &str| {
        json!({ "name": name, "in": "header", "required": required, "description": about,
            "schema": { "type": "string" }, "example": example })
    };
    let key = |required| {
        let mut key = header(
            "Idempotency-Key",
            required,
            "A new key for each write, the same when it is repeated: the write is done once, and for 24 \
             hours a repetition gets its answer. Another request under it is refused (422).",
            "5f3c1a9e-6c0e-4f53-9a45-0d2c8f0b7a11",
        );
        key["schema"]["pattern"] = json!("^[!-~]{1,128}$");
        key
    };
    let added = match method {
        "get" => vec![header(
            "If-None-Match",
            false,
            "The ETag of the answer that is there already: 304 if it is the same.",
            "\"k3J0\"",
        )],
        "post" => vec![key(true)],
        _ => vec![
            key(false),
            header(
                "If-Match",
                true,
                "The ETag of the submission as it was read: 412 if it has changed.",
                "\"k3J0\"",
            ),
        ],
    };
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(list) = parameters.as_array_mut() {
        list.extend(added);
    }
}

/// OpenAPI links: what can be asked of what came back.
fn link(id: &str, operation: &mut Map<String, Value>) {
    let to = |operation: &str, name: &str, at: &str| json!({ "operationId": operation, "parameters": { name: format!("$response.body#/{at}") } });
    let matched = |operation: &str| {
        let mut link = to(operation, "path.id", "id");
        link["parameters"]["header.If-Match"] = json!("$response.header.ETag");
        link
    };
    let (status, links) = match id {
        "listIncidents" => (
            "200",
            json!({ "first": to("getIncident", "path.number", "items/0/number"),
            "posts": to("listPostsOfIncident", "path.number", "items/0/number") }),
        ),
        "searchPosts" | "listPostsOfIncident" => (
            "200",
            json!({ "first": to("getPost", "path.id", "items/0/id") }),
        ),
        "submit" | "getSubmission" | "correctSubmission" => {
            let status = if id == "submit" { "201" } else { "200" };
            (
                status,
                json!({ "read": to("getSubmission", "path.id", "id"),
                "correct": matched("correctSubmission"), "withdraw": matched("withdrawSubmission") }),
            )
        }
        _ => return,
    };
    operation["responses"][status]["links"] = links;
}

/// The words of parameters that are lists of words.
fn name_parameters(operation: &mut Map<String, Value>) {
    let search = operation["operationId"] == "searchPosts";
    let Some(list) = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    for parameter in list {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let schema = &mut parameter["schema"];
        if schema["type"].is_array() {
            schema["type"] = schema["type"][0].take(); // a query has no null
        }
        match name.as_str() {
            "order" if search => schema["enum"] = json!(["best", "newest"]),
            "order" => schema["enum"] = json!(["due", "updated"]),
            "id" => schema["pattern"] = json!("^[0-9A-Za-z]{26}$"),
            "state" => listed(schema, &among(words(IncidentState::ALL, |w| w.code()))),
            "platform" => listed(schema, &among(words(Platform::ALL, |w| w.code()))),
            "kind" => listed(schema, &among(words(MessageKind::ALL, |w| w.code()))),
            "sector" | "municipality" | "topic" | "language" => listed(schema, CODE),
            _ => {}
        }
    }
}

/// What a code is made of.
const CODE: &str = "[A-Za-z0-9._-]{1,64}";

/// A parameter that takes several words with commas between them. It is described as the text that it
/// is: `a` is a list of one, which the form of arrays does not say.
fn listed(schema: &mut Value, word: &str) {
    *schema = json!({ "type": "string", "pattern": format!("^{word}(,{word}){{0,99}}$") });
}

fn among(words: Value) -> String {
    let words = words.as_array().into_iter().flatten();
    let words: Vec<&str> = words.filter_map(Value::as_str).collect();
    format!("({})", words.join("|"))
}

fn words<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Value {
    all.iter().map(|word| code(*word)).collect()
}

/// The words of fields that are words of a list.
fn name_words(schemas: &mut Map<String, Value>, municipalities: &[String]) {
    let status = json!(["open", "closed"]);
    for (schema, field, all) in [
        ("Incident", "state", words(IncidentState::ALL, |w| w.code())),
        ("Incident", "status", status),
        ("Post", "platform", words(Platform::ALL, |w| w.code())),
        ("Post", "kind", words(PostKind::ALL, |w| w.code())),
        (
            "Post",
            "message_kind",
            words(MessageKind::ALL, |w| w.code()),
        ),
        ("Hit", "platform", words(Platform::ALL, |w| w.code())),
        ("Hit", "kind", words(MessageKind::ALL, |w| w.code())),
        ("Source", "platform", words(Platform::ALL, |w| w.code())),
        ("Source", "state", words(SourceState::ALL, |w| w.code())),
        (
            "Submission",
            "state",
            json!(["received", "read", "waiting", "incident"]),
        ),
        ("Submission", "status", json!(["open", "closed", null])),
    ] {
        schemas[schema]["properties"][field]["enum"] = all;
    }
    if !municipalities.is_empty() {
        let known = json!({ "type": "string", "enum": municipalities,
            "description": "A municipality of the region; a token that names several needs it." });
        schemas["NewSubmission"]["properties"]["municipality"] = json!({
            "oneOf": [{ "type": "null" }, known] });
    }
}

/// RFC 9457.
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457: why a request was not served, and what to do next.",
        "required": ["type", "title", "status", "detail", "request_id"],
        "properties": {
            "type": { "type": "string", "format": "uri", "pattern": "^urn:otklik:problem:[a-z-]+$" },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string" },
            "request_id": { "type": "string", "description": "What the log has of it." },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": { "field": { "type": "string" }, "problem": { "type": "string" } },
            } },
        },
        "example": {
            "type": "urn:otklik:problem:invalid", "title": "A parameter is wrong", "status": 422,
            "detail": "Mend the parameter named in errors and send the request again.",
            "request_id": "01KBN4Y8Z0000000000000000A",
            "errors": [{ "field": "limit", "problem": "out_of_range" }],
        },
    })
}

fn refusals() -> Value {
    let mut all = json!({});
    for (name, about) in [
        (
            "BadRequest",
            "It cannot be read: a parameter that is not known or twice there, no JSON, no \
            Idempotency-Key.",
        ),
        (
            "Unauthorized",
            "No token, or one that is not good any more.",
        ),
        ("Denied", "The token may not."),
        (
            "NotFound",
            "There is none, or it is outside the token's reach.",
        ),
        ("Conflict", "The number was handed in already."),
        ("Precondition", "It has changed since If-Match."),
        ("TooLarge", "The body is larger than 256 KiB."),
        ("Unsupported", "The body is not application/json."),
        (
            "Invalid",
            "A parameter or field is wrong; errors names it. Or the Idempotency-Key was used for \
            another request.",
        ),
        ("PreconditionRequired", "If-Match is missing."),
        ("TooMany", "Too many requests in this minute."),
        ("Internal", "It failed here; the log knows the request_id."),
        ("Unavailable", "The database is not responding."),
    ] {
        all[name] = json!({ "description": about, "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" } } } });
    }
    let seconds =
        json!({ "description": "Seconds to wait.", "schema": { "type": "integer", "minimum": 1 } });
    all["TooMany"]["headers"] = json!({ "Retry-After": seconds });
    let scheme = json!({ "description": "How to come.", "schema": { "type": "string" } });
    all["Unauthorized"]["headers"] = json!({ "WWW-Authenticate": scheme });
    all
}

fn headers() -> Value {
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "ETag": text("Names these bytes; strong for one thing, weak for a list."),
        "Link": text("RFC 8288: the address of the next page, rel=\"next\"; absent on the last."),
        "Location": text("The path of what was made."),
        "Idempotent-Replayed": text("`true` when the write was done before and this is its answer again."),
    })
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
