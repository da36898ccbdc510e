//! How many posts a second each connector reads, on one core: `cargo bench --bench parse`. Reports, no
//! limits. The answers are those of the demo's servers, with its invented texts; asking them is not
//! part of what is measured.

use divan::{Bencher, counter::ItemsCount};
use otklik::{
    collect::sources::{
        feed::parse::{Reading, read_feed},
        telegram::preview::read_page,
        vk,
    },
    config::settings::Settings,
    demo,
    domain::{
        id::Ids,
        post::Platform,
        source::SourceConfig,
        time::{Clock, Timestamp},
    },
};
use secrecy::ExposeSecret;

/// What the demo's servers answer, by platform.
struct Answers {
    walls: Vec<String>,
    comments: Vec<String>,
    channels: Vec<String>,
    feeds: Vec<(String, Vec<u8>)>,
}

fn main() {
    divan::main();
}

fn answers() -> Answers {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(ask())
}

async fn ask() -> Answers {
    let now = Timestamp::from_seconds(1_795_348_800);
    let ids = Ids::seeded(1);
    let running = demo::start(Clock::manual(now), now, &ids).await;
    let running = running.expect("the demo's servers");
    let mut settings = Settings::load(None, []).expect("shipped");
    running.apply(&mut settings);
    let of = |platform: Platform| {
        let listed = running.region.sources.iter();
        listed.filter(move |source| source.platform == platform)
    };
    let mut answers = Answers {
        walls: Vec::new(),
        comments: Vec::new(),
        channels: Vec::new(),
        feeds: Vec::new(),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    for source in of(Platform::Vk) {
        let wall = call(&client, &settings, source, "wall.get", None).await;
        for post in posts_with_comments(&wall) {
            let read = call(&client, &settings, source, "wall.getComments", Some(post)).await;
            answers.comments.push(read);
        }
        answers.walls.push(wall);
    }
    for source in of(Platform::Telegram) {
        let address = format!("{}/s/{}", running.telegram, source.owner);
        answers.channels.push(text(client.get(address)).await);
    }
    for source in of(Platform::Feed) {
        let body = text(client.get(&source.owner)).await.into_bytes();
        answers.feeds.push((source.owner.clone(), body));
    }
    answers
}

async fn call(
    client: &reqwest::Client,
    settings: &Settings,
    source: &SourceConfig,
    method: &str,
    post: Option<i64>,
) -> String {
    let owner = format!("-{}", source.owner.trim_start_matches('-'));
    let mut form = vec![("owner_id", owner), ("count", "100".into())];
    form.extend(post.map(|post| ("post_id", post.to_string())));
    form.extend([
        ("v", "5.199".to_owned()),
        ("thread_items_count", "10".to_owned()),
    ]);
    let collect = &settings.collect;
    let request = client
        .post(format!("{}/{method}", collect.base.vk))
        .bearer_auth(collect.vk.token.expose_secret());
    text(request.form(&form)).await
}

async fn text(request: reqwest::RequestBuilder) -> String {
    let answer = request.send().await.expect("loopback answers");
    answer.text().await.expect("the demo's servers write text")
}

/// A few are enough: they are read again and again.
fn posts_with_comments(wall: &str) -> Vec<i64> {
    let answer = vk::read_answer(wall.as_bytes()).expect("a wall");
    let items = vk::json::items(&answer).iter();
    let talked = items.filter(|item| item["comments"]["count"].as_i64() > Some(0));
    talked
        .filter_map(|item| vk::json::int(item, "id"))
        .take(10)
        .collect()
}

/// Posts that all of these answers hold.
fn sum<T>(answers: &[T], read: impl Fn(&T) -> usize) -> usize {
    answers.iter().map(read).sum()
}

fn report<T: Sync>(bencher: Bencher<'_, '_>, answers: Vec<T>, read: fn(&T) -> usize) {
    let posts = sum(&answers, read);
    assert!(posts > 0, "the demo's servers have posts");
    bencher
        .counter(ItemsCount::new(posts))
        .bench(|| sum(&answers, read));
}

#[divan::bench]
fn vk_walls(bencher: Bencher<'_, '_>) {
    report(bencher, answers().walls, |wall| {
        vk::read_any(wall.as_bytes()).map_or(0, |page| page.posts.len())
    });
}

#[divan::bench]
fn vk_comments(bencher: Bencher<'_, '_>) {
    report(bencher, answers().comments, |comments| {
        vk::read_any(comments.as_bytes()).map_or(0, |page| page.posts.len())
    });
}

#[divan::bench]
fn telegram_previews(bencher: Bencher<'_, '_>) {
    report(bencher, answers().channels, |page| {
        read_page(page, "https://t.me").map_or(0, |preview| preview.posts.len())
    });
}

#[divan::bench]
fn feeds(bencher: Bencher<'_, '_>) {
    report(bencher, answers().feeds, |(owner, bytes)| {
        let reading = Reading {
            owner,
            charset: None,
            zone: jiff::tz::TimeZone::UTC,
        };
        read_feed(bytes, &reading).map_or(0, |page| page.posts.len())
    });
}
