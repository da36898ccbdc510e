//! `?lang=en` on any page: the choice of language is kept, and the same page shown again.

use axum::{
    extract::Request,
    http::{Method, Uri},
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    domain::time::Span,
    web::{
        Shared,
        auth::{open::add_cookie, session::LANG},
        locale::Lang,
    },
};

/// `?lang=en` on a page.
pub(super) fn chosen_language(request: &Request) -> Option<Lang> {
    if request.method() != Method::GET || request.uri().path().starts_with("/api/") {
        return None;
    }
    let query = request.uri().query()?.as_bytes();
    let (_, code) = url::form_urlencoded::parse(query).find(|(key, _)| key == "lang")?;
    Lang::from_code(&code)
}

/// Keeps the choice for a year and shows the same page again.
pub(super) fn switch_language(app: &Shared, uri: &Uri, lang: Lang) -> Response {
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
    add_cookie(response.headers_mut(), &cookie);
    response
}
