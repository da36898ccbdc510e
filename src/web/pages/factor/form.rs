//! The form with the QR code, on one's own page and while signing in, and what a right first code makes:
//! the factor and its recovery codes. Start with [`form`] and [`keep`].

use askama::Template;
use axum::http::HeaderMap;

use super::super::{Frame, statics};
use crate::{
    domain::id::UserId,
    store::{
        Priority, Tx,
        audit::{AuditKind, Entry, append},
    },
    web::{
        Error, Shared,
        auth::{
            factor::{self, Draft},
            qr::Qr,
            session::lang_of,
        },
        form::Fields,
    },
};

#[derive(Template)]
#[template(path = "factor.html", config = "src/web/askama.toml")]
pub(crate) struct FactorPage {
    f: Frame,
    /// Where the form goes, and the name and value of its token.
    action: &'static str,
    token: (&'static str, String),
    asked_by_role: bool,
    word: String,
    uri: String,
    by_hand: String,
    qr: Option<Qr>,
    /// Whether the code was wrong.
    pub problem: bool,
}

#[derive(Template)]
#[template(path = "codes.html", config = "src/web/askama.toml")]
pub(crate) struct CodesPage {
    f: Frame,
    codes: Vec<String>,
    next: String,
}

/// The form; the token is the name and value of its hidden field.
pub(crate) fn form(
    app: &Shared,
    headers: &HeaderMap,
    draft: &Draft,
    login: &str,
    token: (&'static str, String),
) -> FactorPage {
    let mut f = Frame::bare(app, lang_of(app, headers), String::new());
    f.title = f.t("factor-title");
    let uri = draft.uri(&f.t("product"), login);
    let asked_by_role = token.0 == "token";
    FactorPage {
        action: if asked_by_role {
            "/signin/factor"
        } else {
            "/me/factor"
        },
        token,
        asked_by_role,
        word: draft.word.clone(),
        by_hand: draft.by_hand(),
        qr: Qr::of(&uri),
        uri,
        problem: false,
        f,
    }
}

/// Recovery codes, shown this once, and the way on.
pub(crate) fn codes(
    app: &Shared,
    headers: &HeaderMap,
    codes: Vec<String>,
    next: &str,
) -> CodesPage {
    let mut f = Frame::bare(app, lang_of(app, headers), String::new());
    f.title = f.t("codes-title");
    let next = next.to_owned();
    CodesPage { f, codes, next }
}

/// Stores the factor with recovery codes, which are shown this once; none when the code is wrong.
pub(crate) async fn keep(
    app: &Shared,
    draft: &Draft,
    account: &UserId,
    login: &str,
    fields: &Fields,
) -> Result<Option<Vec<String>>, Error> {
    let (now, code) = (app.now(), fields.get("code"));
    let mut tx = app.store.write(Priority::Person).await?;
    let kept = draft.keep(&mut tx, &app.sign_in, &app.ids, account, code, now);
    if !kept.await? {
        return Ok(None);
    }
    let made = factor::renew_codes(&mut tx, &app.sign_in, &app.ids, account).await?;
    changed(app, &mut tx, login, "second_factor_set_up").await?;
    tx.commit().await?;
    Ok(Some(made))
}

/// Notes a change of somebody's own factor.
pub(crate) async fn changed(
    app: &Shared,
    tx: &mut Tx,
    login: &str,
    detail: &str,
) -> Result<(), Error> {
    let entry = Entry {
        who: login,
        kind: AuditKind::Changed,
        subject: &format!("account:{login}"),
        detail,
    };
    Ok(append(tx, &app.ids, app.now(), &entry).await?)
}
