//! What a program asks: parameters read strictly, so that a mistyped filter is refused and never
//! ignored, and cursors. Start with [`Params`].

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::{
    domain::time::Timestamp,
    web::{Error, Shared},
};

/// The query of a request; one with a name that it does not know, or one twice, is refused.
pub(super) struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let Query(asked) = Query::from_request_parts(parts, app)
            .await
            .map_err(|_| Error::BadRequest)?;
        Ok(Self(asked))
    }
}

/// The query of an address that takes none.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The longest list of codes, and the longest code.
const MOST_CODES: usize = 100;
const LONGEST_CODE: usize = 64;

/// A code of a catalogue: Latin letters, digits, `.`, `_` and `-`.
pub(super) fn is_code(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(plain)
}

/// `a,b` as a list of codes; nothing as none.
pub(super) fn codes(text: Option<&str>, field: &'static str) -> Result<Vec<String>, Error> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let codes: Vec<String> = text.split(',').map(str::to_owned).collect();
    match codes.len() <= MOST_CODES && codes.iter().all(|code| is_code(code)) {
        true => Ok(codes),
        false => Err(Error::Invalid(field, "not_a_code")),
    }
}

/// `a,b` as values of a list that is known.
pub(super) fn known<T>(
    text: Option<&str>,
    field: &'static str,
    of: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let values = text
        .split(',')
        .map(|code| of(code).ok_or(Error::Invalid(field, "unknown")));
    values.collect()
}

/// A whole number within bounds.
pub(super) fn number(
    text: Option<&str>,
    field: &'static str,
    default: i64,
    bounds: std::ops::RangeInclusive<i64>,
) -> Result<i64, Error> {
    let Some(text) = text else {
        return Ok(default);
    };
    text.parse()
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or(Error::Invalid(field, "out_of_range"))
}

/// `true` or `false`.
pub(super) fn truth(text: Option<&str>, field: &'static str) -> Result<bool, Error> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::Invalid(field, "not_a_truth_value")),
    }
}

/// A moment as RFC 3339 has it.
pub(super) fn moment(text: Option<&str>, field: &'static str) -> Result<Option<Timestamp>, Error> {
    text.map(|text| parse_moment(text).ok_or(Error::Invalid(field, "not_a_moment")))
        .transpose()
}

/// A moment as RFC 3339 has it: date, time and offset, all of them.
pub(super) fn parse_moment(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let digits = |at: &[usize]| at.iter().all(|i| bytes[*i].is_ascii_digit());
    let shape = bytes.len() >= 20
        && digits(&[0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
        && matches!(bytes[10], b'T' | b't')
        && !text.contains(['[', ',', ' ']);
    let offset = &text.get(19..).filter(|_| shape)?;
    let zone = offset.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let zone = zone.as_bytes();
    let exact = matches!(zone, b"Z" | b"z")
        || (zone.len() == 6 && matches!(zone[0], b'+' | b'-') && zone[3] == b':');
    let moment: jiff::Timestamp = exact.then(|| text.parse().ok())??;
    Some(moment.into())
}

/// A place in a list, as text that says nothing to who carries it: two numbers in hexadecimal digits,
/// so that any text of that shape is a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor(pub i64, pub i64);

impl Cursor {
    /// The cursor that was given, if any.
    pub fn read(text: Option<&str>) -> Result<Option<Self>, Error> {
        let parse = |text: &str| {
            let whole = u128::from_str_radix(text, 16).ok()?;
            let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            let fits = text.len() == 32 && text.bytes().all(lower);
            fits.then_some(Self((whole >> 64) as i64, whole as i64))
        };
        text.map(|text| parse(text).ok_or(Error::Invalid("cursor", "unknown")))
            .transpose()
    }

    /// As it is handed out.
    pub fn to_text(self) -> String {
        format!("{:016x}{:016x}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_whole_moments_are_moments() {
        for good in [
            "2026-11-22T12:00:00Z",
            "2026-11-22T12:00:00.123456+03:00",
            "0001-01-01T00:00:00Z",
            "2026-11-22t12:00:00z",
        ] {
            assert!(parse_moment(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "2026-11-22",
            "2026-11-22T12:00:00",
            "1795348800",
            "сегодня",
            "2026-11-22T12:00:00+03",
            "2026-11-22T12:00:00[Europe/Moscow]",
            "2026-13-22T12:00:00Z",
        ] {
            assert!(parse_moment(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_went(a in any::<i64>(), b in any::<i64>()) {
            let cursor = Cursor(a, b);
            prop_assert!(Cursor::read(Some(&cursor.to_text())).is_ok_and(|read| read == Some(cursor)));
        }

        #[test]
        fn a_moment_never_panics(text in "\\PC{0,40}") {
            let _ = parse_moment(&text);
        }

        #[test]
        fn any_text_of_the_shape_is_a_cursor(text in "[0-9a-f]{32}") {
            prop_assert!(Cursor::read(Some(&text)).is_ok_and(|read| read.is_some()));
        }
    }
}
