//! What a site says in one place, and its post. Start with [`Item`].

use sha2::{Digest, Sha256};
use url::Url;

use super::{key, plain_address};
use crate::domain::{
    actor::AuthorKind,
    hex,
    post::CapturedPost,
    time::{Span, Timestamp},
};

/// An item of a list, or a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Its page.
    pub link: Option<Url>,
    /// Its headline, on one line.
    pub title: Option<String>,
    /// Its text: whole on its page, often the beginning in a list.
    pub text: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed, if told.
    pub edited: Option<Timestamp>,
}

impl Item {
    /// What it says, without what changes by itself: the same for two readings of one wording.
    pub fn print(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(normal(self.title.as_deref().unwrap_or_default()));
        hasher.update([0]);
        hasher.update(normal(&self.text));
        hex::digits(&hasher.finalize()[..8])
    }

    /// Its identity within the site: its address, else its headline and day.
    pub fn id(&self) -> String {
        if let Some(link) = &self.link {
            return plain_address(link);
        }
        let mut hasher = Sha256::new();
        hasher.update(normal(self.title.as_deref().unwrap_or(&self.text)));
        let day = self.published.map_or(0, |at| at.as_millis() / 86_400_000);
        hasher.update(day.to_be_bytes());
        hex::digits(&hasher.finalize()[..16])
    }

    /// With what its page says, where the page says more. A day told in the list gets its time from
    /// the page.
    pub fn completed(self, page: Item) -> Item {
        let published = match (self.published, page.published) {
            (Some(listed), Some(told)) if told.since(listed).as_millis().abs() < DAY => Some(told),
            (listed, told) => listed.or(told),
        };
        Item {
            link: self.link.or(page.link),
            title: self.title.or(page.title),
            text: if page.text.is_empty() {
                self.text
            } else {
                page.text
            },
            published,
            edited: page.edited.or(self.edited),
        }
    }

    /// As a post of the site's; `None` when it says nothing.
    pub fn into_post(self, owner: &str) -> Option<CapturedPost> {
        let id = self.id();
        let title = self.title.filter(|title| !title.is_empty());
        // A post must not be empty when its headline says something.
        let (title, text) = match title {
            Some(title) if self.text.is_empty() => (None, title),
            title => (title, self.text),
        };
        if text.is_empty() {
            return None;
        }
        let mut post = CapturedPost::new(key(owner, &id), text);
        post.title = title;
        post.url = self.link.map(String::from);
        post.author_kind = AuthorKind::Organisation;
        post.published = self.published;
        post.edited = self.edited.filter(|at| Some(*at) != post.published);
        Some(post)
    }
}

const DAY: i64 = Span::days(1).as_millis();

/// A wording without case, blanks, and the lines in which pages count their readers.
fn normal(text: &str) -> String {
    let lines = text.lines().filter(|line| !counts(line));
    let words = lines.flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn counts(line: &str) -> bool {
    const WORDS: [&str; 7] = [
        "просмотр",
        "прочитан",
        "views",
        "посещен",
        "комментари",
        "рейтинг",
        "поделиться",
    ];
    let line = line.trim().to_lowercase();
    line.chars().count() <= 40 && WORDS.iter().any(|word| line.contains(word))
}
