//! The preview page `t.me/s/<name>`. Start with [`read_page`].
//!
//! A page without messages is told apart: an empty channel, a channel without preview, a name that
//! does not exist, or a layout that we no longer understand; only the first is «no posts».

mod absence;
mod message;
mod selectors;

use absence::{explain_absence, refuse_deep};
use message::{parse_count, read_message};
use scraper::Html;
use selectors::{
    COUNTER, COUNTER_TYPE, COUNTER_VALUE, HISTORY, MESSAGE, OLDER, PREVIOUS, TITLE, VERIFIED,
    first, plain, within,
};

use crate::domain::{
    post::CapturedPost,
    source::{FetchError, PageFacts},
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
        widget: None,
    }
}

#[cfg(test)]
mod tests;
