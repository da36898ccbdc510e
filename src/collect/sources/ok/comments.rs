//! Comments of discussions: `discussions.getComments`. Start with [`read_comments`].

use serde_json::Value;

use super::{clean, date, id, key};
use crate::{
    collect::sources::vk::json::{int, text},
    domain::{
        actor::{AuthorKind, AuthorRef},
        post::{Attachment, CapturedPost, Counters, PostKind},
        source::Page,
    },
};

/// What comments stand under: they do not repeat it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Under {
    /// The group's number.
    pub group: String,
    /// The topic's number; empty when it is not known.
    pub topic: String,
}

/// The comments of an answer. Items that cannot be read become notes, never an error.
pub fn read_comments(answer: &Value, under: &Under) -> Page {
    let mut page = Page::default();
    for item in items(answer) {
        match read_comment(item, under) {
            Some(comment) => page.posts.push(comment),
            None => page
                .notes
                .push("an OK comment without number was skipped".into()),
        }
    }
    page
}

/// The items of a list, whatever its name.
pub fn items(answer: &Value) -> &[Value] {
    let list = answer.get("comments").and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// Reads one comment; none without a number.
pub fn read_comment(item: &Value, under: &Under) -> Option<CapturedPost> {
    let number = id(item, "id").or_else(|| id(item, "comment_id"))?;
    let words = clean(text(item, "text").unwrap_or_default());
    let mut comment = CapturedPost::new(key(&under.group, PostKind::Comment, &number), words);
    let answered = id(item, "reply_to_comment_id").or_else(|| id(item, "reply_to_id"));
    comment.parent = match (answered, under.topic.as_str()) {
        (Some(answered), _) => Some(key(&under.group, PostKind::Comment, &answered)),
        (None, "") => None,
        (None, topic) => Some(key(&under.group, PostKind::Post, topic)),
    };
    comment.published = date(item, "date").or_else(|| date(item, "date_ms"));
    if !under.topic.is_empty() {
        let (group, topic) = (&under.group, &under.topic);
        comment.url = Some(format!("{}/group/{group}/topic/{topic}", super::SITE));
    }
    let of_group = text(item, "author_type").is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    match id(item, "author_id") {
        Some(author) if !of_group && author != under.group => {
            comment.author = Some(AuthorRef::new(author));
        }
        Some(_) => comment.author_kind = AuthorKind::Organisation,
        None => {}
    }
    comment.counters = Counters {
        likes: int(item, "like_count"),
        ..Counters::default()
    };
    comment.attachments = attachments(item);
    comment.deleted = text(item, "type").is_some_and(|kind| {
        kind.to_ascii_uppercase().contains("REMOVED") || kind.eq_ignore_ascii_case("deleted")
    });
    Some(comment)
}

fn attachments(item: &Value) -> Vec<Attachment> {
    let list = item.get("attachments").and_then(Value::as_array);
    let kinds = list.into_iter().flatten().filter_map(|part| {
        let kind = text(part, "type")?;
        Some(Attachment {
            kind: kind.to_lowercase(),
            title: None,
        })
    });
    kinds.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn comments_hang_under_the_topic_or_each_other() {
        let under = Under {
            group: "53".into(),
            topic: "62190".into(),
        };
        let answer = json!({"comments": [
            {"id": "MTM4==", "text": "И у нас", "date": "2025-05-05 12:30:00", "author_id": "77",
             "author_type": "USER", "like_count": 2, "type": "ACTIVE_MESSAGE"},
            {"id": "MTM5==", "text": "Приняли", "author_id": "53", "reply_to_id": "MTM4==",
             "attachments": [{"type": "PHOTO"}]},
            {"text": "без номера"}]});
        let page = read_comments(&answer, &under);
        assert_eq!((page.posts.len(), page.notes.len()), (2, 1));
        assert_eq!(
            page.posts[0].parent,
            Some(key("53", PostKind::Post, "62190"))
        );
        assert_eq!(
            page.posts[1].parent,
            Some(key("53", PostKind::Comment, "MTM4=="))
        );
        assert_eq!(page.posts[1].author_kind, AuthorKind::Organisation);
        assert!(page.posts[0].author.is_some() && page.posts[1].author.is_none());
        assert_eq!(page.posts[1].attachments[0].kind, "photo");
    }
}
