//! A list page: its items, and where it goes on. Start with [`read_list`].

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{
    Reading, guess,
    item::Item,
    selectors::{find, lead, moment},
};
use crate::collect::{charset, html, tree};

/// Items of one page; no list has more.
const MOST: usize = 500;

/// What a list page held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Its items, in the page's order.
    pub items: Vec<Item>,
    /// Where older ones stand.
    pub next: Option<Url>,
    /// A feed that the page names.
    pub feed: Option<Url>,
    /// It asks robots not to follow its links.
    pub nofollow: bool,
}

/// Reads a list page. Without an item selector its items are what repeats and is dated.
///
/// # Errors
/// A sentence when the page cannot be taken apart.
pub fn read_list(bytes: &[u8], reading: &Reading<'_>) -> Result<List, String> {
    let text = charset::decode(bytes, reading.charset).text;
    let tree = tree::parse(&text)?;
    let base = base(&tree, reading.address);
    let items = match &reading.selectors.item {
        Some(item) => tree
            .select(item)
            .take(MOST)
            .filter_map(|item| by_selectors(item, reading, &base))
            .collect(),
        None => guess::items(&tree, reading, &base),
    };
    let next = find(tree.root_element(), reading.selectors.next.as_ref());
    Ok(List {
        items,
        next: next.and_then(|link| lead(link, &base)),
        feed: feed(&tree, &base),
        nofollow: robots_says(&tree, reading, &["nofollow", "none"]),
    })
}

/// An item with neither a headline nor a text is a decoration.
fn by_selectors(element: ElementRef<'_>, reading: &Reading<'_>, base: &Url) -> Option<Item> {
    let selectors = reading.selectors;
    let link = match &selectors.link {
        Some(link) => find(element, Some(link)).and_then(|link| inner_link(link, base)),
        None => inner_link(element, base),
    };
    let title = match &selectors.title {
        Some(title) => find(element, Some(title)),
        None => find(element, selectors.link.as_ref()).or_else(|| anchors(element).next()),
    };
    let title = title.map(|title| tree::line_of(title, &selectors.remove));
    let text = match (&selectors.body, selectors.in_list) {
        (Some(body), true) => {
            find(element, Some(body)).map(|b| tree::text_of(b, &selectors.remove))
        }
        (None, true) => Some(tree::text_of(element, &selectors.remove)),
        _ => None,
    };
    let item = Item {
        link,
        title: title.filter(|title| !title.is_empty()),
        text: text.unwrap_or_default(),
        published: find(element, selectors.date.as_ref()).and_then(|d| moment(d, reading)),
        edited: None,
    };
    (item.title.is_some() || !item.text.is_empty()).then_some(item)
}

/// The address of an element that is a link or holds one.
fn inner_link(element: ElementRef<'_>, base: &Url) -> Option<Url> {
    if element.value().name() == "a" {
        return lead(element, base);
    }
    anchors(element).find_map(|link| lead(link, base))
}

/// The links inside an element.
pub(super) fn anchors(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|inside| inside.value().name() == "a" && inside.attr("href").is_some())
}

/// What relative links of a page are relative to.
pub(super) fn base(tree: &Html, address: &Url) -> Url {
    let told = Selector::parse("base[href]").ok();
    let told = told.and_then(|css| tree.select(&css).next()?.attr("href").map(str::to_owned));
    told.and_then(|href| address.join(&href).ok())
        .unwrap_or_else(|| address.clone())
}

/// The first feed that a page names in its head.
fn feed(tree: &Html, base: &Url) -> Option<Url> {
    const KINDS: [&str; 3] = [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ];
    let links = Selector::parse("link[rel~=alternate][href]").ok()?;
    let feed = tree.select(&links).find(|link| {
        let kind = link.attr("type").unwrap_or_default().to_lowercase();
        KINDS.contains(&kind.trim())
    })?;
    lead(feed, base)
}

/// Whether the page's header or its meta for robots holds one of the words.
pub(super) fn robots_says(tree: &Html, reading: &Reading<'_>, words: &[&str]) -> bool {
    let Ok(meta) = Selector::parse("meta[name=robots i]") else {
        return false;
    };
    let told = tree.select(&meta).filter_map(|meta| meta.attr("content"));
    let told = told.chain([reading.robots]);
    told.flat_map(|content| content.split(','))
        .any(|word| words.contains(&word.trim().to_lowercase().as_str()))
}

/// The address of the feed that a page names, for whoever took the page for a feed.
pub fn feed_of(page: &str, address: &Url) -> Option<Url> {
    let tree = tree::parse(page).ok()?;
    feed(&tree, &base(&tree, address))
}

/// Whether a text looks like a headline: some words, not a paragraph.
pub(super) fn is_headline(text: &str) -> bool {
    let length = html::tidy(text).chars().count();
    (8..=300).contains(&length)
}
