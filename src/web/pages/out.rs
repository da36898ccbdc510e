//! The one way to a post's original: noted in the journal, then the browser is sent there.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::note;
use crate::{
    domain::id::PostId,
    store::{Priority, audit::AuditKind, posts},
    web::{Error, Shared, auth::session::Visitor},
};

pub(super) async fn go(
    State(app): State<Shared>,
    Path(post): Path<String>,
    visitor: Visitor,
) -> Result<Response, Error> {
    let id = PostId(post);
    let mut tx = app.store.write(Priority::Person).await?;
    let link = posts::find_link(&mut tx, &visitor.scope, &id).await?;
    let link = link.filter(|link| is_web(link)).ok_or(Error::NotFound)?;
    let subject = format!("post:{id}");
    note(&app, &mut tx, &visitor, AuditKind::Opened, &subject, "").await?;
    tx.commit().await?;
    Ok(Redirect::to(&link).into_response())
}

/// A stored link comes from outside: only http and https with a host lead anywhere.
fn is_web(link: &str) -> bool {
    url::Url::parse(link)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::is_web;

    #[test]
    fn only_the_web_is_led_to() {
        assert!(is_web("https://vk.com/wall-1_2"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "/wall",
            "",
            "file:///etc/passwd",
        ] {
            assert!(!is_web(bad), "{bad}");
        }
    }
}
