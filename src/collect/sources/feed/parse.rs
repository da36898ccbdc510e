//! From a feed's bytes to posts. Start with [`read_feed`].

use std::{borrow::Cow, io::Read};

use feed_rs::model::{Entry, Feed};
use jiff::tz::TimeZone;
use url::Url;

use super::{
    items::{Item, into_posts},
    repair, scan,
};
use crate::{
    collect::{charset, dates, html},
    domain::{
        source::{FetchError, Page, Reaction},
        time::Timestamp,
    },
};

/// An unpacked feed is read up to this size.
const LARGEST: u64 = 20 * 1024 * 1024;

/// The longest feeds of real sites have some hundreds.
const MOST_ITEMS: usize = 3000;

/// How a feed is to be read.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The source's address: the owner of its posts, and the base of relative links.
    pub owner: &'a str,
    /// The charset of the HTTP header, if it named one.
    pub charset: Option<&'a str>,
    /// The zone meant by dates without one.
    pub zone: TimeZone,
}

/// Reads a feed into posts, in its order.
///
/// # Errors
/// [`Reaction::Skip`] when the bytes are no feed at all (an HTML page, an empty answer).
pub fn read_feed(bytes: &[u8], reading: &Reading<'_>) -> Result<Page, FetchError> {
    let decoded = charset::decode(&unpacked(bytes), reading.charset);
    let text = decoded.text.as_str();
    let mut page = Page::default();
    if decoded.guessed {
        page.notes
            .push(format!("the charset is a guess: {}", decoded.charset));
    }
    let (items, stage) = read_items(text, reading).ok_or_else(|| no_feed(text))?;
    if let Some(stage) = stage {
        page.notes.push(format!(
            "the feed does not keep to its format and was read by {stage}"
        ));
    }
    page.posts = into_posts(items, reading.owner);
    Ok(page)
}

/// A feed saved in gzip, and served so without saying it.
fn unpacked(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return bytes.into();
    }
    let mut plain = Vec::new();
    // What was unpacked before an error is still worth reading.
    let _ = flate2::read::GzDecoder::new(bytes)
        .take(LARGEST)
        .read_to_end(&mut plain);
    plain.into()
}

fn no_feed(text: &str) -> FetchError {
    let head = html::tidy(&text.chars().take(300).collect::<String>()).to_lowercase();
    let what = if head.is_empty() {
        "the answer is empty"
    } else if head.contains("<html") || head.contains("<!doctype html") {
        "the answer is an HTML page, not a feed: look at the source's address"
    } else {
        "the answer is not a feed: neither RSS, Atom, RDF nor JSON Feed"
    };
    FetchError {
        reaction: Reaction::Skip,
        code: None,
        message: what.to_owned(),
        not_before: None,
    }
}

/// The items, and which attempt read them when it was not the first.
fn read_items(text: &str, reading: &Reading<'_>) -> Option<(Vec<Item>, Option<&'static str>)> {
    if text.trim_start().starts_with(['{', '[']) {
        let mut items = scan::read_json(text, &reading.zone)?;
        let flood = items.len() > MOST_ITEMS;
        items.truncate(MOST_ITEMS);
        return Some((items, flood.then_some("its first items")));
    }
    if !scan::looks_like_feed(text) {
        return None;
    }
    let found = scan::read_markup(text, &reading.zone);
    if text.contains("<yandex:full-text") {
        // feed-rs does not know the element in which regional sites put the whole text.
        return Some((found, None));
    }
    if found.len() > MOST_ITEMS {
        // Whoever floods a feed does not get the slower parsers, nor more than a feed can mean.
        let items = found.into_iter().take(MOST_ITEMS).collect();
        return Some((items, Some("a scan for its first items")));
    }
    let clean = repair::for_parser(text);
    if let Some(items) = strict(&clean, reading).filter(|items| items.len() >= found.len()) {
        return Some((items, None));
    }
    if let Some(items) =
        strict(&repair::repair(&clean), reading).filter(|items| items.len() >= found.len())
    {
        return Some((items, Some("a repaired copy")));
    }
    Some((found, Some("a scan for items")))
}

/// `feed-rs`. [`repair::guarded`] keeps it from its known panics; should it find another, the scan
/// takes over.
fn strict(text: &str, reading: &Reading<'_>) -> Option<Vec<Item>> {
    let zone = reading.zone.clone();
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(reading.owner).filter(|owner| Url::parse(owner).is_ok()))
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |text| dates::parse(text, &zone)?.to_rfc3339().parse().ok())
        .sanitize_content(false)
        .build();
    let parsed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        parser.parse(repair::guarded(text).as_bytes())
    }));
    let feed: Feed = parsed.ok()?.ok()?;
    Some(feed.entries.into_iter().map(from_entry).collect())
}

fn from_entry(entry: Entry) -> Item {
    let alternate = entry
        .links
        .iter()
        .find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let link = alternate.or_else(|| entry.links.first());
    let body = entry
        .content
        .as_ref()
        .and_then(|content| content.body.as_deref());
    let summary = entry.summary.as_ref().map(|text| text.content.as_str());
    let enclosures = entry
        .media
        .iter()
        .flat_map(|media| &media.content)
        .filter_map(|content| Some(content.content_type.as_ref()?.to_string()))
        .collect();
    Item {
        id: Some(repair::unguarded(&entry.id)).filter(|id| !id.is_empty()),
        link: link.map(|link| repair::unguarded(link.href.trim())),
        title: entry.title.map(|title| plain(&title.content)),
        text: fuller(body.map(plain), summary.map(plain)),
        published: entry
            .published
            .map(|t| Timestamp::from_millis(t.timestamp_millis())),
        updated: entry
            .updated
            .map(|t| Timestamp::from_millis(t.timestamp_millis())),
        enclosures,
    }
}

fn plain(markup: &str) -> String {
    html::to_text(&repair::unguarded(markup))
}

/// The content, unless it is only a shortened summary.
pub fn fuller(content: Option<String>, summary: Option<String>) -> String {
    let (content, summary) = (content.unwrap_or_default(), summary.unwrap_or_default());
    if content.chars().count() >= summary.chars().count() {
        content
    } else {
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Page, FetchError> {
        let reading = Reading {
            owner: "https://gorod.example/rss",
            charset: None,
            zone: jiff::tz::Offset::constant(3).to_time_zone(),
        };
        read_feed(bytes, &reading)
    }

    const ITEM: &str = "<item><guid>42</guid><link>/news/42</link><title>Вода &amp; свет</title>\
        <description>&lt;p&gt;Ремонт&nbsp;на Садовой&lt;/p&gt;</description>\
        <pubDate>Пн, 05 Май 2025 15:30:00</pubDate></item>";

    fn check(page: &Page) {
        let post = &page.posts[0];
        assert_eq!(post.key.external_id, "42");
        assert_eq!(post.url.as_deref(), Some("https://gorod.example/news/42"));
        assert_eq!(post.title.as_deref(), Some("Вода & свет"));
        assert_eq!(post.text, "Ремонт на Садовой");
        let time = post.published.map(Timestamp::to_rfc3339);
        assert_eq!(time.as_deref(), Some("2025-05-05T12:30:00Z"));
    }

    #[test]
    fn a_whole_feed_and_its_broken_copies_read_alike() {
        let whole =
            format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel>{ITEM}</channel></rss>");
        check(&read(whole.as_bytes()).expect("a feed"));
        for broken in [
            whole.replace("</channel></rss>", ""),
            whole.replace("Вода &amp; свет", "Вода & свет"),
            whole.replace(" version=\"2.0\"", " version=\"9.9\""),
            format!("Warning: mysql_connect()\n{whole}"),
            whole.replace("<channel>", "<channel><title>Вести<b></title>\u{b}"),
        ] {
            check(&read(broken.as_bytes()).expect("still a feed"));
        }
        let cp1251 = whole.replace("\"1.0\"", "\"1.0\" encoding=\"utf-8\"");
        check(&read(&encoding_rs::WINDOWS_1251.encode(&cp1251).0).expect("a lying label"));
    }

    #[test]
    fn shared_guids_are_told_apart_and_missing_ones_made() {
        let item = |guid: &str, n: u8| {
            format!(
                "<item>{guid}<title>Новость {n}</title><link>http://a.example/{n}</link></item>"
            )
        };
        let feed = |items: String| format!("<rss version=\"2.0\"><channel>{items}</channel></rss>");
        let shared = feed(item("<guid>1</guid>", 1) + &item("<guid>1</guid>", 2));
        let page = read(shared.as_bytes()).expect("a feed");
        assert_ne!(page.posts[0].key, page.posts[1].key);
        let bare = feed("<item><title>Без ссылки</title></item>".into());
        let page = read(bare.as_bytes()).expect("a feed");
        assert_eq!(page.posts[0].key.external_id.len(), 32);
        assert_eq!(page.posts[0].text, "Без ссылки");
    }

    #[test]
    fn atom_and_json() {
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>tag:1</id>\
            <title type=\"html\">Снег &amp;laquo;убран&amp;raquo;</title>\
            <link href=\"https://a.example/1\"/><updated>2025-05-05T12:30:00Z</updated>\
            <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Да</p></div>\
            </content></entry></feed>";
        let page = read(atom.as_bytes()).expect("a feed");
        assert_eq!(page.posts[0].title.as_deref(), Some("Снег «убран»"));
        assert_eq!(page.posts[0].text, "Да");
        let json = "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{\"id\": 7, \
            \"content_html\": \"<b>Свет</b> есть\", \"date_published\": \"2025-05-05T12:30:00Z\"}]}";
        let page = read(json.as_bytes()).expect("a feed");
        assert_eq!(page.posts[0].key.external_id, "7");
        assert_eq!(page.posts[0].text, "Свет есть");
    }

    #[test]
    fn nasty_input_gives_a_sentence_or_items() {
        let deep = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(200_000));
        assert!(read(deep.as_bytes()).is_ok_and(|page| page.posts.is_empty()));
        let entities = "<!DOCTYPE rss [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\
            <rss version=\"2.0\"><channel><item><title>&b;</title></item></channel></rss>";
        assert_eq!(read(entities.as_bytes()).expect("a feed").posts.len(), 1);
        let contact = "<rss version=\"2.0\"><channel><item><author>«a@b.ru»</author>\
            <title>Пишите на a@b.ru</title></item></channel></rss>";
        assert_eq!(
            read(contact.as_bytes()).expect("a feed").posts[0].text,
            "Пишите на a@b.ru"
        );
        for no_feed in [
            &b""[..],
            b"\x00\x01\x02",
            b"<html><body>404</body></html>",
            b"{\"a\":1}",
        ] {
            assert_eq!(read(no_feed).map_err(|e| e.reaction), Err(Reaction::Skip));
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(parts in "(<rss version=\"2.0\"><channel>|<feed>|<item>|</item>|<entry>|<title>|</title>|<author>|</author>|<itunes:duration>|<!\\[CDATA\\[|\\]\\]>|<!--|&|@|a\\.b|9:99:99|\\PC){0,40}") {
            let _ = read(parts.as_bytes());
        }

        #[test]
        fn bytes_never_panic(bytes: Vec<u8>) {
            let _ = read(&[b"<rss><item>", bytes.as_slice()].concat());
        }
    }
}
