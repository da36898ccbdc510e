//! What each refusal of OK and MAX asks of us: every row of their tables, over real HTTP.

use otklik::domain::{
    post::Platform,
    source::{FetchError, Reaction},
    time::Span,
};
use serde_json::json;

use crate::{
    collect::{Crawler, source},
    network::{Answer, says, status},
};
use Reaction::{After, Auth, BackOff, Day, Skip, Stop};

async fn ok_says(answer: impl Into<Answer>) -> (Crawler, FetchError) {
    let crawler = Crawler::start().await;
    crawler.net.on("/fb.do", answer);
    let failed = crawler
        .visit(&source(Platform::Ok, "53"))
        .await
        .unwrap_err();
    (crawler, failed)
}

async fn max_says(answer: impl Into<Answer>) -> (Crawler, FetchError) {
    let crawler = Crawler::start().await;
    crawler.net.on("/chats/-7", answer);
    let failed = crawler
        .visit(&source(Platform::Max, "-7"))
        .await
        .unwrap_err();
    (crawler, failed)
}

#[tokio::test]
async fn every_code_of_ok_is_met_as_its_row_says() {
    let rows: &[(&[i64], Reaction)] = &[
        (&[1, 2, 7, 8, 30, 31, 9999, 777_777], BackOff),
        (
            &[
                3, 4, 9, 10, 21, 50, 101, 103, 104, 105, 200, 210, 451, 452, 453,
            ],
            Stop,
        ),
        (&[11, 26], Day),
        (&[102], Auth),
        (
            &[
                100, 106, 110, 120, 121, 140, 141, 160, 300, 454, 455, 456, 457,
            ],
            Skip,
        ),
    ];
    for (codes, reaction) in rows {
        for code in *codes {
            let (crawler, failed) =
                ok_says(json!({"error_code": code, "error_msg": "WORDS", "error_data": null}))
                    .await;
            assert_eq!((failed.code, failed.reaction), (Some(*code), *reaction));
            assert!(failed.message.contains("WORDS") && !failed.message.contains("a-token"));
            assert_eq!(
                crawler.net.asked().len(),
                1,
                "{code} is not repeated at once"
            );
        }
    }
}

#[tokio::test]
async fn ok_is_left_alone_as_long_as_a_row_says() {
    let (crawler, failed) = ok_says(json!({"error_code": 8, "error_msg": "FLOOD_BLOCKED"})).await;
    assert_eq!(
        failed.not_before,
        Some(crawler.clock.now().plus(Span::minutes(10)))
    );
    let again = crawler
        .visit(&source(Platform::Ok, "53"))
        .await
        .unwrap_err();
    assert_eq!((again.reaction, crawler.net.asked().len()), (After, 1));
    let (crawler, failed) = ok_says(json!({"error_code": 11, "error_msg": "LIMIT_REACHED"})).await;
    assert_eq!(
        failed.not_before,
        Some(crawler.clock.now().plus(Span::hours(1)))
    );
}

#[tokio::test]
async fn a_code_in_oks_header_is_read_and_other_answers_are_met() {
    for (answer, reaction) in [
        (says("<html>").with("invocation-error", "102"), Auth),
        (says("<html>"), BackOff),
        (says(""), BackOff),
        (status(403), Stop),
        (status(418), Stop),
        (status(302).with("location", "/login"), Stop),
        (status(500), BackOff),
        (status(429).with("retry-after", "300"), After),
    ] {
        assert_eq!(ok_says(answer).await.1.reaction, reaction);
    }
}

#[tokio::test]
async fn every_status_and_word_of_max_is_met_as_its_row_says() {
    let worded = |code: u16, word: &str| {
        let body = json!({"code": word, "message": "words of MAX"});
        Answer::from(body).of_status(code)
    };
    for (answer, reaction) in [
        (worded(400, "proto.payload"), Stop),
        (worded(405, "not.allowed"), Stop),
        (worded(401, "verify.token"), Auth),
        (worded(403, "verify.token"), Auth),
        (worded(403, "chat.denied"), Skip),
        (worded(404, "not.found"), Skip),
        (worded(404, "an.odd.word"), Skip),
        (worded(429, "too.many.requests"), BackOff),
        (
            worded(429, "too.many.requests").with("retry-after", "120"),
            After,
        ),
        (worded(500, "internal.error"), BackOff),
        (worded(503, "service.unavailable"), BackOff),
        (
            worded(503, "service.unavailable").with("retry-after", "120"),
            After,
        ),
        (worded(200, "attachment.not.ready"), BackOff),
        (status(401), Auth),
        (status(403), Skip),
        (status(502), BackOff),
        (says("not json"), BackOff),
    ] {
        let (crawler, failed) = max_says(answer).await;
        assert_eq!(failed.reaction, reaction, "{failed}");
        assert!(!failed.message.contains("a-token"));
        let asked = &crawler.net.asked()[0];
        assert_eq!(
            asked.header("authorization"),
            Some("a-token"),
            "without «Bearer»"
        );
    }
}

#[tokio::test]
async fn five_failures_inside_good_answers_open_the_breaker() {
    let (crawler, _) = ok_says(json!({"error_code": 1, "error_msg": "UNKNOWN"})).await;
    for _ in 0..4 {
        crawler
            .visit(&source(Platform::Ok, "53"))
            .await
            .unwrap_err();
    }
    let held = crawler
        .visit(&source(Platform::Ok, "53"))
        .await
        .unwrap_err();
    assert_eq!((held.reaction, crawler.net.asked().len()), (After, 5));
}

#[tokio::test]
async fn hostile_shapes_cost_nothing_but_themselves() {
    let shapes = [
        json!({"feeds": 7, "entities": [], "anchor": 5, "has_more": "yes"}),
        json!({"entities": {"media_topics": {"id": 1}}}),
        json!({"entities": {"media_topics": [null, 7, [], {"id": {}}, {"id": "1", "media": [[7]],
            "created_ms": "yesterday", "owner_ref": 5}]}}),
        json!([]),
        json!("text"),
    ];
    for shape in shapes {
        let crawler = Crawler::start().await;
        crawler
            .net
            .on("/fb.do", json!([{"uid": "53"}]))
            .on("/fb.do", shape.clone());
        let page = crawler.visit(&source(Platform::Ok, "53")).await;
        assert!(page.is_ok_and(|page| page.posts.len() <= 1), "{shape}");
    }
    let deep = format!("{}1{}", "[".repeat(90_000), "]".repeat(90_000));
    let (_, failed) = ok_says(deep.as_str()).await;
    assert_eq!(failed.reaction, BackOff);
    for shape in [
        json!({"messages": {"a": 1}}),
        json!({"messages": [7, {}, {"recipient": 5}]}),
        json!(7),
    ] {
        let crawler = Crawler::start().await;
        let chat = json!({"type": "channel", "is_public": true, "title": 7});
        crawler.net.on("/chats/-7", chat).on("/messages", shape);
        assert_eq!(
            crawler
                .visit(&source(Platform::Max, "-7"))
                .await
                .map(|page| page.posts.len()),
            Ok(0)
        );
    }
}

#[tokio::test]
async fn without_keys_nothing_is_asked() {
    for (platform, owner) in [
        (Platform::Ok, "53"),
        (Platform::Max, "-7"),
        (Platform::Max, "bot"),
    ] {
        let crawler = Crawler::with(|s| {
            s.collect.ok.access_token = "".into();
            s.collect.max.token = "".into();
        })
        .await;
        let failed = crawler.visit(&source(platform, owner)).await.unwrap_err();
        assert_eq!((failed.reaction, crawler.net.paths().len()), (Stop, 0));
    }
}
