//! What each kind of door is thrown by each attack. Start with [`all`].

use std::time::Duration;

use super::{
    Door, bombs, deep, many, odd,
    wires::{Manner, Wires, says, says_with, status},
};
use crate::hostile::{matrix::Attack, payloads::texts};

/// What a door reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Json,
    Html,
    Xml,
    Robots,
}

impl Kind {
    /// Why there is nothing to attack so.
    pub fn has_no(self, attack: Attack) -> Option<&'static str> {
        match (attack, self) {
            (Attack::Entity, Kind::Json | Kind::Robots) => Some("this format has no entities"),
            (Attack::Deep, Kind::Robots) => Some("a list of lines has no depth"),
            _ => None,
        }
    }
}

/// Every answer of an attack on a door; `other` is a server that must never be asked.
pub fn all(door: &Door, attack: Attack, other: &Wires) -> Vec<Manner> {
    let sound = (door.with)(&["вода кончилась".to_owned()]);
    let mut all: Vec<Manner> = match attack {
        Attack::Oversized => vec![
            says(vec![b' '; 9 << 20]),
            says_with(&format!("X-Long: {}\r\n", "a".repeat(60_000)), &sound),
            says((door.with)(&[odd::noise(12_000)])),
        ],
        Attack::Gzip => gzips(door.kind, &sound),
        Attack::Brotli => vec![
            packed("br", bombs::GIGABYTE_IN_BROTLI),
            packed("br", &sound),
            packed("gzip, br", &bombs::gzip(bombs::GIGABYTE_IN_BROTLI)),
            packed("zstd", &sound),
        ],
        Attack::Truncated => truncated(&sound),
        Attack::Length => lengths(&sound),
        Attack::Circle => [
            "",
            &led(door.path),
            &led("/a/../%2e%2e/"),
            &led("//"),
            &led("http://[::1"),
            &led("\u{1}"),
        ]
        .map(|head| status(302, head))
        .to_vec(),
        Attack::Private => private(other),
        Attack::Encoding => encodings(&sound),
        Attack::Nul => vec![
            says((door.with)(&[
                "\0".into(),
                "нет\0воды".into(),
                "\0".repeat(1000),
            ])),
            says([sound.as_slice(), &[0; 4096]].concat()),
            says([&[0; 4096], sound.as_slice()].concat()),
            says(vec![0; 100_000]),
        ],
        Attack::Numbers => retries(),
        _ => Vec::new(),
    };
    let words = texts(attack);
    if !words.is_empty() {
        all.push(says((door.with)(&words)));
    }
    let own = match attack {
        Attack::Many => many::of(door),
        Attack::Deep => deep::of(door.kind),
        _ => odd::of(door, attack),
    };
    all.extend(own.into_iter().map(says));
    all
}

fn led(to: &str) -> String {
    format!("Location: {to}\r\n")
}

fn packed(how: &str, body: &[u8]) -> Manner {
    says_with(&format!("Content-Encoding: {how}\r\n"), body)
}

fn gzips(kind: Kind, sound: &[u8]) -> Vec<Manner> {
    let (bomb, whole) = (bombs::gigabyte_in_gzip(), bombs::gzip(sound));
    let mut all = vec![
        packed("gzip", &bomb),
        packed("gzip", &whole[..whole.len() / 2]),
        packed("gzip", sound),
    ];
    if kind == Kind::Xml {
        all.push(says(bomb)); // feeds are saved so, and served without a word of it
    }
    all
}

fn truncated(sound: &[u8]) -> Vec<Manner> {
    let half = &sound[..sound.len() / 2];
    let head = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}\r\n").into_bytes();
    let whole = format!("Content-Length: {}\r\n", sound.len());
    let chunks = format!("{:x}\r\n", sound.len());
    [
        Vec::new(),
        b"HTT".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(),
        head(&whole),
        [&head(&whole), half].concat(),
        [
            &head("Transfer-Encoding: chunked\r\n"),
            chunks.as_bytes(),
            half,
        ]
        .concat(),
    ]
    .map(Manner::Bytes)
    .to_vec()
}

fn lengths(sound: &[u8]) -> Vec<Manner> {
    let lines = [
        "Content-Length: 7".to_owned(),
        "Content-Length: -1".into(),
        "Content-Length: 18446744073709551616".into(),
        "Content-Length: 9223372036854775807".into(),
        "Content-Length: 0x10".into(),
        "Content-Length: 7\r\nContent-Length: 9".into(),
        format!(
            "Content-Length: {}\r\nTransfer-Encoding: chunked",
            sound.len()
        ),
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF".into(),
        "Transfer-Encoding: chunked\r\n\r\n-5".into(),
        "Connection: close".into(),
    ];
    let answer = |line: &String| {
        [
            format!("HTTP/1.1 200 OK\r\n{line}\r\n\r\n").as_bytes(),
            sound,
        ]
        .concat()
    };
    lines
        .iter()
        .map(|line| Manner::Bytes(answer(line)))
        .collect()
}

fn private(other: &Wires) -> Vec<Manner> {
    let port = other.address.rsplit(':').next().unwrap_or_default();
    [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("//0.0.0.0:{port}/"),
        "http://169.254.169.254/latest/meta-data/".into(),
        "http://user:word@10.0.0.1/".into(),
        "file:///etc/passwd".into(),
        "gopher://evil.example/".into(),
        "javascript:alert(1337)".into(),
    ]
    .iter()
    .map(|to| status(302, &led(to)))
    .collect()
}

/// Answers in sets that their label denies.
fn encodings(sound: &[u8]) -> Vec<Manner> {
    let text = String::from_utf8_lossy(sound);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (half, rest) = sound.split_at(sound.len() / 2);
    let broken = [half, b"\xFF\xFE\xC0\xAF\xED\xA0\x80", rest].concat();
    vec![
        says_with("Content-Type: text/html; charset=utf-8\r\n", wide),
        says_with(
            "Content-Type: text/xml; charset=utf-7\r\n",
            encoding_rs::KOI8_R.encode(&text).0,
        ),
        says_with(
            "Content-Type: application/json; charset=\"../../etc/passwd\"\r\n",
            broken,
        ),
        says([b"\xFE\xFF", sound].concat()),
    ]
}

/// Statuses that ask for patience without end.
fn retries() -> Vec<Manner> {
    let nines = "9".repeat(5000);
    [
        (429, nines.as_str()),
        (503, "99999999999999999"),
        (429, "9999999999"),
        (503, "-1"),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ]
    .map(|(code, value)| status(code, &format!("Retry-After: {value}\r\n")))
    .to_vec()
}

/// Answers that never end, slowly and fast.
pub fn drips() -> Vec<Manner> {
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let flood = [b"10000\r\n".as_slice(), &[b'<'; 65536], b"\r\n"].concat();
    let rest = Duration::from_millis(50);
    vec![
        Manner::Endless(chunked.clone(), b"1\r\n<\r\n".to_vec(), rest),
        Manner::Endless(chunked, flood, Duration::ZERO),
        Manner::Endless(
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            b"X-A: b\r\n".to_vec(),
            rest,
        ),
        Manner::Endless(Vec::new(), Vec::new(), rest),
    ]
}
