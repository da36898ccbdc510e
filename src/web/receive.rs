//! `/receive`: where networks send events by themselves. No session and no form's token guards these
//! addresses, but a secret that the network sends along, compared in a time that tells nothing; whoever
//! lacks it gets the same answer as for an address that is not there. An event is answered `ok` when it is
//! stored, and not before; the network sends the others again. Start with [`vk`].

mod max;
mod vk;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{Error, Shared, auth::caller::Caller, table};
use crate::{
    domain::post::Platform,
    store::{inbox::Terms, posts::Kept},
};

table::routes! {
    post "/receive/vk/{source}" => vk::take,
    post "/receive/max" => max::take,
}

/// A network may send again after so many seconds what is not taken now.
const LATER: i64 = 1800;

/// What was sent, by whomever.
struct Sent {
    headers: HeaderMap,
    event: Value,
}

impl FromRequest<Shared> for Sent {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Error> {
        let (headers, extensions) = (request.headers().clone(), request.extensions());
        let caller = Caller::of_request(app, &headers, extensions);
        app.limits().receive(&caller.place())?;
        let bytes = Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|_| Error::TooLarge)?;
        let event = serde_json::from_slice(&bytes).map_err(|_| Error::NotFound)?;
        Ok(Self { headers, event })
    }
}

/// Events are not taken while all collecting is off; the network keeps them for some hours.
fn is_on(app: &Shared) -> Result<(), Error> {
    match app.settings.collect.enabled {
        true => Ok(()),
        false => Err(Error::TooMany(LATER)),
    }
}

fn terms(app: &Shared) -> Terms {
    let now = app.now();
    let days = app.settings.retention.posts_days;
    Terms {
        now,
        history: now.minus(app.settings.incidents.max_age()),
        oldest: Some(now.minus(crate::domain::time::Span::days(days))),
    }
}

/// It is stored: whoever waits for posts is told, and so is the network.
fn stored(app: &Shared, platform: Platform, kept: Kept) -> Response {
    app.store.meters.kept(platform, kept.new, kept.updated);
    app.store.hints.posts.notify_one();
    said("ok")
}

fn said(text: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (kind, text.to_owned()).into_response()
}
