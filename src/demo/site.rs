//! Plain pages behind the demo's links, so that «open the original» leads somewhere.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::{material::Entry, world::World};

/// A page, found or not.
pub(super) struct Answer(StatusCode, String);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.0, Html(self.1)).into_response()
    }
}

/// One post.
pub(super) fn post(world: &World, name: &str, entry: &Entry) -> Answer {
    let (text, edited) = world.wording(entry);
    let title = entry.title.as_deref().unwrap_or(name);
    let mark = if edited.is_some() {
        " (изменено)"
    } else {
        ""
    };
    let published = world.published(entry).to_rfc3339();
    let body = format!(
        "<p>{}</p>\n<p><time datetime=\"{published}\">{published}</time>{mark}</p>",
        lines(text)
    );
    whole(StatusCode::OK, title, &body)
}

/// A page that has nothing but a name.
pub(super) fn about(name: &str) -> Answer {
    whole(StatusCode::OK, name, "<p>Демонстрационная страница.</p>")
}

/// A reviewed claim's page and the like: a title and a text.
pub(super) fn article(title: &str, text: &str) -> Answer {
    whole(StatusCode::OK, title, &format!("<p>{}</p>", lines(text)))
}

/// Nothing is here.
pub(super) fn missing() -> Answer {
    whole(StatusCode::NOT_FOUND, "Страница не найдена", "")
}

fn whole(status: StatusCode, title: &str, body: &str) -> Answer {
    let title = escape(title);
    Answer(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"ru\"><head><meta charset=\"utf-8\">\
             <meta name=\"robots\" content=\"noindex\"><title>{title}</title></head>\n\
             <body><h1>{title}</h1>\n{body}\n</body></html>\n"
        ),
    )
}

/// Text as HTML with line breaks.
pub(super) fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br/>")
}

/// Text that means nothing to HTML and XML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
