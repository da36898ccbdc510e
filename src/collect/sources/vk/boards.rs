//! Discussion boards: `board.getTopics`, `board.getComments`. A topic is a post whose words are its first
//! message; what is said in it are its comments. Start with [`read_topics`].

use serde_json::Value;

use super::{
    clean_text,
    json::{counter, int, items, moment, text, truth},
    wall,
};
use crate::domain::{
    actor::{AuthorKind, AuthorRef},
    post::{CapturedPost, Counters, PostKey, PostKind, Wall},
    source::Page,
    time::Timestamp,
};

/// A topic, and what the reading of its comments needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Its number within the community.
    pub id: i64,
    /// The topic as a post.
    pub post: CapturedPost,
    /// Messages in it, the first one included.
    pub messages: i64,
    /// When something was last said in it.
    pub updated: Option<Timestamp>,
    /// Fixed topics stand first whatever their age.
    pub fixed: bool,
}

/// Reads the topics of a `response`; `owner` is the community, negative.
pub fn read_topics(response: &Value, owner: i64) -> (Vec<Topic>, Vec<String>) {
    let (mut topics, mut notes) = (Vec::new(), Vec::new());
    for item in items(response) {
        match read_topic(item, owner) {
            Some(topic) => topics.push(topic),
            None => notes.push("a topic of a VK board without id was skipped".into()),
        }
    }
    (topics, notes)
}

fn read_topic(item: &Value, owner: i64) -> Option<Topic> {
    let id = int(item, "id")?;
    let messages = int(item, "comments").unwrap_or(0);
    let title = text(item, "title").map(crate::collect::html::to_text);
    let words = clean(item, "first_comment");
    let mut post = CapturedPost::new(topic_key(owner, id), words);
    post.title = title.filter(|title| !title.trim().is_empty());
    post.published = moment(item, "created");
    post.url = Some(format!("{}/topic{owner}_{id}", wall::SITE));
    (post.author, post.author_kind) = speaker(int(item, "created_by"));
    post.counters = Counters {
        comments: Some((messages - 1).max(0)),
        ..Counters::default()
    };
    post.deleted = truth(item, "is_deleted").unwrap_or(false);
    Some(Topic {
        id,
        messages,
        updated: moment(item, "updated").or(post.published),
        fixed: truth(item, "is_fixed").unwrap_or(false),
        post,
    })
}

/// A topic's identity. Its number may be a post's of the same community's wall too.
pub fn topic_key(owner: i64, topic: i64) -> PostKey {
    PostKey {
        external_id: format!("topic{topic}"),
        ..wall::key(owner, PostKind::Post, topic)
    }
}

/// A message's identity: its number counts within the topic.
fn message_key(owner: i64, topic: i64, id: i64) -> PostKey {
    PostKey {
        external_id: format!("topic{topic}_{id}"),
        ..wall::key(owner, PostKind::Comment, id)
    }
}

/// Reads the messages of a topic. The one that opened it (of the moment `created`, the first of all) is
/// the topic's own words and is left out.
pub fn read_messages(response: &Value, owner: i64, topic: i64, created: Option<Timestamp>) -> Page {
    let mut page = Page::default();
    for item in items(response) {
        let opens = moment(item, "date").is_some_and(|date| Some(date) == created);
        match read_message(item, owner, topic) {
            _ if opens => {}
            Some(message) => page.posts.push(message),
            None => page
                .notes
                .push("a message of a VK board without id was skipped".into()),
        }
    }
    page
}

/// Reads one message of a topic; none when it has no id.
pub fn read_message(item: &Value, owner: i64, topic: i64) -> Option<CapturedPost> {
    let id = int(item, "id")?;
    let mut message = CapturedPost::new(message_key(owner, topic, id), clean_text(item));
    if owner > 0 {
        message.wall = Wall::Personal;
    }
    message.parent = Some(topic_key(owner, topic));
    message.published = moment(item, "date");
    message.url = Some(format!("{}/topic{owner}_{topic}?post={id}", wall::SITE));
    (message.author, message.author_kind) = speaker(int(item, "from_id"));
    message.counters.likes = counter(item, "likes");
    message.attachments = wall::attachments(item);
    message.deleted = ["is_deleted", "deleted"]
        .iter()
        .any(|key| truth(item, key).unwrap_or(false));
    Some(message)
}

fn speaker(id: Option<i64>) -> (Option<AuthorRef>, AuthorKind) {
    match id {
        Some(person) if person > 0 => {
            (Some(AuthorRef::new(person.to_string())), AuthorKind::Person)
        }
        Some(_) => (None, AuthorKind::Organisation),
        None => (None, AuthorKind::Person),
    }
}

fn clean(item: &Value, key: &str) -> String {
    clean_text(&serde_json::json!({"text": text(item, key).unwrap_or_default()}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_topic_is_a_post_and_its_first_message_is_no_comment() {
        let topics = json!({"count": 1, "items": [
            {"id": 31, "title": "Вопросы по вывозу мусора", "created": 1_700_000_000,
             "created_by": 900, "updated": 1_700_000_900, "updated_by": 901, "is_closed": 0,
             "is_fixed": 1, "comments": 2, "first_comment": "Пишите сюда &mdash; ответим"}]});
        let (topics, notes) = read_topics(&topics, -7);
        let topic = &topics[0];
        assert_eq!(notes, [""; 0]);
        assert_eq!(topic.post.key.external_id, "topic31");
        assert_eq!(topic.post.text, "Пишите сюда — ответим");
        assert_eq!(topic.post.counters.comments, Some(1));
        assert!(topic.fixed && topic.post.author.is_some());

        let said = json!({"count": 2, "items": [
            {"id": 1, "from_id": 900, "date": 1_700_000_000, "text": "Пишите сюда — ответим"},
            {"id": 2, "from_id": -7, "date": 1_700_000_900, "text": "[id900|Анна], вывезли"},
            {"text": "без номера"}]});
        let page = read_messages(&said, -7, 31, topic.post.published);
        assert_eq!((page.posts.len(), page.notes.len()), (1, 1));
        let answer = &page.posts[0];
        assert_eq!(answer.key.external_id, "topic31_2");
        assert_eq!(answer.parent, Some(topic_key(-7, 31)));
        assert_eq!(answer.text, "вывезли");
        assert_eq!(answer.author_kind, AuthorKind::Organisation);
    }
}
