//! Visits over real HTTP: what is asked, what comes back as a page, and what a failure asks for.

use otklik::{
    collect::{politeness::Haste, poll::Collector},
    config::settings::{Collect, Settings},
    domain::{
        id::Ids,
        post::{CapturedPost, Platform, PostKind},
        source::{Cursor, FetchError, Page, Reaction, SourceConfig},
        time::{Clock, Span},
    },
};
use serde_json::{Value, json};

use crate::{
    harness::{self, Database, TestStore},
    network::{Network, says, stalling_server, status},
};

/// A collector over an empty store, a clock that stands, and a scripted network.
pub struct Crawler {
    pub net: Network,
    pub clock: Clock,
    pub collector: Collector,
    pub store: TestStore,
    pub settings: Collect,
    cursor: std::cell::RefCell<Cursor>,
}

impl Crawler {
    pub async fn start() -> Crawler {
        Crawler::with(|_| {}).await
    }

    /// With settings of the story's own.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Crawler {
        let net = Network::start().await;
        let store = TestStore::start(Database::Sqlite).await;
        let mut settings = Settings::load(None, []).unwrap();
        settings.collect.allow_private_addresses = true;
        settings.collect.telegram = true;
        settings.collect.base.vk = format!("{}/method", net.base);
        settings.collect.base.telegram = net.base.clone();
        settings.collect.vk.token = "a-token".into();
        settings.collect.base.ok = format!("{}/fb.do", net.base);
        settings.collect.ok.application_key = "APPLICATION".into();
        settings.collect.ok.access_token = "a-token".into();
        settings.collect.ok.session_secret = "a-secret".into();
        settings.collect.base.max = net.base.clone();
        settings.collect.max.token = "a-token".into();
        change(&mut settings);
        let clock = harness::clock();
        Crawler {
            collector: collector(&settings.collect, &store, &clock),
            settings: settings.collect,
            net,
            clock,
            store,
            cursor: Default::default(),
        }
    }

    /// Started again with other settings of collecting.
    pub fn again_with(mut self, change: impl FnOnce(&mut Collect)) -> Crawler {
        change(&mut self.settings);
        self.collector = collector(&self.settings, &self.store, &self.clock);
        self
    }

    /// Visits and moves the cursor, as keeping a page does.
    pub async fn visit(&self, source: &SourceConfig) -> Result<Page, FetchError> {
        let cursor = self.cursor.borrow().clone();
        let page = self
            .collector
            .poll(source, &cursor, Haste::Scheduled)
            .await?;
        *self.cursor.borrow_mut() = page.next.clone();
        Ok(page)
    }
}

fn collector(settings: &Collect, store: &TestStore, clock: &Clock) -> Collector {
    let (zone, ids) = (jiff::tz::TimeZone::UTC, Ids::seeded(1));
    Collector::new(settings, zone, store.store.clone(), clock.clone(), ids).unwrap()
}

pub fn source(platform: Platform, owner: &str) -> SourceConfig {
    SourceConfig {
        code: "a-source".into(),
        platform,
        owner: owner.into(),
        screen_name: None,
        name: "Источник".into(),
        municipality: None,
        official: false,
        comments: false,
        boards: false,
        enabled: None,
        interval_seconds: None,
        site: None,
        open311: None,
    }
}

/// A community's post, so many minutes before the story's start.
pub fn post(id: i64, minutes: i64) -> Value {
    let date = harness::START.minus(Span::minutes(minutes)).as_millis() / 1000;
    json!({"id": id, "owner_id": -7, "from_id": -7, "date": date, "post_type": "post",
           "text": format!("Сообщение {id}"), "comments": {"count": 0}})
}

pub fn wall(posts: &[Value]) -> Value {
    json!({"response": {"count": posts.len(), "items": posts}})
}

pub fn error(code: i64) -> Value {
    json!({"error": {"error_code": code, "error_msg": "words of VK",
        "request_params": [{"key": "access_token", "value": "a-token"}]}})
}

fn ids(page: &Page) -> Vec<&str> {
    page.posts
        .iter()
        .map(|p: &CapturedPost| p.key.external_id.as_str())
        .collect()
}

const WALL: &str = "/method/wall.get";
const COMMENTS: &str = "/method/wall.getComments";

#[tokio::test]
async fn a_wall_is_asked_for_as_vk_wants() {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, wall(&[post(2, 5), post(1, 10)]));
    let page = crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
    assert_eq!(ids(&page), ["2", "1"]);
    assert_eq!(
        page.posts[0].url.as_deref(),
        Some("https://vk.com/wall-7_2")
    );
    let asked = &crawler.net.asked()[0];
    assert_eq!(asked.header("authorization"), Some("Bearer a-token"));
    assert!(asked.header("user-agent").unwrap().starts_with("Otklik/"));
    for (name, value) in [
        ("owner_id", "-7"),
        ("v", "5.199"),
        ("lang", "ru"),
        ("offset", "0"),
    ] {
        assert_eq!(asked.form.get(name).map(String::as_str), Some(value));
    }
}

#[tokio::test]
async fn a_pinned_post_does_not_end_the_visit() {
    let crawler = Crawler::start().await;
    let mut pinned = post(1, 60 * 24 * 300);
    pinned["is_pinned"] = json!(1);
    let newest: Vec<Value> = (0..99).map(|n| post(1000 - n, n)).collect();
    crawler
        .net
        .on(WALL, wall(&[&[pinned.clone()], &newest[..]].concat()));
    crawler.net.on(WALL, wall(&[post(901, 99), post(900, 100)]));
    let page = crawler.visit(&source(Platform::Vk, "-7")).await.unwrap();
    assert_eq!(page.posts.len(), 102);
    assert_eq!(crawler.net.asked()[1].form["offset"], "95");
    crawler
        .net
        .clear(WALL)
        .on(WALL, wall(&[pinned, post(1001, 0), post(1000, 0)]));
    let again = crawler.visit(&source(Platform::Vk, "-7")).await.unwrap();
    assert!(ids(&again).contains(&"1001"));
    assert_eq!(crawler.net.asked().len(), 3);
}

#[tokio::test]
async fn a_list_that_shifts_between_pages_loses_and_doubles_nothing() {
    let crawler = Crawler::start().await;
    let all: Vec<Value> = (0..150).map(|n| post(500 - n, n)).collect();
    crawler.net.on(WALL, wall(&all[..100]));
    // Two posts appeared meanwhile: the second page begins two higher than asked.
    crawler.net.on(WALL, wall(&all[93..]));
    let page = crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
    let mut found = ids(&page);
    found.sort_unstable();
    found.dedup();
    assert_eq!((page.posts.len(), found.len()), (150, 150));
}

#[tokio::test]
async fn a_visit_stops_at_its_budget_and_goes_on_next_time() {
    let crawler = Crawler::with(|s| s.collect.pages_per_visit = 2).await;
    let page_of = |from: i64| -> Value {
        let posts: Vec<Value> = (from..from + 100).map(|n| post(10_000 - n, n)).collect();
        wall(&posts)
    };
    for from in [0, 95] {
        crawler.net.on(WALL, page_of(from));
    }
    let first = crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
    assert!(first.more);
    crawler
        .net
        .clear(WALL)
        .on(WALL, wall(&[post(10_000, 0), post(9_999, 1)]));
    crawler.net.on(
        WALL,
        wall(&[post(9_811, 189), post(9_810, 190), post(9_809, 191)]),
    );
    let second = crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
    assert!(ids(&second).contains(&"9809") && !second.more);
    assert_eq!(crawler.net.asked()[3].form["offset"], "185");
}

#[tokio::test]
async fn comments_are_read_when_their_number_changes() {
    let crawler = Crawler::start().await;
    let mut talked = post(5, 1);
    talked["comments"]["count"] = json!(3);
    crawler.net.on(WALL, wall(&[talked.clone(), post(4, 2)]));
    crawler.net.on(COMMENTS, json!({"response": {"count": 3, "current_level_count": 1, "items": [
        {"id": 11, "from_id": 900, "date": 1795348000, "text": "И у нас нет воды", "post_id": 5,
         "thread": {"count": 2, "items": [
            {"id": 12, "from_id": -7, "date": 1795348100, "text": "Приняли", "parents_stack": [11]}]}}]}}));
    crawler.net.on(
        COMMENTS,
        json!({"response": {"count": 2, "current_level_count": 2, "items": [
        {"id": 12, "from_id": -7, "text": "Приняли", "parents_stack": [11], "post_id": 5},
        {"id": 13, "from_id": 901, "text": "Спасибо", "parents_stack": [11], "post_id": 5}]}}),
    );
    let source = SourceConfig {
        comments: true,
        ..source(Platform::Vk, "7")
    };
    let page = crawler.visit(&source).await.unwrap();
    let comments: Vec<_> = page
        .posts
        .iter()
        .filter(|p| p.key.kind == PostKind::Comment)
        .collect();
    assert_eq!(comments.len(), 3);
    assert!(
        comments
            .iter()
            .all(|comment| comment.key.owner == "-7" && comment.parent.is_some())
    );
    assert_eq!(crawler.net.asked()[1].form["preview_length"], "0");
    assert_eq!(crawler.net.asked()[2].form["comment_id"], "11");
    crawler.visit(&source).await.unwrap();
    assert_eq!(
        crawler.net.asked().len(),
        4,
        "nothing changed: only the wall is asked"
    );
    talked["comments"]["count"] = json!(4);
    crawler
        .net
        .clear(WALL)
        .on(WALL, wall(&[talked, post(4, 2)]));
    crawler.visit(&source).await.unwrap();
    assert_eq!(crawler.net.asked().last().unwrap().path, COMMENTS);
}

#[tokio::test]
async fn closed_comments_keep_the_post() {
    let crawler = Crawler::start().await;
    let mut talked = post(5, 1);
    talked["comments"]["count"] = json!(3);
    crawler
        .net
        .on(WALL, wall(&[talked]))
        .on(COMMENTS, error(212));
    let source = SourceConfig {
        comments: true,
        ..source(Platform::Vk, "7")
    };
    let page = crawler.visit(&source).await.unwrap();
    assert_eq!((page.posts.len(), page.more), (1, false));
}

#[tokio::test]
async fn an_official_page_tells_its_facts_once_a_day() {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, wall(&[post(1, 1)]));
    crawler.net.on(
        "/method/groups.getById",
        json!({"response": {"groups": [
        {"id": 7, "name": "Администрация", "verified": 1, "is_closed": 0,
         "is_government_organization": true, "members_count": 1500}]}}),
    );
    let source = SourceConfig {
        official: true,
        ..source(Platform::Vk, "7")
    };
    let facts = crawler.visit(&source).await.unwrap().facts.unwrap();
    assert_eq!((facts.government, facts.members), (Some(true), Some(1500)));
    assert_eq!(crawler.visit(&source).await.unwrap().facts, None);
    crawler.clock.advance(Span::days(1));
    assert!(crawler.visit(&source).await.unwrap().facts.is_some());
}

#[tokio::test]
async fn personal_walls_are_marked_and_never_asked_for() {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, wall(&[post(1, 1)]));
    crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
    assert!(crawler.net.asked()[0].form["owner_id"].starts_with('-'));
}

#[tokio::test]
async fn a_channel_is_read_down_to_what_is_known() {
    let message = |id: i64| {
        format!(
            "<div class='tgme_widget_message' data-post='Gorod/{id}'>\
             <div class='tgme_widget_message_text js-message_text'>Сообщение {id}</div>\
             <a class='tgme_widget_message_date'><time datetime='2026-11-20T10:00:00+00:00'></time></a></div>"
        )
    };
    let page = |ids: std::ops::Range<i64>| {
        let first = ids.start;
        let all: String = ids.map(message).collect();
        says(format!(
            "<a class='tme_messages_more' data-before='{first}'></a><section class='tgme_channel_history'>{all}</section>"
        ))
    };
    let crawler = Crawler::start().await;
    crawler.net.on("/s/gorod", page(101..121));
    crawler.net.on("/s/gorod?before=101", page(1..101));
    let channel = source(Platform::Telegram, "gorod");
    let first = crawler.visit(&channel).await.unwrap();
    assert_eq!((first.posts.len(), first.more), (120, false));
    assert_eq!(first.posts[0].key.owner, "gorod");
    crawler.net.clear("/s/gorod").on("/s/gorod", page(131..151));
    crawler.net.on("/s/gorod?before=131", page(111..131));
    let second = crawler.visit(&channel).await.unwrap();
    assert_eq!(second.posts.len(), 40);
    assert_eq!(crawler.net.asked().len(), 4);
    assert_eq!(crawler.net.asked()[0].header("accept-language"), Some("en"));
}

#[tokio::test]
async fn a_channel_without_preview_is_left() {
    let crawler = Crawler::start().await;
    crawler
        .net
        .on("/s/gorod", status(302).with("location", "/gorod"));
    let failed = crawler
        .visit(&source(Platform::Telegram, "gorod"))
        .await
        .unwrap_err();
    assert_eq!(failed.reaction, Reaction::Skip);
    let off = Crawler::with(|s| s.collect.telegram = false).await;
    let failed = off
        .visit(&source(Platform::Telegram, "gorod"))
        .await
        .unwrap_err();
    assert_eq!(failed.reaction, Reaction::Stop);
    assert!(off.net.paths().is_empty());
}

const FEED: &str = "<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss version=\"2.0\"><channel>\
    <item><guid>1</guid><title>Отключение воды</title><link>http://gorod.example/1</link>\
    <pubDate>Sun, 22 Nov 2026 10:00:00 +0300</pubDate></item></channel></rss>";

#[tokio::test]
async fn a_feed_in_windows_1251_is_read_and_then_asked_conditionally() {
    let crawler = Crawler::start().await;
    let bytes = encoding_rs::WINDOWS_1251.encode(FEED).0;
    let answer = says(bytes)
        .with("etag", "W/\"odd tag\"")
        .with("last-modified", "yesterday-ish");
    crawler.net.on("/rss", answer).on("/rss", status(304));
    let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
    let page = crawler.visit(&feed).await.unwrap();
    assert_eq!(page.posts[0].text, "Отключение воды");
    let again = crawler.visit(&feed).await.unwrap();
    assert!(again.posts.is_empty());
    let asked = &crawler.net.asked()[1];
    assert_eq!(asked.header("if-none-match"), Some("W/\"odd tag\""));
    assert_eq!(asked.header("if-modified-since"), Some("yesterday-ish"));
    assert_eq!(
        crawler.visit(&feed).await.unwrap().posts.len(),
        0,
        "the position is kept"
    );
}

#[tokio::test]
async fn robots_txt_is_obeyed() {
    for (robots, allowed) in [
        (status(404), Ok(1)),
        (says("User-agent: *\nDisallow: /private"), Ok(1)),
        (says("User-agent: otklik\nDisallow: /"), Err(Reaction::Skip)),
        (status(503), Err(Reaction::BackOff)),
        (status(301).with("location", "/moved"), Ok(1)),
    ] {
        let crawler = Crawler::start().await;
        crawler.net.on("/robots.txt", robots).on("/rss", says(FEED));
        let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
        let outcome = crawler.visit(&feed).await;
        assert_eq!(
            outcome.map(|page| page.posts.len()).map_err(|e| e.reaction),
            allowed
        );
        assert_eq!(
            crawler.net.paths().contains(&"/rss".into()),
            allowed.is_ok()
        );
        assert_eq!(crawler.net.paths()[0], "/robots.txt");
    }
}

#[tokio::test]
async fn redirects_are_followed_a_few_times_and_never_into_private_networks() {
    let crawler = Crawler::start().await;
    crawler
        .net
        .on("/rss", status(301).with("location", "/new"))
        .on("/new", says(FEED));
    let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
    assert_eq!(crawler.visit(&feed).await.unwrap().posts.len(), 1);
    crawler
        .net
        .clear("/rss")
        .on("/rss", status(302).with("location", "/rss"));
    assert_eq!(
        crawler.visit(&feed).await.unwrap_err().reaction,
        Reaction::Skip
    );

    let guarded = Crawler::with(|s| s.collect.allow_private_addresses = false).await;
    let port = guarded.net.base.rsplit(':').next().unwrap();
    for owner in [
        guarded.net.base.clone(),
        format!("http://localhost:{port}/rss"),
    ] {
        let failed = guarded
            .visit(&source(Platform::Feed, &owner))
            .await
            .unwrap_err();
        assert_eq!(failed.reaction, Reaction::Stop, "{failed}");
        assert!(failed.message.contains("private"), "{failed}");
    }
    assert!(guarded.net.paths().is_empty());
}

#[tokio::test]
async fn huge_and_stalling_answers_are_cut() {
    let crawler = Crawler::with(|s| s.collect.timeout_seconds = 1).await;
    crawler.net.on("/rss", says(vec![b' '; 6 * 1024 * 1024]));
    let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
    let failed = crawler.visit(&feed).await.unwrap_err();
    assert!(failed.message.contains("larger than 5 MiB"), "{failed}");
    let (base, server) = stalling_server().await;
    let failed = crawler
        .visit(&source(Platform::Feed, &base))
        .await
        .unwrap_err();
    assert_eq!(failed.reaction, Reaction::BackOff, "{failed}");
    server.abort();
}

#[tokio::test]
async fn what_is_no_feed_is_told() {
    let crawler = Crawler::start().await;
    crawler
        .net
        .on("/rss", says("<html><head><link rel=alternate type=application/rss+xml href=/new.xml></head>Сайт на ремонте"));
    let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
    let failed = crawler.visit(&feed).await.unwrap_err();
    assert!(failed.message.contains("HTML page"), "{failed}");
    assert!(
        failed.message.ends_with("/new.xml"),
        "the feed that the page names: {failed}"
    );
    let nowhere = crawler
        .visit(&source(Platform::Feed, "not an address"))
        .await
        .unwrap_err();
    assert_eq!(nowhere.reaction, Reaction::Stop);
}
