//! Keeping what a platform tells by itself: an event may come late, twice, and after what happened since.
//! Start with [`keep_told`].

use std::collections::HashMap;

use super::{KeepAs, Kept, Keys, keep};
use crate::{
    domain::{
        post::CapturedPost,
        source::{Event, Told},
    },
    store::{Result, Tx, rows::Query},
};

/// Stores what events tell, in the caller's transaction. What they say of a post that is known better is
/// passed over: a publication of a known post, an edit older than the one we have, the removal of what
/// nobody kept.
///
/// # Errors
/// [`crate::store::Error::Database`]; then the transaction must be dropped.
pub async fn keep_told(
    tx: &mut Tx,
    keys: &Keys,
    as_: &KeepAs<'_>,
    events: Vec<Event>,
) -> Result<Kept> {
    let all = events.len() as u64;
    let known = edits_of(tx, keys, &events).await?;
    let id = |post: &CapturedPost| keys.identity.post_id(&post.key).0;
    let says_more = |event: &Event| match (event.told, known.get(&id(&event.post))) {
        (Told::New, stored) => stored.is_none(),
        (Told::Deleted, stored) => stored.is_some(),
        (Told::Edited, stored) => {
            let edited = event.post.edited.map(|at| at.as_millis());
            let stored = stored.copied().flatten();
            edited
                .zip(stored)
                .is_none_or(|(told, stored)| told >= stored)
        }
    };
    let posts: Vec<CapturedPost> = events
        .into_iter()
        .filter(says_more)
        .map(|event| event.post)
        .collect();
    let passed_over = all - posts.len() as u64;
    let mut kept = keep(tx, keys, as_, posts).await?;
    kept.unchanged += passed_over;
    Ok(kept)
}

/// When each known post of the events was last edited.
async fn edits_of(
    tx: &mut Tx,
    keys: &Keys,
    events: &[Event],
) -> Result<HashMap<String, Option<i64>>> {
    let mut found = HashMap::with_capacity(events.len());
    for chunk in events.chunks(500) {
        let ids = chunk
            .iter()
            .map(|event| keys.identity.post_id(&event.post.key).0);
        let mut query = Query::new("select id, edited from post where id in (");
        query.bind_list(ids).push(")");
        found.extend(query.fetch_all::<(String, Option<i64>)>(tx).await?);
    }
    Ok(found)
}
