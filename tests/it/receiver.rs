//! An agency's side of a webhook: a real server on loopback that answers as a story tells it to.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Response, StatusCode},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    sync::Notify,
};

/// How the next request is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    Status(u16),
    /// A status with one header.
    With(u16, &'static str, String),
    /// Takes the request and says nothing more.
    Silence,
    /// 204, as soon as the story lets it.
    Held,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Inner {
    answers: Mutex<VecDeque<Answer>>,
    always: Mutex<Option<Answer>>,
    requests: Mutex<Vec<Request>>,
    arrived: Notify,
    released: Notify,
}

/// The receiver; it answers 204 unless told otherwise. Its port is taken at once, its ear opens
/// with [`Receiver::listen`].
pub struct Receiver {
    inner: Arc<Inner>,
    address: SocketAddr,
    socket: Mutex<Option<TcpSocket>>,
}

impl Receiver {
    /// Bound, not listening: connections are refused.
    pub fn down() -> Receiver {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Receiver {
            inner: Arc::default(),
            address: socket.local_addr().unwrap(),
            socket: Mutex::new(Some(socket)),
        }
    }

    /// Listening, with answers for the first requests.
    pub fn answering(answers: &[Answer]) -> Receiver {
        let receiver = Receiver::down();
        receiver
            .inner
            .answers
            .lock()
            .unwrap()
            .extend(answers.iter().cloned());
        receiver.listen();
        receiver
    }

    pub fn listen(&self) {
        let socket = self.socket.lock().unwrap().take().expect("it listens once");
        let listener = socket.listen(64).unwrap();
        let app = Router::new()
            .fallback(answer)
            .with_state(self.inner.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
    }

    /// How every request is answered from now on; none: 204.
    pub fn always(&self, answer: Option<Answer>) {
        *self.inner.always.lock().unwrap() = answer;
    }

    /// Answers every connection with these bytes and hangs up.
    pub fn babbling(bytes: &'static [u8]) -> Receiver {
        let receiver = Receiver::down();
        let socket = receiver.socket.lock().unwrap().take().expect("it is new");
        let listener = socket.listen(64).unwrap();
        tokio::spawn(async move {
            while let Ok((mut peer, _)) = listener.accept().await {
                let mut heard = [0; 4096];
                let _ = peer.read(&mut heard).await;
                let _ = peer.write_all(bytes).await;
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.inner.requests.lock().unwrap().clone()
    }

    /// The ids that arrived, in order.
    pub fn ids(&self) -> Vec<String> {
        let id = |request: &Request| request.header("webhook-id").to_owned();
        self.requests().iter().map(id).collect()
    }

    /// Lets one held answer go.
    pub fn release(&self) {
        self.inner.released.notify_one();
    }

    /// Waits for a request that was not waited for before.
    pub async fn arrival(&self) {
        self.inner.arrived.notified().await;
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<String> {
    inner
        .requests
        .lock()
        .unwrap()
        .push(Request { headers, body });
    inner.arrived.notify_one();
    let next = inner.answers.lock().unwrap().pop_front();
    let next = next.or_else(|| inner.always.lock().unwrap().clone());
    let mut response = Response::new(String::new());
    match next.unwrap_or(Answer::Status(204)) {
        Answer::Silence => std::future::pending().await,
        Answer::Held => {
            inner.released.notified().await;
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        Answer::Status(code) => *response.status_mut() = StatusCode::from_u16(code).unwrap(),
        Answer::With(code, name, value) => {
            *response.status_mut() = StatusCode::from_u16(code).unwrap();
            response.headers_mut().insert(name, value.parse().unwrap());
        }
    }
    response
}
