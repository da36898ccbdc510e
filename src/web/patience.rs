//! How long a page may take: a connection that died without a word is silent for minutes, and people are
//! told before that.

use std::time::Duration;

use axum::{
    extract::Request,
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Error;
use crate::store::Trouble;

/// No page takes this long while the database answers.
const LONGEST: Duration = Duration::from_secs(10);

/// A large file: as long as a request may take at all (`listen.rs`).
const UPLOAD: Duration = Duration::from_secs(60);

/// The answer, or in time a word that there is none. Files that are long in the making take their time.
pub(super) async fn in_time(request: Request, next: Next) -> Response {
    if request.uri().path().ends_with(".csv") {
        return next.run(request).await;
    }
    let is_upload = request.method() == Method::POST && request.uri().path() == "/import";
    let longest = if is_upload { UPLOAD } else { LONGEST };
    let late = match *request.method() {
        Method::GET | Method::HEAD => Error::Unavailable(Trouble::Away),
        _ => Error::Unsure,
    };
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => late.into_response(),
    }
}
