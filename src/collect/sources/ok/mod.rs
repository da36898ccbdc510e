//! Odnoklassniki: groups, their topics and comments, by signed calls. Start with [`read_any`] for what
//! answers mean, with [`poll`] for what is asked.
//!
//! Answers are read as loose JSON: numbers come as text or numbers, fields come and go. Persons' own
//! pages are never asked for; what of them comes along is marked and dropped before the store.

pub mod comments;
pub mod errors;
pub mod groups;
pub(crate) mod poll;
pub mod sign;
pub mod topics;

use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use super::vk::json;
use crate::{
    collect::{dates, html},
    domain::{
        post::{Platform, PostKey, PostKind},
        source::{FetchError, Page, Reaction},
        time::Timestamp,
    },
};

/// The site that people see; the collector replaces it where the settings name another.
pub const SITE: &str = "https://ok.ru";

/// What tells who somebody is, by the names that OK's answers give it. Only an author's number is read.
pub const IDENTIFYING: &[&str] = &[
    "author_id",
    "author_ref",
    "author_name",
    "owner_uid",
    "users",
    "first_name",
    "last_name",
    "gender",
    "birthday",
    "age",
    "location",
    "email",
    "phone",
    "pic50x50",
    "pic128x128",
    "pic640x480",
    "picAvatar",
    "url_profile",
    "last_online",
    "reply_to_name",
    "actor_refs",
    "owner_refs",
    "reply_to_user_id",
    "pic_1",
    "pic_full",
    "last_like_user",
    "with_friends",
    "on_behalf_of",
    "admin_id",
    "owner_name",
    "pic_avatar",
];

/// Reads any recorded answer by its content, without knowing the method. Used by replay.
///
/// # Errors
/// The platform's recorded error; [`Reaction::BackOff`] when the body is not JSON at all.
pub fn read_any(body: &[u8]) -> Result<Page, FetchError> {
    let answer = read_json(body)?;
    if let Some(error) = errors::of_answer(&answer) {
        return Err(error);
    }
    let mut page = topics::read_topics(&answer, "");
    let mut under = comments::Under::default();
    if let Some(discussion) = answer.get("discussion") {
        under.group = topics::group_of(discussion).unwrap_or_default();
        under.topic = id(discussion, "object_id").unwrap_or_default();
        page.posts.extend(topics::read_discussion(discussion));
    }
    let list = answer.get("discussions").and_then(Value::as_array);
    let list = list.into_iter().flatten();
    page.posts.extend(list.filter_map(topics::read_discussion));
    let said = comments::read_comments(&answer, &under);
    page.posts.extend(said.posts);
    page.notes.extend(said.notes);
    let one = answer.get("comment");
    page.posts
        .extend(one.and_then(|one| comments::read_comment(one, &under)));
    Ok(page)
}

fn read_json(body: &[u8]) -> Result<Value, FetchError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| FetchError {
        reaction: Reaction::BackOff,
        code: None,
        message: format!("OK answered something that is not JSON: {error}"),
        not_before: None,
    })
}

/// The key of an OK object.
fn key(group: &str, kind: PostKind, number: &str) -> PostKey {
    PostKey {
        platform: Platform::Ok,
        owner: group.to_owned(),
        kind,
        external_id: number.to_owned(),
    }
}

/// An identifier: text that is not empty, or a number.
fn id(item: &Value, key: &str) -> Option<String> {
    match item.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A moment: Unix milliseconds, or Moscow's wall clock. OK's dates are Moscow's wherever we are, and
/// Moscow's clock stands at +3 since 2014.
fn date(item: &Value, key: &str) -> Option<Timestamp> {
    let moscow: TimeZone = Offset::constant(3).to_time_zone();
    match item.get(key)? {
        Value::String(text) => dates::parse(text, &moscow),
        _ => json::int(item, key)
            .filter(|millis| *millis > 0)
            .map(Timestamp::from_millis),
    }
}

/// Words as people read them: entities decoded, `{group:53}name{group}` shortened to the name.
fn clean(raw: &str) -> String {
    let lines = raw.replace("<br>", "\n").replace("<br/>", "\n");
    without_references(&html::decode_entities(&lines))
        .trim()
        .to_owned()
}

fn without_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let tail = &rest[start..];
        match tail.find('}').filter(|end| is_reference(&tail[1..*end])) {
            Some(end) => rest = &tail[end + 1..],
            None => {
                out.push('{');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// `group:53` and `group`.
fn is_reference(inner: &str) -> bool {
    let (kind, number) = inner.split_once(':').unwrap_or((inner, "0"));
    let kinds = [
        "group", "user", "profile", "app", "topic", "theme", "friend", "actor",
    ];
    kinds.contains(&kind) && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_shorten_to_their_names() {
        let text = "В {group:53}Городе{group} пишет {user:7}Анна{user}: {нет воды}";
        assert_eq!(clean(text), "В Городе пишет Анна: {нет воды}");
        assert_eq!(clean("обрыв {group:5"), "обрыв {group:5");
    }

    #[test]
    fn any_answer_is_read_by_what_it_holds() {
        let count = |body: &str| read_any(body.as_bytes()).map(|page| page.posts.len());
        let discussion = r#"{"discussion": {"object_id": "9", "ref_objects": [{"type": "GROUP",
            "id": 5}]}, "comments": [{"id": "a", "text": "да"}]}"#;
        assert_eq!(count(discussion), Ok(2));
        assert_eq!(count(r#"{"media_topics": [{"id": 1}, 7, null]}"#), Ok(1));
        assert_eq!(count("[]"), Ok(0));
        assert_eq!(count("7"), Ok(0));
        let error = read_any(br#"{"error_code": 300, "error_msg": "NOT_FOUND"}"#);
        assert_eq!(error.map_err(|e| e.reaction), Err(Reaction::Skip));
        assert!(read_any(b"<html>").is_err() && read_any(b"").is_err());
        let deep = "[".repeat(100_000);
        assert!(read_any(deep.as_bytes()).is_err());
    }
}
