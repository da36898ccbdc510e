//! Telegram Desktop's export as rows. The posts keep Telegram's own identity, so that what was
//! crawled and what is imported meet.

use std::io::Read;

use super::{Options, Refused, Rows};
use crate::{
    collect::sources::telegram::export::{Export, Item},
    domain::post::{CapturedPost, PostKey},
};

pub(super) fn read(input: impl Read + Send + 'static, options: &Options) -> Rows {
    let mut owners = Owners {
        name: options.owner.as_deref().map(str::to_lowercase),
        first: None,
    };
    let mut export = Export::new(input, options.zone.clone());
    let rows = std::iter::from_fn(move || {
        Some(match export.next()? {
            Ok(Item::Post(post)) => {
                let mut post = *post;
                owners.rename(&mut post);
                Ok(post)
            }
            Ok(Item::Refused(line, reason)) => Err(Refused { line, reason }),
            Err(reason) => Err(Refused {
                line: export.line(),
                reason,
            }),
        })
    });
    Rows::new(Vec::new(), rows)
}

/// The name given stands for the chat, as its public name does for a channel that is crawled. An
/// export of a whole account holds several chats: those after the first keep their number beside it.
struct Owners {
    name: Option<String>,
    first: Option<String>,
}

impl Owners {
    fn rename(&mut self, post: &mut CapturedPost) {
        let Some(name) = &self.name else {
            return;
        };
        let first = self.first.get_or_insert_with(|| post.key.owner.clone());
        let rename = |key: &mut PostKey| match key.owner == *first {
            true => key.owner = name.clone(),
            false => key.owner = format!("{name}/{}", key.owner),
        };
        rename(&mut post.key);
        post.parent.iter_mut().for_each(rename);
    }
}
