//! Messages of channels and public chats: `GET /messages`, and those inside events. Start with
//! [`read_message`]. Dialogues are never read.

use serde_json::Value;

use super::key;
use crate::{
    collect::sources::vk::json::{int, text},
    domain::{
        actor::{AuthorKind, AuthorRef},
        post::{Attachment, CapturedPost, Counters},
        source::Page,
        time::Timestamp,
    },
};

/// The messages of an answer. Items that cannot be read become notes, never an error; dialogues are
/// left out without a word.
pub fn read_messages(answer: &Value) -> Page {
    let mut page = Page::default();
    let list = answer.get("messages").and_then(Value::as_array);
    for item in list.into_iter().flatten() {
        match read_message(item) {
            Some(post) => page.posts.push(post),
            None if is_dialogue(item) => {}
            None => page
                .notes
                .push("a MAX message without chat or number was skipped".into()),
        }
    }
    page
}

fn recipient<'a>(item: &'a Value, key: &str) -> Option<&'a Value> {
    item.get("recipient")?.get(key)
}

/// Whether a message stands in a dialogue, or in what cannot be told from one.
pub fn is_dialogue(item: &Value) -> bool {
    let kind = recipient(item, "chat_type").and_then(Value::as_str);
    !matches!(kind, Some("channel" | "chat"))
}

/// Reads one message of a channel or chat; none of a dialogue, and none without chat and number.
pub fn read_message(item: &Value) -> Option<CapturedPost> {
    if is_dialogue(item) {
        return None;
    }
    let chat = int(item.get("recipient")?, "chat_id")?;
    let body = item.get("body").filter(|body| body.is_object());
    let number = body.and_then(|body| text(body, "mid"));
    let number = number.or_else(|| text(item, "mid"))?;
    let link = item.get("link").filter(|link| link.is_object());
    let forwarded = link.filter(|link| text(link, "type") == Some("forward"));
    let mut post = CapturedPost::new(key(chat, number), words(body, forwarded));
    post.published = moment(item, "timestamp");
    post.url = text(item, "url").map(str::to_owned);
    let sender = item.get("sender").and_then(|sender| int(sender, "user_id"));
    (post.author, post.author_kind) = match sender {
        Some(person) => (Some(AuthorRef::new(person.to_string())), AuthorKind::Person),
        // The channel itself speaks.
        None => (None, AuthorKind::Organisation),
    };
    post.original = forwarded.and_then(|link| linked(link, int(link, "chat_id")));
    let answered = link.filter(|link| text(link, "type") == Some("reply"));
    post.parent = answered.and_then(|link| linked(link, Some(chat)));
    post.counters = Counters {
        views: item.get("stat").and_then(|stat| int(stat, "views")),
        ..Counters::default()
    };
    let shown = forwarded.and_then(|link| link.get("message"));
    post.attachments = body
        .into_iter()
        .chain(shown)
        .flat_map(attachments)
        .collect();
    post.point = body.into_iter().chain(shown).find_map(point);
    Some(post)
}

/// The key of the message that a link leads to. Only channels and chats have numbers below zero.
fn linked(link: &Value, chat: Option<i64>) -> Option<crate::domain::post::PostKey> {
    let chat = chat.filter(|chat| *chat < 0)?;
    Some(key(chat, text(link.get("message")?, "mid")?))
}

/// The message's own words, then those of what it passes on.
fn words(body: Option<&Value>, forwarded: Option<&Value>) -> String {
    let shown = forwarded.and_then(|link| link.get("message"));
    let texts = [body, shown].into_iter().flatten();
    let texts = texts.filter_map(|part| text(part, "text")).map(str::trim);
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    texts.join("\n\n")
}

/// A moment in milliseconds; zero and below mean «unknown».
pub fn moment(item: &Value, key: &str) -> Option<Timestamp> {
    int(item, key)
        .filter(|at| *at > 0)
        .map(Timestamp::from_millis)
}

fn list(body: &Value) -> impl Iterator<Item = &Value> {
    let list = body.get("attachments").and_then(Value::as_array);
    list.into_iter().flatten()
}

/// Kinds of attachments; unknown ones are kept by their name. Of a contact only that there was one.
fn attachments(body: &Value) -> Vec<Attachment> {
    let kinds = list(body).filter_map(|part| {
        let kind = text(part, "type")?;
        let title = (kind == "share").then(|| text(part, "title")).flatten();
        Some(Attachment {
            kind: kind.to_owned(),
            title: title.filter(|title| !title.is_empty()).map(str::to_owned),
        })
    });
    kinds.collect()
}

/// Where a message says that it is: latitude, longitude.
fn point(body: &Value) -> Option<(f64, f64)> {
    let place = list(body).find(|part| text(part, "type") == Some("location"))?;
    let degrees = |key: &str| place.get(key).and_then(Value::as_f64);
    let (lat, lon) = degrees("latitude").zip(degrees("longitude"))?;
    (lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lat, lon))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_channels_message_is_read_and_a_dialogue_is_not() {
        let mut item = json!({"recipient": {"chat_id": -7000, "chat_type": "channel"},
            "timestamp": 1_763_800_000_000_i64, "url": "https://max.ru/c/-7000/a",
            "body": {"mid": "mid.a", "seq": 1, "text": "Читайте", "attachments": [
                {"type": "image", "payload": {}}, {"type": "hologram"},
                {"type": "share", "title": "Сайт мэрии"},
                {"type": "location", "latitude": 55.0, "longitude": 37.5},
                {"type": "contact", "payload": {"vcf_info": "TEL:+7900"}}]},
            "link": {"type": "forward", "chat_id": -7001, "message": {"mid": "mid.z",
                "text": "Отключение воды"}},
            "stat": {"views": 12}});
        let post = read_message(&item).expect("it is a channel's");
        assert_eq!(post.key, key(-7000, "mid.a"));
        assert_eq!(post.text, "Читайте\n\nОтключение воды");
        assert_eq!(post.original, Some(key(-7001, "mid.z")));
        assert_eq!(
            (post.point, post.counters.views),
            (Some((55.0, 37.5)), Some(12))
        );
        assert_eq!(post.attachments.len(), 5);
        assert_eq!(
            (post.author.is_none(), post.author_kind),
            (true, AuthorKind::Organisation)
        );
        item["recipient"]["chat_type"] = json!("dialog");
        assert_eq!(read_message(&item), None);
        item["recipient"] = json!({"chat_id": 1});
        assert_eq!(read_message(&item), None);
        assert!(
            read_messages(&json!({"messages": [item, 7]}))
                .posts
                .is_empty()
        );
    }

    #[test]
    fn a_reply_knows_what_it_answers_and_bodies_may_be_absent() {
        let item = json!({"recipient": {"chat_id": -7, "chat_type": "chat"}, "body": null,
            "sender": {"user_id": 9, "name": "Анна Петрова"}, "mid": "mid.b",
            "link": {"type": "reply", "message": {"mid": "mid.a", "text": "было"}}});
        let post = read_message(&item).expect("it has a number");
        assert_eq!(
            (post.parent, post.text.as_str()),
            (Some(key(-7, "mid.a")), "")
        );
        assert_eq!(post.author_kind, AuthorKind::Person);
    }
}
