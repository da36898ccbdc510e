//! The error codes of OK and what each asks of us, as one table. Start with [`told`].

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{
    collect::{
        reactions::{HOUR, MINUTE, Row, Words, of_number, row, span},
        sources::vk::json::{int, text},
    },
    domain::{
        plain::quoted,
        source::{
            FetchError,
            Reaction::{Auth, BackOff, Day, Skip, Stop},
        },
    },
};

/// Where a code stands beside the body.
const HEADER: &str = "invocation-error";

/// Every code that asks for a reaction of its own. Others back off.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(1, BackOff, 0, "unknown error at OK"),
    row(2, BackOff, 0, "OK does not serve for a time"),
    row(3, Stop, 0, "the method does not exist: our fault"),
    row(4, Stop, 0, "the request is malformed: our fault"),
    row(7, BackOff, 10 * MINUTE, "OK blocks the action for a time").slowing(HOUR),
    row(8, BackOff, 10 * MINUTE, "too many equal actions").slowing(HOUR),
    row(9, Stop, 0, "OK blocks this machine's address: ask OK's support"),
    row(10, Stop, 0, "the application has no right to this: ask OK for the permission"),
    row(11, Day, 0, "the day's limit of this method is used up"),
    row(21, Stop, 0, "the request should have parts: our fault"),
    row(26, Day, 0, "the day's limit of the application is used up"),
    row(30, BackOff, 0, "OK lost the connection to a part of its own"),
    row(31, BackOff, 0, "OK did not manage in time"),
    row(50, Stop, 0, "only an administrator of the group may do that"),
    row(100, Skip, 0, "a parameter is wrong or missing"),
    row(101, Stop, 0, "the application's key is wrong: look at collect.ok.application_key"),
    row(102, Auth, 0, "the session has expired: give a new collect.ok.access_token"),
    row(103, Stop, 0, "the session's key is wrong: look at collect.ok.access_token"),
    row(104, Stop, 0, "the signature is wrong: look at collect.ok.session_secret"),
    row(105, Stop, 0, "the signature's version is wrong: our fault"),
    row(106, Skip, 0, "the user's number is wrong"),
    row(110, Skip, 0, "the user's number is wrong"),
    row(120, Skip, 0, "the album's number is wrong"),
    row(121, Skip, 0, "the photo's number is wrong"),
    row(140, Skip, 0, "the group's number is wrong"),
    row(141, Skip, 0, "the group is not there"),
    row(160, Skip, 0, "the discussion's number is wrong"),
    row(200, Stop, 0, "the application has no permission for this: ask OK for it"),
    row(210, Stop, 0, "the application is switched off"),
    row(300, Skip, 0, "not found"),
    row(451, Stop, 0, "this method wants a session: look at collect.ok"),
    row(452, Stop, 0, "this method wants no session: look at collect.ok"),
    row(453, Stop, 0, "this method wants another kind of session: look at collect.ok"),
    row(454, Skip, 0, "OK's censorship hides it"),
    span(455, 457, Skip, 0, "the owner's settings hide it"),
    row(9999, BackOff, 0, "internal error at OK"),
];

/// The error of an answer of any status; `None` where it holds none.
pub fn told(headers: &HeaderMap, body: &[u8]) -> Option<Words> {
    let header = headers.get(HEADER).and_then(|code| code.to_str().ok());
    let header = header.and_then(|code| code.trim().parse().ok());
    // Answers of megabytes are not read twice: an error's code stands at its beginning.
    let head = &body[..body.len().min(512)];
    if header.is_none() && !head.windows(12).any(|word| word == b"\"error_code\"") {
        return None;
    }
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = int(&answer, "error_code").or(header)?;
    Some(words(code, &answer))
}

fn words(code: i64, answer: &Value) -> Words {
    let row = of_number(TABLE, code);
    let note = row.map_or("a code that we do not know", |row| row.note);
    let said = quoted(text(answer, "error_msg").unwrap_or("no message"));
    Words {
        code: Some(code),
        row,
        message: format!("OK error {code}: {note} («{said}»)"),
    }
}

/// The error that a recorded answer is.
pub fn of_answer(answer: &Value) -> Option<FetchError> {
    let code = int(answer, "error_code")?;
    Some(words(code, answer).failure(None).error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_the_body_or_beside_it() {
        let body = br#" {"error_code":102,"error_msg":"PARAM_SESSION_EXPIRED","error_data":null}"#;
        let error = told(&HeaderMap::new(), body).expect("it is one");
        assert_eq!(
            (error.code, error.row.map(|row| row.reaction)),
            (Some(102), Some(Auth))
        );
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, " 11 ".parse().unwrap());
        let error = told(&headers, b"<html>").expect("the header tells");
        assert_eq!(error.row.map(|row| row.reaction), Some(Day));
        assert!(told(&HeaderMap::new(), br#"{"media_topics":[]}"#).is_none());
        assert!(told(&HeaderMap::new(), br#"{"text":"\"error_code\""}"#).is_none());
        assert!(told(&HeaderMap::new(), b"\"error_code\" is no JSON").is_none());
    }
}
