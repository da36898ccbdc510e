//! Comments: `wall.getComments` with branches. Start with [`get`].
//!
//! An official answer hangs in the branch of the citizen it answers, as it does on real pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Vk,
    call::{Call, Refusal, bad_parameter, refuse},
    groups::Community,
    people,
    wall::seconds,
};
use crate::demo::{
    material::{Entry, Voice},
    world::chance,
};

/// Without `preview_length=0`, texts are cut here.
const PREVIEW: i64 = 90;

/// A comment with its branch.
struct Thread<'a> {
    head: &'a Entry,
    answers: Vec<&'a Entry>,
}

/// `wall.getComments`.
pub(super) fn get(vk: &Vk, call: &Call) -> Result<Value, Refusal> {
    let Some(owner) = call.int("owner_id")? else {
        return bad_parameter("owner_id is undefined");
    };
    let Some(post) = call.int("post_id")? else {
        return bad_parameter("post_id is undefined");
    };
    let community = vk.open_wall(owner)?;
    let source = community.source.as_deref().unwrap_or_default();
    if !vk.world.visible(source).any(|entry| entry.id == post) {
        return refuse(212, "Access to post comments denied");
    }
    let threads = threads(vk, source, post);
    let all = threads.iter().map(|thread| 1 + thread.answers.len()).sum();
    let wanted = Wanted::of(vk, community, post, call)?;
    match call.int("comment_id")? {
        None => wanted.level(threads, all),
        Some(id) => match threads.into_iter().find(|thread| thread.head.id == id) {
            Some(thread) => wanted.branch(thread),
            None => bad_parameter("comment_id is incorrect"),
        },
    }
}

fn threads<'a>(vk: &'a Vk, source: &'a str, post: i64) -> Vec<Thread<'a>> {
    let mut threads: Vec<Thread> = Vec::new();
    for comment in vk.world.comments(source) {
        let under = threads.iter().rposition(|thread| {
            thread.head.id == comment.parent.unwrap_or(0)
                || thread.answers.iter().any(|a| Some(a.id) == comment.parent)
        });
        let answers_last = comment.parent == Some(post)
            && comment.voice == Voice::Page
            && threads
                .last()
                .is_some_and(|thread| thread.head.voice != Voice::Page);
        match (under, answers_last) {
            (Some(at), _) => threads[at].answers.push(comment),
            (None, true) => {
                if let Some(thread) = threads.last_mut() {
                    thread.answers.push(comment);
                }
            }
            (None, false) if comment.parent == Some(post) => threads.push(Thread {
                head: comment,
                answers: Vec::new(),
            }),
            (None, false) => {}
        }
    }
    threads
}

/// What part of the comments was asked for.
struct Wanted<'a> {
    vk: &'a Vk,
    community: &'a Community,
    post: i64,
    from: Option<i64>,
    newest_first: bool,
    offset: usize,
    count: usize,
    branch: usize,
    preview: usize,
    fields: Option<String>,
}

impl<'a> Wanted<'a> {
    fn of(vk: &'a Vk, community: &'a Community, post: i64, call: &Call) -> Result<Self, Refusal> {
        let sort = call.text("sort").unwrap_or("asc");
        if !matches!(sort, "asc" | "desc" | "smart") {
            return bad_parameter("sort is undefined");
        }
        Ok(Wanted {
            vk,
            community,
            post,
            from: call.int("start_comment_id")?,
            newest_first: sort == "desc",
            offset: call.amount("offset", 0, i64::MAX)?,
            count: call.amount("count", 10, 100)?,
            branch: call.amount("thread_items_count", 0, 10)?,
            preview: call.amount("preview_length", PREVIEW, i64::MAX)?,
            fields: call
                .flag("extended")
                .then(|| call.text("fields").unwrap_or("").to_owned()),
        })
    }

    fn level(&self, mut threads: Vec<Thread>, all: usize) -> Result<Value, Refusal> {
        let level = threads.len();
        if self.newest_first {
            threads.reverse();
        }
        let first = self
            .from
            .and_then(|id| threads.iter().position(|t| t.head.id == id));
        let mut speakers = BTreeSet::new();
        let items: Vec<Value> = threads
            .iter()
            .skip(first.unwrap_or(0) + self.offset)
            .take(self.count)
            .map(|thread| {
                let shown = &thread.answers[..thread.answers.len().min(self.branch)];
                speakers.extend(shown.iter().map(|answer| self.speaks(answer)));
                speakers.insert(self.speaks(thread.head));
                let mut item = self.item(thread.head, None);
                item["thread"] = json!({
                    "count": thread.answers.len(),
                    "items": shown.iter().map(|a| self.item(a, Some(thread.head))).collect::<Vec<_>>(),
                    "can_post": true, "show_reply_button": true, "groups_can_post": true,
                });
                item
            })
            .collect();
        self.answer(all, level, items, &speakers)
    }

    fn branch(&self, thread: Thread) -> Result<Value, Refusal> {
        let level = thread.answers.len();
        let answers = &thread.answers;
        let first = self
            .from
            .and_then(|id| answers.iter().position(|a| a.id == id));
        let shown = answers
            .iter()
            .skip(first.unwrap_or(0) + self.offset)
            .take(self.count);
        let shown: Vec<&Entry> = shown.copied().collect();
        let items = shown
            .iter()
            .map(|a| self.item(a, Some(thread.head)))
            .collect();
        let speakers = shown.iter().map(|answer| self.speaks(answer)).collect();
        self.answer(level, level, items, &speakers)
    }

    fn answer(
        &self,
        all: usize,
        level: usize,
        items: Vec<Value>,
        speakers: &BTreeSet<i64>,
    ) -> Result<Value, Refusal> {
        let answer = json!({
            "count": all,
            "items": items,
            "current_level_count": level,
            "can_post": true,
            "show_reply_button": true,
            "groups_can_post": true,
        });
        Ok(match &self.fields {
            None => answer,
            Some(fields) => people::extend(self.vk, answer, speakers, fields),
        })
    }

    fn item(&self, comment: &Entry, head: Option<&Entry>) -> Value {
        let (text, _) = self.vk.world.wording(comment); // VK tells no edit time of comments
        let mut item = json!({
            "id": comment.id,
            "from_id": self.speaks(comment),
            "date": seconds(self.vk.world.published(comment)),
            "text": self.cut(text),
            "post_id": self.post,
            "owner_id": -self.community.id,
            "parents_stack": head.map(|head| head.id).into_iter().collect::<Vec<_>>(),
            "likes": {"can_like": 1, "count": chance(comment.id, 7) % 12, "user_likes": 0,
                      "can_publish": true},
        });
        if let Some(head) = head {
            item["reply_to_comment"] = json!(head.id);
            item["reply_to_user"] = json!(self.speaks(head));
        }
        item
    }

    fn cut(&self, text: &str) -> String {
        if self.preview == 0 || text.chars().count() <= self.preview {
            return text.to_owned();
        }
        let kept: String = text.chars().take(self.preview).collect();
        format!("{kept}...")
    }

    fn speaks(&self, comment: &Entry) -> i64 {
        match comment.voice {
            Voice::Person(id) => id,
            Voice::Page => -self.community.id,
        }
    }
}
