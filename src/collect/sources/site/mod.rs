//! Sites that have no feed: lists and pages of HTML, found by selectors of the catalogue or by the
//! common structure of pages, and sitemaps. Start with [`list::read_list`] and
//! [`article::read_article`], which are pure; `poll` is the visit.

pub mod article;
mod common;
mod guess;
pub mod item;
mod linked_data;
pub mod list;
pub(crate) mod poll;
mod selectors;
pub mod sitemap;

use jiff::tz::TimeZone;
use url::Url;

pub use self::selectors::Selectors;
use crate::domain::{
    post::{Platform, PostKey, PostKind},
    time::Timestamp,
};

/// What tells who somebody is, see [`super::identifying`].
pub const IDENTIFYING: &[&str] = &[
    "author",
    "byline",
    "article:author",
    "editor",
    "creator",
    "commenter",
];

/// How a page is to be read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Where things stand on it.
    pub selectors: &'a Selectors,
    /// Its address, the base of relative links.
    pub address: &'a Url,
    /// The charset of the HTTP header, if it named one.
    pub charset: Option<&'a str>,
    /// What the header X-Robots-Tag says.
    pub robots: &'a str,
    /// The zone meant by dates without one.
    pub zone: TimeZone,
    /// When it was read: «вчера» is told from here.
    pub now: Timestamp,
}

/// The key of a page of a site's.
pub fn key(owner: &str, id: &str) -> PostKey {
    PostKey {
        platform: Platform::Site,
        owner: owner.to_owned(),
        kind: PostKind::Post,
        external_id: id.to_owned(),
    }
}

/// An address as an identity: without fragment and without what counts visitors.
pub fn plain_address(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    let counts =
        |name: &str| name.starts_with("utm_") || matches!(name, "PHPSESSID" | "yclid" | "sid");
    if url.query_pairs().any(|(name, _)| counts(&name)) {
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| !counts(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    url.into()
}

/// Whether two addresses are of one site: the same host, with or without `www.`.
pub fn same_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    host(one) == host(other)
}

#[cfg(test)]
mod tests;
