//! The export of Telegram Desktop, `result.json`: one chat, or a whole account with many. Start
//! with [`Export`]. It is read as a stream: files of hundreds of megabytes keep memory flat.
//!
//! Only public channels and public groups are taken. The writer escapes control characters as
//! `\x1F`, which is not JSON: that is repaired on the way.

mod bytes;
mod message;
mod place;
#[cfg(test)]
mod tests;

use std::io::Read;

use jiff::tz::TimeZone;

use self::{
    bytes::{Bytes, LARGEST, repair_escapes},
    place::Place,
};
use crate::domain::post::CapturedPost;

/// What the stream yields.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A message, with its chat's identifier in the key.
    Post(Box<CapturedPost>),
    /// A message that could not be taken: the line of the file on which it begins, counted from 1,
    /// and why.
    Refused(u64, String),
}

/// A stream over the messages of an export.
pub struct Export<R> {
    bytes: Bytes<R>,
    place: Place,
    zone: TimeZone,
    ended: bool,
}

impl<R: Read> Export<R> {
    /// Begins to read. `zone` is meant by times that old exports write without one.
    pub fn new(input: R, zone: TimeZone) -> Self {
        Self {
            bytes: Bytes::new(input),
            place: Place::default(),
            zone,
            ended: false,
        }
    }

    /// The line that is being read, counted from 1.
    pub fn line(&self) -> u64 {
        self.bytes.line()
    }

    /// Walks to the next message; `None` at the end of the file.
    fn advance(&mut self) -> Result<Option<Item>, String> {
        while let Some(byte) = self.bytes.next()? {
            if byte != b'{' || !self.place.in_messages() {
                self.walk(byte)?;
            } else if let Some(item) = self.message()? {
                return Ok(Some(item));
            }
        }
        self.place.end().map(|()| None)
    }

    /// One token outside of messages.
    fn walk(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'{' | b'[' => self.place.descend(byte == b'[')?,
            b'}' | b']' => self.place.ascend(),
            b',' => self.place.pass_comma(),
            b'"' => self.place.take_text(self.bytes.text()?),
            b'-' | b'0'..=b'9' => {
                let (digits, after) = self.bytes.number(byte)?;
                self.place.take_number(digits, after);
            }
            _ => {}
        }
        Ok(())
    }

    /// A whole message, whose `{` was just read; `None` for those that yield nothing.
    fn message(&mut self) -> Result<Option<Item>, String> {
        let line = self.line();
        let raw = self.bytes.object()?;
        Ok(match self.read_message(&raw) {
            Ok(post) => post.map(|post| Item::Post(Box::new(post))),
            Err(why) => Some(Item::Refused(line, why)),
        })
    }

    fn read_message(&mut self, raw: &[u8]) -> Result<Option<CapturedPost>, String> {
        let chat = self.place.chat().ok_or("the message stands in no chat")?;
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
        message::read_post(&message, chat.id.as_deref(), &self.zone)
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
