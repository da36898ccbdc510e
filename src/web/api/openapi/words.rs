//! Words of a list, from the list itself. Start with [`name_words`].

use serde_json::{Map, Value, json};

use crate::domain::{
    annotation::MessageKind,
    incident::IncidentState,
    post::{Platform, PostKind},
    source::SourceState,
};

/// The words of parameters that are lists of words.
pub(super) fn name_parameters(operation: &mut Map<String, Value>) {
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
pub(super) fn name_words(schemas: &mut Map<String, Value>, municipalities: &[String]) {
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
