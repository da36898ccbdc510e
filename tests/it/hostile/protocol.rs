//! HTTP itself: heads, methods, connections. The server is the product's, with little patience.

use std::time::{Duration, Instant};

use otklik::web::Patience;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    judge::judge,
    matrix::{Attack, Ended, Matrix},
    wire::{LONGEST, Served},
};
use crate::office::Office;

const DOOR: &str = "HTTP: heads and connections";

const PATIENCE: Patience = Patience {
    head: Duration::from_millis(300),
    request: Duration::from_millis(1500),
    connections: 8,
};

/// Tries the protocol.
pub async fn try_all(office: &Office, matrix: &mut Matrix) {
    let served = Served::with(office, PATIENCE).await;
    let head = |line: &str| {
        format!("GET /signin HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n{line}\r\n\r\n")
            .into_bytes()
    };
    let asks = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").into_bytes()
    };
    let many: String = (0..5000).map(|n| format!("X-{n}: 1\r\n")).collect();
    let cookies: String = (0..3000).map(|n| format!("otklik{n}={n}; ")).collect();
    let inputs: Vec<(Attack, Vec<u8>)> = vec![
        (Attack::Oversized, head(&format!("X-Long: {}", "a".repeat(1 << 20)))),
        (Attack::Oversized, head(many.trim_end())),
        (Attack::Oversized, head(&format!("Cookie: {cookies}"))),
        (Attack::Oversized, head(&format!("Authorization: Bearer {}", "a".repeat(60_000)))),
        (Attack::Oversized, asks(&format!("/{}", "a/".repeat(40_000)))),
        (Attack::Malformed, b"GET\r\n\r\n".to_vec()),
        (Attack::Malformed, b"\0\0\0\0\r\n\r\n".to_vec()),
        (Attack::Malformed, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n".to_vec()),
        (Attack::Malformed, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        (Attack::Malformed, b"GET /signin HTTP/9.9\r\nHost: a\r\n\r\n".to_vec()),
        (Attack::Malformed, b"GET /signin HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::Malformed, b"POST /signin HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello".to_vec()),
        (Attack::Malformed, b"POST /signin HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".to_vec()),
        (Attack::Malformed, b"POST /signin HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /queue HTTP/1.1\r\n\r\n".to_vec()),
        (Attack::Malformed, b"POST /signin HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc".to_vec()),
        (Attack::Malformed, b"POST /signin HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 99999999999999999999999\r\n\r\n".to_vec()),
        (Attack::WrongType, b"DELETE /queue HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::WrongType, b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::WrongType, b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::WrongType, b"KANAREYKA /api/v1/stats HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::WrongType, b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::WrongType, head("Content-Length: 5\r\nX-Forwarded-For: nobody, , 300.1.1.1, ::::")),
        (Attack::WrongType, head("Accept-Language: ;;q=,,*;q=NaN, ru;q=99999999999999999999")),
        (Attack::Encoding, [&asks("/\u{432}\u{43e}\u{434}\u{430}")[..]].concat()),
        (Attack::Encoding, [b"GET /\xFF\xFE HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".as_slice()].concat()),
        (Attack::Encoding, [b"GET /signin HTTP/1.1\r\nHost: \xFF\r\nConnection: close\r\nCookie: otklik=\xFF\xC0; otklik_lang=\xFE\r\n\r\n".as_slice()].concat()),
        (Attack::Encoding, asks("/incidents/%FF%FE")),
        (Attack::Markup, b"GET /signin HTTP/1.1\r\nHost: <script>alert(1337)</script>\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::Markup, head("User-Agent: <img src=x onerror=alert(1337)>\r\nReferer: \"><script>alert(1337)</script>")),
        (Attack::Markup, asks("/<script>alert(1337)</script>")),
        (Attack::Markup, asks("/signin?next=\"><script>alert(1337)</script>")),
        (Attack::Control, head("X-Fold: a\r\n b: c")),
        (Attack::Control, head("X-Nul: a\0b")),
        (Attack::Control, head("X-Bell: \u{7}\u{1b}[2J")),
        (Attack::Control, b"GET /signin\rX: y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::Control, asks("/signin?next=/%0d%0aSet-Cookie:%20kanareyka1337=1")),
        (Attack::Control, asks("/signin?lang=en%0d%0aSet-Cookie:%20kanareyka1337=1")),
        (Attack::Meta, head("X-Forwarded-Host: evil.example\r\nX-Original-URL: /queue\r\nX-Rewrite-URL: /queue\r\nForwarded: host=evil.example")),
        (Attack::Meta, b"GET /queue HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::Meta, b"GET http://evil.example/queue HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".to_vec()),
        (Attack::Meta, head("Cookie: otklik='; drop table session; --; otklik_lang={{1337*1337}}")),
        (Attack::Meta, head("Authorization: Bearer ' or '1'='1")),
        (Attack::Path, asks("/static/1/../../../../etc/passwd")),
        (Attack::Path, asks("/static/..%2f..%2f..%2fetc%2fpasswd/x")),
        (Attack::Path, asks("/static/1/%2e%2e%2f%2e%2e%2fCargo.toml")),
        (Attack::Path, asks("/static/1/..\\..\\Cargo.toml")),
        (Attack::Path, asks("//etc/passwd")),
        (Attack::Path, asks("//evil.example/?lang=en")),
        (Attack::Path, asks("/%2fevil.example/?lang=en")),
        (Attack::Path, asks("/./queue/../signin")),
    ];
    for (attack, bytes) in inputs {
        let ended = refused_or_judged(&served, &bytes).await;
        let input = String::from_utf8_lossy(&bytes[..bytes.len().min(90)]).into_owned();
        matrix.note(DOOR, attack, &input, ended);
    }
    for (input, ended) in [
        (
            "a head that never ends",
            slow(&served, b"GET /signin HT").await,
        ),
        ("no head at all", slow(&served, b"").await),
        (
            "a body that never comes",
            slow(
                &served,
                b"POST /signin HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\ncsrf=",
            )
            .await,
        ),
        ("a body without end", endless(&served).await),
        ("all places taken by idlers", crowded(&served).await),
    ] {
        matrix.note(DOOR, Attack::Bomb, input, ended);
    }
}

/// An answer that may be given, or a connection closed without a word.
async fn refused_or_judged(served: &Served, bytes: &[u8]) -> Result<Ended, String> {
    let heard = match served.exchange(bytes).await {
        Ok(heard) => heard,
        Err(why) if why.contains("reset") || why.contains("Broken pipe") => {
            return Ok(Ended::Refused);
        }
        Err(why) => return Err(why),
    };
    if heard.is_empty() {
        return Ok(Ended::Refused);
    }
    let answers = heard.windows(9).filter(|nine| nine == b"HTTP/1.1 ").count();
    if answers > 1 {
        return Err("one request was answered twice".into());
    }
    judge(&super::wire::Answer::read(&heard)?)
}

/// Says something and waits to be sent away.
async fn slow(served: &Served, bytes: &[u8]) -> Result<Ended, String> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(served.address)
        .await
        .map_err(|e| e.to_string())?;
    stream.write_all(bytes).await.map_err(|e| e.to_string())?;
    let mut heard = Vec::new();
    let read = timeout(LONGEST, stream.read_to_end(&mut heard)).await;
    read.map_err(|_| "the server waits for ever")?.ok();
    match begun.elapsed() < PATIENCE.request * 3 {
        true => Ok(Ended::Bounded),
        false => Err(format!("held for {:?}", begun.elapsed())),
    }
}

/// A chunked body without end is cut at the limit.
async fn endless(served: &Served) -> Result<Ended, String> {
    let talk = async {
        let mut stream = TcpStream::connect(served.address).await?;
        stream
            .write_all(b"POST /signin HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await?;
        let chunk = [b"10000\r\n".as_slice(), &[b'a'; 65536], b"\r\n"].concat();
        let mut sent = 0usize;
        while sent < (64 << 20) {
            if stream.write_all(&chunk).await.is_err() {
                break;
            }
            sent += chunk.len();
        }
        Ok::<_, std::io::Error>(sent)
    };
    let sent = timeout(LONGEST, talk)
        .await
        .map_err(|_| "no end within 20 s")?;
    match sent.map_err(|e| e.to_string())? {
        sent if sent < (16 << 20) => Ok(Ended::Bounded),
        sent => Err(format!("{sent} bytes of one form were read")),
    }
}

/// As many idle connections as there are places: whoever comes next is served all the same, once the
/// idlers are sent away.
async fn crowded(served: &Served) -> Result<Ended, String> {
    let mut idlers = Vec::new();
    for _ in 0..PATIENCE.connections * 2 {
        let mut stream = TcpStream::connect(served.address)
            .await
            .map_err(|e| e.to_string())?;
        stream
            .write_all(b"GET / H")
            .await
            .map_err(|e| e.to_string())?;
        idlers.push(stream);
    }
    let answer = served.get("/signin", "").await?;
    match answer.status {
        200 => Ok(Ended::Bounded),
        status => Err(format!("answered {status} behind the idlers")),
    }
}
