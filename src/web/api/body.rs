//! The body of a write: JSON of the described shape and nothing else. Start with [`Sent`].

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

use crate::web::{Error, Shared};

/// A body that was read, with its bytes.
pub(super) struct Sent<T> {
    pub value: T,
    pub bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Sent<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Error::Unsupported);
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|refused| {
            match refused.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
                _ => Error::BadRequest,
            }
        })?;
        let value = serde_json::from_slice(&bytes).map_err(|reason| match reason.is_data() {
            true => Error::Invalid("body", "not_as_described"),
            false => Error::BadRequest,
        })?;
        Ok(Self { value, bytes })
    }
}

/// What a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Lines.
    Anything,
    /// One line without control characters.
    OneLine,
}

/// A text of 1 to `longest` characters.
pub(super) fn check(
    text: &str,
    field: &'static str,
    longest: usize,
    holds: Holds,
) -> Result<(), Error> {
    let control = |c: char| c < ' ' || c == '\u{7f}';
    if text.is_empty() {
        return Err(Error::Invalid(field, "empty"));
    }
    if text.chars().count() > longest {
        return Err(Error::Invalid(field, "too_long"));
    }
    if holds == Holds::OneLine && text.chars().any(control) {
        return Err(Error::Invalid(field, "control_character"));
    }
    Ok(())
}
