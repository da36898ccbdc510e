//! What stands deep down on a wall: posts that appeared with an old date, old posts that are talked of
//! again, a pinned one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{Form, Json, Router, extract::State, routing::post as on_post};
use otklik::domain::{post::Platform, source::SourceConfig, time::Span};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::{Crawl, WALL};
use crate::{
    collect::{post, source},
    on_each_database,
};

const COMMENTS: &str = "/method/wall.getComments";

/// A wall of many posts, newest first.
#[derive(Clone, Default)]
struct Deep {
    base: String,
    posts: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<HashMap<&'static str, usize>>>,
}

type Params = HashMap<String, String>;

fn page<T: Clone>(all: &[T], params: &Params) -> Vec<T> {
    let int = |name: &str| params[name].parse::<usize>().unwrap();
    all.iter()
        .skip(int("offset"))
        .take(int("count"))
        .cloned()
        .collect()
}

async fn wall(State(deep): State<Deep>, Form(params): Form<Params>) -> Json<Value> {
    deep.count("wall.get");
    let posts = deep.posts.lock().unwrap();
    Json(json!({"response": {"count": posts.len(), "items": page(&posts, &params)}}))
}

async fn by_id(State(deep): State<Deep>, Form(params): Form<Params>) -> Json<Value> {
    deep.count("wall.getById");
    let posts = deep.posts.lock().unwrap();
    let named = |post: &&Value| {
        params["posts"]
            .split(',')
            .any(|name| name == format!("-7_{}", post["id"]))
    };
    let items: Vec<&Value> = posts.iter().filter(named).collect();
    Json(json!({"response": {"items": items}}))
}

async fn comments(State(deep): State<Deep>, Form(params): Form<Params>) -> Json<Value> {
    deep.count("wall.getComments");
    let id: i64 = params["post_id"].parse().unwrap();
    let posts = deep.posts.lock().unwrap();
    let post = posts.iter().find(|post| post["id"] == id).unwrap();
    let said = post["comments"]["count"].as_i64().unwrap();
    let all: Vec<Value> = (0..said)
        .map(|n| {
            json!({"id": id * 1000 + n, "from_id": 900, "date": post["date"], "post_id": id,
            "text": format!("Поддерживаю, {n}")})
        })
        .collect();
    Json(
        json!({"response": {"count": said, "current_level_count": said, "items": page(&all, &params)}}),
    )
}

impl Deep {
    /// Of so many posts, one each hour.
    async fn of(posts: i64) -> Deep {
        let mut deep = Deep::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        deep.base = format!("http://{}", listener.local_addr().unwrap());
        *deep.posts.lock().unwrap() = (0..posts).map(|n| post(10_000 - n, 60 * n + 1)).collect();
        let router = Router::new()
            .route(WALL, on_post(wall))
            .route("/method/wall.getById", on_post(by_id))
            .route(COMMENTS, on_post(comments))
            .with_state(deep.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        deep
    }

    fn count(&self, method: &'static str) {
        *self.asked.lock().unwrap().entry(method).or_default() += 1;
    }

    fn asked(&self, method: &str) -> usize {
        self.asked.lock().unwrap().get(method).copied().unwrap_or(0)
    }

    /// So many comments stand under the post now.
    fn talk(&self, at: usize, comments: i64) {
        self.posts.lock().unwrap()[at]["comments"]["count"] = json!(comments);
    }
}

fn with_comments() -> SourceConfig {
    SourceConfig {
        comments: true,
        ..source(Platform::Vk, "7")
    }
}

on_each_database! {
    async fn a_post_that_appeared_deep_down_is_found_within_a_week(it: TestStore) {
        let deep = Deep::of(400).await;
        deep.talk(390, 3);
        let crawl = Crawl::of(it, &deep.base, &[with_comments()]).await;
        crawl.reads_often("a-source", 3).await;
        assert_eq!(crawl.posts().await, 400 + 3);
        let talked = deep.asked("wall.getComments");
        // It was written twelve days ago and moderated today.
        let mut late = post(3, 60 * 288);
        late["comments"]["count"] = json!(2);
        deep.posts.lock().unwrap().insert(288, late);
        crawl.reads_often("a-source", 6).await;
        assert_eq!(crawl.posts().await, 400 + 3, "nobody looks so far down each time");
        for _ in 0..8 {
            crawl.clock.advance(Span::days(1));
            crawl.reads_often("a-source", 3).await;
        }
        assert_eq!(crawl.posts().await, 400 + 3 + 1 + 2, "with its comments");
        let more = deep.asked("wall.getComments") - talked;
        assert_eq!(more, 1, "what we hold is not read again");
    }

    async fn an_old_post_that_is_talked_of_again_is_noticed_when_it_is_asked_for(it: TestStore) {
        let deep = Deep::of(60).await;
        let crawl = Crawl::of(it, &deep.base, &[with_comments()]).await;
        crawl.reads_often("a-source", 3).await;
        deep.talk(50, 4); // below the page that a visit reads; two days old, and soon three
        crawl.reads_often("a-source", 25 * 6).await;
        assert_eq!(crawl.posts().await, 60 + 4);
    }

    async fn a_pinned_posts_comments_are_read_when_they_change_only(it: TestStore) {
        let deep = Deep::of(260).await;
        let mut pinned = post(5, 60 * 24 * 20);
        pinned["is_pinned"] = json!(1);
        pinned["comments"]["count"] = json!(2);
        deep.posts.lock().unwrap().insert(0, pinned);
        let crawl = Crawl::of(it, &deep.base, &[with_comments()]).await;
        crawl.reads_often("a-source", 3).await;
        crawl.reads_often("a-source", 12).await;
        assert_eq!(deep.asked("wall.getComments"), 1);
        deep.talk(0, 3);
        crawl.reads_often("a-source", 2).await;
        assert_eq!((deep.asked("wall.getComments"), crawl.posts().await), (2, 260 + 1 + 3));
    }
}
