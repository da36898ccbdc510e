//! MAX's webhook: what happens in all channels of the bot. MAX repeats an event for hours until it is
//! answered with 200. Start with [`take`].

use axum::{extract::State, response::Response};
use secrecy::ExposeSecret;

use super::{Sent, is_on, said, stored, terms};
use crate::{
    collect::sources::max::events::{identity, read_event},
    domain::post::Platform,
    store::{Priority, inbox},
    web::{Error, Shared, auth::same_secret},
};

/// The header that holds the secret.
const SECRET: &str = "x-max-bot-api-secret";

/// Takes one event. What speaks of no channel's or public chat's message is passed over.
pub(super) async fn take(State(app): State<Shared>, sent: Sent) -> Result<Response, Error> {
    let given = sent
        .headers
        .get(SECRET)
        .and_then(|given| given.to_str().ok());
    let secret = app.settings.collect.max.webhook_secret.expose_secret();
    if !same_secret(secret, given.unwrap_or_default()) {
        return Err(Error::NotFound);
    }
    is_on(&app)?;
    let mut notes = Vec::new();
    let event = read_event(&sent.event, &mut notes);
    for note in &notes {
        tracing::info!("{note}");
    }
    let Some(event) = event else {
        return Ok(said("ok"));
    };
    let terms = terms(&app);
    let mut tx = app.store.write(Priority::Person).await?;
    if !inbox::take(&mut tx, "max", &identity(&sent.event), terms.now).await? {
        return Ok(said("ok"));
    }
    let kept = inbox::keep(&mut tx, &app.keys, Platform::Max, terms, vec![event]).await?;
    tx.commit().await?;
    Ok(stored(&app, Platform::Max, kept))
}
