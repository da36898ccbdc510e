//! The export as a stream: what is taken, what is refused, what ends it.

use super::*;
use crate::domain::{actor::AuthorKind, time::Timestamp};

fn read(text: &str) -> Vec<Result<Item, String>> {
    Export::new(text.as_bytes(), TimeZone::UTC).collect()
}

fn posts(text: &str) -> Vec<CapturedPost> {
    let one = |item| match item {
        Ok(Item::Post(post)) => Some(*post),
        _ => None,
    };
    read(text).into_iter().filter_map(one).collect()
}

#[test]
fn one_chat_with_pieces_escapes_and_service_messages() {
    let text = r#"{"name": "Город", "type": "public_channel", "id": 1234567890,
        "messages": [
          {"id": 1, "type": "service", "action": "create_channel", "text": ""},
          {"id": 2, "type": "message", "date": "2026-01-01T10:00:00",
           "date_unixtime": "1767261600", "from_id": "channel1234567890",
           "text": ["Авария\x1F на ", {"type": "link", "text": "Садовой"}], "photo": "x.jpg"},
          {"id": 3, "type": "message", "date": "2026-01-01T10:05:00", "from_id": "user5",
           "reply_to_message_id": 2, "text": "путь C:\\x41 \"да\""},
          {"type": "message", "text": "без номера"}]}"#;
    let posts = posts(text);
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].text, "Авария\u{1f} на Садовой");
    assert_eq!(
        posts[0].published,
        Some(Timestamp::from_seconds(1_767_261_600))
    );
    assert_eq!(posts[0].key.owner, "1234567890");
    assert_eq!(posts[1].text, "путь C:\\x41 \"да\"");
    assert_eq!(posts[1].parent.as_ref(), Some(&posts[0].key));
    assert_eq!(posts[1].author_kind, AuthorKind::Person);
    let refused = read(text).pop();
    assert_eq!(
        refused,
        Some(Ok(Item::Refused(9, "the message has no id".into())))
    );
}

#[test]
fn private_chats_are_refused_once_and_public_ones_taken() {
    let text = r#"{"about": "x", "personal_information": {"id": 5}, "chats": {"about": "",
        "list": [
          {"name": "Мама", "type": "personal_chat", "id": 9, "messages": [
             {"id": 1, "text": "секрет"}, {"id": 2, "text": "секрет"}]},
          {"name": "Двор", "type": "public_supergroup", "id": 10, "messages": [
             {"id": 1, "text": "яма", "poll": {"question": "?"}}]}]}}"#;
    let all = read(text);
    assert_eq!(all.len(), 2);
    assert!(matches!(&all[0], Ok(Item::Refused(4, why)) if why.contains("personal_chat")));
    assert_eq!(posts(text)[0].key.owner, "10");
}

#[test]
fn what_is_broken_ends_with_a_sentence() {
    for text in [
        "",
        "{}",
        "[1,2]",
        "{\"messages\": [{\"id\": 1",
        "\0\u{1}",
        "{\"a\": \"x",
    ] {
        assert!(matches!(read(text).last(), Some(Err(_))), "{text}");
    }
    let deep = format!("{{\"a\": {}", "[".repeat(100_000));
    assert!(matches!(read(&deep).last(), Some(Err(_))));
}

proptest::proptest! {
    #[test]
    fn never_panics(parts in "(\\{\"messages\":\\[|\\{\"id\":1|\"type\":\"public_channel\",|[\\[\\]{}\",:\\\\x1-]|я){0,40}") {
        read(&parts);
    }
}
