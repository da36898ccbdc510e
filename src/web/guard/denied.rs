//! A role asked for what it may not see: that goes to the journal. Start with [`note_denied`].

use axum::{http::HeaderMap, response::Response};

use crate::{
    store::{
        Priority,
        audit::{self, AuditKind, Entry},
    },
    web::{Shared, auth::session::who_asks, error::Told},
};

/// Whether a role was refused.
pub(super) fn is_denied(response: &Response) -> bool {
    let told = response.extensions().get::<Told>();
    told.is_some_and(|told| told.code == "denied")
}

/// What a role may not see is noted: asking for it may be a mistake, or not.
pub(super) async fn note_denied(app: &Shared, headers: &HeaderMap, path: &str) {
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
pub(super) fn plain_path(route: &str, path: &str) -> String {
    let is_number = |part: &str| part.len() < 10 && part.bytes().all(|b| b.is_ascii_digit());
    let is_id = |part: &str| part.len() == 26 && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let parts = route.split('/').zip(path.split('/'));
    let plain = parts.map(|(known, part)| match known.starts_with('{') {
        true if is_number(part) || is_id(part) => part,
        _ => known,
    });
    plain.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::plain_path;

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
}
