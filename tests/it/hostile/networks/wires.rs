//! A server that sends whatever bytes it is told to, and breaks off as it is told to. Start with
//! [`Wires::start`].

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// How a request is answered.
#[derive(Clone)]
pub enum Manner {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// A beginning, then a piece again and again with a rest before each.
    Endless(Vec<u8>, Vec<u8>, Duration),
}

/// A sound answer: a whole head, and this body.
pub fn says(body: impl AsRef<[u8]>) -> Manner {
    says_with("", body)
}

/// The same with more lines in its head, each with its line end.
pub fn says_with(head: &str, body: impl AsRef<[u8]>) -> Manner {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n{head}\r\n",
        body.len()
    );
    Manner::Bytes([head.as_bytes(), body].concat())
}

/// A status with these lines in its head, and nothing more.
pub fn status(status: u16, head: &str) -> Manner {
    let head =
        format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: 0\r\n{head}\r\n");
    Manner::Bytes(head.into_bytes())
}

type Script = Arc<Mutex<HashMap<String, Manner>>>;

/// A running server; it stops when dropped.
pub struct Wires {
    /// `127.0.0.1:port`.
    pub address: String,
    script: Script,
    asked: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Wires {
    pub async fn start() -> Wires {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (script, asked) = (Script::default(), Arc::<AtomicUsize>::default());
        let (own, count) = (script.clone(), asked.clone());
        let task = tokio::spawn(async move {
            let mut talks = JoinSet::new(); // they end with the server
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                talks.spawn(talk(stream, own.clone()));
                while talks.try_join_next().is_some() {}
            }
        });
        Wires {
            address,
            script,
            asked,
            task: task.abort_handle(),
        }
    }

    /// Answers a path so from now on; others are not found.
    pub fn on(&self, path: &str, manner: Manner) {
        self.script.lock().unwrap().insert(path.to_owned(), manner);
    }

    /// Forgets every answer.
    pub fn clear(&self) {
        self.script.lock().unwrap().clear();
    }

    /// How often somebody came.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Wires {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Hears one request and answers it; whoever hangs up is let go.
async fn talk(mut stream: TcpStream, script: Script) {
    let Some(path) = hear(&mut stream).await else {
        return;
    };
    let known = script.lock().unwrap().get(&path).cloned();
    match known.unwrap_or_else(|| status(404, "")) {
        Manner::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Manner::Endless(begin, piece, rest) => {
            let mut sent = stream.write_all(&begin).await;
            while sent.is_ok() {
                tokio::time::sleep(rest).await;
                sent = stream.write_all(&piece).await;
            }
        }
    }
}

/// The path of a request that was heard to its end: bytes left unread would break the connection
/// before the answer is read.
async fn hear(stream: &mut TcpStream) -> Option<String> {
    let (mut heard, mut more) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut more).await.ok().filter(|read| *read > 0)?;
        heard.extend_from_slice(&more[..read]);
        let text = String::from_utf8_lossy(&heard);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let path = lines.next()?.split(' ').nth(1)?.split('?').next()?;
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
            return Some(path.to_owned());
        }
    }
}
