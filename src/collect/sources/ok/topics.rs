//! Topics of groups: `stream.get`, `mediatopic.getByIds`, and the discussion that stands for a topic in
//! `discussions.get`. Start with [`read_topics`].

use serde_json::Value;

use super::{clean, date, id, key};
use crate::{
    collect::sources::vk::json::{counter, int, text},
    domain::{
        actor::{AuthorKind, AuthorRef},
        post::{Attachment, CapturedPost, Counters, PostKey, PostKind, Wall},
        source::Page,
        time::Timestamp,
    },
};

/// Parts of a topic that hold topics, and how deep they are followed.
const DEEPEST: usize = 3;

/// The topics of an answer, wherever it keeps them; `group` is whose stream was asked for, and the owner
/// of topics that name none.
pub fn read_topics(answer: &Value, group: &str) -> Page {
    let mut page = Page::default();
    for item in topics(answer) {
        match read_topic(item, group) {
            Some(post) => page.posts.push(post),
            None => page
                .notes
                .push("an OK topic without number was skipped".into()),
        }
    }
    page
}

fn topics(answer: &Value) -> impl Iterator<Item = &Value> {
    let inner = answer.get("entities");
    [Some(answer), inner]
        .into_iter()
        .flatten()
        .filter_map(|part| part.get("media_topics")?.as_array())
        .flatten()
}

/// Numbers of topics that the feed names and the answer does not hold.
pub fn unread(answer: &Value) -> Vec<String> {
    let known: Vec<String> = topics(answer).filter_map(|topic| id(topic, "id")).collect();
    let feeds = answer.get("feeds").and_then(Value::as_array);
    let mut named: Vec<String> = feeds
        .into_iter()
        .flatten()
        .filter_map(|feed| feed.get("target_refs")?.as_array())
        .flatten()
        .filter_map(|reference| {
            let (kind, number) = reference.as_str()?.split_once(':')?;
            let kind = ["group_topic", "media_topic", "topic"].contains(&kind);
            let whole = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            (kind && whole).then(|| number.to_owned())
        })
        .filter(|number| !known.contains(number))
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// Reads one topic; none without a number.
pub fn read_topic(item: &Value, group: &str) -> Option<CapturedPost> {
    let number = id(item, "id").or_else(|| id(item, "topic_id"))?;
    let owner = Party::of(item, "owner_ref").or_else(|| Party::of(item, "author_ref"));
    let owner = owner.unwrap_or_else(|| Party::group(group));
    let mut words = Vec::new();
    gather(item, 0, &mut words);
    let mut post = CapturedPost::new(
        key(&owner.number, PostKind::Post, &number),
        words.join("\n\n"),
    );
    post.wall = owner.wall();
    post.url = Some(format!(
        "{}/group/{}/topic/{number}",
        super::SITE,
        owner.number
    ));
    post.published = millis(item, "created_ms").or_else(|| date(item, "created"));
    (post.author, post.author_kind) = author(item);
    post.counters = counters(item);
    post.original = original(item);
    post.attachments = attachments(item);
    Some(post)
}

/// A discussion that stands for what is discussed; none where it is not told what that is.
pub fn read_discussion(item: &Value) -> Option<CapturedPost> {
    let number = id(item, "object_id")?;
    let kind = text(item, "object_type").unwrap_or_default();
    let owner = group_of(item).unwrap_or_default();
    let said = ["title", "message", "description"];
    let words = said.iter().filter_map(|key| text(item, key)).map(clean);
    let words = words.into_iter().find(|words| !words.is_empty());
    let mut post = CapturedPost::new(
        key(&owner, PostKind::Post, &number),
        words.unwrap_or_default(),
    );
    if owner.is_empty() || kind.starts_with("USER_") || kind == "CHAT" {
        post.wall = Wall::Personal;
    }
    post.published = date(item, "creation_date");
    post.url = Some(format!("{}/group/{owner}/topic/{number}", super::SITE));
    let person = id(item, "owner_uid").filter(|number| *number != owner);
    post.author_kind = match &person {
        Some(_) => AuthorKind::Person,
        None => AuthorKind::Organisation,
    };
    post.author = person.map(AuthorRef::new);
    post.counters = Counters {
        likes: int(item, "like_count"),
        comments: int(item, "total_comments_count"),
        ..Counters::default()
    };
    Some(post)
}

/// The group in whose name something is discussed.
pub fn group_of(discussion: &Value) -> Option<String> {
    let refs = discussion.get("ref_objects")?.as_array()?;
    let group = refs
        .iter()
        .find(|object| text(object, "type") == Some("GROUP"));
    group.and_then(|group| id(group, "id"))
}

/// A group or a person, as `group:53` or `user:7` names it.
struct Party {
    number: String,
    person: bool,
}

impl Party {
    fn of(item: &Value, key: &str) -> Option<Self> {
        let (kind, number) = text(item, key)?.split_once(':')?;
        (!number.is_empty()).then(|| Self {
            number: number.to_owned(),
            person: kind != "group",
        })
    }

    fn group(number: &str) -> Self {
        Self {
            number: number.to_owned(),
            person: number.is_empty(),
        }
    }

    fn wall(&self) -> Wall {
        match self.person {
            true => Wall::Personal,
            false => Wall::Public,
        }
    }
}

fn author(item: &Value) -> (Option<AuthorRef>, AuthorKind) {
    match Party::of(item, "author_ref") {
        Some(party) if party.person => (Some(AuthorRef::new(party.number)), AuthorKind::Person),
        _ => (None, AuthorKind::Organisation),
    }
}

fn millis(item: &Value, key: &str) -> Option<Timestamp> {
    int(item, key)
        .filter(|at| *at > 0)
        .map(Timestamp::from_millis)
}

fn counters(item: &Value) -> Counters {
    let talk = item.get("discussion_summary");
    Counters {
        likes: counter(item, "like_summary"),
        reposts: counter(item, "reshare_summary"),
        comments: talk.and_then(|talk| int(talk, "comments_count")),
        views: int(item, "views_count").or_else(|| counter(item, "views_summary")),
    }
}

fn parts(item: &Value) -> &[Value] {
    let media = item.get("media").and_then(Value::as_array);
    media.map_or(&[], Vec::as_slice)
}

/// The topics that a part shows again.
fn reshared(part: &Value) -> impl Iterator<Item = &Value> {
    let keys = ["reshared_topics", "media_topics", "topics"];
    let lists = keys.into_iter().filter_map(|key| part.get(key)?.as_array());
    lists.flatten()
}

/// The topic's own words in their order, then those of what it shows again.
fn gather(item: &Value, depth: usize, words: &mut Vec<String>) {
    for part in parts(item) {
        let own = match text(part, "type") {
            Some("link") => None,
            _ => part.get("text"),
        };
        let own = own.and_then(|own| own.as_str().or_else(|| text(own, "text")));
        words.extend(own.map(clean).filter(|own| !own.is_empty()));
        if depth < DEEPEST {
            reshared(part).for_each(|topic| gather(topic, depth + 1, words));
        }
    }
}

/// The first topic that is shown again, when a group published it.
fn original(item: &Value) -> Option<PostKey> {
    let topic = parts(item).iter().flat_map(reshared).next()?;
    let owner = Party::of(topic, "owner_ref").or_else(|| Party::of(topic, "author_ref"))?;
    let number = id(topic, "id")?;
    (!owner.person).then(|| key(&owner.number, PostKind::Post, &number))
}

/// Everything that is not words; unknown kinds are kept by their name.
fn attachments(item: &Value) -> Vec<Attachment> {
    let parts = parts(item).iter().filter_map(|part| {
        let kind = text(part, "type").filter(|kind| *kind != "text")?;
        let title = ["question", "title", "name"].iter();
        let title = title.filter_map(|key| text(part, key)).map(clean);
        Some(Attachment {
            kind: kind.to_owned(),
            title: title.into_iter().find(|title| !title.is_empty()),
        })
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_topic_is_its_words_and_what_it_shows_again() {
        let item = json!({"id": "62190", "created_ms": 1_763_800_000_000_i64,
            "author_ref": "group:53", "owner_ref": "group:53",
            "media": [{"type": "text", "text": "Воды нет {group:53}у нас{group} &amp; у вас"},
                {"type": "poll", "question": "Дали воду?", "answers": [{"text": "нет"}]},
                {"type": "hologram", "text": {"text": "и света"}},
                {"type": "topic", "reshared_topics": [{"id": "9", "owner_ref": "group:54",
                    "media": [{"type": "text", "text": "Отключение"}]}]}],
            "like_summary": {"count": 3}, "discussion_summary": {"comments_count": "7"}});
        let post = read_topic(&item, "1").expect("it has a number");
        assert_eq!(post.text, "Воды нет у нас & у вас\n\nи света\n\nОтключение");
        assert_eq!((post.key.owner.as_str(), post.wall), ("53", Wall::Public));
        assert_eq!(post.original, Some(key("54", PostKind::Post, "9")));
        assert_eq!(
            (post.counters.likes, post.counters.comments),
            (Some(3), Some(7))
        );
        let kinds: Vec<&str> = post.attachments.iter().map(|a| a.kind.as_str()).collect();
        assert_eq!(kinds, ["poll", "hologram", "topic"]);
        assert_eq!(post.author_kind, AuthorKind::Organisation);
    }

    #[test]
    fn persons_topics_are_marked_and_names_of_topics_found() {
        let item = json!({"id": 5, "owner_ref": "user:77", "media": null});
        let post = read_topic(&item, "53").expect("it has a number");
        assert_eq!(post.wall, Wall::Personal);
        let answer = json!({"feeds": [{"target_refs": ["group_topic:5", "user:9", "topic:6"]},
            {"target_refs": "odd"}], "entities": {"media_topics": [{"id": "5"}]}});
        assert_eq!(unread(&answer), ["6"]);
        assert_eq!(read_topics(&answer, "53").posts.len(), 1);
    }

    #[test]
    fn a_discussion_stands_for_its_topic() {
        let item = json!({"object_id": "62190", "object_type": "GROUP_TOPIC", "title": "",
            "message": "Яма во дворе", "creation_date": "2025-05-05 12:30:00", "owner_uid": "77",
            "total_comments_count": 4, "ref_objects": [{"id": "53", "type": "GROUP"}]});
        let post = read_discussion(&item).expect("it has a number");
        assert_eq!(post.key, key("53", PostKind::Post, "62190"));
        assert_eq!(post.text, "Яма во дворе");
        assert_eq!(
            post.published.map(Timestamp::to_rfc3339).as_deref(),
            Some("2025-05-05T09:30:00Z")
        );
        let lone = json!({"object_id": "1", "object_type": "USER_STATUS", "title": "Дома"});
        assert_eq!(
            read_discussion(&lone).map(|post| post.wall),
            Some(Wall::Personal)
        );
    }
}
