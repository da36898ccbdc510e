//! The common structure of pages: where the main text, the headline and the date stand when no
//! selector tells. Start with [`main_block`].

use scraper::{ElementRef, Html, Selector};

use super::{Reading, linked_data, list::robots_says, selectors::moment};
use crate::{
    collect::{dates, tree},
    domain::time::Timestamp,
};

/// Where dates stand.
pub(super) const DATES: &str = "time, [itemprop=datePublished], [class*=date i], [class*=data-news], \
    [class*=time i], [class*=published], [class*=created]";

/// Where the main text stands, the surest first.
const BLOCKS: [&str; 8] = [
    "[itemprop=articleBody]",
    ".news-detail, .article-body, .article__body, .article__text, .article-text, .entry-content, \
     .post-content, .news-text, .news__text, .detail-text, .detail_text, .field-name-body, .news_text",
    "article",
    "main, [role=main]",
    "#content, #main, .content, .main-content, .page-content, #workarea, .workarea",
    "td.content, td.main, #center, .center",
    ".container",
    "body",
];

/// What belongs to the site and not to the page.
const OTHERS: &str = "header, footer, aside, nav, form, button, label, [role=banner], [role=contentinfo], \
    [class*=breadcrumb i], [class*=share i], [class*=social i], [class*=menu i], [class*=cookie i], \
    [class*=sidebar i], [class*=pagination i], [class*=settingvision i], [class*=copyright i], \
    [id*=menu i], [id*=sidebar i], [class*=visually], [hidden]";

/// A block with less says nothing.
const ENOUGH: usize = 40;

/// What is left out of texts that no selector bounds.
pub(super) fn others() -> Vec<Selector> {
    Selector::parse(OTHERS).into_iter().collect()
}

/// The block of the page's main text, and the text.
pub(super) fn main_block<'a>(
    tree: &'a Html,
    remove: &[Selector],
) -> Option<(ElementRef<'a>, String)> {
    let mut without = others();
    without.extend_from_slice(remove);
    for css in BLOCKS {
        let Ok(css) = Selector::parse(css) else {
            continue;
        };
        let texts = tree
            .select(&css)
            .take(20)
            .map(|block| (block, tree::text_of(block, &without)));
        let fullest = texts.max_by_key(|(_, text)| text.len());
        if let Some(found) = fullest.filter(|(_, text)| text.chars().count() >= ENOUGH) {
            return Some(found);
        }
    }
    None
}

/// The headline: the block's own, what the page says of itself, or its title.
pub(super) fn headline(tree: &Html, block: ElementRef<'_>) -> Option<String> {
    let first = |inside: ElementRef<'_>, css: &str| {
        let css = Selector::parse(css).ok()?;
        let mut found = inside.select(&css).map(|title| tree::line_of(title, &[]));
        found.find(|title| !title.is_empty() && title.chars().count() <= 300)
    };
    let root = tree.root_element();
    first(block, "h1, [itemprop=headline]")
        .or_else(|| meta(tree, "og:title"))
        .or_else(|| first(root, "h1[class*=title i], main h1, article h1"))
        .or_else(|| first(block, "h2, [class*=title i]"))
        .or_else(|| first(root, "title"))
}

/// The date of the page, by what it says of itself, then by the common places.
pub(super) fn published(
    tree: &Html,
    block: ElementRef<'_>,
    linked: Option<&linked_data::Article>,
    reading: &Reading<'_>,
) -> Option<Timestamp> {
    let told = |text: &str| dates::parse(text, &reading.zone);
    let linked = linked.and_then(|article| told(article.published.as_deref()?));
    let meta = || {
        ["article:published_time", "datePublished", "pubdate", "date"]
            .iter()
            .find_map(|name| told(&meta(tree, name)?))
    };
    let css = Selector::parse(DATES).ok()?;
    let by_class = |inside: ElementRef<'_>| {
        let mut found = inside.select(&css).take(10);
        found.find_map(|date| moment(date, reading))
    };
    linked
        .or_else(meta)
        .or_else(|| by_class(block))
        .or_else(|| by_class(ElementRef::wrap(block.parent()?)?))
}

/// When the page was changed, as it says.
pub(super) fn edited(
    tree: &Html,
    linked: Option<&linked_data::Article>,
    reading: &Reading<'_>,
) -> Option<Timestamp> {
    let text = linked.and_then(|article| article.modified.clone());
    let text = text.or_else(|| meta(tree, "article:modified_time"))?;
    dates::parse(&text, &reading.zone)
}

/// Whether the page asks not to be copied.
pub(super) fn noindex(tree: &Html, reading: &Reading<'_>) -> bool {
    robots_says(tree, reading, &["noindex", "none"])
}

fn meta(tree: &Html, name: &str) -> Option<String> {
    let css = format!("meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']");
    let css = Selector::parse(&css).ok()?;
    let content = tree.select(&css).next()?.attr("content")?.trim();
    (!content.is_empty()).then(|| content.to_owned())
}
