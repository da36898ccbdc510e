//! Whether a list still reads as it did: a parser that finds nothing is broken, not silent. Start with
//! [`list`].

use super::position::Position;
use crate::collect::sources::site::{Selectors, item::Item};

/// The share of items that must be dated, in percent.
const DATED: usize = 80;
/// Fewer pages read say nothing of their dates.
const ENOUGH: usize = 3;

/// Judges a list page.
///
/// # Errors
/// A sentence that begins with PARSER_BROKEN and says what to look at.
pub fn list(items: &[Item], selectors: &Selectors, was: &Position) -> Result<(), String> {
    if items.is_empty() {
        return Err(empty(selectors, was));
    }
    let dated = items.iter().filter(|item| item.published.is_some()).count();
    // Where no item of the list was ever dated, the pages tell the dates.
    let told = selectors.names_date() && (was.dated || dated > 0);
    if told && dated * 100 < items.len() * DATED {
        return Err(undated(dated, items.len(), "items of the list"));
    }
    Ok(())
}

/// The sentence for a list without items.
pub fn empty(selectors: &Selectors, was: &Position) -> String {
    let held = match was.items {
        0 => "never held any".to_owned(),
        held => format!("held {held} at the last visit"),
    };
    let look = match selectors.names_item() {
        true => "the site's `item` selector against the page",
        false => "the page: its layout changed, give the source selectors",
    };
    format!("PARSER_BROKEN: the list holds no item and {held}: look at {look}")
}

/// Judges the pages read lately: whether each told a date.
///
/// # Errors
/// As [`list`].
pub fn pages(told: &[bool], selectors: &Selectors) -> Result<(), String> {
    let dated = told.iter().filter(|told| **told).count();
    if !selectors.names_date() || told.len() < ENOUGH || dated * 100 >= told.len() * DATED {
        return Ok(());
    }
    Err(undated(dated, told.len(), "pages read lately"))
}

fn undated(dated: usize, all: usize, what: &str) -> String {
    format!(
        "PARSER_BROKEN: only {dated} of {all} {what} have a date: look at the site's `date` selector \
         and `date_format` against the page"
    )
}
