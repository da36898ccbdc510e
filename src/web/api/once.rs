//! A write that is done once however often it is asked: `Idempotency-Key`. Start with [`Once::run`].

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::answer::{names, tag, tags};
use crate::{
    store::{
        Priority, Tx,
        audit::{self, AuditKind, Entry},
        idempotency::{self, Claim, Done},
        retention::ANSWERS_KEPT,
    },
    web::{
        Error, Shared,
        auth::{as_text, session::Program},
    },
};

/// The key of a write.
pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that the answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a write is asked with: its key, and what the program saw.
pub(super) struct Once {
    key: Option<String>,
    if_match: Option<String>,
    method: Method,
    uri: Uri,
}

impl FromRequestParts<Shared> for Once {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Error> {
        let mut keys = parts.headers.get_all(&KEY).iter();
        let key = match (keys.next(), keys.next()) {
            (None, _) => None,
            (Some(key), None) => Some(readable(key).ok_or(WRONG)?),
            (Some(_), Some(_)) => return Err(WRONG),
        };
        Ok(Self {
            key,
            if_match: tags(&parts.headers, header::IF_MATCH),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
        })
    }
}

const WRONG: Error = Error::Invalid("Idempotency-Key", "not_a_key");

/// 1 to 128 visible ASCII characters.
fn readable(key: &HeaderValue) -> Option<String> {
    let key = key.to_str().ok()?;
    let fits = (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| key.to_owned())
}

impl Once {
    /// A write that must not be asked without a key: who repeats it would do it twice.
    pub fn require_key(&self) -> Result<(), Error> {
        self.key.as_ref().map(|_| ()).ok_or(Error::BadRequest)
    }

    /// Whether the thing that is to be changed is still what the program saw, by its bytes.
    pub fn require_match(&self, present: &str) -> Result<(), Error> {
        let named = self
            .if_match
            .as_deref()
            .ok_or(Error::PreconditionRequired)?;
        match names(named, &tag(present.as_bytes(), false), false) {
            true => Ok(()),
            false => Err(Error::Precondition),
        }
    }

    /// Runs a write in one transaction with its key and its entry in the journal, or gives the answer
    /// that it had before. A write that fails leaves nothing, its key neither.
    pub async fn run(
        &self,
        app: &Shared,
        program: &Program,
        body: &[u8],
        write: impl AsyncFnOnce(&mut Tx) -> Result<Written, Error>,
    ) -> Result<Response, Error> {
        let (who, now) = (&program.scope.who, app.now());
        let mut tx = app.store.write(Priority::Person).await?;
        let key = self.key.as_deref().map(|key| hashed(&[who, key]));
        if let Some(key) = &key {
            let since = now.minus(ANSWERS_KEPT);
            let fingerprint = self.fingerprint(body);
            match idempotency::claim(&mut tx, key, &fingerprint, since, now).await? {
                Claim::New => {}
                Claim::Done(done) => return Ok(respond(&done, true)),
                Claim::Other => return Err(Error::KeyReused),
            }
        }
        let written = write(&mut tx).await?;
        if let Some(key) = &key {
            idempotency::keep(&mut tx, key, &written.done).await?;
        }
        let entry = Entry {
            who,
            kind: AuditKind::Changed,
            subject: &written.subject,
            detail: written.detail,
        };
        audit::append(&mut tx, &app.ids, now, &entry).await?;
        tx.commit().await?;
        app.store.hints.posts.notify_one();
        app.store.hints.changes.notify_one();
        Ok(respond(&written.done, false))
    }

    fn fingerprint(&self, body: &[u8]) -> String {
        let body = hashed(&[&String::from_utf8_lossy(body)]);
        let seen = self.if_match.as_deref().unwrap_or_default();
        hashed(&[self.method.as_str(), &self.uri.to_string(), seen, &body])
    }
}

/// What a write did.
pub(super) struct Written {
    pub done: Done,
    /// For the journal: `post:01H…`.
    pub subject: String,
    /// For the journal, in a few words.
    pub detail: &'static str,
}

fn respond(done: &Done, replayed: bool) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Body::from(done.answer.clone())).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if !done.answer.is_empty() {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        if let Ok(tag) = HeaderValue::from_str(&tag(done.answer.as_bytes(), false)) {
            headers.insert(header::ETAG, tag);
        }
    }
    if let Some(Ok(location)) = done.location.as_deref().map(HeaderValue::from_str) {
        headers.insert(header::LOCATION, location);
    }
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// SHA-256 over the parts with their lengths.
fn hashed(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    as_text(&hash.finalize())
}
