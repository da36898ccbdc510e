//! A visit at MAX: of a channel, whose messages are read from the newest back to what is known; or of the
//! bot, whose events come in batches, each stored with its marker. Start with [`step`].

mod call;
mod channel;

use serde::{Deserialize, Serialize};

use self::call::Api;
use super::{BOT, events};
use crate::{
    collect::{
        poll::{Step, Visit, read_cursor, write_cursor},
        sources::vk::json::int,
    },
    domain::source::{Cursor, FetchError, Page},
};

/// Events of one batch.
const BATCH: usize = 100;

/// Where the bot's events were left.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
struct Marker {
    /// The next event; the network's own memory of it without.
    marker: Option<i64>,
}

/// Makes the next step of a visit.
pub async fn step(visit: &Visit<'_>, cursor: &Cursor) -> Result<Step, FetchError> {
    let api = Api::new(visit)?;
    match visit.source.owner.trim() == BOT {
        true => batch(&api, visit, cursor).await,
        false => channel::read(&api, visit, cursor).await.map(Step::whole),
    }
}

/// A batch of events. The next one is asked for with a marker that is stored together with this batch:
/// a kill in between brings the batch again.
async fn batch(api: &Api<'_>, visit: &Visit<'_>, cursor: &Cursor) -> Result<Step, FetchError> {
    let settings = &visit.collector.settings;
    let mut at: Marker = read_cursor(cursor);
    if settings.max.is_received() {
        // The webhook brings them; MAX allows only one of both.
        let page = Page {
            next: cursor.clone(),
            ..Page::default()
        };
        return Ok(Step::whole(page));
    }
    let answer = api.updates(at.marker, BATCH, settings.max_wait()).await?;
    let came = answer.get("updates").and_then(|list| list.as_array());
    let full = came.is_some_and(|list| list.len() >= BATCH);
    let mut page = events::read_updates(&answer);
    let next = int(&answer, "marker").or(at.marker);
    let goes_on = full && next != at.marker;
    at.marker = next;
    page.next = write_cursor(&at);
    // The next question waits at the network, not here.
    page.more = true;
    Ok(Step { page, goes_on })
}
