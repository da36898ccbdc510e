//! A site's table, compiled. Start with [`Selectors::of`].

use jiff::tz::TimeZone;
use scraper::{ElementRef, Selector};
use url::Url;

use super::Reading;
use crate::{
    collect::{dates, tree},
    domain::{
        reading::{BodyOn, Site},
        time::Timestamp,
    },
};

/// What every text leaves out, whatever the table says.
const ALWAYS: &str = "nav, form, button, [hidden], [role=navigation]";

/// Where things stand on a site's pages.
#[derive(Debug)]
pub struct Selectors {
    pub(super) item: Option<Selector>,
    pub(super) link: Option<Selector>,
    pub(super) title: Option<Selector>,
    pub(super) date: Option<Selector>,
    pub(super) body: Option<Selector>,
    pub(super) next: Option<Selector>,
    pub(super) remove: Vec<Selector>,
    pub(super) format: Option<String>,
    /// The zone of the table.
    pub zone: Option<TimeZone>,
    /// The text stands in the list.
    pub in_list: bool,
}

impl Selectors {
    /// Compiles a table.
    ///
    /// # Errors
    /// A sentence that names the key. `otklik check` finds the same, with the line.
    pub fn of(site: &Site) -> Result<Self, String> {
        let one = |key: &str, css: &Option<String>| match css.as_deref() {
            None => Ok(None),
            Some(css) => compile(key, css).map(Some),
        };
        let mut remove = vec![compile("remove", ALWAYS)?];
        for css in &site.remove {
            remove.push(compile("remove", css)?);
        }
        let zone = match site.zone.as_deref() {
            None => None,
            Some(zone) => Some(TimeZone::get(zone).map_err(|e| format!("site.zone: {e}"))?),
        };
        Ok(Self {
            item: one("item", &site.item)?,
            link: one("link", &site.link)?,
            title: one("title", &site.title)?,
            date: one("date", &site.date)?,
            body: one("body", &site.body)?,
            next: one("next", &site.next)?,
            remove,
            format: site.date_format.clone(),
            zone,
            in_list: site.body_on == BodyOn::Item,
        })
    }

    /// A date is looked for by a selector: one that finds none is wrong.
    pub fn names_date(&self) -> bool {
        self.date.is_some()
    }

    /// The item selector in words, for the operator.
    pub fn names_item(&self) -> bool {
        self.item.is_some()
    }
}

fn compile(key: &str, css: &str) -> Result<Selector, String> {
    Selector::parse(css).map_err(|why| format!("site.{key}: {css:?} is no selector: {why}"))
}

/// The first element inside another (or itself) that a selector finds.
pub(super) fn find<'a>(
    inside: ElementRef<'a>,
    selector: Option<&Selector>,
) -> Option<ElementRef<'a>> {
    let selector = selector?;
    inside
        .select(selector)
        .next()
        .or_else(|| Some(inside).filter(|own| selector.matches(own)))
}

/// The moment that an element tells by its attributes or its text.
pub(super) fn moment(element: ElementRef<'_>, reading: &Reading<'_>) -> Option<Timestamp> {
    let told = ["datetime", "content", "data-date", "title"]
        .into_iter()
        .filter_map(|name| element.attr(name));
    for text in told {
        if let Some(moment) = dates::parse(text, &reading.zone) {
            return Some(moment);
        }
    }
    let text = tree::line_of(element, &[]);
    if let Some(format) = &reading.selectors.format
        && let Some(moment) = dates::parse_as(&text, format, &reading.zone)
    {
        return Some(moment);
    }
    dates::parse_at(&text, &reading.zone, reading.now)
}

/// Where a link leads: http(s) only.
pub(super) fn lead(link: ElementRef<'_>, base: &Url) -> Option<Url> {
    let href = link.attr("href")?.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let url = base.join(href).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}
