//! Feeds: bytes, charsets, conditional requests.

use jiff::tz::TimeZone;
use otklik::{config::region::RegionCatalogue, demo::feeds, domain::time::Span};

use super::Served;
use crate::harness;

pub(super) async fn start() -> Served {
    let region = RegionCatalogue::svetlorechye(harness::START).unwrap();
    Served::start(|world| feeds::router(world, &region, TimeZone::UTC)).await
}

#[tokio::test]
async fn one_feed_is_really_windows_1251() {
    let server = start().await;
    let bytes = server
        .get("/dolgopolyansky/news.xml")
        .await
        .bytes()
        .await
        .unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    assert!(bytes.starts_with(b"<?xml version=\"1.0\" encoding=\"windows-1251\"?>"));
    let (text, _, broken) = encoding_rs::WINDOWS_1251.decode(&bytes);
    assert!(!broken && text.contains("Долгополянский район"));
    let told = feed_rs::parser::parse(&bytes[..]).unwrap();
    let utf8 = server.get("/gazeta/rss.xml").await.text().await.unwrap();
    let paper = feed_rs::parser::parse(utf8.as_bytes()).unwrap();
    assert!(told.entries.len() > 3 && paper.entries.len() > 3);
    for entry in told.entries.iter().chain(&paper.entries) {
        assert!(entry.published.is_some() && entry.title.is_some());
    }
    let article = url::Url::parse(&paper.entries[0].links[0].href).unwrap();
    assert_eq!(server.get(article.path()).await.status(), 200);
}

#[tokio::test]
async fn an_unchanged_feed_answers_304_until_something_is_new() {
    let server = start().await;
    let first = server.get("/gazeta/rss.xml").await;
    let (tag, date) = (&first.headers()["etag"], &first.headers()["last-modified"]);
    let again = async |name: &str, value: &reqwest::header::HeaderValue| {
        let request = server.http.get(format!("{}/gazeta/rss.xml", server.base));
        request
            .header(name, value)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(again("if-none-match", tag).await, 304);
    assert_eq!(again("if-modified-since", date).await, 304);
    server.clock.advance(Span::hours(2));
    assert_eq!(again("if-none-match", tag).await, 200);
    let robots = server.get("/robots.txt").await.text().await.unwrap();
    assert!(robots.contains("Crawl-delay: 1"));
}
