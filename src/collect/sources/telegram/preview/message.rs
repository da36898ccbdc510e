//! One message of the page as a post. Start with [`read_message`].

use jiff::tz::TimeZone;
use scraper::{ElementRef, Selector};

use super::{
    Preview,
    selectors::{
        DOCUMENT, DOCUMENT_TITLE, FORWARDED, LINK_PREVIEW, LINK_TITLE, LOCATION, PHOTO, POLL,
        POLL_QUESTION, REACTION, REPLY, STICKER, TEXT, TIME, VIDEO, VIEWS, VOICE, plain, within,
    },
};
use crate::{
    collect::{dates, html, sources::telegram::key},
    domain::{
        actor::AuthorKind,
        post::{Attachment, CapturedPost, Counters, PostKey},
        time::Timestamp,
    },
};

/// Adds a message to the page; a service message leaves its number only.
pub(super) fn read_message(message: ElementRef<'_>, site: &str, preview: &mut Preview) {
    let place = message.attr("data-post").unwrap_or_default();
    let Some((channel, id)) = place
        .split_once('/')
        .and_then(|(channel, id)| Some((channel, leading_number(id)?)))
    else {
        let note = "a message whose address is no channel and number was skipped";
        preview.notes.push(note.to_owned());
        return;
    };
    preview.ids.push(id);
    if !has_class(message, "service_message") {
        preview.posts.push(read_post(message, channel, id, site));
    }
}

fn has_class(element: ElementRef<'_>, wanted: &str) -> bool {
    element.value().classes().any(|class| class == wanted)
}

fn leading_number(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}

fn read_post(message: ElementRef<'_>, channel: &str, id: i64, site: &str) -> CapturedPost {
    let mut post = CapturedPost::new(key(channel, id), text_of(message));
    post.url = Some(format!("{site}/{channel}/{id}"));
    post.author_kind = AuthorKind::Organisation;
    post.published = published(message);
    post.parent = linked_post(within(message, &REPLY), Some(channel));
    post.original = linked_post(within(message, &FORWARDED), None);
    // Telegram adds nothing to a forwarded message: what somebody has to say stands in the next one.
    post.bare = post.original.is_some();
    post.counters = Counters {
        views: within(message, &VIEWS).and_then(|views| parse_count(&plain(views))),
        likes: reactions(message),
        ..Counters::default()
    };
    post.attachments = attachments(message);
    post
}

/// The time inside the date link; a video's duration is a `time` too, and the attribute can be
/// empty.
fn published(message: ElementRef<'_>) -> Option<Timestamp> {
    dates::parse(within(message, &TIME)?.attr("datetime")?, &TimeZone::UTC)
}

/// The post that a link points at, when it is a post (of the same channel, if one is given).
fn linked_post(link: Option<ElementRef<'_>>, same: Option<&str>) -> Option<PostKey> {
    let href = link?.attr("href")?;
    let path = href.split(['?', '#']).next()?.trim_end_matches('/');
    let (front, id) = path.rsplit_once('/')?;
    let channel = front.rsplit('/').next()?;
    let id = leading_number(id)?;
    match same {
        Some(own) => Some(key(own, id)),
        None => Some(key(channel, id)).filter(|_| !channel.is_empty() && channel != "c"),
    }
}

/// The message's own text: the text quoted in a reply stands in an element of the same class.
fn text_of(message: ElementRef<'_>) -> String {
    let own = message.select(&TEXT).find(|text| {
        let mut above = text.ancestors().filter_map(ElementRef::wrap);
        !above.any(|above| has_class(above, "tgme_widget_message_reply"))
    });
    own.map(|text| html::to_text(&text.inner_html()))
        .unwrap_or_default()
}

/// Reactions of all kinds together.
fn reactions(message: ElementRef<'_>) -> Option<i64> {
    let mut any = None;
    for reaction in message.select(&REACTION) {
        let count: String = reaction
            .children()
            .filter_map(|child| child.value().as_text().map(|text| text.to_string()))
            .collect();
        any = Some(any.unwrap_or(0) + parse_count(&count).unwrap_or(0));
    }
    any
}

/// `1 234`, `11.4K`, `2.05M`; `None` for words.
pub(super) fn parse_count(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (number, factor) = match text.chars().last()? {
        'K' | 'k' => (&text[..text.len() - 1], 1e3),
        'M' | 'm' => (&text[..text.len() - 1], 1e6),
        'B' => (&text[..text.len() - 1], 1e9),
        _ => (text.as_str(), 1.0),
    };
    let number: f64 = number.replace(',', ".").parse().ok()?;
    (0.0..1e12)
        .contains(&number)
        .then(|| (number * factor).round() as i64)
}

fn attachments(message: ElementRef<'_>) -> Vec<Attachment> {
    let mut found = Vec::new();
    let mut all =
        |selector: &Selector, kind: &str, title: &dyn Fn(ElementRef<'_>) -> Option<String>| {
            found.extend(message.select(selector).map(|element| Attachment {
                kind: kind.to_owned(),
                title: title(element).filter(|title| !title.is_empty()),
            }));
        };
    all(&PHOTO, "photo", &|_| None);
    all(&VIDEO, "video", &|_| None);
    all(&DOCUMENT, "document", &|d| {
        within(d, &DOCUMENT_TITLE).map(plain)
    });
    all(&VOICE, "voice", &|_| None);
    all(&STICKER, "sticker", &|_| None);
    all(&LOCATION, "location", &|_| None);
    all(&POLL, "poll", &|p| within(p, &POLL_QUESTION).map(plain));
    all(&LINK_PREVIEW, "link", &|l| {
        within(l, &LINK_TITLE).map(plain)
    });
    found
}
