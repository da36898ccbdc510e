//! How a site or an endpoint is to be read: the tables `[source.site]` and `[source.open311]` of a
//! source's catalogue entry. Everything has a default: a site without a table is read by the common
//! structure of pages.

use serde::{Deserialize, Serialize};

use super::post::coded;

coded! {
    /// Where the whole text of a site's item stands.
    BodyOn {
        /// On the item's own page, which is read once and again from time to time.
        Page = "page",
        /// In the list: no page of the item's is read.
        Item = "item",
    }
}

/// A site read by CSS selectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// The list's address; the source's `owner` when left out.
    pub list: Option<String>,
    /// One item of the list.
    pub item: Option<String>,
    /// The link inside an item; its first link when left out.
    pub link: Option<String>,
    /// The headline, looked for in the item and then on its page.
    pub title: Option<String>,
    /// The date, likewise. Its `datetime` or `content` attribute counts before its text.
    pub date: Option<String>,
    /// How the date is written, in the directives of strptime, where it is not recognised.
    pub date_format: Option<String>,
    /// The IANA zone of dates; the region's when left out.
    pub zone: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// Where the text stands.
    pub body_on: BodyOn,
    /// What is left out of texts: counters, buttons, dates of rendering.
    pub remove: Vec<String>,
    /// The link to the list's next page.
    pub next: Option<String>,
    /// The address of the list's further pages, with `{page}` for the number, from 2 on.
    pub pages: Option<String>,
    /// Also look for pages in the site's sitemap: `auto` (robots.txt tells, else /sitemap.xml) or its
    /// address. Without `item` it is the only way in which pages are found.
    pub sitemap: Option<String>,
    /// Only addresses of the sitemap that hold this: `/news/`.
    pub sitemap_match: Option<String>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            list: None,
            item: None,
            link: None,
            title: None,
            date: None,
            date_format: None,
            zone: None,
            body: None,
            body_on: BodyOn::Page,
            remove: Vec::new(),
            next: None,
            pages: None,
            sitemap: None,
            sitemap_match: None,
        }
    }
}

impl Site {
    /// Every selector with the key it stands under.
    pub fn selectors(&self) -> Vec<(&'static str, &str)> {
        let single = [
            ("item", &self.item),
            ("link", &self.link),
            ("title", &self.title),
            ("date", &self.date),
            ("body", &self.body),
            ("next", &self.next),
        ];
        let single = single
            .into_iter()
            .filter_map(|(key, css)| Some((key, css.as_deref()?)));
        let remove = self.remove.iter().map(|css| ("remove", css.as_str()));
        single.chain(remove).collect()
    }
}

/// An Open311 GeoReport v2 endpoint. The source's `owner` is its address, such as
/// `https://city.example/open311/v2`, or that of its discovery file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Open311 {
    /// `jurisdiction_id`, where the server wants one (FixMyStreet does).
    pub jurisdiction_id: Option<String>,
    /// `json` or `xml`; JSON when left out.
    pub format: Option<String>,
    /// The server knows `updated_after`: changes are asked for, not windows of time.
    pub updated_after: bool,
    /// `max_requests` (FixMyStreet): requests in one answer.
    pub max_requests: Option<u32>,
    /// The address of a request for people, with `{id}`.
    pub link: Option<String>,
}

/// Both tables, as the database keeps them beside the source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tables {
    /// `[source.site]`.
    pub site: Option<Site>,
    /// `[source.open311]`.
    pub open311: Option<Open311>,
}
