//! What a program gets: one thing or a page of a list, with its ETag and the address of the next page.
//!
//! A tag is a hash of the very bytes that are sent, so whatever changes the answer changes the tag: a
//! field that the reader no longer sees, or a promise that ran out. One thing has a strong tag (it is
//! never compressed), a list a weak one. Start with [`Conditions`].

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Items;
use crate::web::{Error, Shared, auth::as_text};

/// What the request says of the answer that its sender has already, and where it was asked.
pub(super) struct Conditions {
    none_match: Option<String>,
    uri: Uri,
}

impl FromRequestParts<Shared> for Conditions {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Error> {
        Ok(Self {
            none_match: tags(&parts.headers, header::IF_NONE_MATCH),
            uri: parts.uri.clone(),
        })
    }
}

impl Conditions {
    /// One thing.
    pub fn one<T: Serialize>(&self, thing: &T) -> Result<Response, Error> {
        self.answer(thing, false)
    }

    /// A list that has no further page.
    pub fn all<T: Serialize>(&self, items: Vec<T>) -> Result<Response, Error> {
        self.page(items, None)
    }

    /// A page of a list; `next` is the cursor of the one after it.
    pub fn page<T: Serialize>(
        &self,
        items: Vec<T>,
        next: Option<String>,
    ) -> Result<Response, Error> {
        let link = next.as_deref().map(|cursor| self.link(cursor));
        let mut response = self.answer(&Items { items, next }, true)?;
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }

    fn answer<T: Serialize>(&self, thing: &T, weak: bool) -> Result<Response, Error> {
        let bytes = serde_json::to_vec(thing).map_err(|reason| {
            tracing::error!(%reason, "an answer could not be written");
            Error::Internal
        })?;
        let tag = tag(&bytes, weak);
        let known = self.none_match.as_deref();
        let mut response = match known.is_some_and(|known| names(known, &tag, true)) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => {
                let kind = [(header::CONTENT_TYPE, "application/json")];
                (kind, Body::from(bytes)).into_response()
            }
        };
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }

    /// RFC 8288: the same question with the next cursor.
    fn link(&self, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in url::form_urlencoded::parse(self.uri.query().unwrap_or("").as_bytes()) {
            if key != "cursor" {
                query.append_pair(&key, &value);
            }
        }
        query.append_pair("cursor", cursor);
        format!("<{}?{}>; rel=\"next\"", self.uri.path(), query.finish())
    }
}

/// The ETag of these bytes.
pub(super) fn tag(bytes: &[u8], weak: bool) -> String {
    let hash = as_text(&Sha256::digest(bytes)[..15]);
    match weak {
        true => format!("W/\"{hash}\""),
        false => format!("\"{hash}\""),
    }
}

/// The tags of a header as one list. What is no tag is like none that there is (RFC 9110, 13.1).
pub(super) fn tags(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// Whether a list of tags names this one. The weak comparison passes over `W/`; by the strong one a
/// weak tag is never equal (RFC 9110, 8.8.3.2).
pub(super) fn names(list: &str, tag: &str, weakly: bool) -> bool {
    let bare = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    list.split(',').map(str::trim).any(|one| match weakly {
        _ if one == "*" => true,
        true => bare(one) == bare(tag),
        false => one == tag && !one.starts_with("W/"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_as_the_standard_says() {
        assert!(names("\"a\", \"b\"", "\"b\"", false) && names("*", "\"b\"", false));
        assert!(!names("W/\"b\"", "W/\"b\"", false) && names("W/\"b\"", "\"b\"", true));
        assert!(!names("\"a\"", "\"b\"", true) && !names("b", "\"b\"", true));
    }

    #[test]
    fn the_link_to_the_next_page_keeps_the_question() {
        let asked = Conditions {
            none_match: None,
            uri: "/api/v1/incidents?sector=a%2Cb&cursor=old"
                .parse()
                .expect("an address"),
        };
        let link = "</api/v1/incidents?sector=a%2Cb&cursor=new>; rel=\"next\"";
        assert_eq!(asked.link("new"), link);
    }
}
