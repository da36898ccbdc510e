//! The three gates: rate, day budget, not-before; and what each of VK's refusals does to them.

use otklik::{
    domain::{
        post::Platform,
        source::{FetchError, Reaction},
        time::Span,
    },
    store::budget,
};

use crate::{
    collect::{Crawler, error, post, source, wall},
    network::{says, status},
};

const WALL: &str = "/method/wall.get";

async fn visit_vk(crawler: &Crawler) -> Result<usize, FetchError> {
    let page = crawler.visit(&source(Platform::Vk, "7")).await?;
    Ok(page.posts.len())
}

/// What VK was asked after this failure had been met once, and the failure.
async fn fails_with(code: i64) -> (Crawler, FetchError) {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, error(code));
    let failed = visit_vk(&crawler).await.unwrap_err();
    (crawler, failed)
}

#[tokio::test]
async fn error_6_slows_down_and_repeats_once() {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, error(6)).on(WALL, wall(&[post(1, 1)]));
    assert_eq!(visit_vk(&crawler).await, Ok(1));
    assert_eq!(crawler.net.asked().len(), 2);
    // The rate is halved: 667 ms between calls and the jitter.
    let waited = crawler.collector.politeness().waited();
    assert!(
        (Span::millis(700)..Span::millis(950)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test]
async fn error_6_again_gives_the_visit_back() {
    let (crawler, failed) = fails_with(6).await;
    assert_eq!(failed.reaction, Reaction::BackOff);
    assert_eq!(crawler.net.asked().len(), 2);
}

#[tokio::test]
async fn the_day_quota_parks_the_method_and_is_probed_hourly() {
    let (crawler, failed) = fails_with(29).await;
    assert_eq!(failed.reaction, Reaction::Day);
    assert_eq!(
        failed.not_before,
        Some(crawler.clock.now().plus(Span::hours(1)))
    );
    assert_eq!(
        visit_vk(&crawler).await.unwrap_err().reaction,
        Reaction::Day
    );
    assert_eq!(
        crawler.net.asked().len(),
        1,
        "the second visit asks nothing"
    );
    crawler.clock.advance(Span::hours(1));
    crawler.net.clear(WALL).on(WALL, wall(&[post(1, 1)]));
    assert_eq!(visit_vk(&crawler).await, Ok(1));
}

#[tokio::test]
async fn a_captcha_is_not_solved_and_rests_the_token_six_hours() {
    let (crawler, failed) = fails_with(14).await;
    assert_eq!(
        failed.not_before,
        Some(crawler.clock.now().plus(Span::hours(6)))
    );
    assert!(!failed.message.contains("a-token"));
    let again = visit_vk(&crawler).await.unwrap_err();
    assert_eq!(
        (again.reaction, crawler.net.asked().len()),
        (Reaction::After, 1)
    );
    crawler.clock.advance(Span::hours(7));
    crawler.net.clear(WALL).on(WALL, wall(&[post(1, 1)]));
    assert_eq!(visit_vk(&crawler).await, Ok(1));
}

#[tokio::test]
async fn closed_walls_and_wrong_tokens_are_not_repeated() {
    for (code, reaction) in [
        (15, Reaction::Skip),
        (18, Reaction::Skip),
        (5, Reaction::Auth),
        (3, Reaction::Stop),
    ] {
        let (crawler, failed) = fails_with(code).await;
        assert_eq!((failed.code, failed.reaction), (Some(code), reaction));
        assert_eq!(crawler.net.asked().len(), 1);
    }
    let blocked = Crawler::start().await;
    blocked.net.on(WALL, status(403));
    assert_eq!(
        visit_vk(&blocked).await.unwrap_err().reaction,
        Reaction::Stop
    );
    let garbled = Crawler::start().await;
    garbled.net.on(WALL, says("<html>502</html>"));
    assert_eq!(
        visit_vk(&garbled).await.unwrap_err().reaction,
        Reaction::BackOff
    );
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let crawler = Crawler::with(|s| s.collect.vk.token = "".into()).await;
    assert_eq!(
        visit_vk(&crawler).await.unwrap_err().reaction,
        Reaction::Stop
    );
    assert!(crawler.net.paths().is_empty());
}

#[tokio::test]
async fn the_kill_switch_stops_everything() {
    let crawler = Crawler::with(|s| s.collect.enabled = false).await;
    assert_eq!(
        visit_vk(&crawler).await.unwrap_err().reaction,
        Reaction::Stop
    );
    assert!(crawler.net.paths().is_empty());
}

#[tokio::test]
async fn retry_after_holds_the_host_in_both_forms() {
    for (value, seconds) in [("300", 300), ("Sun, 22 Nov 2026 12:10:00 GMT", 600)] {
        let crawler = Crawler::start().await;
        crawler
            .net
            .on("/rss", status(429).with("retry-after", value));
        let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
        let failed = crawler.visit(&feed).await.unwrap_err();
        let until = crawler.clock.now().plus(Span::seconds(seconds));
        assert_eq!(
            (failed.reaction, failed.not_before),
            (Reaction::After, Some(until))
        );
        crawler.visit(&feed).await.unwrap_err();
        assert_eq!(crawler.net.asked().len(), 1, "the host is left alone");
    }
    let past = Crawler::start().await;
    past.net.on("/rss", status(503).with("retry-after", "-1"));
    let feed = source(Platform::Feed, &format!("{}/rss", past.net.base));
    assert_eq!(
        past.visit(&feed).await.unwrap_err().reaction,
        Reaction::BackOff
    );
}

#[tokio::test]
async fn five_failures_in_a_row_open_the_breaker() {
    let crawler = Crawler::start().await;
    crawler.net.on("/rss", status(500));
    let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
    for _ in 0..5 {
        assert_eq!(
            crawler.visit(&feed).await.unwrap_err().reaction,
            Reaction::BackOff
        );
    }
    let held = crawler.visit(&feed).await.unwrap_err();
    assert_eq!(
        held.not_before,
        Some(crawler.clock.now().plus(Span::minutes(1)))
    );
    assert_eq!(crawler.net.asked().len(), 5);
    crawler.clock.advance(Span::minutes(2));
    crawler
        .net
        .clear("/rss")
        .on("/rss", says("<rss version='2.0'><channel></channel></rss>"));
    assert!(crawler.visit(&feed).await.is_ok());
}

#[tokio::test]
async fn the_budget_of_a_day_survives_in_the_database() {
    let crawler = Crawler::with(|s| s.collect.vk_per_day = 5).await; // at noon half of it and a fifth more
    crawler.net.on(WALL, wall(&[post(1, 1)]));
    for _ in 0..3 {
        assert_eq!(visit_vk(&crawler).await, Ok(1));
    }
    let spent = visit_vk(&crawler).await.unwrap_err();
    assert_eq!(spent.reaction, Reaction::Day);
    let mut tx = crawler.store.store.read().await.unwrap();
    let used = budget::list_used(&mut tx, "2026-11-22").await.unwrap();
    assert_eq!(used, [("vk:token".into(), "wall.get".into(), 3, 0)]);
    drop(tx);
    crawler.clock.advance(Span::days(1));
    assert_eq!(visit_vk(&crawler).await, Ok(1));
}

#[tokio::test]
async fn a_site_is_asked_as_rarely_as_its_robots_txt_wants() {
    let crawler = Crawler::with(|s| s.collect.host_per_second = 100.0).await;
    crawler
        .net
        .on("/robots.txt", says("User-agent: *\nCrawl-delay: 30"));
    crawler
        .net
        .on("/rss", says("<rss version='2.0'><channel></channel></rss>"));
    let feed = source(Platform::Feed, &format!("{}/rss", crawler.net.base));
    crawler.visit(&feed).await.unwrap();
    let waited = crawler.collector.politeness().waited();
    assert!(
        (Span::seconds(30)..Span::seconds(31)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test]
async fn telegrams_refusals_wait_a_minute_and_halve_the_rate() {
    for code in [429, 503, 500] {
        let crawler = Crawler::start().await;
        let now = crawler.clock.now();
        crawler.net.on("/s/gorod", status(code));
        let channel = source(Platform::Telegram, "gorod");
        let failed = crawler.visit(&channel).await.unwrap_err();
        assert_eq!(failed.reaction, Reaction::BackOff, "{code}");
        assert!(failed.not_before >= Some(now.plus(Span::minutes(1))));
        let named = status(code).with("retry-after", "30");
        let early = Crawler::start().await;
        early.net.on("/s/gorod", named);
        let failed = early.visit(&channel).await.unwrap_err();
        assert!(
            failed.not_before >= Some(now.plus(Span::minutes(1))),
            "a server that names half a minute is not asked sooner than the table says: {code}"
        );
    }
}
