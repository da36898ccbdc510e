//! What holds for every operation of its kind: refusals, ETags, keys, links. Start with [`complete`].

use serde_json::{Map, Value, json};

use super::words::name_parameters;

/// Operations for which no token is needed.
const OPEN: &[&str] = &["getDescription", "getHealth"];

/// What holds for every operation of its kind.
pub(super) fn complete(path: &str, method: &str, operation: &mut Map<String, Value>) -> Option<()> {
    let id = operation["operationId"].as_str()?.to_owned();
    let is_open = OPEN.contains(&id.as_str());
    if is_open {
        operation.insert("security".into(), json!([]));
    }
    name_parameters(operation);
    let responses = operation.get_mut("responses")?.as_object_mut()?;
    let refused = refused(path, method, is_open);
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

/// How it may be refused: statuses and the names of their responses.
fn refused(path: &str, method: &str, is_open: bool) -> Vec<(&'static str, &'static str)> {
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
    refused
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
