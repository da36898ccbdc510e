//! A server that speaks MAX's bot API: chats, messages by their moments, and events behind a marker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use otklik::domain::time::Span;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::harness::START;

/// The bot's token.
pub const TOKEN: &str = "the bot's token";
/// A public channel.
pub const CHANNEL: i64 = -70_801_090_403_050;

#[derive(Default)]
pub struct Bot {
    /// Chats as MAX describes them.
    pub chats: HashMap<i64, Value>,
    /// Messages, oldest first.
    pub messages: Vec<Value>,
    /// Everything that happened.
    pub events: Vec<Value>,
    /// Paths with their queries.
    pub asked: Vec<String>,
}

/// The server; it stops when dropped.
pub struct MaxServer {
    pub base: String,
    bot: Arc<Mutex<Bot>>,
    task: AbortHandle,
}

impl MaxServer {
    pub async fn start() -> MaxServer {
        let mut bot = Bot::default();
        let chat = json!({"chat_id": CHANNEL, "type": "channel", "status": "active",
            "title": "Администрация", "is_public": true, "participants_count": 900});
        bot.chats.insert(CHANNEL, chat);
        let bot = Arc::new(Mutex::new(bot));
        let router = Router::new()
            .route("/chats/{id}", get(chat_of))
            .route("/messages", get(messages))
            .route("/updates", get(updates))
            .with_state(bot.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        MaxServer {
            base,
            bot,
            task: task.abort_handle(),
        }
    }

    pub fn bot(&self) -> MutexGuard<'_, Bot> {
        self.bot.lock().unwrap()
    }

    /// Messages of the channel with these numbers; a greater number is a minute younger.
    pub fn publish(&self, numbers: std::ops::RangeInclusive<i64>) {
        let mut bot = self.bot();
        for number in numbers {
            let message = message(
                CHANNEL,
                number,
                &format!("На улице {number} прорвало трубу"),
            );
            bot.events.push(event("message_created", &message));
            bot.messages.push(message);
        }
    }

    pub fn edit(&self, number: i64, text: &str) {
        let mut bot = self.bot();
        let mid = mid(number);
        let message = bot
            .messages
            .iter_mut()
            .find(|m| m["body"]["mid"] == mid)
            .unwrap();
        message["body"]["text"] = json!(text);
        let message = message.clone();
        bot.events.push(event("message_edited", &message));
    }

    /// Removes a message; the bot is told, or was not listening.
    pub fn remove(&self, number: i64, told: bool) {
        let mut bot = self.bot();
        bot.messages.retain(|m| m["body"]["mid"] != mid(number));
        if told {
            let gone = json!({"update_type": "message_removed", "message_id": mid(number),
                "chat_id": CHANNEL, "user_id": 5, "timestamp": START.as_millis()});
            bot.events.push(gone);
        }
    }

    pub fn asked(&self, path: &str) -> usize {
        self.bot()
            .asked
            .iter()
            .filter(|asked| asked.starts_with(path))
            .count()
    }
}

impl Drop for MaxServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn mid(number: i64) -> String {
    format!("mid.{number:08}")
}

pub fn message(chat: i64, number: i64, text: &str) -> Value {
    let at = START.minus(Span::hours(40)).plus(Span::minutes(number));
    let kind = if chat < 0 { "channel" } else { "dialog" };
    json!({"recipient": {"chat_id": chat, "chat_type": kind}, "timestamp": at.as_millis(),
        "body": {"mid": mid(number), "seq": number, "text": text, "attachments": null},
        "url": format!("https://max.ru/c/{chat}/{number}"), "stat": {"views": 7}})
}

pub fn event(kind: &str, message: &Value) -> Value {
    json!({"update_type": kind, "timestamp": START.as_millis(), "message": message})
}

fn refusal(status: StatusCode, code: &str) -> Response {
    (
        status,
        Json(json!({"code": code, "message": "words of MAX"})),
    )
        .into_response()
}

type Shared = State<Arc<Mutex<Bot>>>;
type Asked = Query<HashMap<String, String>>;

/// Notes what was asked; refuses whoever is not the bot.
fn enter(
    bot: &mut Bot,
    headers: &HeaderMap,
    path: &str,
    query: &HashMap<String, String>,
) -> Option<Response> {
    bot.asked.push(format!("{path}?{query:?}"));
    let token = headers
        .get("authorization")
        .and_then(|token| token.to_str().ok());
    (token != Some(TOKEN)).then(|| refusal(StatusCode::UNAUTHORIZED, "verify.token"))
}

async fn chat_of(
    State(bot): Shared,
    headers: HeaderMap,
    Path(id): Path<i64>,
    Query(query): Asked,
) -> Response {
    let mut bot = bot.lock().unwrap();
    if let Some(refusal) = enter(&mut bot, &headers, "/chats", &query) {
        return refusal;
    }
    match bot.chats.get(&id) {
        Some(chat) => Json(chat.clone()).into_response(),
        None => refusal(StatusCode::NOT_FOUND, "chat.not.found"),
    }
}

async fn messages(State(bot): Shared, headers: HeaderMap, Query(query): Asked) -> Response {
    let mut bot = bot.lock().unwrap();
    if let Some(refusal) = enter(&mut bot, &headers, "/messages", &query) {
        return refusal;
    }
    let number = |name: &str| query.get(name).map(|value| value.parse::<i64>().unwrap());
    let named: Option<Vec<&str>> = query.get("message_ids").map(|ids| ids.split(',').collect());
    let (from, to) = (
        number("from").unwrap_or(i64::MAX),
        number("to").unwrap_or(0),
    );
    assert!(to < from, "MAX wants «to» below «from»");
    let newest_first = bot.messages.iter().rev().filter(|message| match &named {
        Some(named) => named.contains(&message["body"]["mid"].as_str().unwrap()),
        None => {
            let at = message["timestamp"].as_i64().unwrap();
            Some(message["recipient"]["chat_id"].as_i64().unwrap()) == number("chat_id")
                && (to..=from).contains(&at)
        }
    });
    let count = number("count").unwrap_or(50).min(100) as usize;
    Json(json!({"messages": newest_first.take(count).collect::<Vec<_>>()})).into_response()
}

async fn updates(State(bot): Shared, headers: HeaderMap, Query(query): Asked) -> Response {
    let mut bot = bot.lock().unwrap();
    if let Some(refusal) = enter(&mut bot, &headers, "/updates", &query) {
        return refusal;
    }
    let number = |name: &str| query.get(name).map(|value| value.parse::<usize>().unwrap());
    let from = number("marker").unwrap_or(0).min(bot.events.len());
    let to = (from + number("limit").unwrap_or(100)).min(bot.events.len());
    Json(json!({"updates": bot.events[from..to], "marker": to})).into_response()
}
