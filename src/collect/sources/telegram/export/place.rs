//! Where in an export the stream stands: the open containers, and what was told of their chats. Start
//! with [`Place`].

/// What an export tells of a chat before its messages.
#[derive(Debug, Clone, Default)]
pub(super) struct Chat {
    /// `public_channel`, `personal_chat`…
    pub kind: Option<String>,
    pub id: Option<String>,
    /// It was said that its messages are not taken.
    pub told: bool,
}

#[derive(Debug, Default)]
struct Level {
    array: bool,
    /// The key under which the next value stands.
    key: Option<String>,
    /// The array of messages of a chat.
    messages: bool,
    chat: Chat,
}

/// Containers nested deeper than this are no export.
const DEEPEST: usize = 64;

/// The open containers, outermost first.
#[derive(Debug, Default)]
pub(super) struct Place {
    open: Vec<Level>,
    saw_messages: bool,
}

impl Place {
    /// Whether the next object is a message.
    pub fn in_messages(&self) -> bool {
        self.open.last().is_some_and(|level| level.messages)
    }

    /// The chat whose messages are being read.
    pub fn chat(&mut self) -> Option<&mut Chat> {
        let around = self.open.len().checked_sub(2)?;
        self.open.get_mut(around).map(|level| &mut level.chat)
    }

    /// A container opens.
    ///
    /// # Errors
    /// When it lies too deep.
    pub fn descend(&mut self, array: bool) -> Result<(), String> {
        let messages = array && self.key() == Some("messages");
        self.saw_messages |= messages;
        if self.open.len() >= DEEPEST {
            return Err("the file nests without end: it is not an export".into());
        }
        self.open.push(Level {
            array,
            messages,
            ..Level::default()
        });
        Ok(())
    }

    /// A container closes.
    pub fn ascend(&mut self) {
        self.open.pop();
    }

    /// A comma: what comes next is a key again.
    pub fn pass_comma(&mut self) {
        if let Some(level) = self.open.last_mut() {
            level.key = None;
        }
    }

    /// A text is a key when the object has none yet, else the key's value.
    pub fn take_text(&mut self, text: String) {
        let Some(level) = self.open.last_mut().filter(|level| !level.array) else {
            return;
        };
        match level.key.as_deref() {
            None => level.key = Some(text),
            Some("type") => level.chat.kind = Some(text),
            Some("id") => level.chat.id = Some(text),
            Some(_) => {}
        }
    }

    /// A number, and the byte that ended it.
    pub fn take_number(&mut self, digits: String, after: Option<u8>) {
        if self.key().is_some() {
            self.take_text(digits);
        }
        match after {
            Some(b',') => self.pass_comma(),
            Some(b'}' | b']') => self.ascend(),
            _ => {}
        }
    }

    /// The end of the file.
    ///
    /// # Errors
    /// When it is not the end of an export.
    pub fn end(&self) -> Result<(), String> {
        match (self.saw_messages, self.open.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err("the file ends in the middle: it is not whole".into()),
            (false, _) => {
                Err("no messages in the file: it is not an export of Telegram Desktop".into())
            }
        }
    }

    fn key(&self) -> Option<&str> {
        self.open.last()?.key.as_deref()
    }
}
