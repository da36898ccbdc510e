//! Telegram's public channels: the web preview ([`preview`]) and the export of Telegram Desktop
//! ([`export`]). Groups, private channels and persons are not read.

pub mod export;
pub(crate) mod poll;
pub mod preview;

use crate::domain::post::{Platform, PostKey, PostKind};

/// What tells who somebody is, see [`super::identifying`]: classes of the preview.
pub const IDENTIFYING: &[&str] = &[
    "tgme_widget_message_from_author",
    "tgme_widget_message_forwarded_from_author",
    "tgme_widget_message_author_name",
    "tgme_widget_message_user_photo",
    "tgme_widget_message_via_bot",
    "tgme_widget_message_contact_name",
    "tgme_widget_message_contact_phone",
];

/// The key of a channel's post. Names are compared without letter case, as Telegram does.
pub fn key(channel: &str, id: i64) -> PostKey {
    PostKey {
        platform: Platform::Telegram,
        owner: channel.to_lowercase(),
        kind: PostKind::Post,
        external_id: id.to_string(),
    }
}
