//! An agency's mail server: Debian's aiosmtpd on loopback, driven by `tests/smtp/server.py`.

use std::process::Stdio;

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::{Mutex, mpsc},
};

use crate::harness::project;

/// The server; it ends when it is dropped.
pub struct MailServer {
    pub port: u16,
    pub folder: tempfile::TempDir,
    orders: Mutex<(ChildStdin, mpsc::Receiver<()>)>,
    arrived: Mutex<mpsc::Receiver<()>>,
    _child: Child,
}

/// An accepted letter, as a mail program reads it.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub id: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub raw: String,
}

impl Letter {
    /// A header as it travelled.
    pub fn header(&self, name: &str) -> &str {
        let head = self.raw.split("\r\n\r\n").next().unwrap();
        let start = format!("{name}: ");
        let line = head.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("{name} is missing in {head}"))
    }

    /// The numbers of the incidents that it tells of.
    pub fn numbers(&self) -> Vec<i64> {
        let links = self.text.split("/incidents/").skip(1);
        links
            .map(|rest| rest.split_whitespace().next().unwrap().parse().unwrap())
            .collect()
    }
}

impl MailServer {
    /// A server that takes every letter.
    pub async fn start() -> MailServer {
        let server = MailServer::down().await;
        server.tell("up").await;
        server
    }

    /// Connections are refused until it is told «up».
    pub async fn down() -> MailServer {
        MailServer::with(json!({})).await
    }

    /// Not listening yet, with options of `server.py`.
    pub async fn with(mut order: Value) -> MailServer {
        let folder = tempfile::tempdir().unwrap();
        order["folder"] = folder.path().to_str().into();
        let mut child = Command::new("/usr/bin/python3")
            .arg(project().join("tests/smtp/server.py"))
            .arg(order.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("/usr/bin/python3 is missing: run scripts/test, which installs it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap();
        let first = first.expect("aiosmtpd is missing: run scripts/test, which installs it");
        let (obeyed, oks) = mpsc::channel(64);
        let (came, arrived) = mpsc::channel(64);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let to = if line == "ok" { &obeyed } else { &came };
                let _ = to.send(()).await;
            }
        });
        MailServer {
            port: first.strip_prefix("port ").unwrap().parse().unwrap(),
            folder,
            orders: Mutex::new((child.stdin.take().unwrap(), oks)),
            arrived: Mutex::new(arrived),
            _child: child,
        }
    }

    /// Gives an order of `server.py` and waits until it is obeyed.
    pub async fn tell(&self, order: &str) {
        let mut orders = self.orders.lock().await;
        let line = format!("{order}\n");
        orders.0.write_all(line.as_bytes()).await.unwrap();
        orders.1.recv().await.expect("the mail server ended");
    }

    /// Waits for the letter that is held.
    pub async fn arrival(&self) {
        self.arrived
            .lock()
            .await
            .recv()
            .await
            .expect("the mail server ended");
    }

    /// What it accepted, in order.
    pub fn letters(&self) -> Vec<Letter> {
        let read = |number: usize, kind: &str| {
            std::fs::read(self.folder.path().join(format!("{number:04}.{kind}"))).ok()
        };
        let letter = |number| Some(parse(&read(number, "to")?, &read(number, "eml")?));
        (0..).map_while(letter).collect()
    }

    /// The Message-IDs that it accepted, in order.
    pub fn ids(&self) -> Vec<String> {
        self.letters().into_iter().map(|letter| letter.id).collect()
    }
}

fn parse(to: &[u8], raw: &[u8]) -> Letter {
    let letter = MessageParser::default().parse(raw).unwrap();
    let kinds: Vec<_> = letter
        .parts
        .iter()
        .filter_map(|part| part.content_type()?.subtype())
        .collect();
    assert_eq!(kinds, ["alternative", "plain", "html"]);
    Letter {
        to: String::from_utf8(to.to_vec()).unwrap(),
        id: letter.message_id().unwrap().to_owned(),
        subject: letter.subject().unwrap().to_owned(),
        text: letter.body_text(0).unwrap().into_owned(),
        html: letter.body_html(0).unwrap().into_owned(),
        raw: String::from_utf8(raw.to_vec()).unwrap(),
    }
}
