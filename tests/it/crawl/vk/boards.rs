//! Discussion boards, where a source's entry switches them on: topics are posts, their messages comments.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{Form, Json, Router, extract::State, routing::post as on_post};
use otklik::domain::{
    post::{Platform, PostKind},
    source::SourceConfig,
    time::Span,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::Crawl;
use crate::{
    collect::{Crawler, error, post, source, wall},
    crawl::WALL,
    harness::START,
    on_each_database,
};

/// A community with a topic that grows.
struct Board {
    base: String,
    said: Arc<AtomicI64>,
}

type Params = HashMap<String, String>;

fn second(minutes: i64) -> i64 {
    START.minus(Span::minutes(minutes)).as_millis() / 1000
}

async fn topics(State(said): State<Arc<AtomicI64>>) -> Json<Value> {
    let said = said.load(Ordering::SeqCst);
    Json(
        json!({"response": {"count": 3, "default_order": 1, "can_add_topics": 0, "items": [
        {"id": 1, "title": "Правила", "created": second(500_000), "created_by": -7,
         "updated": second(500_000), "comments": 1, "is_fixed": 1, "first_comment": "Без ругани"},
        {"id": 31, "title": "Вывоз мусора", "created": second(10_000), "created_by": 900,
         "updated": second(600 - said), "comments": said, "first_comment": "Сообщение 1"},
        {"id": 30, "title": "Старое", "created": second(400_000), "created_by": 900,
         "updated": second(400_000), "comments": 5, "first_comment": "Давно"}]}}),
    )
}

async fn messages(State(said): State<Arc<AtomicI64>>, Form(params): Form<Params>) -> Json<Value> {
    let int = |name: &str| params[name].parse::<i64>().unwrap();
    let said = said.load(Ordering::SeqCst);
    let items: Vec<Value> = (1..=said)
        .skip(int("offset") as usize)
        .take(int("count") as usize)
        .map(|id| {
            json!({"id": id, "from_id": 900 + id, "text": format!("Сообщение {id}"),
            "date": if id == 1 { second(10_000) } else { second(600 - id) }})
        })
        .collect();
    Json(json!({"response": {"count": said, "items": items}}))
}

impl Board {
    async fn open(said: i64) -> Board {
        let said = Arc::new(AtomicI64::new(said));
        let walls = || async { Json(wall(&[post(31, 5)])) };
        let router = Router::new()
            .route(WALL, on_post(walls))
            .route("/method/board.getTopics", on_post(topics))
            .route("/method/board.getComments", on_post(messages))
            .with_state(said.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Board { base, said }
    }
}

fn with_board() -> SourceConfig {
    SourceConfig {
        boards: true,
        ..source(Platform::Vk, "7")
    }
}

on_each_database! {
    async fn a_topic_and_its_messages_are_kept_once_as_they_come(it: TestStore) {
        let board = Board::open(230).await;
        let crawl = Crawl::of(it, &board.base, &[with_board()]).await;
        crawl.finish().await;
        // The wall's post 31 and the topic 31 are two; the first message is the topic itself.
        assert_eq!(crawl.posts().await, 1 + 1 + 229);
        board.said.store(233, Ordering::SeqCst);
        crawl.clock.advance(Span::minutes(31));
        crawl.finish().await;
        assert_eq!(crawl.posts().await, 1 + 1 + 232);
    }

    async fn boards_are_left_alone_unless_switched_on(it: TestStore) {
        let board = Board::open(20).await;
        let crawl = Crawl::of(it, &board.base, &[source(Platform::Vk, "7")]).await;
        crawl.finish().await;
        assert_eq!(crawl.posts().await, 1);
    }
}

#[tokio::test]
async fn a_topic_is_a_post_with_a_headline_and_old_ones_are_left() {
    let board = Board::open(3).await;
    let crawler = Crawler::with(|s| s.collect.base.vk = format!("{}/method", board.base)).await;
    let page = crawler.visit(&with_board()).await.unwrap();
    let (topics, messages): (Vec<_>, Vec<_>) = page
        .posts
        .iter()
        .filter(|post| post.key.external_id.starts_with("topic"))
        .partition(|post| post.key.kind == PostKind::Post);
    assert_eq!((topics.len(), messages.len()), (1, 2));
    assert_eq!(topics[0].title.as_deref(), Some("Вывоз мусора"));
    assert_eq!(topics[0].text, "Сообщение 1");
    assert_eq!(topics[0].url.as_deref(), Some("https://vk.com/topic-7_31"));
    assert!(
        messages
            .iter()
            .all(|message| message.parent.as_ref() == Some(&topics[0].key))
    );
}

#[tokio::test]
async fn a_closed_board_costs_the_wall_nothing() {
    let crawler = Crawler::start().await;
    crawler.net.on(WALL, wall(&[post(1, 5)]));
    crawler.net.on("/method/board.getTopics", error(15));
    let page = crawler.visit(&with_board()).await.unwrap();
    assert_eq!(page.posts.len(), 1);
    assert!(
        page.notes.iter().any(|note| note.contains("board")),
        "{:?}",
        page.notes
    );
    crawler.visit(&with_board()).await.unwrap();
    let asked = crawler
        .net
        .paths()
        .iter()
        .filter(|path| path.contains("board"))
        .count();
    assert_eq!(asked, 1, "it is not asked for at each visit");
}
