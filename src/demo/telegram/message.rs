//! One block of a channel's page: a message, an album, or a service message. Start with [`blocks`].

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::rounded;
use crate::demo::{
    material::{DemoSource, Entry},
    site::{escape, lines},
    world::{World, chance},
};

/// A block of the page.
#[derive(Debug)]
pub(super) enum Block<'a> {
    /// «Channel created»: the first number of every channel.
    Created { id: i64 },
    /// A message, with the extra numbers of its album and the message it answers.
    Message {
        entry: &'a Entry,
        album: i64,
        answers: Option<&'a Entry>,
    },
}

/// Everything that the channel shows now, oldest first.
pub(super) fn blocks<'a>(world: &'a World, source: &'a DemoSource) -> Vec<Block<'a>> {
    let mut entries: Vec<&Entry> = world.visible(source.config.code.as_str()).collect();
    entries.reverse();
    let first = entries.first().map_or(1, |entry| entry.id - 1);
    let mut blocks = vec![Block::Created { id: first }];
    for (at, &entry) in entries.iter().enumerate() {
        blocks.push(Block::Message {
            entry,
            album: album(world, source, entry),
            answers: entries[..at]
                .iter()
                .rev()
                .find(|before| goes_on(before, entry))
                .copied(),
        });
    }
    blocks
}

/// A channel that comes back to a trouble answers its last message about it.
fn goes_on(before: &Entry, entry: &Entry) -> bool {
    let same = before.label.topic == entry.label.topic
        && before.label.municipality == entry.label.municipality;
    same && entry
        .label
        .topic
        .as_deref()
        .is_some_and(|topic| !topic.starts_with("other"))
}

/// How many further numbers an album takes: only where the channel's numbering leaves room, and in
/// all of the material, not only in what is visible, so that a number never changes its meaning.
fn album(world: &World, source: &DemoSource, entry: &Entry) -> i64 {
    let later = world
        .material()
        .entries_of(source.config.code.as_str())
        .map(|other| other.id);
    let next = later.filter(|&id| id > entry.id).min();
    let room = next.map_or(0, |next| next - entry.id - 1);
    if room >= 2 && chance(entry.id, 21).is_multiple_of(2) {
        2
    } else {
        0
    }
}

impl Block<'_> {
    /// The number that `data-post` shows.
    pub(super) fn id(&self) -> i64 {
        match self {
            Block::Created { id } => *id,
            Block::Message { entry, .. } => entry.id,
        }
    }

    /// Whether the block holds a number, its album's included.
    pub(super) fn holds(&self, id: i64) -> bool {
        match self {
            Block::Created { id: own } => *own == id,
            Block::Message { entry, album, .. } => (entry.id..=entry.id + album).contains(&id),
        }
    }

    /// The post, unless it is a service message.
    pub(super) fn entry(&self) -> Option<&Entry> {
        match self {
            Block::Created { .. } => None,
            Block::Message { entry, .. } => Some(entry),
        }
    }

    /// Whether the text holds these words, in small letters.
    pub(super) fn says(&self, words: &str) -> bool {
        self.entry()
            .is_some_and(|entry| entry.text.to_lowercase().contains(words))
    }

    /// How many photographs it shows.
    pub(super) fn photos(&self) -> usize {
        match self {
            Block::Message { album, .. } if *album > 0 => 1 + *album as usize,
            _ => 0,
        }
    }

    /// The block's HTML. `site` is where links lead.
    pub(super) fn html(&self, world: &World, source: &DemoSource, site: &str) -> String {
        let name = &source.config.owner;
        match self {
            Block::Created { id } => wrap(
                name,
                *id,
                " service_message",
                "<div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">Channel \
                 created</div>",
            ),
            Block::Message { entry, answers, .. } => {
                let (text, edited) = world.wording(entry);
                let body = format!(
                    "{author}\n{reply}{album}<div class=\"tgme_widget_message_text \
                     js-message_text\" dir=\"auto\">{text}</div>\n{footer}",
                    author = author(source, site),
                    reply = answers
                        .map(|other| reply(source, other, site))
                        .unwrap_or_default(),
                    album = self.album(name, site),
                    text = rich(text),
                    footer = footer(world, source, entry, edited.is_some(), site),
                );
                wrap(name, entry.id, "", &body)
            }
        }
    }

    fn album(&self, name: &str, site: &str) -> String {
        let Block::Message {
            entry, album: 1.., ..
        } = self
        else {
            return String::new();
        };
        let photos: String = (entry.id..entry.id + self.photos() as i64)
            .map(|id| {
                format!(
                    "<a class=\"tgme_widget_message_photo_wrap grouped_media_wrap js-message_photo\" \
                     style=\"left:0px;top:0px;width:225px;height:110px;background-image:\
                     url('https://cdn1.telegram.invalid/{id}.jpg')\" href=\"{site}/{name}/{id}?single\">\
                     </a>"
                )
            })
            .collect();
        format!(
            "<div class=\"tgme_widget_message_grouped_wrap js-message_grouped_wrap\">\
             <div class=\"tgme_widget_message_grouped js-message_grouped\">\
             <div class=\"tgme_widget_message_grouped_layer\">{photos}</div></div></div>\n"
        )
    }
}

fn wrap(name: &str, id: i64, class: &str, body: &str) -> String {
    let view = format!(
        "{{\"c\":-10{:08},\"p\":{id}}}",
        chance(name.len() as i64, 22) % 100_000_000
    );
    format!(
        "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\">\
         <div class=\"tgme_widget_message text_not_supported_wrap{class} js-widget_message\" \
         data-post=\"{name}/{id}\" data-view=\"{}\">\n\
         <div class=\"tgme_widget_message_bubble\">\n{body}\n</div>\n</div></div>\n",
        URL_SAFE_NO_PAD.encode(view)
    )
}

fn author(source: &DemoSource, site: &str) -> String {
    format!(
        "<div class=\"tgme_widget_message_author accent_color\">\
         <a class=\"tgme_widget_message_owner_name\" href=\"{site}/{}\">\
         <span dir=\"auto\">{}</span></a></div>",
        source.config.owner,
        escape(&source.config.name)
    )
}

fn reply(source: &DemoSource, other: &Entry, site: &str) -> String {
    let preview: String = other.text.chars().take(60).collect();
    format!(
        "<a class=\"tgme_widget_message_reply\" href=\"{site}/{name}/{id}\">\
         <div class=\"tgme_widget_message_author accent_color\">\
         <span class=\"tgme_widget_message_author_name\" dir=\"auto\">{title}</span></div>\
         <div class=\"tgme_widget_message_metatext js-message_reply_text\" dir=\"auto\">{text}</div>\
         </a>\n",
        name = source.config.owner,
        id = other.id,
        title = escape(&source.config.name),
        text = escape(&preview.replace('\n', " ")),
    )
}

fn footer(world: &World, source: &DemoSource, entry: &Entry, edited: bool, site: &str) -> String {
    let age = world.now().since(world.published(entry)).as_millis() / 3_600_000;
    let views = 7 + chance(entry.id, 23) % 14_000 * (1 + age.clamp(0, 48) as u64) / 49;
    let edited = edited || chance(entry.id, 24).is_multiple_of(9);
    format!(
        "<div class=\"tgme_widget_message_footer compact js-message_footer\">\
         <div class=\"tgme_widget_message_info short js-message_info\">\
         <span class=\"tgme_widget_message_views\">{views}</span>\
         <span class=\"copyonly\"> views</span><span class=\"tgme_widget_message_meta\">{edited}\
         <a class=\"tgme_widget_message_date\" href=\"{site}/{name}/{id}\">\
         <time datetime=\"{moment}\" class=\"time\"></time></a></span></div></div>",
        views = rounded(views),
        edited = if edited { "edited &nbsp;" } else { "" },
        name = source.config.owner,
        id = entry.id,
        moment = world.published(entry).to_rfc3339().replace('Z', "+00:00"),
    )
}

/// Text with line breaks and with emoji in t.me's wrapping.
fn rich(text: &str) -> String {
    let mut out = String::new();
    for c in lines(text).chars() {
        match c {
            '\u{1f300}'..='\u{1faff}' => out += &format!("<i class=\"emoji\"><b>{c}</b></i>"),
            c => out.push(c),
        }
    }
    out
}
