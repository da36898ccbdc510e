//! Items of a list page without selectors: elements of one class under one parent, each with a link
//! and a date of its own. Start with [`items`].

use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{
    Reading, common,
    item::Item,
    list::{anchors, is_headline},
    selectors::{lead, moment},
};
use crate::collect::tree;

/// Fewer alike elements are no list.
const FEWEST: usize = 3;
/// The share of them that must be dated, in percent.
const DATED: usize = 60;
/// Elements looked at: lists of real pages stand among their first thousands.
const MOST: usize = 20_000;

/// The items of the largest list of the page; none when it holds no list of dated links.
pub(super) fn items(tree: &Html, reading: &Reading<'_>, base: &Url) -> Vec<Item> {
    let mut groups: HashMap<_, Vec<ElementRef<'_>>> = HashMap::new();
    let all = tree.root_element().descendants().take(MOST);
    for element in all.filter_map(ElementRef::wrap) {
        let name = element.value().name();
        if !matches!(
            name,
            "article" | "li" | "div" | "tr" | "section" | "dd" | "a"
        ) {
            continue;
        }
        let class = element.value().classes().next().unwrap_or_default();
        let Some(parent) = element.parent() else {
            continue;
        };
        if class.is_empty() && name == "div" {
            continue;
        }
        groups
            .entry((parent.id(), name, class))
            .or_default()
            .push(element);
    }
    let lists = groups.into_values().filter(|group| group.len() >= FEWEST);
    let lists = lists.map(|group| {
        let found = group.into_iter().filter_map(|e| item(e, reading, base));
        found.collect::<Vec<Item>>()
    });
    lists
        .filter(|items| items.len() >= FEWEST && is_dated(items))
        .max_by_key(|items| (items.len(), items.first().map(|item| item.link.clone())))
        .unwrap_or_default()
}

fn is_dated(items: &[Item]) -> bool {
    let dated = items.iter().filter(|item| item.published.is_some()).count();
    dated * 100 >= items.len() * DATED
}

/// An element with a link that reads like a headline.
fn item(element: ElementRef<'_>, reading: &Reading<'_>, base: &Url) -> Option<Item> {
    let own = Some(element).filter(|e| e.value().name() == "a");
    let mut links = own.into_iter().chain(anchors(element));
    let (link, title) = links.find_map(|link| {
        let words = headline(link).unwrap_or_else(|| tree::line_of(link, &[]));
        Some((lead(link, base)?, words)).filter(|(_, words)| is_headline(words))
    })?;
    Some(Item {
        link: Some(link),
        title: Some(title),
        text: String::new(),
        published: date(element, reading),
        edited: None,
    })
}

/// A card that is a link as a whole has its headline inside.
fn headline(link: ElementRef<'_>) -> Option<String> {
    let css = Selector::parse("h1, h2, h3, h4, [class*=title i]").ok()?;
    link.select(&css)
        .next()
        .map(|title| tree::line_of(title, &[]))
}

fn date(element: ElementRef<'_>, reading: &Reading<'_>) -> Option<crate::domain::time::Timestamp> {
    let css = Selector::parse(common::DATES).ok()?;
    element.select(&css).find_map(|date| moment(date, reading))
}
