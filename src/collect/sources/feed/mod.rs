//! Feeds: RSS, Atom, RDF and JSON Feed, whole or broken. Start with [`parse::read_feed`].
//!
//! Three attempts, each more forgiving: `feed-rs` on the text as it came; `feed-rs` on a repaired
//! copy ([`repair`]); a scan for items that ignores the grammar ([`scan`]).

/// What tells who somebody is, see [`super::identifying`].
pub const IDENTIFYING: &[&str] = &[
    "author",
    "authors",
    "contributor",
    "managingEditor",
    "webMaster",
    "dc:creator",
    "dc:contributor",
    "itunes:author",
    "itunes:owner",
    "media:credit",
];

pub mod items;
pub mod parse;
pub(crate) mod poll;
pub mod repair;
pub mod scan;
