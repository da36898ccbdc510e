//! VK's Callback API: events of an own page. VK repeats an event until it reads `ok`. Start with [`take`].

use axum::{
    extract::{Path, State},
    response::Response,
};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::{LATER, Sent, is_on, said, stored, terms};
use crate::{
    collect::sources::vk::{
        events::{read_event, told},
        json::{int, text},
    },
    config::settings::Callback,
    domain::{
        post::Platform,
        source::{Event, SourceState},
    },
    store::{Priority, inbox, sources},
    web::{Error, Shared, auth::same_secret},
};

/// Takes one event, or answers VK's question whether the address is ours.
pub(super) async fn take(
    State(app): State<Shared>,
    Path(source): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let callbacks = &app.settings.collect.vk.callbacks;
    let callback = callbacks.iter().find(|callback| callback.source == source);
    let trusted = is_trusted(callback, &sent.event);
    let callback = callback.ok_or(Error::NotFound)?;
    if text(&sent.event, "type") == Some("confirmation") {
        return confirmed(callback, &sent.event, trusted);
    }
    if !trusted {
        return Err(Error::NotFound);
    }
    is_on(&app)?;
    keep(&app, callback, &sent.event).await
}

/// The secret and the page's number are those of the settings. Also asked where there are none, so that
/// the time tells nothing.
fn is_trusted(callback: Option<&Callback>, event: &Value) -> bool {
    let secret = callback.map_or("", |callback| callback.secret.expose_secret());
    let given = text(event, "secret").unwrap_or_default();
    let same = same_secret(secret, given);
    same && int(event, "group_id") == callback.map(|callback| callback.group)
}

/// VK asks before it sends the first event, and not always with the secret; it is answered while the
/// settings hold the answer.
fn confirmed(callback: &Callback, event: &Value, trusted: bool) -> Result<Response, Error> {
    let answer = callback.confirmation.expose_secret();
    let bare = text(event, "secret").is_none_or(str::is_empty);
    let ours = int(event, "group_id") == Some(callback.group);
    match !answer.is_empty() && ours && (trusted || bare) {
        true => Ok(said(answer)),
        false => Err(Error::NotFound),
    }
}

async fn keep(app: &Shared, callback: &Callback, event: &Value) -> Result<Response, Error> {
    let terms = terms(app);
    let mut tx = app.store.write(Priority::Person).await?;
    let source = sources::find(&mut tx, &callback.source).await?;
    let read = |state: &str| !matches!(SourceState::from_code(state), Some(SourceState::Off));
    let Some(source) = source.filter(|source| read(&source.state)) else {
        tracing::warn!(
            source.id = callback.source,
            "an event came for a source that is not read"
        );
        return Err(Error::TooMany(LATER));
    };
    if !inbox::take(&mut tx, &source.code, &number(event), terms.now).await? {
        return Ok(said("ok"));
    }
    let kept = inbox::keep_of(&mut tx, &app.keys, &source, terms, events(callback, event)).await?;
    tx.commit().await?;
    Ok(stored(app, Platform::Vk, kept))
}

/// What the event tells of the page's own wall; what lies elsewhere is nobody's question.
fn events(callback: &Callback, event: &Value) -> Vec<Event> {
    let page = read_event(event);
    for note in &page.notes {
        tracing::info!(source.id = callback.source, "{note}");
    }
    let told = text(event, "type").and_then(told);
    let own = (-callback.group).to_string();
    let posts = page.posts.into_iter().filter(|post| post.key.owner == own);
    told.map_or_else(Vec::new, |told| {
        posts.map(|post| Event { told, post }).collect()
    })
}

/// The event's number; versions before 5.103 gave none, there the whole event stands for it.
fn number(event: &Value) -> String {
    let number = text(event, "event_id").filter(|number| !number.is_empty());
    number.map_or_else(|| event.to_string(), str::to_owned)
}
