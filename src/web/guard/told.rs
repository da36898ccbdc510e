//! Errors in words: a page for people, a problem document (RFC 9457) for programs. Start with [`tell`].

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use super::is_page;
use crate::web::{
    Shared,
    auth::session::signed_in,
    error::Told,
    frame::{About, Frame},
    locale::{Lang, Tr},
    pages,
};

/// Makes a bare status into words.
pub(super) async fn tell(
    app: &Shared,
    uri: &Uri,
    headers: &HeaderMap,
    lang: Lang,
    id: &str,
    response: Response,
) -> Response {
    let told = response.extensions().get::<Told>().cloned();
    let status = response.status();
    if told.is_none() && (is_page(&response) || uri.path() == "/health") {
        return response; // a form shown again with its errors; a failing loop's own words
    }
    let told = told.unwrap_or(Told {
        code: code_of(status),
        field: None,
    });
    if status.is_server_error() {
        tracing::error!(request.id = id, path = uri.path(), %status, "a request failed");
    }
    let tr = Tr { lang };
    let mut answer = if is_for_programs(uri.path()) {
        problem(tr, status, &told, id)
    } else {
        // Whoever is signed in keeps the bar: the way on is one click. A database that does not serve
        // is not asked once more.
        let visitor = match status {
            StatusCode::SERVICE_UNAVAILABLE => None,
            _ => signed_in(app, headers).await,
        };
        let frame = match visitor {
            Some(visitor) => Frame::new(app, &visitor, headers, About::default()),
            None => Frame::bare(app, lang, String::new()),
        };
        pages::error_page(frame, status, &told, id)
    };
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&kept) {
            answer.headers_mut().insert(kept, value.clone());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    answer
}

/// Programs ask there: none of them reads pages.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
        || path.starts_with("/receive/")
        || ["/health", "/metrics"].contains(&path)
}

/// The word for a status that axum gave by itself.
fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        status if status.is_server_error() => "internal",
        _ => "bad-request",
    }
}

/// Problems that a program is told in words of their own: a page's speak of menus and fields.
const FOR_PROGRAMS: &[&str] = &[
    "not-found",
    "denied",
    "invalid",
    "internal",
    "method",
    "bad-request",
    "too-many",
    "too-large",
    "conflict",
    "unavailable",
    "unsupported",
    "precondition",
    "precondition-required",
    "key-reused",
];

/// RFC 9457.
fn problem(tr: Tr, status: StatusCode, told: &Told, id: &str) -> Response {
    let group = match FOR_PROGRAMS.contains(&told.code) {
        true => "problem",
        false => "error",
    };
    let mut body = serde_json::json!({
        "type": format!("urn:otklik:problem:{}", told.code),
        "title": tr.t(&format!("{group}-{}-title", told.code)),
        "status": status.as_u16(),
        "detail": tr.t(&format!("{group}-{}-next", told.code)),
        "request_id": id,
    });
    if let Some((field, problem)) = told.field {
        body["errors"] = serde_json::json!([{ "field": field, "problem": problem }]);
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, Body::from(body.to_string())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_have_words_in_both_languages() {
        for code in FOR_PROGRAMS {
            for key in [
                format!("problem-{code}-title"),
                format!("problem-{code}-next"),
            ] {
                for lang in Lang::ALL {
                    assert_ne!(Tr { lang }.t(&key), key, "{lang:?} has no words");
                }
            }
        }
    }
}
