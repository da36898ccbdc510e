//! VK API 5.199. Start with [`read_answer`]: it takes the envelope off, or gives the error.
//!
//! Answers are read as loose JSON rather than strict structures: booleans come as 0/1 or
//! true/false, numbers as integers, floats or text, and new fields and attachment types must not
//! cost a post.

pub mod boards;
mod client;
pub mod comments;
pub mod errors;
pub mod events;
pub mod groups;
pub mod holds;
pub mod json;
mod memory;
pub(crate) mod poll;
pub mod resolve;
pub mod tokens;
pub mod wall;

use serde_json::Value;

use crate::domain::{
    post::{CapturedPost, PostKind},
    source::{FetchError, Page, Reaction},
};
use json::{items, text};
pub(crate) use memory::Memory;

/// VK gives a hundred items a call at most; what comes far beyond that is not VK's, and is left.
pub(crate) const MOST_ITEMS: usize = 1000;

/// What tells who somebody is, see [`super::identifying`].
pub const IDENTIFYING: &[&str] = &[
    "from_id",
    "signer_id",
    "created_by",
    "user_id",
    "owner_ids",
    "reply_to_user",
    "profiles",
    "contacts",
    "first_name",
    "last_name",
    "screen_name",
    "photo_50",
    "photo_100",
    "photo_200",
    "sex",
    "online_info",
    "phone",
    "email",
    "desc",
    "post_author_data",
    "author",
    "coowners",
    "access_key",
];

/// Takes the envelope off an answer: the `response`, or the platform's error with what to do.
///
/// # Errors
/// The error of the answer; [`Reaction::BackOff`] when the body is not VK's JSON at all.
pub fn read_answer(body: &[u8]) -> Result<Value, FetchError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut answer: Value = serde_json::from_slice(body).map_err(|e| not_json(&e))?;
    if let Some(error) = answer.get("error") {
        return Err(errors::from_answer(error));
    }
    if let Some(first) = answer.get("execute_errors").and_then(|list| list.get(0)) {
        return Err(errors::from_answer(first));
    }
    match answer.get_mut("response") {
        Some(response) => Ok(response.take()),
        None => Err(FetchError {
            reaction: Reaction::BackOff,
            code: None,
            message: "VK answered JSON that holds neither a response nor an error".into(),
            not_before: None,
        }),
    }
}

fn not_json(error: &serde_json::Error) -> FetchError {
    FetchError {
        reaction: Reaction::BackOff,
        code: None,
        message: format!("VK answered something that is not JSON: {error}"),
        not_before: None,
    }
}

/// Reads any recorded VK answer by its content, without knowing the method: posts of a wall or a
/// search, comments, one event of the Callback API. Used by replay.
///
/// # Errors
/// As [`read_answer`], and `{"failed": n}` of a long poll.
pub fn read_any(body: &[u8]) -> Result<Page, FetchError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let answer: Value = serde_json::from_slice(body).map_err(|e| not_json(&e))?;
    if let Some(failed) = answer.get("failed") {
        return Err(FetchError {
            reaction: Reaction::Now,
            code: failed.as_i64(),
            message: format!("VK ended the long poll: failed {failed}"),
            not_before: None,
        });
    }
    if answer.get("type").is_some() && answer.get("object").is_some() {
        return Ok(events::read_event(&answer));
    }
    if let Some(updates) = answer.get("updates").and_then(Value::as_array) {
        let mut page = Page::default();
        for event in updates {
            let one = events::read_event(event);
            page.posts.extend(one.posts);
            page.notes.extend(one.notes);
        }
        return Ok(page);
    }
    Ok(read_mixed(&read_answer(body)?))
}

/// Sorts the items of an answer into posts and comments by their own fields.
fn read_mixed(response: &Value) -> Page {
    let mut page = Page::default();
    for item in items(response) {
        if wall::looks_like_post(item) {
            keep(&mut page, wall::read_post(item));
        } else if comments::looks_like_comment(item) {
            let under = comments::Under::of(item);
            comments::read_branch(item, &under, &mut page);
        }
    }
    page
}

/// Adds a post, or the note of why it could not be read.
fn keep(page: &mut Page, read: Result<CapturedPost, String>) {
    match read {
        Ok(post) => page.posts.push(post),
        Err(note) => page.notes.push(note),
    }
}

/// How many posts and how many comments a page holds.
pub fn count(posts: &[CapturedPost]) -> (usize, usize) {
    let comments = posts
        .iter()
        .filter(|post| post.key.kind == PostKind::Comment)
        .count();
    (posts.len() - comments, comments)
}

/// The text of a post or comment as people read it: entities decoded, `[id1|Name]` shortened to
/// the name. The leading address of a reply, which VK inserts itself, is dropped: it names a
/// person and says nothing.
fn clean_text(item: &Value) -> String {
    let raw = text(item, "text").unwrap_or_default();
    let lines = raw.replace("<br>", "\n").replace("<br/>", "\n");
    strip_mentions(&crate::collect::html::decode_entities(&lines))
}

fn strip_mentions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let (before, tail) = rest.split_at(start);
        out.push_str(before);
        match mention(tail) {
            Some((label, len, person)) => {
                rest = &tail[len..];
                match rest.strip_prefix(", ").filter(|_| person && out.is_empty()) {
                    Some(message) => rest = message,
                    None => out.push_str(label),
                }
            }
            None => {
                out.push('[');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// `[id5|Name]`, `[club5|Name]`, `[id5:bp-1_2|Name]`: the label, the length of the whole, and
/// whether a person is meant.
fn mention(tail: &str) -> Option<(&str, usize, bool)> {
    let end = tail.find(']')?;
    let (target, label) = tail[1..end].split_once('|')?;
    let kinds = ["id", "club", "public", "event"];
    let kind = kinds.iter().find(|kind| {
        target.strip_prefix(**kind).is_some_and(|number| {
            number.starts_with(|c: char| c.is_ascii_digit())
                && !number.contains(char::is_whitespace)
        })
    })?;
    Some((label, end + 1, *kind == "id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_shorten_to_names_and_reply_addresses_go() {
        assert_eq!(strip_mentions("[id5|Анна], воды нет"), "воды нет");
        assert_eq!(strip_mentions("Спасибо [club7|ЖЭК-2]!"), "Спасибо ЖЭК-2!");
        assert_eq!(strip_mentions("[не ссылка] и [x|y]"), "[не ссылка] и [x|y]");
        assert_eq!(strip_mentions("[id5:bp-1_2|Олег], где"), "где");
        assert_eq!(strip_mentions("обрыв ["), "обрыв [");
    }

    #[test]
    fn an_answer_is_a_response_or_an_error() {
        assert_eq!(read_answer(br#"{"response":1}"#), Ok(Value::from(1)));
        let reaction = |body: &[u8]| read_answer(body).map_err(|e| (e.code, e.reaction));
        let busy = br#"{"error":{"error_code":6,"error_msg":"x"}}"#;
        assert_eq!(reaction(busy), Err((Some(6), Reaction::Now)));
        assert_eq!(reaction(b"<html>"), Err((None, Reaction::BackOff)));
        let deep = "[".repeat(100_000);
        assert!(read_any(deep.as_bytes()).is_err());
    }
}
