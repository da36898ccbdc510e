//! What statuses and headers mean.

use jiff::tz::TimeZone;
use reqwest::{Response, header};

use crate::{
    collect::{
        dates,
        reactions::{Failure, Row},
    },
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
};

/// Nobody waits longer at one word of a server's, which may be a slip of its pen: it is asked again
/// then, and may say the same again.
const LONGEST_WAIT: Span = Span::days(366);

/// A failure without a platform's code.
pub(super) fn failed(reaction: Reaction, message: String) -> FetchError {
    FetchError {
        reaction,
        code: None,
        message,
        not_before: None,
    }
}

/// A header as text, verbatim.
pub(super) fn header_text(response: &Response, name: header::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Media type and charset of a Content-Type.
pub(super) fn content_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    });
    (media_type, charset)
}

/// The moment of `Retry-After`: seconds or a date, at most a year ahead. Negative, past and unreadable
/// values are absent.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Timestamp> {
    let value = value.trim();
    let moment = match value.parse::<i64>() {
        Ok(seconds) => now.plus(Span::millis(seconds.checked_mul(1000)?)),
        Err(_) => dates::parse(value, &TimeZone::UTC)?,
    };
    (moment > now).then_some(moment.min(now.plus(LONGEST_WAIT)))
}

/// The failure of a status that has this row. [`Reaction::After`] needs a moment that the server
/// names.
pub(super) fn refused(
    row: &'static Row,
    response: &Response,
    address: &str,
    now: Timestamp,
) -> Failure {
    let status = response.status().as_u16();
    let after = row.reaction == Reaction::After;
    let named = header_text(response, header::RETRY_AFTER).filter(|_| after);
    let named = named.and_then(|value| retry_after(&value, now));
    let reaction = match (row.reaction, named) {
        (Reaction::After, None) => Reaction::BackOff,
        (reaction, _) => reaction,
    };
    let message = format!("{address} answered {status}: {}", row.note);
    let error = FetchError {
        not_before: named,
        code: Some(i64::from(status)),
        ..failed(reaction, message)
    };
    Failure {
        error,
        row: Some(row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_has_two_forms() {
        let now = Timestamp::from_seconds(1_746_448_200);
        let at = |value| retry_after(value, now).map(|t| t.since(now).as_millis() / 1000);
        assert_eq!(at("120"), Some(120));
        assert_eq!(at("Mon, 05 May 2025 12:40:00 GMT"), Some(600));
        assert_eq!(at("Mon, 05 May 2025 12:00:00 GMT"), None);
        assert_eq!(at("-5"), None);
        assert_eq!(at("soon"), None);
        assert_eq!(at("99999999999999999"), None);
        assert_eq!(
            at("9999999999"),
            Some(366 * 86_400),
            "not for three centuries"
        );
        assert_eq!(at("864000"), Some(864_000), "ten days are ten days");
        assert_eq!(at("Fri, 31 Dec 9999 23:59:59 GMT"), None);
    }

    #[test]
    fn content_types_are_taken_apart() {
        let (media, charset) = content_type("Text/XML; boundary=x; Charset=\"windows-1251\"");
        assert_eq!(
            (media.as_str(), charset.as_deref()),
            ("text/xml", Some("windows-1251"))
        );
        assert_eq!(content_type(""), (String::new(), None));
    }
}
