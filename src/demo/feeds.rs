//! News feeds over HTTP: a newspaper's in UTF-8 and a district's in windows-1251 (the bytes really
//! are), with ETag, Last-Modified and 304, and a robots.txt that asks for a second between visits.
//! Start with [`router`].

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{fmt::rfc2822, tz::TimeZone};

use super::{
    material::{DemoSource, Entry},
    site::{self, escape, lines},
    town,
    world::World,
};
use crate::{
    config::region::RegionCatalogue,
    domain::{
        claim::Claim,
        page::OfficialPage,
        post::Platform,
        time::{Span, Timestamp},
    },
};

/// Visitors are asked for a second between visits.
const ROBOTS: &str = "User-agent: *\nCrawl-delay: 1\nDisallow: /admin/\n";
/// Items in a feed: real ones show the last few dozen.
const ITEMS: usize = 30;

struct Site {
    world: World,
    claims: Vec<Claim>,
    pages: Vec<OfficialPage>,
    zone: TimeZone,
}

/// The server's routes: feeds and a site without one by their paths, articles, reviews of claims, and a card for each
/// official page of a network that the demo does not serve.
pub fn router(world: World, region: &RegionCatalogue, zone: TimeZone) -> Router {
    let site = Site {
        world,
        claims: region.claims.clone(),
        pages: region.pages.clone(),
        zone,
    };
    Router::new()
        .route("/robots.txt", get(|| async { ROBOTS }))
        .route("/reviews/{id}", get(review))
        .route("/pages/{code}", get(page))
        .route("/", get(|| async { town::front() }))
        .route("/{folder}/news/", get(news))
        .route("/{folder}/{file}", get(file))
        .with_state(Arc::new(site))
}

impl Site {
    fn feed(&self, path: &str) -> Option<&DemoSource> {
        let mut sources = self.world.material().sources.iter();
        sources.find(|s| s.config.platform == Platform::Feed && s.config.owner == path)
    }

    fn items<'a>(&'a self, source: &'a DemoSource) -> Vec<&'a Entry> {
        self.world
            .visible(source.config.code.as_str())
            .take(ITEMS)
            .collect()
    }

    /// When the newest thing in the feed happened.
    fn modified(&self, items: &[&Entry]) -> Timestamp {
        let moments = items.iter().map(|item| {
            let edited = self.world.wording(item).1;
            edited.unwrap_or(self.world.published(item))
        });
        moments
            .max()
            .unwrap_or(self.world.start().minus(Span::days(30)))
    }
}

/// A feed or an article.
async fn file(
    State(site): State<Arc<Site>>,
    Path((folder, _)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Some(source) = site.feed(uri.path()) {
        return feed(&site, source, &headers);
    }
    match article(&site, &folder, uri.path()) {
        Some(answer) => answer,
        None => site::missing().into_response(),
    }
}

/// A page of the list of a site without a feed.
async fn news(
    State(site): State<Arc<Site>>,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let number = asked.get("page").and_then(|page| page.parse().ok());
    let mut sources = site.world.material().sources.iter();
    let of_site =
        |s: &&DemoSource| s.config.platform == Platform::Site && s.config.owner == uri.path();
    match sources.find(of_site) {
        Some(source) => town::list(&site.world, source, number.unwrap_or(1), &site.zone),
        None => site::missing().into_response(),
    }
}

fn article(site: &Site, folder: &str, path: &str) -> Option<Response> {
    let id: i64 = path
        .rsplit_once('/')?
        .1
        .strip_suffix(".html")?
        .parse()
        .ok()?;
    let in_folder = |s: &&DemoSource| s.config.owner.starts_with(&format!("/{folder}/"));
    let source = site.world.material().sources.iter().find(in_folder)?;
    let entry = site
        .world
        .visible(source.config.code.as_str())
        .find(|entry| entry.id == id)?;
    Some(match source.config.platform {
        Platform::Site => town::article(&site.world, entry, &site.zone),
        _ => site::post(&site.world, &source.config.name, entry).into_response(),
    })
}

async fn review(State(site): State<Arc<Site>>, Path(id): Path<String>) -> site::Answer {
    match site.claims.iter().find(|claim| claim.id.as_str() == id) {
        Some(claim) => site::article(&claim.text, &claim.review),
        None => site::missing(),
    }
}

async fn page(State(site): State<Arc<Site>>, Path(code): Path<String>) -> site::Answer {
    match site.pages.iter().find(|page| page.code == code) {
        Some(page) => site::about(&page.body),
        None => site::missing(),
    }
}

fn feed(site: &Site, source: &DemoSource, headers: &HeaderMap) -> Response {
    let items = site.items(source);
    let modified = site.modified(&items);
    let tag = format!("\"{:x}-{}\"", modified.as_millis(), items.len());
    let date = http_date(modified);
    let validators = [
        (header::ETAG, tag.clone()),
        (header::LAST_MODIFIED, date.clone()),
    ];
    if is_known(headers, &tag, &date) {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let text = xml(site, source, &items, host.unwrap_or("127.0.0.1"));
    let bytes = match source.windows_1251 {
        true => encoding_rs::WINDOWS_1251.encode(&text).0.into_owned(),
        false => text.into_bytes(),
    };
    let kind = HeaderValue::from_static("application/rss+xml"); // many sites tell no charset here
    (validators, [(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// If-None-Match decides; without it, If-Modified-Since.
fn is_known(headers: &HeaderMap, tag: &str, date: &str) -> bool {
    let sent = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    match sent(header::IF_NONE_MATCH) {
        Some(tags) => tags
            .split(',')
            .any(|sent| sent.trim().trim_start_matches("W/") == tag),
        None => sent(header::IF_MODIFIED_SINCE) == Some(date),
    }
}

/// RSS 2.0. What windows-1251 has no letter for becomes a character reference, so texts are escaped
/// rather than put into CDATA.
fn xml(site: &Site, source: &DemoSource, items: &[&Entry], host: &str) -> String {
    let encoding = if source.windows_1251 {
        "windows-1251"
    } else {
        "utf-8"
    };
    let folder = source
        .config
        .owner
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let base = format!("http://{host}{folder}");
    let items: String = items.iter().map(|entry| item(site, entry, &base)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<rss version=\"2.0\">\n<channel>\n\
         <title>{title}</title>\n<link>{base}/</link>\n<description>Новости</description>\n\
         <language>ru</language>\n<ttl>1</ttl>\n{items}</channel>\n</rss>\n",
        title = escape(&source.config.name),
    )
}

fn item(site: &Site, entry: &Entry, base: &str) -> String {
    let (text, _) = site.world.wording(entry);
    let link = format!("{base}/{}.html", entry.id);
    let title = entry.title.as_deref().unwrap_or_default();
    let published = site.world.published(entry).in_zone(&site.zone);
    let published = rfc2822::to_string(&published).unwrap_or_default();
    format!(
        "<item>\n<title>{}</title>\n<link>{link}</link>\n<guid isPermaLink=\"true\">{link}</guid>\n\
         <pubDate>{published}</pubDate>\n<description>{}</description>\n</item>\n",
        escape(title),
        escape(&format!("<p>{}</p>", lines(text))),
    )
}

/// `Sun, 22 Nov 2026 12:00:00 GMT`.
fn http_date(moment: Timestamp) -> String {
    moment
        .in_zone(&TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}
