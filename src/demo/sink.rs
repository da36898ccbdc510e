//! The demo's agency: receives alerts, believes only signed ones (Standard Webhooks), and is out of
//! order now and then, so that retries can be seen. Start with [`router`].
//!
//! `POST /hook` takes an alert, `GET /` lists the last ones for people, `GET /deliveries` as JSON.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    config::secrets::WebhookSecret,
    domain::time::{Clock, Timestamp},
    notify::signature,
};

/// Deliveries kept, newest first.
const KEPT: usize = 500;
/// Each so-manieth attempt finds the receiver out of order.
const OUT_OF_ORDER: u64 = 15;

struct Sink {
    secret: WebhookSecret,
    clock: Clock,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    attempts: u64,
    accepted: HashSet<String>,
    deliveries: VecDeque<Delivery>,
}

/// One attempt as the receiver saw it.
#[derive(Debug, Clone, Serialize)]
struct Delivery {
    id: String,
    received: String,
    outcome: &'static str,
    alert: Value,
}

/// The receiver's routes.
pub fn router(secret: WebhookSecret, clock: Clock) -> Router {
    let sink = Sink {
        secret,
        clock,
        book: Mutex::default(),
    };
    Router::new()
        .route("/", get(for_people))
        .route("/deliveries", get(as_json))
        .route("/hook", post(receive))
        .with_state(Arc::new(sink))
}

impl Sink {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_signed(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Option<String> {
        let names = [signature::ID, signature::TIMESTAMP, signature::SIGNATURE];
        let sent = names.map(|name| headers.get(name).and_then(|value| value.to_str().ok()));
        let [Some(id), Some(timestamp), Some(signatures)] = sent else {
            return None;
        };
        signature::verify(&self.secret, [id, timestamp, signatures], body, now)
            .is_ok()
            .then(|| id.to_owned())
    }
}

impl Book {
    /// What becomes of a signed alert; a repeat is thanked for and changes nothing.
    fn take(&mut self, id: String, alert: Value, now: Timestamp) -> StatusCode {
        self.attempts += 1;
        let (outcome, status) = if self.attempts.is_multiple_of(OUT_OF_ORDER) {
            ("out of order", StatusCode::SERVICE_UNAVAILABLE)
        } else if self.accepted.insert(id.clone()) {
            ("accepted", StatusCode::NO_CONTENT)
        } else {
            ("repeated", StatusCode::NO_CONTENT)
        };
        self.deliveries.push_front(Delivery {
            id,
            received: now.to_rfc3339(),
            outcome,
            alert,
        });
        self.deliveries.truncate(KEPT);
        status
    }
}

async fn receive(State(sink): State<Arc<Sink>>, headers: HeaderMap, body: Bytes) -> Response {
    let now = sink.clock.now();
    let Some(id) = sink.is_signed(&headers, &body, now) else {
        return (StatusCode::UNAUTHORIZED, "the signature does not fit\n").into_response();
    };
    let Ok(alert) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "this is not JSON\n").into_response();
    };
    match sink.book().take(id, alert, now) {
        StatusCode::SERVICE_UNAVAILABLE => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "3")],
            "out of order, please try again\n",
        )
            .into_response(),
        status => status.into_response(),
    }
}

async fn as_json(State(sink): State<Arc<Sink>>) -> Json<Value> {
    let book = sink.book();
    Json(json!({
        "attempts": book.attempts,
        "accepted": book.accepted.len(),
        "deliveries": book.deliveries,
    }))
}

async fn for_people(State(sink): State<Arc<Sink>>) -> String {
    let book = sink.book();
    let mut text = format!(
        "Сюда приходят подписанные оповещения Отклика.\nПопыток {}, принято {}.\n\n",
        book.attempts,
        book.accepted.len()
    );
    for delivery in &book.deliveries {
        let word = |name: &str| delivery.alert.pointer(name).map(plain).unwrap_or_default();
        text += &format!(
            "{} {:<12} {} № {} {} · {} · {}\n",
            delivery.received,
            delivery.outcome,
            word("/type"),
            word("/data/number"),
            word("/data/sector"),
            word("/data/title"),
            word("/data/link"),
        );
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace('\n', " "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
