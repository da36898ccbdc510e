//! What an endpoint's refusals ask of us. The specification gives errors the numbers of HTTP's statuses
//! and a body that says why. Start with [`OPEN311`].

use jiff::tz::TimeZone;
use reqwest::header::HeaderMap;

use super::answer::read_answer;
use crate::{
    collect::reactions::{
        Row, Words,
        http::{Answers, COMMON},
        of_number, row,
    },
    domain::{plain::quoted, source::Reaction::Stop},
};

/// Longer answers are no errors.
const LONGEST: usize = 64 * 1024;

/// Numbers that ask for a reaction of their own.
const TABLE: &[Row] = &[
    row(
        400,
        Stop,
        0,
        "the endpoint misses something in the question: look at jurisdiction_id",
    ),
    row(401, Stop, 0, "the endpoint wants a key"),
    row(
        403,
        Stop,
        0,
        "the endpoint refuses: it may want a key, or know no such jurisdiction",
    ),
    row(
        404,
        Stop,
        0,
        "the endpoint knows no such thing: look at the source's address and jurisdiction_id",
    ),
];

/// Open311 endpoints.
pub static OPEN311: Answers = Answers {
    statuses: TABLE,
    told: Some(told),
};

/// The endpoint's own error, in JSON or XML.
fn told(_: &HeaderMap, bytes: &[u8]) -> Option<Words> {
    if bytes.len() > LONGEST {
        return None;
    }
    let answer = read_answer(bytes, None, &TimeZone::UTC).ok()?;
    let (code, words) = answer.error?;
    if !answer.requests.is_empty() || !answer.services.is_empty() {
        return None;
    }
    let number = code.unwrap_or_default();
    Some(Words {
        code,
        row: of_number(TABLE, number).or_else(|| of_number(COMMON, number)),
        message: told_as(number, &words),
    })
}

/// The number with what it asks of a person, and the endpoint's own words.
fn told_as(number: i64, words: &str) -> String {
    let note = of_number(TABLE, number).map_or("the endpoint failed", |row| row.note);
    format!("Open311 error {number}: {note} («{}»)", quoted(words))
}
