//! Telegram exports as rows. The chat's number goes into the row's id: one file may hold many chats.

use std::io::Read;

use super::{Options, Refused, Row, Rows};
use crate::{
    collect::sources::telegram::export::{Export, Item},
    domain::post::PostKey,
};

/// The messages of an export.
pub(super) fn read(input: impl Read + Send + 'static, options: &Options) -> Rows {
    let source = options.source.clone();
    let items = Export::new(input, options.zone.clone());
    Box::new(items.map(move |item| {
        Ok(match item? {
            Item::Refused(line, reason) => Row::Refused(Refused { line, reason }),
            Item::Post(mut post) => {
                post.key = named(post.key, &source);
                post.parent = post.parent.take().map(|parent| named(parent, &source));
                Row::Post(post)
            }
        })
    }))
}

fn named(key: PostKey, source: &str) -> PostKey {
    let external_id = match key.owner.is_empty() {
        true => key.external_id,
        false => format!("{}/{}", key.owner, key.external_id),
    };
    PostKey {
        owner: source.to_owned(),
        external_id,
        ..key
    }
}
