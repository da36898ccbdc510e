//! The export of Telegram Desktop, `result.json`: one chat, or a whole account with many. Start
//! with [`Export`]. It is read as a stream: files of hundreds of megabytes keep memory flat.
//!
//! Only public channels and public groups are taken. The writer escapes control characters as
//! `\x1F`, which is not JSON: that is repaired on the way.

use std::io::{BufReader, Read};

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::{
    collect::dates,
    domain::{
        actor::{AuthorKind, AuthorRef},
        post::{Attachment, CapturedPost, Platform, PostKey, PostKind},
        time::Timestamp,
    },
};

/// What the stream yields.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A message, with its chat's identifier in the key.
    Post(Box<CapturedPost>),
    /// A message that could not be taken: the line of the file on which it begins, counted from 1,
    /// and why.
    Refused(u64, String),
}

/// The chat that the stream is in.
#[derive(Debug, Clone, Default)]
struct Chat {
    kind: Option<String>,
    id: Option<String>,
    name: Option<String>,
    told: bool,
}

/// A stream over the messages of an export.
pub struct Export<R> {
    bytes: std::io::Bytes<BufReader<R>>,
    zone: TimeZone,
    chats: Vec<Chat>,
    /// Open containers: `{` or `[`, and for an object the key being read.
    open: Vec<Level>,
    /// Line ends seen, for the place in the file.
    line_ends: u64,
    saw_messages: bool,
    ended: bool,
}

#[derive(Debug, Default)]
struct Level {
    array: bool,
    /// The key under which the next value stands.
    key: Option<String>,
    /// The array of messages of a chat.
    messages: bool,
}

/// A message larger than this is refused: no writer makes one, and memory must stay flat.
const LARGEST: usize = 4 * 1024 * 1024;
/// Containers nested deeper than this are no export.
const DEEPEST: usize = 64;

impl<R: Read> Export<R> {
    /// Begins to read. `zone` is meant by times that old exports write without one.
    pub fn new(input: R, zone: TimeZone) -> Self {
        Self {
            bytes: BufReader::with_capacity(64 * 1024, input).bytes(),
            zone,
            chats: Vec::new(),
            open: Vec::new(),
            line_ends: 0,
            saw_messages: false,
            ended: false,
        }
    }

    /// The line that is being read, counted from 1.
    pub fn line(&self) -> u64 {
        self.line_ends + 1
    }

    fn next_byte(&mut self) -> Result<Option<u8>, String> {
        match self.bytes.next() {
            None => Ok(None),
            Some(Ok(b'\n')) => {
                self.line_ends += 1;
                Ok(Some(b'\n'))
            }
            Some(Ok(byte)) => Ok(Some(byte)),
            Some(Err(e)) => Err(format!("the file cannot be read on: {e}")),
        }
    }

    /// Walks to the next message; `None` at the end of the file.
    fn advance(&mut self) -> Result<Option<Item>, String> {
        while let Some(byte) = self.next_byte()? {
            match byte {
                b'{' if self.in_messages() => {
                    if let Some(item) = self.message()? {
                        return Ok(Some(item));
                    }
                }
                b'{' | b'[' => self.descend(byte == b'[')?,
                b'}' | b']' => self.ascend(),
                b'"' => {
                    let text = self.string()?;
                    self.scalar(text);
                }
                b',' => {
                    if let Some(level) = self.open.last_mut().filter(|level| !level.array) {
                        level.key = None;
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let rest = self.number(byte)?;
                    if rest {
                        self.ascend();
                    }
                }
                _ => {}
            }
        }
        if self.open.is_empty() && self.saw_messages {
            return Ok(None);
        }
        Err(if self.saw_messages {
            "the file ends in the middle: it is not whole".into()
        } else {
            "no messages in the file: it is not an export of Telegram Desktop".into()
        })
    }

    fn in_messages(&self) -> bool {
        self.open.last().is_some_and(|level| level.messages)
    }

    fn descend(&mut self, array: bool) -> Result<(), String> {
        let messages = array
            && self
                .open
                .last()
                .is_some_and(|level| level.key.as_deref() == Some("messages"));
        self.saw_messages |= messages;
        if self.open.len() >= DEEPEST {
            return Err("the file nests without end: it is not an export".into());
        }
        self.open.push(Level {
            array,
            key: None,
            messages,
        });
        self.chats.push(Chat::default());
        Ok(())
    }

    fn ascend(&mut self) {
        self.open.pop();
        self.chats.pop();
    }

    /// A text is a key when the object has none yet, else the key's value.
    fn scalar(&mut self, text: String) {
        let Some(level) = self.open.last_mut().filter(|level| !level.array) else {
            return;
        };
        let Some(key) = level.key.as_deref() else {
            level.key = Some(text);
            return;
        };
        if let Some(chat) = self.chats.last_mut() {
            match key {
                "type" => chat.kind = Some(text),
                "id" => chat.id = Some(text),
                "name" => chat.name = Some(text),
                _ => {}
            }
        }
    }

    /// A number; `true` when the byte after it closes the container.
    fn number(&mut self, first: u8) -> Result<bool, String> {
        let mut digits = String::from(char::from(first));
        loop {
            match self.next_byte()? {
                Some(byte @ (b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                    if digits.len() < 40 =>
                {
                    digits.push(char::from(byte));
                }
                after => {
                    if self.open.last().is_some_and(|level| level.key.is_some()) {
                        self.scalar(digits);
                    }
                    if after == Some(b',')
                        && let Some(level) = self.open.last_mut()
                    {
                        level.key = None;
                    }
                    return Ok(matches!(after, Some(b'}' | b']')));
                }
            }
        }
    }

    /// The text after an opening quote, escapes left as they are but for `\"`.
    fn string(&mut self) -> Result<String, String> {
        let mut raw = Vec::new();
        loop {
            match self.next_byte()? {
                None => return Err("the file ends inside a text: it is not whole".into()),
                Some(b'"') => break,
                Some(b'\\') => {
                    raw.push(b'\\');
                    raw.extend(self.next_byte()?);
                }
                Some(byte) => raw.push(byte),
            }
            if raw.len() > LARGEST {
                return Err("a text in the file has no end".into());
            }
        }
        Ok(String::from_utf8_lossy(&raw).into_owned())
    }

    /// A whole message, whose `{` was just read; `None` for those that yield nothing.
    fn message(&mut self) -> Result<Option<Item>, String> {
        let place = self.line();
        let mut raw = vec![b'{'];
        let (mut depth, mut quoted, mut escaped) = (1, false, false);
        while depth > 0 {
            let Some(byte) = self.next_byte()? else {
                return Err("the file ends inside a message: it is not whole".into());
            };
            match (quoted, escaped, byte) {
                (true, true, _) => escaped = false,
                (true, false, b'\\') => escaped = true,
                (_, _, b'"') => quoted = !quoted,
                (false, _, b'{' | b'[') => depth += 1,
                (false, _, b'}' | b']') => depth -= 1,
                _ => {}
            }
            if raw.len() <= LARGEST {
                raw.push(byte);
            }
        }
        Ok(match self.read_message(&raw) {
            Ok(post) => post.map(|post| Item::Post(Box::new(post))),
            Err(why) => Some(Item::Refused(place, why)),
        })
    }

    fn read_message(&mut self, raw: &[u8]) -> Result<Option<CapturedPost>, String> {
        let chat_level = self.chats.len().checked_sub(2);
        let chat = chat_level.and_then(|at| self.chats.get_mut(at));
        let chat = chat.ok_or("the message stands in no chat")?;
        let kind = chat.kind.as_deref().unwrap_or("unknown");
        if !matches!(kind, "public_channel" | "public_supergroup") {
            // One line for a private chat is enough, and its messages are not looked at.
            if std::mem::replace(&mut chat.told, true) {
                return Ok(None);
            }
            return Err(format!(
                "a chat of type {kind} is not public: its messages are not taken"
            ));
        }
        if raw.len() > LARGEST {
            return Err("the message is larger than 4 MiB".into());
        }
        let message = serde_json::from_slice(&repair_escapes(raw))
            .map_err(|e| format!("the message is not JSON: {e}"))?;
        read_post(&message, chat.id.as_deref(), &self.zone)
    }
}

impl<R: Read> Iterator for Export<R> {
    /// A message, or the sentence that ends the stream.
    type Item = Result<Item, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.advance() {
            Ok(Some(item)) => Some(Ok(item)),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(why) => {
                self.ended = true;
                Some(Err(why))
            }
        }
    }
}

/// `\xHH`, which JSON does not know, becomes `\u00HH`; `\\x41` stays.
fn repair_escapes(raw: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if !raw.windows(2).any(|pair| pair == b"\\x") {
        return raw.into();
    }
    let mut out = Vec::with_capacity(raw.len() + 16);
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        match (byte, raw.get(at + 1)) {
            (b'\\', Some(b'x')) => {
                out.extend_from_slice(b"\\u00");
                at += 2;
            }
            (b'\\', Some(&next)) => {
                out.extend_from_slice(&[byte, next]);
                at += 2;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out.into()
}

/// Reads one message; `None` for service messages.
fn read_post(
    message: &Value,
    chat: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<CapturedPost>, String> {
    if message.get("type").and_then(Value::as_str) == Some("service") {
        return Ok(None);
    }
    let id = message.get("id").and_then(Value::as_i64);
    let id = id.ok_or("the message has no id")?;
    let key = |id: i64| PostKey {
        platform: Platform::Telegram,
        owner: chat.unwrap_or_default().to_owned(),
        kind: PostKind::Post,
        external_id: id.to_string(),
    };
    let mut post = CapturedPost::new(key(id), text_of(message.get("text")));
    post.published = moment(message, "date", zone);
    post.edited = moment(message, "edited", zone);
    post.parent = message
        .get("reply_to_message_id")
        .and_then(Value::as_i64)
        .filter(|_| message.get("reply_to_peer_id").is_none())
        .map(key);
    (post.author, post.author_kind) = author(message);
    post.point = point(message);
    post.place_hint = text(message, "address").or_else(|| text(message, "place_name"));
    post.attachments = attachments(message);
    Ok(Some(post))
}

fn text(message: &Value, key: &str) -> Option<String> {
    Some(message.get(key)?.as_str()?.to_owned()).filter(|text| !text.is_empty())
}

/// A text, or an array of texts and marked pieces.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.as_str().or_else(|| part.get("text")?.as_str()))
            .collect(),
        _ => String::new(),
    }
}

/// `date_unixtime` where there is one, else the local time without a zone.
fn moment(message: &Value, key: &str, zone: &TimeZone) -> Option<Timestamp> {
    let unix = message.get(format!("{key}_unixtime"));
    unix.and_then(|unix| unix.as_str()?.parse().ok())
        .map(Timestamp::from_seconds)
        .or_else(|| dates::parse(message.get(key)?.as_str()?, zone))
}

fn author(message: &Value) -> (Option<AuthorRef>, AuthorKind) {
    match message.get("from_id").and_then(Value::as_str) {
        Some(id) if id.starts_with("user") => (Some(AuthorRef::new(id)), AuthorKind::Person),
        _ => (None, AuthorKind::Organisation),
    }
}

fn point(message: &Value) -> Option<(f64, f64)> {
    let place = message.get("location_information")?;
    let number = |key: &str| place.get(key)?.as_f64();
    Some((number("latitude")?, number("longitude")?))
        .filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0)
}

fn attachments(message: &Value) -> Vec<Attachment> {
    let mut found = Vec::new();
    let mut add = |kind: &str, title: Option<String>| {
        found.push(Attachment {
            kind: kind.to_owned(),
            title,
        });
    };
    if message.get("photo").is_some() {
        add("photo", None);
    }
    if message.get("file").is_some() {
        let kind = message.get("media_type").and_then(Value::as_str);
        add(kind.unwrap_or("document"), None);
    }
    if let Some(poll) = message.get("poll") {
        add("poll", text(poll, "question"));
    }
    found
}

/// Whether a file looks like an export, from its first bytes.
pub fn looks_like_export(head: &[u8]) -> bool {
    let mut head = head.take(4096);
    let mut text = Vec::new();
    let read = head.read_to_end(&mut text).is_ok();
    let text = String::from_utf8_lossy(&text);
    read && text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
        && (text.contains("\"messages\"") || text.contains("\"personal_information\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Item, String>> {
        Export::new(text.as_bytes(), TimeZone::UTC).collect()
    }

    fn posts(text: &str) -> Vec<CapturedPost> {
        let one = |item| match item {
            Ok(Item::Post(post)) => Some(*post),
            _ => None,
        };
        read(text).into_iter().filter_map(one).collect()
    }

    #[test]
    fn one_chat_with_pieces_escapes_and_service_messages() {
        let text = r#"{"name": "Город", "type": "public_channel", "id": 1234567890,
            "messages": [
              {"id": 1, "type": "service", "action": "create_channel", "text": ""},
              {"id": 2, "type": "message", "date": "2026-01-01T10:00:00",
               "date_unixtime": "1767261600", "from_id": "channel1234567890",
               "text": ["Авария\x1F на ", {"type": "link", "text": "Садовой"}], "photo": "x.jpg"},
              {"id": 3, "type": "message", "date": "2026-01-01T10:05:00", "from_id": "user5",
               "reply_to_message_id": 2, "text": "путь C:\\x41 \"да\""},
              {"type": "message", "text": "без номера"}]}"#;
        let posts = posts(text);
        assert_eq!(posts.len(), 2);
        assert_eq!(posts[0].text, "Авария\u{1f} на Садовой");
        assert_eq!(
            posts[0].published,
            Some(Timestamp::from_seconds(1_767_261_600))
        );
        assert_eq!(posts[0].key.owner, "1234567890");
        assert_eq!(posts[1].text, "путь C:\\x41 \"да\"");
        assert_eq!(posts[1].parent.as_ref(), Some(&posts[0].key));
        assert_eq!(posts[1].author_kind, AuthorKind::Person);
        let refused = read(text).pop();
        assert_eq!(
            refused,
            Some(Ok(Item::Refused(9, "the message has no id".into())))
        );
    }

    #[test]
    fn private_chats_are_refused_once_and_public_ones_taken() {
        let text = r#"{"about": "x", "personal_information": {"id": 5}, "chats": {"about": "",
            "list": [
              {"name": "Мама", "type": "personal_chat", "id": 9, "messages": [
                 {"id": 1, "text": "секрет"}, {"id": 2, "text": "секрет"}]},
              {"name": "Двор", "type": "public_supergroup", "id": 10, "messages": [
                 {"id": 1, "text": "яма", "poll": {"question": "?"}}]}]}}"#;
        let all = read(text);
        assert_eq!(all.len(), 2);
        assert!(matches!(&all[0], Ok(Item::Refused(4, why)) if why.contains("personal_chat")));
        assert_eq!(posts(text)[0].key.owner, "10");
    }

    #[test]
    fn what_is_broken_ends_with_a_sentence() {
        for text in [
            "",
            "{}",
            "[1,2]",
            "{\"messages\": [{\"id\": 1",
            "\0\u{1}",
            "{\"a\": \"x",
        ] {
            assert!(matches!(read(text).last(), Some(Err(_))), "{text}");
        }
        let deep = format!("{{\"a\": {}", "[".repeat(100_000));
        assert!(matches!(read(&deep).last(), Some(Err(_))));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(parts in "(\\{\"messages\":\\[|\\{\"id\":1|\"type\":\"public_channel\",|[\\[\\]{}\",:\\\\x1-]|я){0,40}") {
            read(&parts);
        }
    }
}
