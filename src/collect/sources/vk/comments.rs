//! Comments: `wall.getComments` with branches, `wall.getComment`. Start with [`read_comments`].

use serde_json::Value;

use super::{
    MOST_ITEMS, clean_text,
    json::{counter, int, items, moment, truth},
    wall,
};
use crate::domain::{
    actor::{AuthorKind, AuthorRef},
    post::{CapturedPost, Counters, PostKey, PostKind, Wall},
    source::Page,
};

/// The post that comments stand under. Old answers do not repeat it, so the request tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Under {
    /// The wall's owner; negative is a community.
    pub owner: i64,
    /// The post.
    pub post: Option<i64>,
}

impl Under {
    /// What a lone comment tells of its post itself; owner 0 when it tells nothing.
    pub fn of(item: &Value) -> Self {
        Self {
            owner: owner_of(item).unwrap_or(0),
            post: int(item, "post_id"),
        }
    }
}

fn owner_of(item: &Value) -> Option<i64> {
    int(item, "owner_id").or_else(|| int(item, "post_owner_id"))
}

/// A branch that holds more comments than the answer carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// The comment that the branch hangs on.
    pub comment: i64,
}

/// Reads the comments of a `response`, branches included, and names the branches that are longer
/// than what came.
pub fn read_comments(response: &Value, under: &Under) -> (Page, Vec<Unread>) {
    let mut page = Page::default();
    let mut unread = Vec::new();
    for item in items(response).iter().take(MOST_ITEMS) {
        let known = read_branch(item, under, &mut page);
        if let Some((comment, total)) = int(item, "id").zip(branch_size(item))
            && total > known
        {
            unread.push(Unread { comment });
        }
    }
    (page, unread)
}

fn branch_size(item: &Value) -> Option<i64> {
    counter(item, "thread")
}

/// Whether an item of unknown origin is a comment: an author and a text without a post's type.
pub fn looks_like_comment(item: &Value) -> bool {
    let told = item.get("post_id").is_some() || item.get("parents_stack").is_some();
    let bare = item.get("from_id").is_some() && item.get("text").is_some();
    int(item, "id").is_some() && (told || bare)
}

/// Adds a comment and its branch to the page; returns how many of the branch came along.
pub fn read_branch(item: &Value, under: &Under, page: &mut Page) -> i64 {
    super::keep(page, read_comment(item, under));
    let mut known = 0;
    let branch = item.get("thread").map_or(&[][..], items);
    for answer in branch.iter().take(MOST_ITEMS) {
        known += 1;
        super::keep(page, read_comment(answer, under));
    }
    known
}

/// Reads one comment.
///
/// # Errors
/// A sentence when it has no id and so no identity.
pub fn read_comment(item: &Value, under: &Under) -> Result<CapturedPost, String> {
    let id = int(item, "id").ok_or("a VK comment without id was skipped")?;
    let owner = owner_of(item).unwrap_or(under.owner);
    let post = int(item, "post_id").or(under.post);
    let mut comment = CapturedPost::new(wall::key(owner, PostKind::Comment, id), clean_text(item));
    if owner > 0 {
        comment.wall = Wall::Personal;
    }
    comment.parent = parent(item, owner, post);
    comment.published = moment(item, "date");
    comment.url = post.map(|post| format!("{}/wall{owner}_{post}?reply={id}", wall::SITE));
    match int(item, "from_id") {
        Some(person) if person > 0 => comment.author = Some(AuthorRef::new(person.to_string())),
        Some(community) if community < 0 => comment.author_kind = AuthorKind::Organisation,
        _ => {}
    }
    comment.counters = Counters {
        likes: counter(item, "likes"),
        comments: branch_size(item),
        ..Counters::default()
    };
    comment.attachments = wall::attachments(item);
    comment.deleted = truth(item, "deleted").unwrap_or(false);
    Ok(comment)
}

/// What it answers: the comment replied to, else the head of its branch, else the post.
fn parent(item: &Value, owner: i64, post: Option<i64>) -> Option<PostKey> {
    let head = || item.get("parents_stack")?.as_array()?.last()?.as_i64();
    int(item, "reply_to_comment")
        .or_else(head)
        .map(|comment| wall::key(owner, PostKind::Comment, comment))
        .or_else(|| Some(wall::key(owner, PostKind::Post, post?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn branches_count_and_keep_their_parents() {
        let response = json!({"count": 3, "items": [
            {"id": 11, "from_id": 5, "text": "нет света", "post_id": 7, "owner_id": -1,
             "parents_stack": [], "thread": {"count": 4, "items": [
                {"id": 12, "from_id": 6, "text": "и у нас", "parents_stack": [11],
                 "reply_to_comment": 11},
                {"id": 13, "deleted": true, "parents_stack": [11]}]}},
            {"id": 14, "from_id": -1, "text": "приняли", "thread": {"count": 0, "items": []}}]});
        let (page, unread) = read_comments(
            &response,
            &Under {
                owner: -1,
                post: Some(7),
            },
        );
        assert_eq!(page.posts.len(), 4);
        assert_eq!(unread, [Unread { comment: 11 }]);
        assert_eq!(page.posts[0].parent, Some(wall::key(-1, PostKind::Post, 7)));
        assert_eq!(
            page.posts[1].parent,
            Some(wall::key(-1, PostKind::Comment, 11))
        );
        assert!(page.posts[2].deleted);
        assert_eq!(page.posts[3].author_kind, AuthorKind::Organisation);
        assert_eq!(page.posts[3].parent, Some(wall::key(-1, PostKind::Post, 7)));
    }
}
