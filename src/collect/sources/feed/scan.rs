//! A reading of feeds that ignores the grammar: it looks for items and, in each, for the children
//! it knows. Nothing is expanded, nothing recurses. Start with [`read_markup`]; [`read_json`] reads
//! JSON Feed as forgivingly.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{items::Item, parse::fuller};
use crate::{
    collect::{dates, html},
    domain::time::Timestamp,
};

/// Whether the text has the root or the items of a feed within its first part.
pub fn looks_like_feed(text: &str) -> bool {
    let mut tags = Tags::of(text);
    tags.by_ref().take(200).any(|tag| {
        matches!(
            tag.local(),
            "rss" | "feed" | "rdf" | "channel" | "entry" | "item"
        )
    })
}

/// One tag of the text.
#[derive(Debug, Clone)]
struct Tag<'a> {
    /// Lower case, with prefix; a leading `/` when it closes.
    name: String,
    /// The whole tag.
    own: &'a str,
    /// Where it starts and where what follows it starts.
    start: usize,
    end: usize,
}

impl Tag<'_> {
    /// The name without its prefix and slash.
    fn local(&self) -> &str {
        let name = self.name.trim_start_matches('/');
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    fn closes(&self) -> bool {
        self.name.starts_with('/')
    }

    fn is_empty(&self) -> bool {
        self.own.ends_with("/>")
    }

    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.own;
        while let Some(at) = rest.find(wanted) {
            let fits = rest[..at].ends_with(|c: char| c.is_whitespace() || c == ':');
            rest = &rest[at + wanted.len()..];
            let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
            if let Some(value) = value.filter(|_| fits) {
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                let inside = value[1..].split(quote).next()?;
                return Some(html::decode_entities(inside.trim()));
            }
        }
        None
    }
}

/// The tags of a text, stepping over comments, CDATA sections and instructions.
struct Tags<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tags<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.text[self.at..].find('<')?;
            let rest = &self.text[start..];
            let skipped = [
                ("<!--", "-->"),
                ("<![CDATA[", "]]>"),
                ("<?", ">"),
                ("<!", ">"),
            ]
            .iter()
            .find(|(open, _)| rest.starts_with(open));
            if let Some((open, close)) = skipped {
                let end = rest[open.len()..].find(close);
                self.at = end.map_or(self.text.len(), |end| {
                    start + open.len() + end + close.len()
                });
                continue;
            }
            if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
                self.at = start + 1;
                continue;
            }
            let end = start + html::tag_length(rest);
            let (name, _) = html::tag(rest);
            self.at = end;
            return Some(Tag {
                name,
                own: &self.text[start..end],
                start,
                end,
            });
        }
    }
}

/// Reads the items of RSS, Atom, RDF, CDF and their ruins.
pub fn read_markup(text: &str, zone: &TimeZone) -> Vec<Item> {
    let mut items = Vec::new();
    let mut tags = Tags::of(text);
    while let Some(tag) = tags.next() {
        if matches!(tag.local(), "item" | "entry") && !tag.closes() {
            let mut draft = Draft {
                about: tag.attribute("about").or_else(|| tag.attribute("href")),
                ..Draft::default()
            };
            if !tag.is_empty() {
                read_children(&mut tags, &mut draft);
            }
            items.push(draft.finish(zone));
        }
    }
    items
}

/// The children of an item as they stand in the text.
#[derive(Debug, Default)]
struct Draft {
    about: Option<String>,
    id: Option<String>,
    link: Option<String>,
    title: Option<String>,
    content: Option<String>,
    summary: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    enclosures: Vec<String>,
}

impl Draft {
    fn finish(self, zone: &TimeZone) -> Item {
        let moment = |text: Option<String>| -> Option<Timestamp> {
            dates::parse(&html::to_text(&text?), zone)
        };
        Item {
            id: self.id.map(|id| html::to_text(&id)).or(self.about),
            link: self.link,
            title: self.title.map(|title| readable(&title)),
            text: fuller(
                self.content.map(|text| readable(&text)),
                self.summary.map(|text| readable(&text)),
            ),
            published: moment(self.published),
            updated: moment(self.updated),
            enclosures: self.enclosures,
        }
    }

    fn take(&mut self, tag: &Tag<'_>, inside: &str) {
        let first = |slot: &mut Option<String>| {
            slot.get_or_insert_with(|| inside.to_owned());
        };
        match tag.name.as_str() {
            "guid" | "id" | "atom:id" => first(&mut self.id),
            "title" | "atom:title" | "dc:title" => first(&mut self.title),
            "description" | "summary" | "atom:summary" | "dc:description" | "abstract" => {
                first(&mut self.summary);
            }
            "content:encoded" | "content" | "body" | "xhtml:body" | "fullitem"
            | "yandex:full-text" | "atom:content" => first(&mut self.content),
            "pubdate" | "published" | "dc:date" | "issued" | "created" | "dcterms:issued" => {
                first(&mut self.published);
            }
            "updated" | "modified" | "dcterms:modified" => first(&mut self.updated),
            "link" | "atom:link" => self.take_link(tag, inside),
            "enclosure" => self.enclosures.extend(tag.attribute("type")),
            _ => {}
        }
    }

    fn take_link(&mut self, tag: &Tag<'_>, inside: &str) {
        let rel = tag.attribute("rel");
        let address = tag
            .attribute("href")
            .or_else(|| Some(html::to_text(inside)).filter(|text| !text.is_empty()));
        if rel.is_none_or(|rel| rel == "alternate") && self.link.is_none() {
            self.link = address;
        }
    }
}

/// Reads the children up to the end of the item. A child that never ends takes what stands before
/// the next known boundary.
fn read_children(tags: &mut Tags<'_>, draft: &mut Draft) {
    while let Some(tag) = tags.next() {
        if ends_item(&tag) {
            if !tag.closes() {
                tags.at = tag.start;
            }
            return;
        }
        if tag.closes() {
            continue;
        }
        if tag.is_empty() {
            draft.take(&tag, "");
            continue;
        }
        let inside = inner(tags, &tag);
        draft.take(&tag, inside);
    }
}

fn ends_item(tag: &Tag<'_>) -> bool {
    match tag.local() {
        "item" | "entry" => true,
        "channel" | "rss" | "feed" | "rdf" => tag.closes(),
        _ => false,
    }
}

/// What stands between a tag and its close; nested tags of the same name are counted.
fn inner<'a>(tags: &mut Tags<'a>, open: &Tag<'a>) -> &'a str {
    let mut depth = 1;
    while let Some(tag) = tags.next() {
        if ends_item(&tag) {
            tags.at = tag.start;
            return &tags.text[open.end..tag.start];
        }
        if tag.name == open.name && !tag.is_empty() {
            depth += 1;
        } else if tag.closes() && tag.name[1..] == open.name {
            depth -= 1;
            if depth == 0 {
                return &tags.text[open.end..tag.start];
            }
        }
    }
    // Cut off: a CDATA mark without an end hides the rest, which is still this child's text.
    tags.at = tags.text.len();
    &tags.text[open.end..]
}

/// Markup may stand in CDATA, escaped, or plainly; all three end as text.
fn readable(inside: &str) -> String {
    let inside = inside.trim();
    if inside.starts_with("<![CDATA[") {
        return html::to_text(inside);
    }
    if inside.contains('<') {
        return html::to_text(inside);
    }
    html::to_text(&html::decode_entities(inside))
}

/// JSON Feed: `None` when there is no list of items.
pub fn read_json(text: &str, zone: &TimeZone) -> Option<Vec<Item>> {
    let feed: Value = serde_json::from_str(text).ok()?;
    let items = feed.get("items")?.as_array()?;
    let is_feed = feed.get("version").is_some() || feed.get("feed_url").is_some();
    is_feed.then(|| items.iter().map(|item| json_item(item, zone)).collect())
}

fn json_item(item: &Value, zone: &TimeZone) -> Item {
    let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    let moment = |key: &str| dates::parse(item.get(key)?.as_str()?, zone);
    let id = item.get("id").and_then(|id| match id {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    });
    let content = text("content_html").map(|markup| html::to_text(&markup));
    let attachments = item.get("attachments").and_then(Value::as_array);
    Item {
        id,
        link: text("url").or_else(|| text("external_url")),
        title: text("title"),
        text: fuller(content.or_else(|| text("content_text")), text("summary")),
        published: moment("date_published"),
        updated: moment("date_modified"),
        enclosures: attachments
            .into_iter()
            .flatten()
            .filter_map(|attachment| Some(attachment.get("mime_type")?.as_str()?.to_owned()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_in_ruins() {
        let text = "<rss><!-- <item> --><item><title>Раз<description><![CDATA[<item>да]]></description>\
            <item rdf:about=\"x:2\"><title>Два</title><link rel='self' href='no'/>\
            <link href='http://a.example/2'/><content><![CDATA[обрыв <b>на";
        let items = read_markup(text, &TimeZone::UTC);
        assert_eq!(items.len(), 2);
        assert_eq!(items[1].id.as_deref(), Some("x:2"));
        assert_eq!(items[1].link.as_deref(), Some("http://a.example/2"));
        assert_eq!(items[1].text, "обрыв на");
    }
}
