//! Posts: `wall.get`, `wall.getById` (both shapes), `newsfeed.search`. Start with [`read_posts`].

use serde_json::Value;

use super::{
    clean_text,
    json::{counter, int, items, moment, text, truth},
    keep,
};
use crate::domain::{
    actor::{AuthorKind, AuthorRef},
    post::{Attachment, CapturedPost, Counters, Platform, PostKey, PostKind, Wall},
    source::Page,
};

/// Reads the posts of a `response`. Items that cannot be read become notes, never an error.
pub fn read_posts(response: &Value) -> Page {
    let mut page = Page::default();
    for item in items(response) {
        keep(&mut page, read_post(item));
    }
    page
}

/// Whether an item of unknown origin is a post: comments carry neither a type nor an owner alone.
pub fn looks_like_post(item: &Value) -> bool {
    let newsfeed = text(item, "type") == Some("post") && int(item, "post_id").is_some();
    newsfeed || item.get("post_type").is_some() || item.get("copy_history").is_some()
}

/// Whether the post is pinned: it stands first whatever its age.
pub fn is_pinned(item: &Value) -> bool {
    truth(item, "is_pinned").unwrap_or(false)
}

/// Reads one post.
///
/// # Errors
/// A sentence when the item has no id or owner and so no identity.
pub fn read_post(item: &Value) -> Result<CapturedPost, String> {
    let key = post_key(item).ok_or("a VK item without id or owner was skipped")?;
    let personal = !key.owner.starts_with('-');
    let mut post = CapturedPost::new(key, joined_text(item));
    post.url = Some(url_of(&post.key));
    if personal {
        post.wall = Wall::Personal;
    }
    post.original = original(item);
    post.bare = post.original.is_some() && clean_text(item).trim().is_empty();
    post.media = media(item);
    post.published = moment(item, "date");
    post.edited = moment(item, "edited");
    (post.author, post.author_kind) = author(item);
    (post.point, post.place_hint) = geo(item);
    post.counters = counters(item);
    post.attachments = attachments(item);
    post.deleted = truth(item, "is_deleted").unwrap_or(false);
    Ok(post)
}

/// The identity: newsfeed items name the same numbers `source_id` and `post_id`.
fn post_key(item: &Value) -> Option<PostKey> {
    let owner = int(item, "owner_id").or_else(|| int(item, "source_id"));
    let owner = owner.or_else(|| int(item, "to_id"))?;
    let id = int(item, "id").or_else(|| int(item, "post_id"))?;
    Some(key(owner, PostKind::Post, id))
}

/// The key of a VK object. The owner keeps its sign: negative is a community.
pub fn key(owner: i64, kind: PostKind, id: i64) -> PostKey {
    PostKey {
        platform: Platform::Vk,
        owner: owner.to_string(),
        kind,
        external_id: id.to_string(),
    }
}

/// The site that people see; the collector replaces it where the settings name another.
pub const SITE: &str = "https://vk.com";

/// The public address of a post.
fn url_of(key: &PostKey) -> String {
    format!("{SITE}/wall{}_{}", key.owner, key.external_id)
}

/// The post's own words, then the words of what it reposts. `wall.get` and `wall.getById` may tell
/// chains of different length: further links are left, else a post would seem edited by turns.
fn joined_text(item: &Value) -> String {
    let own = clean_text(item);
    copies(item)
        .iter()
        .take(LINKS)
        .map(clean_text)
        .filter(|copied| !copied.trim().is_empty())
        .fold(own, |mut all, copied| {
            if !all.trim().is_empty() {
                all.push_str("\n\n");
            }
            all.push_str(&copied);
            all
        })
}

/// Links of a chain of reposts whose words and attachments count: what `wall.getById` tells unasked.
const LINKS: usize = 2;

fn copies(item: &Value) -> &[Value] {
    item.get("copy_history")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The oldest link of the chain of reposts. Personal walls are not pointed at.
fn original(item: &Value) -> Option<PostKey> {
    copies(item)
        .last()
        .and_then(post_key)
        .filter(|key| key.owner.starts_with('-'))
}

/// Who speaks: the signature of a suggested post names the citizen behind the community.
fn author(item: &Value) -> (Option<AuthorRef>, AuthorKind) {
    match int(item, "signer_id").or_else(|| int(item, "from_id")) {
        Some(person) if person > 0 => {
            (Some(AuthorRef::new(person.to_string())), AuthorKind::Person)
        }
        _ => (None, AuthorKind::Organisation),
    }
}

/// Coordinates `"lat lon"` and the name of the place.
fn geo(item: &Value) -> (Option<(f64, f64)>, Option<String>) {
    let Some(geo) = item.get("geo") else {
        return (None, None);
    };
    let point = match geo.get("coordinates") {
        Some(Value::String(pair)) => pair
            .split_once(' ')
            .and_then(|(lat, lon)| Some((lat.parse().ok()?, lon.trim().parse().ok()?))),
        Some(object) => object
            .get("latitude")
            .and_then(Value::as_f64)
            .zip(object.get("longitude").and_then(Value::as_f64)),
        None => None,
    };
    let on_earth = |(lat, lon): &(f64, f64)| lat.abs() <= 90.0 && lon.abs() <= 180.0;
    let place = geo.get("place").and_then(|place| text(place, "title"));
    (
        point.filter(on_earth),
        place.map(crate::collect::html::to_text),
    )
}

fn counters(item: &Value) -> Counters {
    Counters {
        likes: counter(item, "likes"),
        reposts: counter(item, "reposts"),
        comments: counter(item, "comments"),
        views: counter(item, "views"),
    }
}

/// Attachments of the post and of what it reposts; unknown kinds are kept by their name.
pub fn attachments(item: &Value) -> Vec<Attachment> {
    std::iter::once(item)
        .chain(copies(item).iter().take(LINKS))
        .filter_map(|part| part.get("attachments")?.as_array())
        .flatten()
        .filter_map(|attachment| {
            let kind = text(attachment, "type")?;
            let body = attachment.get(kind);
            let title = ["question", "title", "name"]
                .iter()
                .find_map(|key| text(body?, key))
                .filter(|title| !title.trim().is_empty());
            Some(Attachment {
                kind: kind.to_owned(),
                title: title.map(crate::collect::html::to_text),
            })
        })
        .collect()
}

/// The names that VK gives to attached media: `photo-7_12`. They stay the same as long as the picture does.
fn media(item: &Value) -> Vec<String> {
    let parts = std::iter::once(item).chain(copies(item));
    let attached = parts.filter_map(|part| part.get("attachments")?.as_array());
    let name = |attachment: &Value| {
        let kind = text(attachment, "type")?;
        let body = attachment.get(kind)?;
        let (owner, id) = (int(body, "owner_id")?, int(body, "id")?);
        Some(format!("{kind}{owner}_{id}"))
    };
    attached.flatten().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_repost_is_one_post_with_both_texts() {
        let item = json!({"id": 5, "owner_id": -10, "from_id": -10, "date": 1700000000,
            "post_type": "post", "text": "Читайте", "signer_id": 77,
            "copy_history": [{"id": 9, "owner_id": -20, "text": "Отключение воды"}],
            "attachments": [{"type": "hologram", "hologram": null},
                            {"type": "poll", "poll": {"question": "Нужен сквер?"}}]});
        let post = read_post(&item).expect("it has an identity");
        assert_eq!(post.text, "Читайте\n\nОтключение воды");
        assert_eq!(post.original, Some(key(-20, PostKind::Post, 9)));
        assert_eq!(post.author_kind, AuthorKind::Person);
        assert_eq!(post.attachments[0].kind, "hologram");
        assert_eq!(post.attachments[1].title.as_deref(), Some("Нужен сквер?"));
        assert_eq!(post.wall, Wall::Public);
        assert_eq!(post.url.as_deref(), Some("https://vk.com/wall-10_5"));
    }

    #[test]
    fn personal_walls_are_marked_and_big_ids_kept() {
        let item = json!({"id": 3_000_000_001_i64, "owner_id": 5_000_000_000_i64,
            "text": "&#9992; вылет<br>завтра", "post_type": "post"});
        let post = read_post(&item).expect("it has an identity");
        assert_eq!(post.wall, Wall::Personal);
        assert_eq!(post.key.external_id, "3000000001");
        assert_eq!(post.text, "✈ вылет\nзавтра");
        assert!(read_post(&json!({"text": "без номера"})).is_err());
    }
}
