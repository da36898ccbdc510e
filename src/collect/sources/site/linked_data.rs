//! What a page says of itself in JSON-LD (schema.org). Start with [`read`].

use scraper::{Html, Selector};
use serde_json::Value;

use crate::collect::html;

/// A page's article, as it describes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Article {
    pub title: Option<String>,
    pub text: Option<String>,
    pub published: Option<String>,
    pub modified: Option<String>,
}

/// Objects inside objects: no description of an article is deeper.
const DEEPEST: usize = 6;

/// The first article that the page describes. Who wrote it is not read.
pub(super) fn read(tree: &Html) -> Option<Article> {
    let scripts = Selector::parse("script[type='application/ld+json']").ok()?;
    tree.select(&scripts).find_map(|script| {
        let text: String = script.text().collect();
        let value: Value = serde_json::from_str(text.trim()).ok()?;
        find(&value, DEEPEST)
    })
}

fn find(value: &Value, depth: usize) -> Option<Article> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(all) => all.iter().find_map(|one| find(one, depth)),
        Value::Object(object) => match is_article(object.get("@type")) {
            true => Some(article(value)),
            false => ["@graph", "mainEntity"]
                .iter()
                .find_map(|key| find(object.get(*key)?, depth)),
        },
        _ => None,
    }
}

fn is_article(kind: Option<&Value>) -> bool {
    const KINDS: [&str; 5] = [
        "Article",
        "NewsArticle",
        "BlogPosting",
        "ReportageNewsArticle",
        "SocialMediaPosting",
    ];
    match kind {
        Some(Value::String(kind)) => KINDS.contains(&kind.as_str()),
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| is_article(Some(kind))),
        _ => false,
    }
}

fn article(value: &Value) -> Article {
    let text = |key: &str| {
        let text = html::to_text(value.get(key)?.as_str()?);
        (!text.is_empty()).then_some(text)
    };
    Article {
        title: text("headline").or_else(|| text("name")),
        text: text("articleBody"),
        published: text("datePublished").or_else(|| text("dateCreated")),
        modified: text("dateModified"),
    }
}
