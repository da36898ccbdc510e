//! Where things stand on the page. Checked on pages of 2020, 2023 and 2026: a new layout of
//! Telegram's is met here.

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use crate::collect::html;

macro_rules! selectors {
    ($($name:ident = $css:literal;)*) => {$(
        pub(super) static $name: LazyLock<Selector> = LazyLock::new(|| {
            Selector::parse($css).expect("the selector is a constant that a test compiles")
        });
    )*
    #[cfg(test)]
    pub(super) fn compile_all() { $(LazyLock::force(&$name);)* }
    };
}

selectors! {
    MESSAGE = ".tgme_widget_message[data-post]";
    HISTORY = ".tgme_channel_history, .tgme_channel_info, .tme_no_messages_found";
    OLDER = "a.tme_messages_more[data-before]";
    PREVIOUS = "link[rel=prev][href]";
    TITLE = ".tgme_channel_info_header_title";
    VERIFIED = ".tgme_channel_info_header_labels i.verified-icon, .tgme_header_labels i.verified-icon";
    COUNTER = ".tgme_channel_info_counter";
    COUNTER_VALUE = ".counter_value";
    COUNTER_TYPE = ".counter_type";
    INFO_PAGE = ".tgme_page";
    INFO_PREVIEW = "a.tgme_page_context_link[href^='/s/']";
    INFO_EXTRA = ".tgme_page_extra";
    INFO_PHOTO = ".tgme_page_photo";
    TEXT = ".tgme_widget_message_text.js-message_text, .tgme_widget_message_text";
    REPLY = ".tgme_widget_message_reply";
    TIME = ".tgme_widget_message_date time[datetime]";
    VIEWS = ".tgme_widget_message_views";
    REACTION = ".tgme_widget_message_reactions .tgme_reaction";
    FORWARDED = ".tgme_widget_message_forwarded_from_name[href]";
    PHOTO = ".tgme_widget_message_photo_wrap";
    VIDEO = ".tgme_widget_message_video_player, .tgme_widget_message_roundvideo";
    DOCUMENT = ".tgme_widget_message_document_wrap";
    DOCUMENT_TITLE = ".tgme_widget_message_document_title";
    VOICE = ".tgme_widget_message_voice";
    STICKER = ".tgme_widget_message_sticker, .tgme_widget_message_tgsticker, .tgme_widget_message_videosticker";
    LOCATION = ".tgme_widget_message_location_wrap";
    POLL = ".tgme_widget_message_poll";
    POLL_QUESTION = ".tgme_widget_message_poll_question";
    LINK_PREVIEW = "a.tgme_widget_message_link_preview";
    LINK_TITLE = ".link_preview_title";
}

/// The first element of a page that fits.
pub(super) fn first<'a>(tree: &'a Html, selector: &Selector) -> Option<ElementRef<'a>> {
    tree.select(selector).next()
}

/// The first element inside another that fits.
pub(super) fn within<'a>(element: ElementRef<'a>, selector: &Selector) -> Option<ElementRef<'a>> {
    element.select(selector).next()
}

/// An element's text, tidied.
pub(super) fn plain(element: ElementRef<'_>) -> String {
    html::tidy(&element.text().collect::<String>())
}

#[cfg(test)]
mod tests {
    #[test]
    fn selectors_compile() {
        super::compile_all();
    }
}
