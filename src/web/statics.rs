//! The stylesheet, the script and the mark, compiled in. Their address carries the version, so that
//! browsers keep them for long and never show an old one.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

use super::{Error, table::routes};

const FILES: &[(&str, &str, &str)] = &[
    (
        "otklik.css",
        "text/css; charset=utf-8",
        include_str!("static/otklik.css"),
    ),
    (
        "otklik.js",
        "text/javascript; charset=utf-8",
        include_str!("static/otklik.js"),
    ),
    (
        "htmx.js",
        "text/javascript; charset=utf-8",
        include_str!("static/htmx.min.js"),
    ),
    ("mark.svg", "image/svg+xml", include_str!("static/mark.svg")),
];

routes! {
    get "/static/{version}/{name}" => file,
}

/// Part of every static address: changes when a file does.
pub(crate) fn version() -> &'static str {
    static VERSION: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let all: String = FILES.iter().map(|(.., text)| *text).collect();
        super::auth::hash_secret(&all)[..12].to_owned()
    });
    &VERSION
}

async fn file(Path((_, name)): Path<(String, String)>) -> Result<Response, Error> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, text) = found.ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, *text).into_response())
}
