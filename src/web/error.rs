//! What a person or program is told when something does not go. The inner reason goes to the log
//! once; the answer gets a sentence and the next step, as a page or as RFC 9457 (`guard.rs` writes
//! either, for it knows language and path).

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    incidents::act::ActError,
    store::{self, Trouble},
};

/// When to ask again while the database does not serve: it recovers by itself.
const RETRY_SECONDS: i64 = 10;

/// Why a request is not served.
#[derive(Debug)]
pub enum Error {
    /// There is no such thing, or it is outside the reader's reach.
    NotFound,
    /// The role may not.
    Denied,
    /// The form came without its token: an old page, or a foreign one.
    Forged,
    /// Nobody is signed in; the path leads back.
    SignedOut(String),
    /// The step between password and session is over: they sign in anew.
    Anew,
    /// The API got no valid token.
    Unauthorized,
    /// Somebody was faster.
    Conflict,
    /// The action makes no sense in the present state.
    Refused,
    /// The request cannot be read: a parameter that is not known, or no JSON.
    BadRequest,
    /// The body is too large.
    TooLarge,
    /// The body is of a kind that is not read.
    Unsupported,
    /// What was to be changed is no longer what the program saw.
    Precondition,
    /// A change has to name what its program saw.
    PreconditionRequired,
    /// The key of a write was used for another one.
    KeyReused,
    /// A field is missing or wrong: its name and a stable word.
    Invalid(&'static str, &'static str),
    /// Too many attempts; seconds to wait.
    TooMany(i64),
    /// The database does not serve now.
    Unavailable(Trouble),
    /// The answer took too long; whether something was written is not known.
    Unsure,
    /// Anything else: its reason is in the log.
    Internal,
}

/// What `guard.rs` makes a page or a problem of.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// A stable word, also part of locale keys.
    pub code: &'static str,
    /// The field that is wrong, and how.
    pub field: Option<(&'static str, &'static str)>,
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Denied | Error::Forged => StatusCode::FORBIDDEN,
            Error::SignedOut(_) | Error::Anew => StatusCode::SEE_OTHER,
            Error::Unauthorized => StatusCode::UNAUTHORIZED,
            Error::Conflict | Error::Refused => StatusCode::CONFLICT,
            Error::BadRequest => StatusCode::BAD_REQUEST,
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Precondition => StatusCode::PRECONDITION_FAILED,
            Error::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Error::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Invalid(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::Unavailable(_) | Error::Unsure => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "not-found",
            Error::Denied => "denied",
            Error::Forged => "forged",
            Error::SignedOut(_) | Error::Anew | Error::Unauthorized => "unauthorized",
            Error::Conflict => "conflict",
            Error::Refused => "refused",
            Error::BadRequest => "bad-request",
            Error::TooLarge => "too-large",
            Error::Unsupported => "unsupported",
            Error::Precondition => "precondition",
            Error::PreconditionRequired => "precondition-required",
            Error::KeyReused => "key-reused",
            Error::Invalid(..) => "invalid",
            Error::TooMany(_) => "too-many",
            Error::Unavailable(Trouble::Away) => "unavailable",
            Error::Unavailable(Trouble::Full) => "disk-full",
            Error::Unavailable(Trouble::ReadOnly) => "read-only",
            Error::Unsure => "unsure",
            Error::Internal => "internal",
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Error::SignedOut(path) = &self {
            let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            return Redirect::to(&format!("/signin?next={next}")).into_response();
        }
        if let Error::Anew = &self {
            return Redirect::to("/signin").into_response();
        }
        let mut response = self.status().into_response();
        let wait = match self {
            Error::TooMany(seconds) => Some(seconds.max(1)),
            Error::Unavailable(_) | Error::Unsure => Some(RETRY_SECONDS),
            _ => None,
        };
        if let Some(seconds) = wait {
            response
                .headers_mut()
                .insert(axum::http::header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Told {
            code: self.code(),
            field: match self {
                Error::Invalid(field, problem) => Some((field, problem)),
                _ => None,
            },
        });
        response
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound(_) => Error::NotFound,
            store::Error::Conflict(_) => Error::Conflict,
            store::Error::Denied(_) => Error::Denied,
            store::Error::NotText => Error::Invalid("text", "nul"),
            store::Error::Database(_) => {
                tracing::error!(reason = %error, "the database refused a request");
                Error::Unavailable(error.trouble().unwrap_or(Trouble::Away))
            }
            _ => {
                tracing::error!(reason = %error, "the store refused a request");
                Error::Internal
            }
        }
    }
}

impl From<ActError> for Error {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Refused(_) => Error::Refused,
            ActError::Invalid { field, problem } => Error::Invalid(field, problem),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Error::Internal
    }
}
