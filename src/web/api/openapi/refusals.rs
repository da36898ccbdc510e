//! How a request is refused, and the headers of answers. Start with [`refusals`].

use serde_json::{Value, json};

/// RFC 9457.
pub(super) fn problem() -> Value {
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

/// Each refusal, as a response with a problem.
pub(super) fn refusals() -> Value {
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

/// Headers of answers.
pub(super) fn headers() -> Value {
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "ETag": text("Names these bytes; strong for one thing, weak for a list."),
        "Link": text("RFC 8288: the address of the next page, rel=\"next\"; absent on the last."),
        "Location": text("The path of what was made."),
        "Idempotent-Replayed": text("`true` when the write was done before and this is its answer again."),
    })
}
