//! What MAX's statuses and words ask of us, as tables. Start with [`told`].

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{
    collect::{
        reactions::{Row, Words, http::Answers, of_word, row, word},
        sources::vk::json::text,
    },
    domain::{
        plain::quoted,
        source::{
            FetchError,
            Reaction::{After, Auth, BackOff, Skip, Stop},
        },
    },
};

/// How MAX answers.
pub(crate) static ANSWERS: Answers = Answers {
    statuses: STATUSES,
    told: Some(told),
};

/// Statuses that differ from the common ones.
#[rustfmt::skip]
pub const STATUSES: &[Row] = &[
    row(400, Stop, 0, "the request is malformed: our fault"),
    row(401, Auth, 0, "the bot's token is wrong or was revoked: look at collect.max.token"),
    row(403, Skip, 0, "the bot may not read this chat: make it an administrator of the channel"),
    row(404, Skip, 0, "there is no such chat"),
    row(405, Stop, 0, "not allowed: a bot with a webhook cannot be polled, see collect.max.webhook_secret"),
    row(429, After, 0, "MAX asks for fewer requests"),
    row(500, BackOff, 0, "internal error at MAX"),
    row(503, After, 0, "MAX does not serve for a time"),
];

/// Words that say more than their status.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    word("verify.token", Auth, 0, "the bot's token is wrong or was revoked: look at collect.max.token"),
    word("access.denied", Skip, 0, "the bot may not read this chat"),
    word("chat.denied", Skip, 0, "the bot may not read this chat"),
    word("chat.not.found", Skip, 0, "there is no such chat"),
    word("not.found", Skip, 0, "not found"),
    word("proto.payload", Stop, 0, "the request is malformed: our fault"),
    word("too.many.requests", After, 0, "MAX asks for fewer requests"),
    word("service.unavailable", BackOff, 0, "MAX does not serve for a time"),
    word("internal.error", BackOff, 0, "internal error at MAX"),
    word("attachment.not.ready", BackOff, 0, "an attachment is not ready: only sending knows that"),
];

/// The error of an answer of any status: `{"code", "message"}`. `None` where it holds none.
pub fn told(_headers: &HeaderMap, body: &[u8]) -> Option<Words> {
    // What is long is an answer.
    if body.len() > 64 * 1024 {
        return None;
    }
    of_answer(&serde_json::from_slice(body).ok()?)
}

fn of_answer(answer: &Value) -> Option<Words> {
    let code = text(answer, "code").filter(|_| answer.get("message").is_some())?;
    let row = of_word(TABLE, code);
    let note = row.map_or("a word that we do not know", |row| row.note);
    let said = text(answer, "message").filter(|said| !said.is_empty());
    let (code, said) = (quoted(code), quoted(said.unwrap_or("no message")));
    Some(Words {
        code: None,
        row,
        message: format!("MAX error {code}: {note} («{said}»)"),
    })
}

/// The error that a recorded answer is.
pub fn recorded(answer: &Value) -> Option<FetchError> {
    of_answer(answer).map(|words| words.failure(None).error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_answers_are_none() {
        let error = |body: &str| told(&HeaderMap::new(), body.as_bytes());
        let wrong = error(r#"{"code": "verify.token", "message": "Invalid access_token"}"#);
        let wrong = wrong.expect("it is one");
        assert_eq!(wrong.row.map(|row| row.reaction), Some(Auth));
        assert!(wrong.message.contains("Invalid access_token"));
        let strange = error(r#"{"code": "odd.word", "message": ""}"#).expect("it is one");
        assert!(strange.row.is_none() && strange.message.contains("odd.word"));
        assert!(error(r#"{"updates": [], "marker": 1}"#).is_none());
        assert!(error("<html>").is_none());
    }
}
