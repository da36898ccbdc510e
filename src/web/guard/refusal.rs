//! What is refused before any handler sees it. Start with [`refusal`].

use axum::{extract::Request, http::HeaderMap};

use crate::web::{Error, Shared, auth::caller::Caller};

/// Forms that another site's page sent (each form has its
/// own token as well), and too many attempts to sign in.
pub(super) fn refusal(app: &Shared, request: &Request) -> Option<Error> {
    let (path, changes) = (request.uri().path(), !request.method().is_safe());
    // PostgreSQL stores no NUL, and nobody means one.
    let asked = request.uri().path_and_query();
    if asked.is_some_and(|asked| asked.as_str().contains("%00")) {
        return Some(Error::Invalid("text", "nul"));
    }
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

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

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
}
