//! Around every request: its id, its headers, and errors made into words. What happens to one request
//! is read in [`guard`]; each step has a file.

mod denied;
mod headers;
mod language;
mod refusal;
mod told;

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, Predicate},
};

use super::{
    Shared,
    auth::{
        open::add_cookie,
        session::{FLASH, cookie, lang_of},
    },
    patience::in_time,
};
use denied::{is_denied, note_denied, plain_path};
use headers::secure;
use language::{chosen_language, switch_language};
use refusal::refusal;
use told::tell;

/// The largest form, in bytes: an answer and a reason fit many times.
const LARGEST_BODY: usize = 256 * 1024;

pub(super) fn around(routes: Router<Shared>, shared: Shared) -> Router {
    routes
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(shared.clone(), guard))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(Variable)))
        .with_state(shared)
}

/// What may be sent in other bytes: a strong tag names the very bytes.
#[derive(Debug, Clone, Copy)]
struct Variable;

impl Predicate for Variable {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &axum::http::Response<B>) -> bool {
        let tag = response.headers().get(header::ETAG);
        tag.is_none_or(|tag| tag.as_bytes().starts_with(b"W/"))
    }
}

async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let id = app.ids.ulid(app.now());
    let uri = request.uri().clone();
    let lang = lang_of(&app, request.headers());
    let headers = request.headers().clone();
    let flash = cookie(request.headers(), &app.cookie(FLASH)).is_some();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = std::time::Instant::now();
    let mut response = match (chosen_language(&request), refusal(&app, &request)) {
        (_, Some(refusal)) => refusal.into_response(),
        (Some(lang), None) => switch_language(&app, &uri, lang),
        (None, None) => in_time(request, next).await,
    };
    let pattern = route.as_ref().map_or("none", MatchedPath::as_str);
    let status = response.status().as_u16();
    app.store.meters.page(pattern, status, begun.elapsed());
    if headers.contains_key("hx-request") && response.status() == StatusCode::SEE_OTHER {
        // A fragment cannot hold the sign-in page: the whole page loads again and leads there.
        response = (StatusCode::NO_CONTENT, [("hx-refresh", "true")]).into_response();
    }
    if is_denied(&response) {
        let route = route.as_ref().map_or("", MatchedPath::as_str);
        note_denied(&app, &headers, &plain_path(route, uri.path())).await;
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        response = tell(&app, &uri, &headers, lang, &id, response).await;
    } else if flash && is_page(&response) {
        let cleared = app.set_cookie(FLASH, None, None);
        add_cookie(response.headers_mut(), &cleared);
    }
    secure(response.headers_mut(), &uri, &id, app.https());
    response
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"))
}
