//! What statuses and headers mean.

use jiff::tz::TimeZone;
use reqwest::{Response, header};

use crate::{
    collect::dates,
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
};

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

/// The moment of `Retry-After`: seconds or a date. Negative, past and unreadable values are absent.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Timestamp> {
    let value = value.trim();
    let moment = match value.parse::<i64>() {
        Ok(seconds) => now.plus(Span::millis(seconds.checked_mul(1000)?)),
        Err(_) => dates::parse(value, &TimeZone::UTC)?,
    };
    (moment > now).then_some(moment)
}

/// Whether a status leads elsewhere.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The failure that a status means.
pub(super) fn of_status(response: &Response, address: &str, now: Timestamp) -> FetchError {
    let status = response.status().as_u16();
    let named = header_text(response, header::RETRY_AFTER).and_then(|v| retry_after(&v, now));
    let reaction = match (status, named) {
        (429 | 503, Some(_)) => Reaction::After,
        (408 | 425 | 429 | 500.., _) => Reaction::BackOff,
        _ => Reaction::Skip,
    };
    FetchError {
        not_before: named.filter(|_| reaction == Reaction::After),
        code: Some(i64::from(status)),
        ..failed(reaction, format!("{address} answered {status}"))
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
