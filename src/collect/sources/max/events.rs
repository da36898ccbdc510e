//! Events of a bot: what long polling brings in batches and a webhook one by one. Start with
//! [`read_updates`]. Events of dialogues, members and buttons are passed over.

use serde_json::Value;

use super::{
    key,
    messages::{is_dialogue, moment, read_message},
};
use crate::{
    collect::sources::vk::json::{int, text},
    domain::{
        post::CapturedPost,
        source::{Event, Page, Told},
    },
};

/// What events are asked for.
pub const TYPES: &str = "message_created,message_edited,message_removed";

/// The events of a batch, in their order. Of one message only the last stays: a batch that is read twice
/// tells the same.
pub fn read_updates(answer: &Value) -> Page {
    let mut page = Page::default();
    let list = answer.get("updates").and_then(Value::as_array);
    for update in list.into_iter().flatten() {
        let Some(event) = read_event(update, &mut page.notes) else {
            continue;
        };
        let mut before = page.events.iter_mut();
        match before.find(|known| known.post.key == event.post.key) {
            Some(known) => *known = event,
            None => page.events.push(event),
        }
    }
    page
}

/// One event; none where it speaks of anything but a message of a channel or chat.
pub fn read_event(update: &Value, notes: &mut Vec<String>) -> Option<Event> {
    let kind = text(update, "update_type")?;
    let told = match kind {
        "message_created" => Told::New,
        "message_edited" => Told::Edited,
        "message_removed" => return removed(update, notes),
        _ => return None,
    };
    let message = update.get("message")?;
    let read = read_message(message);
    if read.is_none() && !is_dialogue(message) {
        notes.push(format!(
            "a MAX event {kind} without chat or number was skipped"
        ));
    }
    let mut post = read?;
    if told == Told::Edited {
        post.edited = moment(update, "timestamp").or(post.published);
    }
    Some(Event { told, post })
}

/// What was removed is told by its number alone. Dialogues have numbers above zero.
fn removed(update: &Value, notes: &mut Vec<String>) -> Option<Event> {
    let chat = int(update, "chat_id");
    let Some((chat, number)) = chat.zip(text(update, "message_id")) else {
        notes.push("a MAX event of a removed message without number was skipped".into());
        return None;
    };
    let mut post = CapturedPost::new(key(chat, number), "");
    post.deleted = true;
    (chat < 0).then_some(Event {
        told: Told::Deleted,
        post,
    })
}

/// What tells one event from all others: MAX numbers none of them.
pub fn identity(update: &Value) -> String {
    let message = update
        .get("message")
        .and_then(|message| message.get("body"));
    let number = message.and_then(|body| text(body, "mid"));
    let number = number
        .or_else(|| text(update, "message_id"))
        .unwrap_or_default();
    let kind = text(update, "update_type").unwrap_or_default();
    let at = int(update, "timestamp").unwrap_or_default();
    format!("{kind}/{number}/{at}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn created(mid: &str, text: &str) -> Value {
        json!({"update_type": "message_created", "timestamp": 10, "message": {
            "recipient": {"chat_id": -7, "chat_type": "channel"}, "timestamp": 10,
            "body": {"mid": mid, "text": text}}})
    }

    #[test]
    fn the_last_word_on_a_message_stands() {
        let mut edited = created("a", "Воды нет и завтра");
        edited["update_type"] = json!("message_edited");
        edited["timestamp"] = json!(20);
        let removed = json!({"update_type": "message_removed", "chat_id": -7, "message_id": "b",
            "timestamp": 30});
        let page = read_updates(
            &json!({"updates": [created("a", "Воды нет"), created("b", "?"),
            edited, removed, {"update_type": "bot_started"}, 7, created("c", "Свет")]}),
        );
        let told: Vec<(&str, Told, &str)> = page
            .events
            .iter()
            .map(|e| {
                (
                    e.post.key.external_id.as_str(),
                    e.told,
                    e.post.text.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("a", Told::Edited, "Воды нет и завтра"),
                ("b", Told::Deleted, ""),
                ("c", Told::New, "Свет")
            ]
        );
        assert_eq!(page.events[0].post.edited.map(|t| t.as_millis()), Some(20));
    }

    #[test]
    fn events_without_a_public_message_are_passed_over() {
        let mut notes = Vec::new();
        let mut dialogue = created("a", "личное");
        dialogue["message"]["recipient"] = json!({"chat_id": 5, "chat_type": "dialog"});
        let gone = json!({"update_type": "message_removed", "chat_id": 5, "message_id": "a"});
        for update in [
            dialogue,
            gone,
            json!({"update_type": "user_added"}),
            json!(7),
        ] {
            assert_eq!(read_event(&update, &mut notes), None);
        }
        assert!(notes.is_empty());
        let odd = json!({"update_type": "message_removed", "chat_id": -5});
        assert_eq!((read_event(&odd, &mut notes), notes.len()), (None, 1));
        assert_ne!(identity(&created("a", "x")), identity(&created("b", "x")));
    }
}
