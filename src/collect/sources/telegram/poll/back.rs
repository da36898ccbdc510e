//! A page of a channel's preview further back, for backfills.

use super::Channel;
use crate::{
    collect::{
        backfill::{Older, Place},
        poll::Visit,
    },
    domain::source::FetchError,
};

/// Reads the page at `place`, the newest when it names none.
///
/// # Errors
/// The request's.
pub(crate) async fn read_back(visit: &Visit<'_>, place: Place) -> Result<Older, FetchError> {
    let channel = Channel::of(visit)?;
    let preview = channel.read(place.before).await?;
    let lowest = preview.ids.iter().copied().min();
    let goes_down = |lowest: i64| place.before.is_none_or(|before| lowest < before);
    let next = lowest.filter(|lowest| *lowest > 1 && goes_down(*lowest));
    Ok(Older {
        oldest: preview.posts.iter().filter_map(|post| post.published).min(),
        next: next
            .filter(|_| preview.older.is_some())
            .map(|lowest| Place {
                before: Some(lowest),
                ..place
            }),
        posts: preview.posts,
        notes: preview.notes,
    })
}
