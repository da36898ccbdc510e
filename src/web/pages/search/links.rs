//! The line of totals and the choices beside the hits.

use super::{
    Frame,
    chosen::{Chosen, FACETS},
};
use crate::{
    index::query::Found,
    web::{Shared, locale::args},
};

/// Values of a facet that are shown.
const VALUES: usize = 8;

/// A choice as a link.
pub(super) struct Link {
    pub href: String,
    pub label: String,
    pub count: Option<u64>,
    pub chosen: bool,
}

/// Choices of one field.
pub(super) struct Facet {
    pub name: &'static str,
    pub label: String,
    pub values: Vec<Link>,
}

/// «38 сообщений по словам «вода»».
pub(super) fn totals(f: &Frame, chosen: &Chosen, total: usize) -> String {
    let n = total as i64;
    match chosen.q.trim() {
        "" => f.tr.n("search-all", n),
        words => f.tr.with("search-totals", args![n = n, words = words]),
    }
}

/// The facets with counts; a chosen value's link takes it back.
pub(super) fn facets(app: &Shared, f: &Frame, chosen: &Chosen, found: &Found) -> Vec<Facet> {
    let lang = f.tr.lang;
    let label = |name: &str, code: &str| match name {
        "sector" => app.sector_label(code, lang),
        "topic" => app.topic_label(code, lang),
        "municipality" => app.municipality_label(code),
        "platform" => f.code("platform", code),
        _ => f.code("kind", code),
    };
    let facet = |name: &&'static str| {
        let counts = found.facets.get(*name)?;
        let picked = chosen.filters.get(*name);
        let is_picked = |code: &String| picked.is_some_and(|list| list.contains(code));
        let mut values: Vec<(&String, &u64)> = counts.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let values: Vec<Link> = values
            .into_iter()
            .take(VALUES)
            .map(|(code, count)| Link {
                href: chosen.with(name, (!is_picked(code)).then(|| code.clone())),
                label: label(name, code),
                count: Some(*count),
                chosen: is_picked(code),
            })
            .collect();
        (!values.is_empty()).then(|| Facet {
            name,
            label: f.t(&format!("facet-{name}")),
            values,
        })
    };
    FACETS.iter().filter_map(facet).collect()
}

/// Best or newest first.
pub(super) fn orders(f: &Frame, chosen: &Chosen) -> Vec<Link> {
    // without words nothing is more like them than another
    let is_wordless = chosen.q.trim().is_empty();
    [(None, "order-best"), (Some("newest"), "order-newest")]
        .into_iter()
        .filter(|(value, _)| value.is_some() || !is_wordless)
        .map(|(value, key)| Link {
            href: chosen.with("order", value.map(str::to_owned)),
            label: f.t(key),
            count: None,
            chosen: (chosen.newest || is_wordless) == value.is_some(),
        })
        .collect()
}

/// How far back.
pub(super) fn spans(f: &Frame, chosen: &Chosen) -> Vec<Link> {
    [
        (0, "span-ever"),
        (1, "span-day"),
        (7, "span-week"),
        (30, "span-month"),
    ]
    .into_iter()
    .map(|(days, key)| Link {
        href: chosen.with("days", (days > 0).then(|| days.to_string())),
        label: f.t(key),
        count: None,
        chosen: chosen.days == days,
    })
    .collect()
}
