//! An item's own page. Start with [`read_article`].

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{
    Reading, common,
    item::Item,
    linked_data,
    list::base,
    selectors::{find, lead, moment},
};
use crate::collect::{charset, tree};

/// Reads a page by the selectors, and by its common structure where they say nothing.
///
/// # Errors
/// A sentence when it cannot be taken apart, or holds no main text where it should.
pub fn read_article(bytes: &[u8], reading: &Reading<'_>) -> Result<Item, String> {
    let text = charset::decode(bytes, reading.charset).text;
    let tree = tree::parse(&text)?;
    let selectors = reading.selectors;
    let linked = linked_data::read(&tree);
    let (block, text) = main_text(&tree, reading, linked.as_ref())?;
    let root = tree.root_element();
    let title = match &selectors.title {
        Some(title) => find(root, Some(title)).map(|title| tree::line_of(title, &selectors.remove)),
        None => linked
            .as_ref()
            .and_then(|article| article.title.clone())
            .or_else(|| common::headline(&tree, block)),
    };
    let published = match &selectors.date {
        Some(date) => find(root, Some(date)).and_then(|date| moment(date, reading)),
        None => common::published(&tree, block, linked.as_ref(), reading),
    };
    let title = title.filter(|title| !title.is_empty());
    let text = match &title {
        _ if common::noindex(&tree, reading) => String::new(),
        Some(title) => without_headline(text, title),
        None => text,
    };
    Ok(Item {
        link: Some(canonical(&tree, reading.address).unwrap_or_else(|| reading.address.clone())),
        title,
        text,
        published,
        edited: common::edited(&tree, linked.as_ref(), reading),
    })
}

fn main_text<'a>(
    tree: &'a Html,
    reading: &Reading<'_>,
    linked: Option<&linked_data::Article>,
) -> Result<(ElementRef<'a>, String), String> {
    let selectors = reading.selectors;
    if let Some(body) = &selectors.body {
        let texts: Vec<(ElementRef<'_>, String)> = tree
            .select(body)
            .map(|block| (block, tree::text_of(block, &selectors.remove)))
            .collect();
        let block = texts.first().map(|(block, _)| *block);
        let all: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
        let text = all.join("\n\n").trim().to_owned();
        return match block.filter(|_| !text.is_empty()) {
            Some(block) => Ok((block, text)),
            None => Err("no text where the `body` selector looks".into()),
        };
    }
    let told = linked.and_then(|article| article.text.clone());
    match (common::main_block(tree, &selectors.remove), told) {
        (Some((block, seen)), Some(told)) if told.len() > seen.len() => Ok((block, told)),
        (Some(found), _) => Ok(found),
        (None, Some(told)) => Ok((tree.root_element(), told)),
        (None, None) => Err("no main text on the page".into()),
    }
}

/// A text that begins with its own headline says it once.
fn without_headline(text: String, title: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let same = first.split_whitespace().eq(title.split_whitespace());
    match same {
        true => text[first.len()..].trim().to_owned(),
        false => text,
    }
}

/// The page's canonical address, where it means this page: some sites name their front page on all.
fn canonical(tree: &Html, address: &Url) -> Option<Url> {
    let css = Selector::parse("link[rel=canonical][href]").ok()?;
    let url = lead(tree.select(&css).next()?, &base(tree, address))?;
    let same = url.path().trim_end_matches('/') == address.path().trim_end_matches('/');
    (same && url.host() == address.host()).then_some(url)
}
