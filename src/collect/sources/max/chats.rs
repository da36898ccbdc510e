//! What MAX says of a chat: `GET /chats/{id}`. Start with [`read_chat`].

use serde_json::Value;

use crate::{
    collect::sources::vk::json::{int, text, truth},
    domain::source::PageFacts,
};

/// A chat and what matters for collecting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// What goes to the registry of official pages.
    pub facts: PageFacts,
    /// Why it is not read, when it is not.
    pub refused: Option<&'static str>,
}

/// Reads one chat. Only channels and public chats in which the bot is active are read.
pub fn read_chat(item: &Value) -> Chat {
    let public = truth(item, "is_public");
    let refused = match (text(item, "type"), text(item, "status"), public) {
        (Some("dialog") | None, ..) => Some("it is a dialogue"),
        (_, Some("removed" | "left"), _) => Some("the bot is no member of it any more"),
        (_, Some("closed" | "suspended"), _) => Some("it is closed"),
        (Some("channel"), _, Some(false)) => Some("the channel is not public"),
        (Some(kind), _, public) if kind != "channel" && public != Some(true) => {
            Some("the chat is not public")
        }
        _ => None,
    };
    Chat {
        facts: PageFacts {
            widget: None,
            name: text(item, "title").map(str::to_owned),
            members: int(item, "participants_count"),
            verified: truth(item, "verified"),
            government: truth(item, "is_government_organization"),
        },
        refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_public_chats_are_read() {
        let refused = |kind: &str, status: &str, public: Value| {
            let chat = json!({"type": kind, "status": status, "is_public": public});
            read_chat(&chat).refused.is_some()
        };
        assert!(!refused("channel", "active", json!(true)));
        assert!(!refused("channel", "active", Value::Null));
        assert!(!refused("chat", "active", json!(true)));
        assert!(refused("channel", "active", json!(false)));
        assert!(refused("chat", "active", Value::Null));
        assert!(refused("dialog", "active", json!(true)));
        assert!(refused("channel", "removed", json!(true)));
        assert!(read_chat(&json!(7)).refused.is_some());
    }
}
