//! Opening a session: the row, the event, the cookies. Start with [`open`].

use axum::{
    http::{HeaderMap, header},
    response::Response,
};

use super::{caller::Caller, hash_secret, lockout, new_secret, session::SESSION};
use crate::{
    domain::id::UserId,
    store::{
        Priority,
        accounts::AccountRow,
        audit::{AuditKind, Entry, append},
        sessions::{self, How, NewSession},
    },
    web::{Error, Shared},
};

/// Opens a session and gives the cookies to an answer.
pub(crate) async fn open(
    app: &Shared,
    caller: &Caller,
    account: &AccountRow,
    how: How,
    mut answer: Response,
) -> Result<Response, Error> {
    let (secret, csrf) = (new_secret(&app.ids), new_secret(&app.ids));
    let now = app.now();
    let new = NewSession {
        token_hash: &hash_secret(&secret),
        account: &UserId(account.id.clone()),
        csrf: &csrf,
        address: &caller.address(),
        browser: &caller.browser,
        how,
        life: app.session_life(),
    };
    let mut tx = app.store.write(Priority::Person).await?;
    sessions::open(&mut tx, &new, now).await?;
    let entry = Entry {
        who: &account.login,
        kind: AuditKind::SignedIn,
        subject: &format!("account:{}", account.login),
        detail: how.code(),
    };
    append(&mut tx, &app.ids, now, &entry).await?;
    tx.commit().await?;
    let headers = answer.headers_mut();
    add_cookie(headers, &app.set_cookie(SESSION, Some(&secret), None));
    add_cookie(headers, &lockout::make_known(app, &account.login));
    Ok(answer)
}

/// One more `Set-Cookie`.
pub(crate) fn add_cookie(headers: &mut HeaderMap, text: &str) {
    if let Ok(value) = text.parse() {
        headers.append(header::SET_COOKIE, value);
    }
}
