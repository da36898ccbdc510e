//! A page of a wall further back, for backfills: by offset, with an overlap for posts that come or go
//! meanwhile. Comments are left to the visits.

use super::{OVERLAP, PAGE, call::Api, set_site};
use crate::{
    collect::{
        backfill::{Older, Place},
        poll::Visit,
        sources::vk::wall,
    },
    domain::source::{FetchError, Page},
};

/// Reads the page at `place`.
///
/// # Errors
/// The call's.
pub(crate) async fn read_back(visit: &Visit<'_>, place: Place) -> Result<Older, FetchError> {
    let api = Api::new(visit, None)?;
    let items = api.wall(place.offset.max(0), PAGE).await?;
    let mut page = Page::default();
    let mut moments = Vec::new();
    for item in &items {
        match wall::read_post(item) {
            Ok(post) => {
                if !wall::is_pinned(item) {
                    moments.extend(post.published);
                }
                page.posts.push(post);
            }
            Err(note) => page.notes.push(note),
        }
    }
    set_site(&mut page, &visit.collector.settings.base.vk_site);
    // A page may be short although older ones follow: VK leaves out what it hides.
    let next = (!items.is_empty()).then_some(Place {
        offset: place.offset + PAGE - OVERLAP,
        ..place
    });
    Ok(Older {
        posts: page.posts,
        notes: page.notes,
        oldest: moments.into_iter().min(),
        next,
    })
}
