//! Pages that show no channel: what stands there instead, as an error that says what to do.

use std::collections::HashMap;

use scraper::Html;

use super::selectors::{INFO_EXTRA, INFO_PAGE, INFO_PHOTO, INFO_PREVIEW, first};
use crate::domain::source::{FetchError, Reaction};

/// Tags deeper than this come from no layout of Telegram's; a tree of them would cost minutes.
const DEEPEST: usize = 400;
/// Ten times what the fullest page holds.
const MOST_ENTITIES: usize = 20_000;

/// Ten times what the fullest page holds: twenty messages with reactions.
const MOST_TAGS: usize = 50_000;

/// Tags nested without end, and entities without end, make the tree builder quadratic, and tags without
/// end cost memory: such a page is not Telegram's. An end closes only what is open under its name: `<b></i>` is one level deeper.
pub(super) fn refuse_deep(page: &str) -> Result<(), FetchError> {
    if page.matches('&').count() > MOST_ENTITIES {
        return Err(failed(Reaction::Stop, "the page is made of entities"));
    }
    if page.matches('<').count() > MOST_TAGS {
        return Err(failed(Reaction::Stop, "the page is made of tags"));
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
pub(super) fn explain_absence(tree: &Html) -> Result<(), FetchError> {
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
