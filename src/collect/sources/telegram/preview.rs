//! The preview page `t.me/s/<name>`. Start with [`read_page`].
//!
//! Selectors were checked on pages of 2020, 2023 and 2026. A page without messages is told apart:
//! an empty channel, a channel without preview, a name that does not exist, or a layout that we no
//! longer understand; only the first is «no posts».

use std::{collections::HashMap, sync::LazyLock};

use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Selector};

use super::key;
use crate::{
    collect::{dates, html},
    domain::{
        actor::AuthorKind,
        post::{Attachment, CapturedPost, Counters, PostKey},
        source::{FetchError, PageFacts, Reaction},
    },
};

/// A page of a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preview {
    /// Posts, as the page orders them: oldest first.
    pub posts: Vec<CapturedPost>,
    /// All message numbers on the page, service messages included; the position follows these.
    pub ids: Vec<i64>,
    /// Ask for the older page with this `before`; `None` at the channel's beginning.
    pub older: Option<i64>,
    /// What the page says of the channel.
    pub facts: PageFacts,
    /// Sentences about what was skipped.
    pub notes: Vec<String>,
}

/// Tags deeper than this come from no layout of Telegram's; a tree of them would cost minutes.
const DEEPEST: usize = 400;
/// Ten times what the fullest page holds.
const MOST_ENTITIES: usize = 20_000;

macro_rules! selectors {
    ($($name:ident = $css:literal;)*) => {$(
        static $name: LazyLock<Selector> = LazyLock::new(|| {
            Selector::parse($css).expect("the selector is a constant that a test compiles")
        });
    )*
    #[cfg(test)]
    fn compile_all() { $(LazyLock::force(&$name);)* }
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
    META = ".tgme_widget_message_meta";
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

/// Reads a preview page. `site` is the base of post addresses, without a slash at its end.
///
/// # Errors
/// [`Reaction::Skip`] for a channel without preview or a name that does not exist;
/// [`Reaction::Stop`] when the layout is not understood.
pub fn read_page(page: &str, site: &str) -> Result<Preview, FetchError> {
    refuse_deep(page)?;
    let tree = Html::parse_document(page);
    let mut preview = Preview::default();
    for message in tree.select(&MESSAGE) {
        read_message(message, site, &mut preview);
    }
    if preview.ids.is_empty() && preview.notes.is_empty() && first(&tree, &HISTORY).is_none() {
        return explain_absence(&tree).map(|()| preview);
    }
    preview.older = older(&tree);
    preview.facts = facts(&tree);
    Ok(preview)
}

/// Tags nested without end, and entities without end, make the tree builder quadratic: such a page is
/// not Telegram's. An end closes only what is open under its name: `<b></i>` is one level deeper.
fn refuse_deep(page: &str) -> Result<(), FetchError> {
    if page.matches('&').count() > MOST_ENTITIES {
        return Err(failed(Reaction::Stop, "the page is made of entities"));
    }
    let mut depth = 0usize;
    let mut open: HashMap<String, usize> = HashMap::new();
    for (at, _) in page.match_indices('<') {
        let rest = &page[at + 1..];
        if let Some(count) = rest
            .strip_prefix('/')
            .and_then(|end| open.get_mut(&name(end)))
        {
            if *count > 0 {
                *count -= 1;
                depth -= 1;
            }
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_void(&name(rest)) {
            *open.entry(name(rest)).or_default() += 1;
            depth += 1;
        }
        if depth > DEEPEST {
            let why = "the page nests its tags without end";
            return Err(failed(Reaction::Stop, why));
        }
    }
    Ok(())
}

fn name(tag: &str) -> String {
    let letters = tag.chars().take_while(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn is_void(name: &str) -> bool {
    const VOID: [&str; 8] = ["br", "img", "meta", "link", "input", "hr", "source", "path"];
    VOID.contains(&name)
}

fn failed(reaction: Reaction, message: &str) -> FetchError {
    FetchError {
        reaction,
        code: None,
        message: format!("Telegram: {message}"),
        not_before: None,
    }
}

/// A page without history: the information page of a channel that can be read is no error.
fn explain_absence(tree: &Html) -> Result<(), FetchError> {
    if first(tree, &INFO_PAGE).is_none() {
        return Err(failed(
            Reaction::Stop,
            "neither messages nor a channel on the page: its layout changed or we are blocked",
        ));
    }
    if first(tree, &INFO_PREVIEW).is_some() {
        return Ok(());
    }
    let known = first(tree, &INFO_PHOTO).is_some() || first(tree, &INFO_EXTRA).is_some();
    Err(failed(
        Reaction::Skip,
        if known {
            "no public preview (a group, a person, or a restricted channel)"
        } else {
            "there is no channel of this name"
        },
    ))
}

fn first<'a>(tree: &'a Html, selector: &Selector) -> Option<ElementRef<'a>> {
    tree.select(selector).next()
}

fn within<'a>(element: ElementRef<'a>, selector: &Selector) -> Option<ElementRef<'a>> {
    element.select(selector).next()
}

fn older(tree: &Html) -> Option<i64> {
    let by_button = first(tree, &OLDER).and_then(|a| a.attr("data-before")?.parse().ok());
    by_button.or_else(|| {
        let href = first(tree, &PREVIOUS)?.attr("href")?;
        href.split_once("before=")?
            .1
            .split('&')
            .next()?
            .parse()
            .ok()
    })
}

fn facts(tree: &Html) -> PageFacts {
    let members = tree.select(&COUNTER).find_map(|counter| {
        let kind = plain(within(counter, &COUNTER_TYPE)?);
        let people = kind.starts_with("subscriber") || kind.starts_with("подписчик");
        people.then(|| parse_count(&plain(within(counter, &COUNTER_VALUE)?)))?
    });
    let title = first(tree, &TITLE).map(plain);
    PageFacts {
        verified: title.is_some().then(|| first(tree, &VERIFIED).is_some()),
        name: title,
        members,
        government: None,
    }
}

fn read_message(message: ElementRef<'_>, site: &str, preview: &mut Preview) {
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
    let classes = message.attr("class").unwrap_or_default();
    if classes
        .split_whitespace()
        .any(|class| class == "service_message")
    {
        return;
    }
    preview.posts.push(read_post(message, channel, id, site));
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
    post.counters = Counters {
        views: within(message, &VIEWS).and_then(|views| parse_count(&plain(views))),
        likes: reactions(message),
        ..Counters::default()
    };
    post.attachments = attachments(message);
    post
}

/// Whether the message says that it was edited; the page does not tell when.
pub fn is_edited(message: ElementRef<'_>) -> bool {
    within(message, &META).is_some_and(|meta| plain(meta).starts_with("edited"))
}

/// The time inside the date link; a video's duration is a `time` too, and the attribute can be
/// empty.
fn published(message: ElementRef<'_>) -> Option<crate::domain::time::Timestamp> {
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
        !text.ancestors().filter_map(ElementRef::wrap).any(|above| {
            above
                .value()
                .classes()
                .any(|class| class == "tgme_widget_message_reply")
        })
    });
    own.map(|text| html::to_text(&text.inner_html()))
        .unwrap_or_default()
}

fn plain(element: ElementRef<'_>) -> String {
    html::tidy(&element.text().collect::<String>())
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
pub fn parse_count(text: &str) -> Option<i64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: &str = r#"<section class="tgme_channel_history">
      <a class="tme_messages_more" data-before="40"></a>
      <div class="tgme_widget_message_wrap"><div class="tgme_widget_message service_message"
        data-post="Gorod/40"><div class="tgme_widget_message_text">Channel created</div></div></div>
      <div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="Gorod/41">
        <a class="tgme_widget_message_reply" href="https://t.me/Gorod/39">
          <div class="tgme_widget_message_text js-message_text">Старое</div></a>
        <div class="tgme_widget_message_grouped_wrap">
          <a class="tgme_widget_message_photo_wrap" href="https://t.me/Gorod/41?single"></a>
          <a class="tgme_widget_message_photo_wrap" href="https://t.me/Gorod/42?single"></a></div>
        <time class="message_video_duration" datetime="0:15">0:15</time>
        <div class="tgme_widget_message_text js-message_text">Прорвало <i class="emoji"><b>💧</b></i>
трубу<br/>на&nbsp;Садовой</div>
        <span class="tgme_widget_message_views">1.2K</span>
        <a class="tgme_widget_message_date"><time datetime="2026-03-01T10:00:00+03:00">10:00</time></a>
      </div></div>
      <div class="tgme_widget_message" data-post="gorod/43"><a class="tgme_widget_message_date">
        <time datetime=""></time></a></div>
      <div class="tgme_widget_message" data-post="gorod"></div></section>"#;

    #[test]
    fn selectors_compile() {
        compile_all();
    }

    #[test]
    fn an_album_is_one_post_and_service_messages_are_none() {
        let page = read_page(CHANNEL, "https://t.me").expect("a channel's page");
        assert_eq!(page.ids, [40, 41, 43]);
        assert_eq!(page.posts.len(), 2);
        assert_eq!(page.notes.len(), 1);
        assert_eq!(page.older, Some(40));
        let post = &page.posts[0];
        assert_eq!(post.key, key("gorod", 41));
        assert_eq!(post.parent, Some(key("gorod", 39)));
        assert_eq!(post.text, "Прорвало 💧 трубу\nна Садовой");
        assert_eq!(post.counters.views, Some(1200));
        assert_eq!(post.attachments.len(), 2);
        let time = post.published.map(|t| t.to_rfc3339());
        assert_eq!(time.as_deref(), Some("2026-03-01T07:00:00Z"));
        assert_eq!(page.posts[1].published, None);
    }

    #[test]
    fn pages_without_messages_are_told_apart() {
        let reaction = |page: &str| read_page(page, "https://t.me").map_err(|e| e.reaction);
        let empty = "<section class=tgme_channel_history></section>";
        assert_eq!(reaction(empty), Ok(Preview::default()));
        let closed = "<div class=tgme_page><div class=tgme_page_extra>12 members</div></div>";
        assert_eq!(reaction(closed), Err(Reaction::Skip));
        assert_eq!(reaction("<div class=tgme_page></div>"), Err(Reaction::Skip));
        assert_eq!(reaction("<html>captcha</html>"), Err(Reaction::Stop));
        for odd in ["<div>", "<b></i>", "&nbsp;"] {
            assert_eq!(reaction(&odd.repeat(100_000)), Err(Reaction::Stop), "{odd}");
        }
    }

    #[test]
    fn counts_are_read_as_shown() {
        for (text, count) in [
            ("1 234", 1234),
            ("11.4K", 11_400),
            ("2.05M", 2_050_000),
            ("7", 7),
        ] {
            assert_eq!(parse_count(text), Some(count));
        }
        assert_eq!(parse_count("Many"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(<div class=\"tgme_widget_message\" data-post=\"|a/|9|\">|<|>|я|\\PC){0,30}") {
            let _ = read_page(&text, "");
        }
    }
}
