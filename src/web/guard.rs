//! Around every request: its id, security headers, the choice of language, and errors made into a
//! page or a problem document.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, Predicate},
};

use super::{
    Error, Shared,
    auth::caller::Caller,
    auth::session::{FLASH, LANG, cookie, lang_of, signed_in, who_asks},
    error::Told,
    frame::{About, Frame},
    locale::{Lang, Tr},
    pages,
    patience::in_time,
};
use crate::{
    domain::time::Span,
    store::{
        Priority,
        audit::{self, AuditKind, Entry},
    },
};

/// Nothing runs or loads that is not a file of ours; forms go only to us; no frame shows us.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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
        append(response.headers_mut(), header::SET_COOKIE, &cleared);
    }
    secure(response.headers_mut(), &uri, &id, app.https());
    response
}

/// What is refused before any handler sees it: forms that another site's page sent (each form has its
/// own token as well), and too many attempts to sign in.
fn refusal(app: &Shared, request: &Request) -> Option<Error> {
    let (path, changes) = (request.uri().path(), !request.method().is_safe());
    if changes && !path.starts_with("/api/") && is_foreign(request.headers()) {
        return Some(Error::Forged);
    }
    if path.starts_with("/signin") && (changes || path != "/signin") {
        let caller = Caller::of_request(app, request.headers(), request.extensions());
        return app.limits().sign_in(&caller.place()).err();
    }
    None
}

/// Whether a browser says that another site's page made the request. Only browsers say so.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority != Some(host)
        }
        _ => false,
    }
}

fn is_denied(response: &Response) -> bool {
    let told = response.extensions().get::<Told>();
    told.is_some_and(|told| told.code == "denied")
}

/// What a role may not see is noted: asking for it may be a mistake, or not.
async fn note_denied(app: &Shared, headers: &HeaderMap, path: &str) {
    let noted = async {
        let Some(who) = who_asks(app, headers).await? else {
            return Ok(());
        };
        let entry = Entry {
            who: &who,
            kind: AuditKind::Denied,
            subject: path,
            detail: "",
        };
        let mut tx = app.store.write(Priority::Person).await?;
        audit::append(&mut tx, &app.ids, app.now(), &entry).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::error!(%error, "a refusal could not be noted");
    }
}

/// The path that was asked for, with numbers and ids in it and nothing else that somebody typed.
fn plain_path(route: &str, path: &str) -> String {
    let is_number = |part: &str| part.len() < 10 && part.bytes().all(|b| b.is_ascii_digit());
    let is_id = |part: &str| part.len() == 26 && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let parts = route.split('/').zip(path.split('/'));
    let plain = parts.map(|(known, part)| match known.starts_with('{') {
        true if is_number(part) || is_id(part) => part,
        _ => known,
    });
    plain.collect::<Vec<_>>().join("/")
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"))
}

/// `?lang=en` on a page.
fn chosen_language(request: &Request) -> Option<Lang> {
    if request.method() != Method::GET || request.uri().path().starts_with("/api/") {
        return None;
    }
    let query = request.uri().query()?.as_bytes();
    let (_, code) = url::form_urlencoded::parse(query).find(|(key, _)| key == "lang")?;
    Lang::from_code(&code)
}

/// Keeps the choice for a year and shows the same page again.
fn switch_language(app: &Shared, uri: &Uri, lang: Lang) -> Response {
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()) {
        if key != "lang" {
            rest.append_pair(&key, &value);
        }
    }
    let query = rest.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    let path = format!("/{}{mark}{query}", uri.path().trim_start_matches('/'));
    let mut response = Redirect::to(&path).into_response();
    let year = Some(Span::days(365));
    let cookie = app.set_cookie(LANG, Some(lang.code()), year);
    append(response.headers_mut(), header::SET_COOKIE, &cookie);
    response
}

fn append(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}

fn secure(headers: &mut HeaderMap, uri: &Uri, id: &str, https: bool) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if headers.contains_key(header::ETAG) {
        // A program may keep what it read, and asks each time whether it still holds.
        let ask = HeaderValue::from_static("private, no-cache");
        headers.insert(header::CACHE_CONTROL, ask);
        headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    } else if !uri.path().starts_with("/static/") {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
}

/// Makes a bare status into words.
async fn tell(
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
    let mut answer = if uri.path().starts_with("/api/") || uri.path() == "/health" {
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
    fn a_refused_path_tells_nothing_that_was_typed() {
        let route = "/incidents/{number}/{action}";
        assert_eq!(
            plain_path(route, "/incidents/7/%D0%98%D0%B2%D0%B0%D0%BD"),
            "/incidents/7/{action}"
        );
        assert_eq!(plain_path("/out/{post}", "/out/89001234567"), "/out/{post}");
        let post = "/out/01KBN4Y8Z0000000000000000A";
        assert_eq!(plain_path("/out/{post}", post), post);
    }

    #[test]
    fn a_form_of_another_site_is_known_by_what_its_browser_says() {
        let asked = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                let name = header::HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            is_foreign(&pairs.collect())
        };
        assert!(asked(&[("sec-fetch-site", "cross-site")]));
        assert!(asked(&[("sec-fetch-site", "same-site")]));
        assert!(!asked(&[("sec-fetch-site", "same-origin")]));
        assert!(!asked(&[("sec-fetch-site", "none")]));
        assert!(asked(&[("origin", "null"), ("host", "otklik.example")]));
        assert!(asked(&[
            ("origin", "https://evil.example"),
            ("host", "otklik.example")
        ]));
        assert!(!asked(&[
            ("origin", "https://otklik.example"),
            ("host", "otklik.example")
        ]));
        assert!(!asked(&[]), "old browsers and programs say nothing");
    }

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
