//! Events of a community's own page (Callback API, long poll): the `receive` side of the seam.
//! Start with [`read_event`]. Comments of photos and videos are not read.

use serde_json::Value;

use super::{
    boards, comments,
    json::{int, text},
    keep, wall,
};
use crate::domain::{
    post::CapturedPost,
    source::{Page, Told},
};

/// What an event of this type tells of the post that it holds; none for events of other things.
pub fn told(kind: &str) -> Option<Told> {
    match kind {
        "wall_post_new" | "wall_repost" | "wall_reply_new" | "board_post_new" => Some(Told::New),
        "wall_reply_edit" | "wall_reply_restore" | "board_post_edit" | "board_post_restore" => {
            Some(Told::Edited)
        }
        "wall_reply_delete" | "board_post_delete" => Some(Told::Deleted),
        _ => None,
    }
}

/// Reads one event `{"type", "object", "group_id"}` into a page of at most one post or comment.
pub fn read_event(event: &Value) -> Page {
    let mut page = Page::default();
    let (Some(kind), Some(object)) = (text(event, "type"), event.get("object")) else {
        page.notes
            .push("a VK event without type or object was skipped".into());
        return page;
    };
    match kind {
        "wall_post_new" | "wall_repost" => keep(&mut page, wall::read_post(object)),
        "wall_reply_new" | "wall_reply_edit" | "wall_reply_restore" => {
            keep(&mut page, read_reply(object));
        }
        "wall_reply_delete" => keep(
            &mut page,
            read_reply(object).map(|comment| CapturedPost {
                deleted: true,
                ..comment
            }),
        ),
        "board_post_new" | "board_post_edit" | "board_post_restore" => {
            keep(&mut page, read_message(object));
        }
        "board_post_delete" => keep(
            &mut page,
            read_message(object).map(|message| CapturedPost {
                deleted: true,
                ..message
            }),
        ),
        _ => {}
    }
    page
}

/// A message on a discussion board, which names its topic itself.
fn read_message(object: &Value) -> Result<CapturedPost, String> {
    int(object, "topic_owner_id")
        .zip(int(object, "topic_id"))
        .and_then(|(owner, topic)| boards::read_message(object, owner, topic))
        .ok_or_else(|| "a message of a VK board without topic was skipped".to_owned())
}

fn read_reply(object: &Value) -> Result<CapturedPost, String> {
    comments::read_comment(object, &comments::Under::of(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deleted_reply_is_marked() {
        let event = json!({"type": "wall_reply_delete", "group_id": 1,
            "object": {"owner_id": -1, "id": 9, "post_id": 6}});
        let page = read_event(&event);
        assert!(page.posts[0].deleted);
        assert_eq!(page.posts[0].key.owner, "-1");
        let said = json!({"type": "board_post_delete", "group_id": 1,
            "object": {"topic_owner_id": -1, "topic_id": 31, "id": 4}});
        let page = read_event(&said);
        assert!(page.posts[0].deleted);
        assert_eq!(page.posts[0].key.external_id, "topic31_4");
        assert!(
            read_event(&json!({"type": "photo_new", "object": {}}))
                .posts
                .is_empty()
        );
    }
}
