//! MAX: channels and public chats in which the centre's bot is a member. Start with [`read_any`] for what
//! answers mean, with [`poll`] for what is asked.
//!
//! A source is a channel, by its number: its messages are read from the newest back. Another source, of
//! the owner [`BOT`], is the bot itself: by long polling it brings what is new, edited and removed in
//! all channels that are sources. Where a webhook brings that, the bot is not polled.

pub mod chats;
pub mod errors;
pub mod events;
pub mod messages;
pub(crate) mod poll;

use serde_json::Value;

use crate::domain::{
    post::{Platform, PostKey, PostKind},
    source::{FetchError, Page, Reaction},
};

/// The owner of the source that is the bot itself.
pub const BOT: &str = "bot";

/// What tells who somebody is, by the names that MAX's answers give it. Only a sender's number is read.
pub const IDENTIFYING: &[&str] = &[
    "user_id",
    "inviter_id",
    "admin_id",
    "owner_id",
    "first_name",
    "last_name",
    "username",
    "avatar_url",
    "full_avatar_url",
    "last_activity_time",
    "dialog_with_user",
    "participants",
    "user_locale",
    "vcf_info",
    "max_info",
    "user_link",
    "sender",
];

/// Reads any recorded answer or event by its content. Used by replay: events count as posts.
///
/// # Errors
/// The platform's recorded error; [`Reaction::BackOff`] when the body is not JSON at all.
pub fn read_any(body: &[u8]) -> Result<Page, FetchError> {
    let answer = read_json(body)?;
    if let Some(error) = errors::recorded(&answer) {
        return Err(error);
    }
    let mut page = messages::read_messages(&answer);
    let told = events::read_updates(&answer);
    page.notes.extend(told.notes);
    let one = events::read_event(&answer, &mut page.notes);
    let told = told.events.into_iter().chain(one);
    page.posts.extend(told.map(|event| event.post));
    let alone = ["message", "pinned_message"].iter();
    let alone = alone.filter_map(|key| answer.get(key));
    if answer.get("update_type").is_none() {
        page.posts.extend(alone.filter_map(messages::read_message));
        page.posts.extend(messages::read_message(&answer));
    }
    Ok(page)
}

fn read_json(body: &[u8]) -> Result<Value, FetchError> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| FetchError {
        reaction: Reaction::BackOff,
        code: None,
        message: format!("MAX answered something that is not JSON: {error}"),
        not_before: None,
    })
}

/// The key of a message.
fn key(chat: i64, number: &str) -> PostKey {
    PostKey {
        platform: Platform::Max,
        owner: chat.to_string(),
        kind: PostKind::Post,
        external_id: number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_answer_is_read_by_what_it_holds() {
        let count = |body: &str| read_any(body.as_bytes()).map(|page| page.posts.len());
        let message = r#"{"recipient": {"chat_id": -7, "chat_type": "channel"},
            "body": {"mid": "a", "text": "да"}}"#;
        let event = format!(r#"{{"update_type": "message_created", "message": {message}}}"#);
        assert_eq!(count(message), Ok(1));
        assert_eq!(count(&event), Ok(1));
        assert_eq!(
            count(&format!(r#"{{"updates": [{event}], "marker": 1}}"#)),
            Ok(1)
        );
        assert_eq!(
            count(&format!(r#"{{"messages": [{message}, null]}}"#)),
            Ok(1)
        );
        assert_eq!(count(&format!(r#"{{"message": {message}}}"#)), Ok(1));
        assert_eq!(count("[]"), Ok(0));
        let error = read_any(br#"{"code": "verify.token", "message": ""}"#);
        assert_eq!(error.map_err(|e| e.reaction), Err(Reaction::Auth));
        assert!(read_any(b"<html>").is_err());
    }
}
