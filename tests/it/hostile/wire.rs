//! The pages on a real port, and a client that sends whatever bytes it is told to.

use std::{net::SocketAddr, time::Duration};

use otklik::web::{self, Patience};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::office::Office;

/// A cell that takes longer hangs.
pub const LONGEST: Duration = Duration::from_secs(20);

/// The product's own server.
pub struct Served {
    pub address: SocketAddr,
    stop: CancellationToken,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or_default()
    }

    /// Every line of the head.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.head.lines()
    }

    pub fn read(bytes: &[u8]) -> Result<Answer, String> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or_else(|| format!("no answer, {} bytes", bytes.len()))?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut answer = Answer {
            status: status.ok_or("no status")?,
            head,
            body: bytes[end + 4..].to_vec(),
        };
        if answer.header("transfer-encoding") == "chunked" {
            answer.body = unchunked(&answer.body).ok_or("chunks that end nowhere")?;
        }
        Ok(answer)
    }
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

impl Served {
    pub async fn start(office: &Office) -> Served {
        Self::with(office, Patience::default()).await
    }

    pub async fn with(office: &Office, patience: Patience) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = web::router(office.app.clone());
        tokio::spawn(web::serve(
            listener,
            router,
            patience,
            stop.clone(),
            Duration::ZERO,
        ));
        Served { address, stop }
    }

    /// Sends bytes as they are and reads to the end of the connection.
    pub async fn send(&self, bytes: &[u8]) -> Result<Answer, String> {
        Answer::read(&self.exchange(bytes).await?)
    }

    /// All that comes back, whatever it is.
    pub async fn exchange(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let talk = async {
            let mut stream = TcpStream::connect(self.address).await?;
            let (mut from, mut to) = stream.split();
            let mut heard = Vec::new();
            // A server that has heard enough answers and closes while we still write.
            let (_, read) = tokio::join!(to.write_all(bytes), from.read_to_end(&mut heard));
            match read {
                Err(error) if heard.is_empty() => Err(error),
                _ => Ok(heard),
            }
        };
        let talked = timeout(LONGEST, talk)
            .await
            .map_err(|_| "no end within 20 s")?;
        talked.map_err(|error| error.to_string())
    }

    pub async fn get(&self, path: &str, headers: &str) -> Result<Answer, String> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: otklik.example\r\nConnection: close\r\n{headers}\r\n"
        );
        self.send(request.as_bytes()).await
    }

    pub async fn post(
        &self,
        path: &str,
        headers: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<Answer, String> {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: otklik.example\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n{headers}\r\n"
        );
        self.send(&[head.as_bytes(), body].concat()).await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Every byte that may mean something in an address, encoded.
pub fn encoded(text: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.~".contains(b);
    let one = |b: u8| match plain(&b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    text.bytes().map(one).collect()
}
