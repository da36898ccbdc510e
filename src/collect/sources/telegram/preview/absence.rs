//! Pages that show no channel: what stands there instead, as an error that says what to do.

use scraper::Html;

use super::selectors::{INFO_EXTRA, INFO_PAGE, INFO_PHOTO, INFO_PREVIEW, first};
use crate::{
    collect::tree,
    domain::source::{FetchError, Reaction},
};

/// Refuses what no layout of Telegram's is.
pub(super) fn refuse_deep(page: &str) -> Result<(), FetchError> {
    tree::refuse_deep(page).map_err(|why| failed(Reaction::Stop, why))
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
