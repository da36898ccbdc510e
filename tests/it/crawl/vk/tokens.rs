//! Which token calls what, each by its own limits, and what of them is ever shown; addresses that are
//! resolved to communities.

use otklik::{
    collect::sources::vk::resolve::Unresolved,
    config::settings::Settings,
    domain::{post::Platform, source::Reaction, time::Span},
    store::budget,
};
use serde_json::json;

use crate::{
    collect::{Crawler, error, post, source, wall},
    crawl::WALL,
};

const RESOLVE: &str = "/method/utils.resolveScreenName";
const GROUPS: &str = "/method/groups.getById";

fn bearers(crawler: &Crawler) -> Vec<String> {
    let asked = crawler.net.asked();
    let bearer = asked
        .iter()
        .filter_map(|asked| asked.header("authorization"));
    bearer.map(|bearer| bearer.replace("Bearer ", "")).collect()
}

fn two_tokens(settings: &mut Settings) {
    settings.collect.vk.user_token = "users-token".into();
}

#[tokio::test]
async fn a_token_of_the_wrong_kind_gives_way_to_the_other_and_is_not_tried_again() {
    for code in [27, 28] {
        let crawler = Crawler::with(two_tokens).await;
        crawler
            .net
            .on(WALL, error(code))
            .on(WALL, wall(&[post(1, 1)]));
        for _ in 0..3 {
            crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
        }
        assert_eq!(
            bearers(&crawler),
            ["a-token", "users-token", "users-token", "users-token"]
        );
        let mut tx = crawler.store.store.read().await.unwrap();
        let used = budget::list_used(&mut tx, "2026-11-22").await.unwrap();
        let used = |token: &str| used.iter().find(|row| row.0 == token).map(|row| row.2);
        assert_eq!((used("vk:token"), used("vk:user")), (Some(1), Some(3)));
        drop(tx);
        crawler.clock.advance(Span::hours(25));
        crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
        assert_eq!(
            bearers(&crawler)[4],
            "a-token",
            "a day later VK may have thought better of it"
        );
    }
}

#[tokio::test]
async fn a_used_up_or_revoked_token_is_not_got_round_by_another_one() {
    for code in [29, 5, 14] {
        let crawler = Crawler::with(two_tokens).await;
        crawler.net.on(WALL, error(code));
        for _ in 0..2 {
            crawler.visit(&source(Platform::Vk, "7")).await.unwrap_err();
        }
        assert_eq!(bearers(&crawler), ["a-token"], "error {code}");
    }
}

#[tokio::test]
async fn a_new_token_is_not_held_by_what_the_old_one_met() {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, error(5)).on(WALL, wall(&[post(1, 1)]));
    let failed = crawler.visit(&source(Platform::Vk, "7")).await.unwrap_err();
    assert_eq!(failed.reaction, Reaction::Auth);
    let failed = crawler.visit(&source(Platform::Vk, "7")).await.unwrap_err();
    assert_eq!(
        (failed.reaction, crawler.net.asked().len()),
        (Reaction::Stop, 1)
    );
    let renewed = crawler.again_with(|s| s.vk.token = "new-token".into());
    renewed.visit(&source(Platform::Vk, "7")).await.unwrap();
    assert_eq!(bearers(&renewed), ["a-token", "new-token"]);
}

#[tokio::test]
async fn each_token_has_its_own_pace() {
    let crawler = Crawler::with(|s| {
        let vk = &mut s.collect.vk;
        vk.token = "".into();
        vk.community_tokens
            .insert("7".into(), "communitys-token".into());
    })
    .await;
    crawler
        .net
        .on(GROUPS, json!({"response": [{"id": 7, "name": "Город"}]}));
    for _ in 0..21 {
        crawler.collector.resolve_vk("club7").await.unwrap();
    }
    // Twenty a second: 20 gaps of 50 ms, and the jitter of each.
    let waited = crawler.collector.politeness().waited();
    assert!(
        (Span::seconds(1)..Span::seconds(7)).contains(&waited),
        "{waited:?}"
    );
    let failed = crawler.visit(&source(Platform::Vk, "7")).await.unwrap_err();
    assert_eq!(
        failed.reaction,
        Reaction::Stop,
        "a community's token reads no wall"
    );
    assert!(failed.message.contains("wall.get"), "{failed}");
}

#[tokio::test]
async fn a_method_has_its_own_limit_a_day() {
    let crawler = Crawler::with(|s| {
        s.collect.vk.per_day.insert("wall.get".into(), 4); // two until noon, by and large
    })
    .await;
    crawler.net.on(WALL, wall(&[post(1, 1)]));
    for _ in 0..2 {
        crawler.visit(&source(Platform::Vk, "7")).await.unwrap();
    }
    let spent = crawler.visit(&source(Platform::Vk, "7")).await.unwrap_err();
    assert_eq!(
        (spent.reaction, crawler.net.asked().len()),
        (Reaction::Day, 2)
    );
}

#[tokio::test]
async fn no_message_shows_a_token() {
    let crawler = Crawler::with(two_tokens).await;
    let told = json!({"error": {"error_code": 5, "error_msg": "invalid access_token a-token (4).",
        "request_params": [{"key": "access_token", "value": "a-token"}]}});
    crawler.net.on(WALL, told);
    let failed = crawler.visit(&source(Platform::Vk, "7")).await.unwrap_err();
    assert!(failed.message.contains("VK error 5"), "{failed}");
    assert!(!format!("{failed:?}").contains("a-token"), "{failed:?}");
    let settings = toml::to_string(&crawler.settings).unwrap();
    assert!(
        settings.contains("***") && !settings.contains("users-token"),
        "{settings}"
    );
}

#[tokio::test]
async fn an_address_is_resolved_to_a_community_with_its_marks() {
    let crawler = Crawler::start().await;
    crawler.net.on(
        RESOLVE,
        json!({"response": {"type": "page", "object_id": 7.0}}),
    );
    crawler.net.on(
        GROUPS,
        json!({"response": {"groups": [
        {"id": 7, "name": "Администрация", "screen_name": "gorod", "type": "page", "is_closed": 0,
         "trust_mark": 1, "is_government_organization": true, "wall": 2, "members_count": 50}]}}),
    );
    let found = crawler
        .collector
        .resolve_vk("https://vk.ru/gorod?w=wall-7_1")
        .await
        .unwrap();
    assert_eq!(
        (found.id, found.facts.name.as_deref()),
        (7, Some("Администрация"))
    );
    assert_eq!(
        (found.facts.verified, found.facts.government),
        (Some(true), Some(true))
    );
    let asked = crawler.net.asked();
    assert_eq!(asked[0].form["screen_name"], "gorod");
    for field in [
        "verified",
        "is_verified",
        "is_government_organization",
        "trust_mark",
    ] {
        assert!(
            asked[1].form["fields"]
                .split(',')
                .any(|asked| asked == field),
            "{field}"
        );
    }
    crawler.collector.resolve_vk("vk.com/club7").await.unwrap();
    assert_eq!(crawler.net.asked().len(), 3, "a number needs no resolving");
}

#[tokio::test]
async fn people_and_strange_things_are_no_sources() {
    for (answer, refused) in [
        (
            json!({"response": {"type": "user", "object_id": 5}}),
            Unresolved::Person,
        ),
        (json!({"response": []}), Unresolved::Unknown),
        (error(104), Unresolved::Unknown),
        (
            json!({"response": {"type": "vk_app", "object_id": 5}}),
            Unresolved::NoCommunity("vk_app".into()),
        ),
    ] {
        let crawler = Crawler::start().await;
        crawler.net.on(RESOLVE, answer);
        let found = crawler.collector.resolve_vk("gorod").await;
        assert_eq!(found, Err(refused));
        assert_eq!(crawler.net.asked().len(), 1, "nothing more is asked of it");
    }
    let crawler = Crawler::start().await;
    for address in ["https://vk.com/id5", "https://example.org/gorod"] {
        crawler.collector.resolve_vk(address).await.unwrap_err();
    }
    assert!(crawler.net.paths().is_empty());
}
