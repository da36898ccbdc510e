//! One message of an export: JSON in, a post out. Start with [`read_post`].

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::{
    collect::dates,
    domain::{
        actor::{AuthorKind, AuthorRef},
        post::{Attachment, CapturedPost, Platform, PostKey, PostKind},
        time::Timestamp,
    },
};

/// Reads one message; `None` for service messages.
pub(super) fn read_post(
    message: &Value,
    chat: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<CapturedPost>, String> {
    if message.get("type").and_then(Value::as_str) == Some("service") {
        return Ok(None);
    }
    let id = message.get("id").and_then(Value::as_i64);
    let id = id.ok_or("the message has no id")?;
    let key = |id: i64| PostKey {
        platform: Platform::Telegram,
        owner: chat.unwrap_or_default().to_owned(),
        kind: PostKind::Post,
        external_id: id.to_string(),
    };
    let mut post = CapturedPost::new(key(id), text_of(message.get("text")));
    post.published = moment(message, "date", zone);
    post.edited = moment(message, "edited", zone);
    post.parent = message
        .get("reply_to_message_id")
        .and_then(Value::as_i64)
        .filter(|_| message.get("reply_to_peer_id").is_none())
        .map(key);
    (post.author, post.author_kind) = author(message);
    post.point = point(message);
    post.place_hint = text(message, "address").or_else(|| text(message, "place_name"));
    post.attachments = attachments(message);
    Ok(Some(post))
}

fn text(message: &Value, key: &str) -> Option<String> {
    Some(message.get(key)?.as_str()?.to_owned()).filter(|text| !text.is_empty())
}

/// A text, or an array of texts and marked pieces.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.as_str().or_else(|| part.get("text")?.as_str()))
            .collect(),
        _ => String::new(),
    }
}

/// `date_unixtime` where there is one, else the local time without a zone.
fn moment(message: &Value, key: &str, zone: &TimeZone) -> Option<Timestamp> {
    let unix = message.get(format!("{key}_unixtime"));
    unix.and_then(|unix| unix.as_str()?.parse().ok())
        .map(Timestamp::from_seconds)
        .or_else(|| dates::parse(message.get(key)?.as_str()?, zone))
}

fn author(message: &Value) -> (Option<AuthorRef>, AuthorKind) {
    match message.get("from_id").and_then(Value::as_str) {
        Some(id) if id.starts_with("user") => (Some(AuthorRef::new(id)), AuthorKind::Person),
        _ => (None, AuthorKind::Organisation),
    }
}

fn point(message: &Value) -> Option<(f64, f64)> {
    let place = message.get("location_information")?;
    let number = |key: &str| place.get(key)?.as_f64();
    Some((number("latitude")?, number("longitude")?))
        .filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0)
}

fn attachments(message: &Value) -> Vec<Attachment> {
    let mut found = Vec::new();
    let mut add = |kind: &str, title: Option<String>| {
        found.push(Attachment {
            kind: kind.to_owned(),
            title,
        });
    };
    if message.get("photo").is_some() {
        add("photo", None);
    }
    if message.get("file").is_some() {
        let kind = message.get("media_type").and_then(Value::as_str);
        add(kind.unwrap_or("document"), None);
    }
    if let Some(poll) = message.get("poll") {
        add("poll", text(poll, "question"));
    }
    found
}
