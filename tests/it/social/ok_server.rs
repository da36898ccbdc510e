//! A server that speaks the API of OK: signed calls, streams with anchors, discussions that are read
//! backwards.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{Form, Json, Router, extract::State, routing::post};
use md5::{Digest, Md5};
use otklik::domain::time::{Span, Timestamp};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::harness::START;

/// What the session's calls are signed with.
pub const SECRET: &str = "the session's secret";
/// The group.
pub const GROUP: &str = "53038939046008";

/// A topic with its comments, oldest first.
pub struct Topic {
    pub id: i64,
    pub text: String,
    pub created: Timestamp,
    pub comments: Vec<(String, String)>,
}

#[derive(Default)]
pub struct Group {
    pub topics: Vec<Topic>,
    pub closed: bool,
    pub asked: Vec<HashMap<String, String>>,
    /// Topics and comments of one page.
    pub page: usize,
}

/// The server; it stops when dropped.
pub struct OkServer {
    pub base: String,
    group: Arc<Mutex<Group>>,
    task: AbortHandle,
}

impl OkServer {
    pub async fn start() -> OkServer {
        let group = Arc::new(Mutex::new(Group {
            page: 100,
            ..Group::default()
        }));
        let router = Router::new()
            .route("/fb.do", post(answer))
            .with_state(group.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        OkServer {
            base: format!("{base}/fb.do"),
            group,
            task: task.abort_handle(),
        }
    }

    pub fn group(&self) -> MutexGuard<'_, Group> {
        self.group.lock().unwrap()
    }

    /// Topics with these numbers; a greater number is a minute younger.
    pub fn publish(&self, numbers: std::ops::RangeInclusive<i64>) {
        let mut group = self.group();
        for id in numbers {
            group.topics.push(Topic {
                id,
                text: format!("Во дворе {id} нет света"),
                created: START.minus(Span::hours(40)).plus(Span::minutes(id)),
                comments: Vec::new(),
            });
        }
    }

    pub fn change(&self, id: i64, change: impl FnOnce(&mut Topic)) {
        let mut group = self.group();
        change(
            group
                .topics
                .iter_mut()
                .find(|topic| topic.id == id)
                .unwrap(),
        );
    }

    pub fn remove(&self, id: i64) {
        self.group().topics.retain(|topic| topic.id != id);
    }

    /// How often a method was asked for.
    pub fn asked(&self, method: &str) -> usize {
        let group = self.group();
        group
            .asked
            .iter()
            .filter(|form| form["method"] == method)
            .count()
    }
}

impl Drop for OkServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(group): State<Arc<Mutex<Group>>>,
    Form(form): Form<HashMap<String, String>>,
) -> Json<Value> {
    let mut group = group.lock().unwrap();
    group.asked.push(form.clone());
    let text = |name: &str| form.get(name).map_or("", String::as_str);
    if text("access_token") != "a-token" {
        return refusal(103, "PARAM_SESSION_KEY");
    }
    if text("sig") != signature(&form) {
        return refusal(104, "PARAM_SIGNATURE");
    }
    Json(match text("method") {
        "group.getInfo" => json!([{"uid": GROUP, "name": "Наш район", "private": group.closed,
            "members_count": 120}]),
        "url.getInfo" => match text("url").ends_with("/nash-rayon") {
            true => json!({"type": "GROUP", "objectId": 5, "objectIdStr": GROUP}),
            false => json!({"type": "PROFILE", "objectIdStr": "77"}),
        },
        "stream.get" if text("gid") == GROUP => group.stream(text("anchor")),
        "mediatopic.getByIds" => {
            let wanted: Vec<&str> = text("topic_ids").split(',').collect();
            let there = group
                .topics
                .iter()
                .filter(|t| wanted.contains(&t.id.to_string().as_str()));
            json!({"media_topics": there.map(topic).collect::<Vec<_>>()})
        }
        "discussions.getComments" => group.comments(text("discussionId"), text("anchor")),
        _ => return refusal(3, "METHOD"),
    })
}

/// Written anew from the description, not taken from what is tested.
fn signature(form: &HashMap<String, String>) -> String {
    let mut names: Vec<&String> = form.keys().collect();
    names.sort();
    let mut joined = String::new();
    for name in names {
        if name != "sig" && name != "access_token" && name != "session_key" {
            joined += &format!("{name}={}", form[name]);
        }
    }
    joined += SECRET;
    let digest = Md5::digest(joined.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refusal(code: i64, words: &str) -> Json<Value> {
    Json(json!({"error_code": code, "error_msg": words, "error_data": null}))
}

fn topic(topic: &Topic) -> Value {
    json!({"id": topic.id.to_string(), "created_ms": topic.created.as_millis(),
        "author_ref": format!("group:{GROUP}"), "owner_ref": format!("group:{GROUP}"),
        "media": [{"type": "text", "text": topic.text}, {"type": "photo", "photos": []}],
        "like_summary": {"count": 2},
        "discussion_summary": {"comments_count": topic.comments.len(),
            "discussion_id": topic.id.to_string(), "discussion_type": "GROUP_TOPIC"}})
}

impl Group {
    /// Newest first, from below the topic that the anchor names.
    fn stream(&self, anchor: &str) -> Value {
        let below = anchor
            .strip_prefix("below:")
            .map(|id| id.parse::<i64>().unwrap());
        let mut all: Vec<&Topic> = self.topics.iter().collect();
        all.sort_by_key(|topic| std::cmp::Reverse(topic.created));
        all.retain(|topic| below.is_none_or(|below| topic.id < below));
        let more = all.len() > self.page;
        all.truncate(self.page);
        let next = all.last().map(|last| format!("below:{}", last.id));
        let feeds: Vec<Value> = all
            .iter()
            .map(|t| {
                json!({"pattern": "POST",
            "target_refs": [format!("group_topic:{}", t.id)]})
            })
            .collect();
        json!({"feeds": feeds, "anchor": next, "has_more": more,
            "entities": {"media_topics": all.into_iter().map(topic).collect::<Vec<_>>()}})
    }

    /// The newest comments, or those before the anchor's.
    fn comments(&self, topic: &str, anchor: &str) -> Value {
        let Some(topic) = self.topics.iter().find(|t| t.id.to_string() == topic) else {
            return json!({"error_code": 160, "error_msg": "PARAM_DISCUSSION"});
        };
        let end = anchor
            .strip_prefix("before:")
            .map_or(topic.comments.len(), |n| n.parse().unwrap());
        let start = end.saturating_sub(self.page);
        let page = topic.comments[start..end].iter().enumerate();
        let page: Vec<Value> = page
            .map(|(at, (id, text))| {
                json!({"id": id, "text": text,
            "date": format!("2026-11-22 {:02}:{:02}:00", 10 + (start + at) / 60, (start + at) % 60),
            "author_id": "771", "author_type": "USER", "type": "ACTIVE_MESSAGE"})
            })
            .collect();
        json!({"comments": page, "anchor": format!("before:{start}"), "has_more": start > 0})
    }
}
