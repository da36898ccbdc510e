//! A network that answers from a script: a loopback server whose routes are queues of answers. The
//! last answer of a queue stays.

#![allow(dead_code, reason = "each story takes what it needs")]

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::Response,
};
use serde_json::Value;
use tokio::{
    io::AsyncWriteExt,
    net::TcpListener,
    task::{AbortHandle, JoinHandle},
};

/// One scripted answer.
#[derive(Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An answer with a body.
pub fn says(body: impl AsRef<[u8]>) -> Answer {
    Answer {
        status: 200,
        headers: Vec::new(),
        body: body.as_ref().to_vec(),
    }
}

/// An answer of a status.
pub fn status(status: u16) -> Answer {
    Answer { status, ..says("") }
}

impl Answer {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn of_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        says(value.to_string())
    }
}

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        says(text)
    }
}

/// What a client asked.
#[derive(Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub form: HashMap<String, String>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, VecDeque<Answer>>,
    asked: Vec<Asked>,
}

/// A running server; it stops when dropped.
pub struct Network {
    pub base: String,
    script: Arc<Mutex<Script>>,
    task: AbortHandle,
}

impl Network {
    pub async fn start() -> Network {
        let script = Arc::new(Mutex::new(Script::default()));
        let router = Router::new().fallback(answer).with_state(script.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let task: JoinHandle<_> =
            tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Network {
            base,
            script,
            task: task.abort_handle(),
        }
    }

    /// Adds an answer for a path. VK methods are paths such as `/method/wall.get`.
    pub fn on(&self, path: &str, answer: impl Into<Answer>) -> &Self {
        let mut script = self.script.lock().unwrap();
        let queue = script.answers.entry(path.into()).or_default();
        queue.push_back(answer.into());
        self
    }

    /// Forgets the answers of a path.
    pub fn clear(&self, path: &str) -> &Self {
        self.script.lock().unwrap().answers.remove(path);
        self
    }

    /// What was asked until now, robots.txt left out.
    pub fn asked(&self) -> Vec<Asked> {
        let script = self.script.lock().unwrap();
        let pages = script.asked.iter().filter(|a| a.path != "/robots.txt");
        pages.cloned().collect()
    }

    /// The paths that were asked for, in order, robots.txt included.
    pub fn paths(&self) -> Vec<String> {
        let script = self.script.lock().unwrap();
        script
            .asked
            .iter()
            .map(|asked| asked.path.clone())
            .collect()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut script = script.lock().unwrap();
    let asked = Asked {
        method,
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        form: url::form_urlencoded::parse(&body).into_owned().collect(),
    };
    let full = uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let method = asked.form.get("method").cloned().unwrap_or_default();
    let called = format!("{}#{method}", asked.path);
    let known = [full, called]
        .into_iter()
        .find(|way| script.answers.contains_key(way));
    let way = known.unwrap_or_else(|| asked.path.clone());
    let queue = script.answers.get_mut(&way);
    let answer = match queue {
        None => status(404),
        Some(queue) if queue.len() > 1 => queue.pop_front().unwrap(),
        Some(queue) => queue.front().unwrap().clone(),
    };
    script.asked.push(asked);
    respond(answer)
}

fn respond(answer: Answer) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}

/// A server that sends the beginning of an answer and then nothing more.
pub async fn stalling_server() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>";
            stream.write_all(head).await.unwrap();
            open.push(stream);
        }
    });
    (base, task)
}
