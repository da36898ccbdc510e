//! A sitemap's bytes: addresses of pages and of further sitemaps. Start with [`read_sitemap`].
//!
//! Fetching, and what is done with the addresses, is the visit's work (`poll/map.rs`).

use std::io::Read;

use jiff::tz::TimeZone;
use url::Url;

use crate::{
    collect::{charset, dates, xml},
    domain::time::Timestamp,
};

/// Most bytes of a sitemap, unpacked (sitemaps.org).
pub const LARGEST: usize = 50 * 1024 * 1024;
/// Most addresses of a sitemap (sitemaps.org).
pub const MOST: usize = 50_000;
/// Sitemaps that lead to sitemaps: no further than this.
pub const DEEPEST: u8 = 3;

/// An address that a sitemap names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The address.
    pub address: Url,
    /// When it was changed, as the site says.
    pub changed: Option<Timestamp>,
    /// News sitemaps: when it was published.
    pub published: Option<Timestamp>,
    /// News sitemaps: the headline.
    pub title: Option<String>,
}

/// What a sitemap names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sitemap {
    /// Pages, in the file's order.
    pub pages: Vec<Entry>,
    /// Further sitemaps.
    pub maps: Vec<Entry>,
    /// What was left out, in a sentence.
    pub note: Option<String>,
}

/// Reads a sitemap: XML or a list of lines, packed or not.
///
/// # Errors
/// A sentence when it is none, is too large, or declares entities.
pub fn read_sitemap(bytes: &[u8]) -> Result<Sitemap, String> {
    let unpacked = unpacked(bytes)?;
    let text = charset::decode(&unpacked, None).text;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("http") {
        return Ok(by_lines(start));
    }
    let found = xml::read_records(start, &["url", "sitemap"], MOST)
        .map_err(|why| format!("the sitemap is refused: {why}"))?;
    if !matches!(found.root.as_str(), "urlset" | "sitemapindex") {
        return Err("the answer is no sitemap: neither urlset nor sitemapindex".into());
    }
    let mut map = Sitemap {
        note: found.cut.map(|why| format!("the sitemap was cut: {why}")),
        ..Sitemap::default()
    };
    for record in &found.list {
        let Some(entry) = entry(record) else { continue };
        match record.name.as_str() {
            "sitemap" => map.maps.push(entry),
            _ => map.pages.push(entry),
        }
    }
    Ok(map)
}

/// Whether the dates of change tell pages apart: many generators write the day of making.
pub fn dates_vary(pages: &[Entry]) -> bool {
    let mut dates = pages.iter().map(|page| page.changed);
    match dates.next() {
        Some(Some(first)) => pages.len() == 1 || dates.any(|date| date != Some(first)),
        _ => false,
    }
}

fn entry(record: &xml::Record) -> Option<Entry> {
    let moment = |path: &str| dates::parse(record.get(path)?, &TimeZone::UTC);
    Some(Entry {
        address: address(record.get("loc")?)?,
        changed: moment("lastmod"),
        published: moment("news:news/news:publication_date"),
        title: record.get("news:news/news:title").map(str::to_owned),
    })
}

fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn by_lines(text: &str) -> Sitemap {
    let addresses = text.lines().filter_map(address).take(MOST);
    let pages = addresses.map(|address| Entry {
        address,
        changed: None,
        published: None,
        title: None,
    });
    Sitemap {
        pages: pages.collect(),
        ..Sitemap::default()
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(bytes.to_vec());
    }
    let mut plain = Vec::new();
    let limit = LARGEST as u64 + 1;
    // What was unpacked before an error is still worth reading.
    let _ = flate2::read::MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut plain);
    match plain.len() > LARGEST {
        true => Err("the sitemap unpacks to more than 50 MiB".into()),
        false => Ok(plain),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const MAP: &str = "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
        <url><loc> https://g.example/news/1 </loc><lastmod>2026-11-20</lastmod>\
        <image:image><image:loc>https://g.example/1.jpg</image:loc></image:image></url>\
        <url><loc>https://g.example/news/2</loc><news:news><news:publication_date>2026-11-21T10:00:00+03:00\
        </news:publication_date><news:title>Вода</news:title></news:news></url>\
        <url><loc>javascript:alert(1)</loc></url></urlset>";

    #[test]
    fn pages_and_maps_are_read_packed_or_not() {
        let map = read_sitemap(MAP.as_bytes()).expect("a sitemap");
        assert_eq!(map.pages.len(), 2);
        assert_eq!(map.pages[0].address.path(), "/news/1");
        assert_eq!(map.pages[1].title.as_deref(), Some("Вода"));
        assert!(map.pages[1].published.is_some() && dates_vary(&map.pages));
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(MAP.as_bytes()).expect("memory");
        let packed = packer.finish().expect("memory");
        assert_eq!(read_sitemap(&packed).expect("a sitemap"), map);
        let index =
            "<sitemapindex><sitemap><loc>https://g.example/a.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(
            read_sitemap(index.as_bytes()).expect("an index").maps.len(),
            1
        );
        let lines = "https://g.example/a\nhttps://g.example/b\n";
        assert_eq!(
            read_sitemap(lines.as_bytes()).expect("lines").pages.len(),
            2
        );
    }

    #[test]
    fn bombs_are_refused() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&vec![b' '; LARGEST + 10]).expect("memory");
        let packed = packer.finish().expect("memory");
        assert!(read_sitemap(&packed).is_err_and(|why| why.contains("50 MiB")));
        let bomb = "<!DOCTYPE urlset [<!ENTITY a \"aaaaaaaa\">]><urlset><url><loc>&a;</loc></url></urlset>";
        assert!(read_sitemap(bomb.as_bytes()).is_err_and(|why| why.contains("entities")));
        assert!(read_sitemap(b"<html></html>").is_err());
        assert!(read_sitemap(b"").is_err());
    }
}
