//! Facts as sets and counts, and the same read from a page's text.

use std::collections::{BTreeMap, BTreeSet};

use super::world::Fact;
use crate::access::oracle::Spot;

pub fn numbers(facts: &[&Fact]) -> BTreeSet<i64> {
    facts.iter().filter_map(|fact| fact.incident).collect()
}

pub fn ids(facts: &[&Fact]) -> BTreeSet<String> {
    facts.iter().map(|fact| fact.id.0.clone()).collect()
}

pub fn marks(facts: &[&Fact]) -> BTreeSet<String> {
    facts.iter().map(|fact| fact.marker.clone()).collect()
}

/// Every marker that stands in a text.
pub fn markers(text: &str) -> BTreeSet<String> {
    let after = text.split("метка").skip(1);
    after
        .map(|rest| format!("метка{}", rest.chars().take(3).collect::<String>()))
        .collect()
}

pub fn count(
    facts: &[&Fact],
    code: impl Fn(Spot) -> Option<&'static str>,
) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for code in facts.iter().filter_map(|fact| code(fact.spot)) {
        *counts.entry(code.to_owned()).or_default() += 1;
    }
    counts
}

pub fn encoded(words: &str) -> String {
    url::form_urlencoded::byte_serialize(words.as_bytes()).collect()
}

/// A facet of the queue: its codes and counts.
pub fn options(page: &str, name: &str) -> BTreeMap<String, u64> {
    let start = format!("name=\"{name}\" value=\"");
    let inputs = page.split(&start).skip(1);
    let counted = inputs.filter_map(|rest| {
        let label = rest.split_once("</label>")?.0;
        let number = label.rsplit("<span>").next()?.split('<').next()?;
        Some((rest.split('"').next()?.to_owned(), number.parse().ok()?))
    });
    counted.collect()
}

/// A facet of the search: its codes and counts.
pub fn links(page: &str, name: &str) -> BTreeMap<String, u64> {
    let anchors = page.split("<a href=\"").skip(1);
    let counted = anchors.filter_map(|rest| {
        let (href, text) = rest.split_once('"')?;
        let code = href.rsplit_once(&format!("{name}="))?.1;
        let number = text
            .split_once("</a>")?
            .0
            .rsplit_once("class=\"quiet\">")?
            .1;
        Some((code.to_owned(), number.split('<').next()?.parse().ok()?))
    });
    counted.collect()
}
