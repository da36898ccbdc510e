//! The visitor behind a request: a session cookie for pages, a bearer token for the API.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::{caller::Caller, hash_secret, second};
use crate::{
    domain::{
        id::UserId,
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{self, Priority, accounts, scope::Scope, sessions, tokens},
    web::{Error, Shared, locale::Lang},
};

/// How often a session's last request is written down.
const TOUCH_AFTER: Span = Span::minutes(1);

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// What they may see and do.
    pub scope: Scope,
    /// Their account.
    pub account: UserId,
    /// The hash of their session's cookie.
    pub session: String,
    /// How colleagues see them.
    pub name: String,
    /// The token of their forms.
    pub csrf: String,
    /// The language of their pages.
    pub lang: Lang,
}

impl Visitor {
    /// The permission, or a refusal.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), Error> {
        Ok(self.scope.require(permission)?)
    }

    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.scope.may(permission)
    }
}

/// The cookie of the session.
pub(crate) const SESSION: &str = "otklik";
/// The cookie of what has just been done, told on the next page.
pub(crate) const FLASH: &str = "otklik_flash";
/// The cookie of the language.
pub(crate) const LANG: &str = "otklik_lang";

/// A cookie's value.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The text of a `Set-Cookie`: HttpOnly, SameSite=Lax (a link from an alert must arrive signed in;
/// every form carries its own token), Secure when people come by https. `None` removes it.
pub(crate) fn set_cookie(
    name: &str,
    value: Option<&str>,
    life: Option<Span>,
    https: bool,
) -> String {
    let mut text = format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Lax",
        value.unwrap_or("")
    );
    match (value, life) {
        (None, _) => text.push_str("; Max-Age=0"),
        (_, Some(life)) => text.push_str(&format!("; Max-Age={}", life.as_millis() / 1000)),
        _ => {}
    }
    if https {
        text.push_str("; Secure");
    }
    text
}

/// The language of a request: its cookie, else the browser's wish while nobody is signed in, else
/// Russian.
pub(crate) fn lang_of(app: &Shared, headers: &HeaderMap) -> Lang {
    if let Some(lang) = cookie(headers, &app.cookie(LANG)).and_then(Lang::from_code) {
        return lang;
    }
    let wish = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    match (cookie(headers, &app.cookie(SESSION)), wish) {
        (None, Some(wish)) => Lang::from_accept(wish),
        _ => Lang::Ru,
    }
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let back = || {
            let path = parts.uri.path_and_query();
            Error::SignedOut(path.map_or("/", |p| p.as_str()).to_owned())
        };
        let secret = cookie(&parts.headers, &app.cookie(SESSION)).ok_or_else(back)?;
        let lang = lang_of(app, &parts.headers);
        let by_itself = parts.headers.contains_key("hx-request");
        by_cookie(app, secret, lang, by_itself)
            .await?
            .ok_or_else(back)
    }
}

/// A page that asks again by itself does not keep the session alive: nobody may sit before it.
async fn by_cookie(
    app: &Shared,
    secret: &str,
    lang: Lang,
    by_itself: bool,
) -> Result<Option<Visitor>, Error> {
    let (hash, now) = (hash_secret(secret), app.now());
    let mut tx = app.store.read().await?;
    let Some(session) = sessions::find(&mut tx, &hash, now).await? else {
        return Ok(None);
    };
    let Some(account) = accounts::find(&mut tx, &session.account).await? else {
        return Ok(None);
    };
    let scope = accounts::scope_of(&mut tx, &account).await?;
    drop(tx);
    if second::is_outdated(app, &scope, &session.how) {
        return Ok(None);
    }
    let last = Timestamp::from_millis(session.seen);
    if !by_itself && now.since(last) > TOUCH_AFTER {
        // A full disk must not keep people from reading: the session ends earlier then.
        if let Err(error) = touch(app, &hash, now).await {
            tracing::warn!("a session could not be prolonged: {error}");
        }
    }
    Ok(Some(Visitor {
        scope,
        account: UserId(account.id),
        session: hash,
        name: account.name,
        csrf: session.csrf,
        lang,
    }))
}

/// Who is signed in on a page; nobody when the database cannot tell. It does not keep the session
/// alive.
pub(crate) async fn signed_in(app: &Shared, headers: &HeaderMap) -> Option<Visitor> {
    let secret = cookie(headers, &app.cookie(SESSION))?;
    let lang = lang_of(app, headers);
    by_cookie(app, secret, lang, true).await.ok().flatten()
}

async fn touch(app: &Shared, hash: &str, now: Timestamp) -> store::Result<()> {
    let mut tx = app.store.write(Priority::Person).await?;
    sessions::touch(
        &mut tx,
        hash,
        app.session_life(),
        app.longest_session(),
        now,
    )
    .await?;
    tx.commit().await
}

/// The login behind a request, by cookie or token; none when there is no valid one.
pub(crate) async fn who_asks(
    app: &Shared,
    headers: &HeaderMap,
) -> Result<Option<String>, store::Error> {
    let mut tx = app.store.read().await?;
    let id = match (cookie(headers, &app.cookie(SESSION)), bearer(headers)) {
        (Some(secret), _) => sessions::find(&mut tx, &hash_secret(secret), app.now())
            .await?
            .map(|session| session.account),
        (None, Some(token)) => {
            let found = tokens::find(&mut tx, &hash_secret(token), app.now()).await?;
            return Ok(found.map(|token| token.who()));
        }
        (None, None) => None,
    };
    Ok(match id {
        Some(id) => accounts::find(&mut tx, &id)
            .await?
            .map(|account| account.login),
        None => None,
    })
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A program with a bearer token: an account's, or an integration's own.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// What it may see and do.
    pub scope: Scope,
}

impl Program {
    /// The permission, or a refusal.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), Error> {
        Ok(self.scope.require(permission)?)
    }
}

impl FromRequestParts<Shared> for Program {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let stranger = || {
            let caller = Caller::of_request(app, &parts.headers, &parts.extensions);
            let limited = app.limits().stranger(&caller.place());
            limited.err().unwrap_or(Error::Unauthorized)
        };
        let secret = bearer(&parts.headers).ok_or_else(stranger)?;
        let mut tx = app.store.read().await?;
        let token = tokens::find(&mut tx, &hash_secret(secret), app.now()).await?;
        let token = token.ok_or_else(stranger)?;
        app.limits().api(&token.who())?;
        let program = match token.allowance()? {
            Some(allows) => Self {
                scope: Scope::integration(&token.name, &allows),
            },
            None => {
                let account = accounts::find(&mut tx, &token.account).await?;
                let account = account.ok_or(Error::Unauthorized)?;
                Self {
                    scope: accounts::scope_of(&mut tx, &account).await?,
                }
            }
        };
        drop(tx);
        let last = token.used.map(Timestamp::from_millis);
        if last.is_none_or(|last| app.now().since(last) > TOUCH_AFTER) {
            let mut tx = app.store.write(Priority::Person).await?;
            tokens::touch(&mut tx, &token.id, app.now()).await?;
            tx.commit().await?;
        }
        Ok(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; otklik=x=y".parse().expect("static"));
        assert_eq!(cookie(&headers, "otklik"), Some("x=y"));
        assert_eq!(cookie(&headers, "otkli"), None);
    }

    #[test]
    fn cookies_are_strict() {
        let text = set_cookie("__Host-otklik", Some("v"), None, true);
        assert_eq!(
            text,
            "__Host-otklik=v; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
