//! Wrong passwords cost time: what is counted for an attempt, and the browser that is known.
//!
//! Never locks an account: a stranger could lock people out. Counts stand in the database
//! (`store::attempts`), the rule is `domain::patience`. Start with [`subjects`].
//!
//! A browser that has signed in as somebody keeps a mark (OWASP's «device cookie»). It is counted by
//! itself, so guesses of strangers, even from the same office, delay nobody who works here every day.

use axum::http::HeaderMap;

use super::{caller::Caller, hash_secret, new_secret, same_secret, session::cookie};
use crate::{domain::time::Span, store::attempts::Subject, web::Shared};

/// The cookie of a browser that is known.
const KNOWN: &str = "otklik_known";
/// So long it is known after the last sign-in.
const KNOWN_FOR: Span = Span::days(180);

/// What is counted when somebody at a place tries a login. Whether there is such a login plays no
/// part.
pub(crate) fn subjects(
    app: &Shared,
    headers: &HeaderMap,
    caller: &Caller,
    login: &str,
) -> Vec<Subject> {
    let rules = &app.settings.web.sign_in;
    let subject = |what: &str, parts: &[&str], free, own| Subject {
        hash: hash_secret(&format!("{what}\n{}", parts.join("\n"))),
        patience: rules.patience(free),
        cleared_by_success: own,
    };
    if let Some(mark) = known(app, headers, login) {
        return vec![subject("browser", &[login, mark], rules.tries, true)];
    }
    let place = caller.place();
    vec![
        subject("login and place", &[login, &place], rules.tries, true),
        subject("login", &[login], rules.tries_per_login, true),
        subject("place", &[&place], rules.tries_per_address, false),
    ]
}

/// What is counted when somebody whose password was right tries a code.
pub(crate) fn subjects_of_code(app: &Shared, headers: &HeaderMap, login: &str) -> Vec<Subject> {
    let rules = &app.settings.web.sign_in;
    let mark = known(app, headers, login).unwrap_or_default();
    vec![Subject {
        hash: hash_secret(&format!("code\n{login}\n{mark}")),
        patience: rules.patience(rules.tries),
        cleared_by_success: true,
    }]
}

/// The mark of this browser, when it was given for this login.
fn known<'a>(app: &Shared, headers: &'a HeaderMap, login: &str) -> Option<&'a str> {
    let (mark, proof) = cookie(headers, &app.cookie(KNOWN))?.split_once('.')?;
    same_secret(proof, &proof_of(app, login, mark)).then_some(mark)
}

fn proof_of(app: &Shared, login: &str, mark: &str) -> String {
    let key = app
        .sign_in
        .derive(&format!("known browser\n{login}\n{mark}"));
    super::as_text(&key)
}

/// The text of the `Set-Cookie` that makes the browser known.
pub(crate) fn make_known(app: &Shared, login: &str) -> String {
    let mark = new_secret(&app.ids);
    let value = format!("{mark}.{}", proof_of(app, login, &mark));
    app.set_cookie(KNOWN, Some(&value), Some(KNOWN_FOR))
}
