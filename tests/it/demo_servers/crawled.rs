//! The crawler's own parsers read what the servers publish, and read all of it.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use otklik::{
    collect::sources::{
        feed::parse::{Reading, read_feed},
        site::{self, Selectors, article::read_article, list::read_list},
        telegram::preview,
        vk::{comments, groups, wall},
    },
    demo::{material::Material, telegram},
    domain::{
        actor::AuthorKind,
        post::{CapturedPost, Platform, PostKind},
        time::Span,
    },
};

use super::{Served, feeds};

/// Numbers of a source's posts of one kind before the demo's start.
fn written(material: &Material, source: &str, kind: PostKind) -> BTreeSet<String> {
    let entries = material.entries_of(source);
    let old = entries.filter(|entry| entry.kind == kind && entry.at < Span::ZERO);
    old.map(|entry| entry.id.to_string()).collect()
}

fn read(posts: &[CapturedPost]) -> BTreeSet<String> {
    posts
        .iter()
        .map(|post| post.key.external_id.clone())
        .collect()
}

#[tokio::test]
async fn every_wall_and_comment_is_read() {
    let vk = Served::vk().await;
    let material = Material::built_in().unwrap();
    let walls = material
        .sources
        .iter()
        .filter(|s| s.config.platform == Platform::Vk && !s.closed);
    for source in walls {
        let code = source.config.code.as_str();
        let owner = format!("-{}", source.config.owner);
        let ask = [
            ("owner_id", owner.as_str()),
            ("count", "100"),
            ("extended", "1"),
        ];
        let answer = vk.call("wall.get", &ask).await;
        let page = wall::read_posts(&answer["response"]);
        assert!(page.notes.is_empty(), "{:?}", page.notes);
        assert_eq!(
            read(&page.posts),
            written(&material, code, PostKind::Post),
            "{code}"
        );
        let mut comments_read = BTreeSet::new();
        for post in page
            .posts
            .iter()
            .filter(|post| post.counters.comments != Some(0))
        {
            let id = post.key.external_id.as_str();
            let ask = [
                ("owner_id", owner.as_str()),
                ("post_id", id),
                ("count", "100"),
                ("preview_length", "0"),
                ("thread_items_count", "10"),
            ];
            let answer = vk.call("wall.getComments", &ask).await;
            let under = comments::Under {
                owner: owner.parse().unwrap(),
                post: id.parse().ok(),
            };
            let (page, unread) = comments::read_comments(&answer["response"], &under);
            assert!(unread.is_empty() && page.notes.is_empty());
            assert_eq!(post.counters.comments, Some(page.posts.len() as i64));
            comments_read.extend(read(&page.posts));
        }
        assert_eq!(
            comments_read,
            written(&material, code, PostKind::Comment),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_repost_has_both_texts_and_people_stay_people() {
    let vk = Served::vk().await;
    let ask = [("owner_id", "-900000101"), ("count", "100")];
    let page = wall::read_posts(&vk.call("wall.get", &ask).await["response"]);
    let repost = page
        .posts
        .iter()
        .find(|post| post.original.is_some())
        .unwrap();
    assert!(repost.text.contains("Официально") && repost.text.contains("водовода"));
    let people = page
        .posts
        .iter()
        .filter(|post| post.author_kind == AuthorKind::Person);
    assert!(people.count() > 30);
}

#[tokio::test]
async fn pages_tell_their_mark() {
    let vk = Served::vk().await;
    let ask = [
        ("group_ids", "900000201,900000203"),
        ("fields", groups::FIELDS),
    ];
    let answer = vk.call("groups.getById", &ask).await;
    let groups = groups::read_groups(&answer["response"]);
    let marks: Vec<_> = groups.iter().map(|group| group.facts.government).collect();
    assert_eq!(marks, [Some(true), Some(false)]);
}

#[tokio::test]
async fn every_channel_is_read() {
    let server = Served::start(telegram::router).await;
    let material = Material::built_in().unwrap();
    let channels = material
        .sources
        .iter()
        .filter(|s| s.config.platform == Platform::Telegram);
    for source in channels {
        let page = server.get(&format!("/s/{}", source.config.owner)).await;
        let preview = preview::read_page(&page.text().await.unwrap(), &server.base).unwrap();
        assert!(preview.notes.is_empty(), "{:?}", preview.notes);
        assert!(preview.facts.members.is_some());
        let code = source.config.code.as_str();
        assert_eq!(
            read(&preview.posts),
            written(&material, code, PostKind::Post),
            "{code}"
        );
        for post in &preview.posts {
            let entry = material
                .entry(code, post.key.external_id.parse().unwrap())
                .unwrap();
            assert_eq!(post.text, entry.text, "{code} {}", entry.id);
        }
    }
}

#[tokio::test]
async fn both_feeds_are_read() {
    let server = feeds::start().await;
    let material = Material::built_in().unwrap();
    let sources = material
        .sources
        .iter()
        .filter(|s| s.config.platform == Platform::Feed);
    for source in sources {
        let bytes = server
            .get(&source.config.owner)
            .await
            .bytes()
            .await
            .unwrap();
        let reading = Reading {
            owner: &source.config.owner,
            charset: None,
            zone: TimeZone::UTC,
        };
        let page = read_feed(&bytes, &reading).unwrap();
        let code = source.config.code.as_str();
        assert_eq!(
            page.posts.len(),
            written(&material, code, PostKind::Post).len()
        );
        for (post, entry) in page.posts.iter().rev().zip(material.entries_of(code)) {
            assert_eq!(post.text, entry.text);
            assert_eq!(post.title, entry.title);
            assert!(post.published.is_some());
        }
    }
}

#[tokio::test]
async fn the_site_is_read_by_its_selectors() {
    let server = feeds::start().await;
    let material = Material::built_in().unwrap();
    let mut sources = material.sources.iter();
    let source = sources
        .find(|s| s.config.platform == Platform::Site)
        .unwrap();
    let selectors = Selectors::of(source.config.site.as_ref().unwrap()).unwrap();
    let address = url::Url::parse(&format!("{}{}", server.base, source.config.owner)).unwrap();
    let at = |address| site::Reading {
        selectors: &selectors,
        address,
        charset: None,
        robots: "",
        zone: TimeZone::UTC,
        now: crate::harness::START,
    };
    let bytes = server
        .get(&source.config.owner)
        .await
        .bytes()
        .await
        .unwrap();
    assert!(std::str::from_utf8(&bytes).is_err(), "windows-1251");
    let list = read_list(&bytes, &at(&address)).unwrap();
    let code = source.config.code.as_str();
    assert_eq!(
        list.items.len(),
        written(&material, code, PostKind::Post).len()
    );
    for (item, entry) in list.items.iter().rev().zip(material.entries_of(code)) {
        assert!(item.title == entry.title && item.published.is_some());
        let link = item.link.as_ref().unwrap();
        let bytes = server.get(link.path()).await.bytes().await.unwrap();
        assert_eq!(read_article(&bytes, &at(link)).unwrap().text, entry.text);
    }
}
