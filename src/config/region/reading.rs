//! The tables that tell how a site or an endpoint is read: what could never read anything is told
//! before the first visit, with the line of its key.

use jiff::{Zoned, fmt::strtime, tz::TimeZone};
use scraper::Selector;
use url::Url;

use super::check::{Check, File};
use crate::domain::{
    post::Platform,
    reading::{Open311, Site},
    source::SourceConfig,
};

impl Check {
    /// Complains of tables that cannot be followed. `line` is where the source begins.
    pub(super) fn reading(&mut self, file: File, line: usize, source: &SourceConfig) {
        let misplaced = [
            ("site", source.site.is_some(), Platform::Site),
            ("open311", source.open311.is_some(), Platform::Open311),
        ];
        for (table, there, platform) in misplaced {
            if there && source.platform != platform {
                let table = format!("[source.{table}]");
                let message = format!("{table} belongs to a source of platform \"{platform}\"");
                self.complain(file, line_of(file, line, &table), message);
            }
        }
        if matches!(source.platform, Platform::Site | Platform::Open311) {
            self.address(file, line, "owner", Some(&source.owner));
        }
        if let Some(site) = &source.site {
            self.site(file, line, site);
        }
        if let Some(endpoint) = &source.open311 {
            self.open311(file, line, endpoint);
        }
    }

    fn site(&mut self, file: File, line: usize, site: &Site) {
        for (key, css) in site.selectors() {
            if let Err(why) = Selector::parse(css) {
                let why = why.to_string();
                let why = why.lines().last().unwrap_or_default();
                let message = format!("site.{key}: {css:?} is no CSS selector: {why}");
                self.complain(file, line_of(file, line, key), message);
            }
        }
        if let Some(zone) = &site.zone
            && TimeZone::get(zone).is_err()
        {
            let message = format!("site.zone: there is no time zone {zone:?}");
            self.complain(file, line_of(file, line, "zone"), message);
        }
        if let Some(format) = &site.date_format
            && let Err(why) = strtime::format(format.as_str(), &Zoned::default())
        {
            let message = format!("site.date_format: {format:?} cannot be followed: {why}");
            self.complain(file, line_of(file, line, "date_format"), message);
        }
        if let Some(pages) = &site.pages
            && !pages.contains("{page}")
        {
            let message = "site.pages: {page} must stand where the page's number belongs";
            self.complain(file, line_of(file, line, "pages"), message);
        }
        self.address(file, line, "list", site.list.as_ref());
        let sitemap = site.sitemap.as_ref().filter(|given| *given != "auto");
        self.address(file, line, "sitemap", sitemap);
    }

    fn open311(&mut self, file: File, line: usize, endpoint: &Open311) {
        if let Some(format) = &endpoint.format
            && !matches!(format.as_str(), "json" | "xml")
        {
            let message = format!("open311.format: {format:?} is neither \"json\" nor \"xml\"");
            self.complain(file, line_of(file, line, "format"), message);
        }
        if let Some(link) = &endpoint.link
            && !link.contains("{id}")
        {
            let message = "open311.link: {id} must stand where the request's number belongs";
            self.complain(file, line_of(file, line, "link"), message);
        }
    }

    /// An address that can be asked. The demo's are relative to its own servers.
    fn address(&mut self, file: File, line: usize, key: &str, given: Option<&String>) {
        let Some(given) = given.filter(|given| !given.starts_with('/')) else {
            return;
        };
        let fits = Url::parse(given.trim())
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
        if !fits {
            let message = format!("{key}: {given:?} is no address (http:// or https://)");
            self.complain(file, line_of(file, line, key), message);
        }
    }
}

/// The line of a key among those of its source; the source's first where it is not found.
fn line_of(file: File, first: usize, key: &str) -> usize {
    let own = file.text.lines().enumerate().skip(first);
    let own = own.take_while(|(_, line)| line.trim() != "[[source]]");
    let is_key = |line: &str| {
        let rest = line.trim_start().strip_prefix(key);
        rest.is_some_and(|rest| key.starts_with('[') || rest.trim_start().starts_with('='))
    };
    let mut found = own.filter(|(_, line)| is_key(line));
    found.next().map_or(first, |(at, _)| at + 1)
}
