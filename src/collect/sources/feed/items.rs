//! Items of a feed, whatever read them, as posts. Start with [`into_posts`].

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::{
    actor::AuthorKind,
    hex,
    post::{Attachment, CapturedPost, Platform, PostKey, PostKind},
    time::Timestamp,
};

/// An item of a feed, whatever read it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// `guid`, `id` or `rdf:about`.
    pub id: Option<String>,
    /// The address of the item's page.
    pub link: Option<String>,
    /// The headline, as plain text.
    pub title: Option<String>,
    /// The fullest text there is, as plain text.
    pub text: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed.
    pub updated: Option<Timestamp>,
    /// Kinds of enclosures (`image/jpeg`…).
    pub enclosures: Vec<String>,
}

/// Posts of the feed at `owner`, in its order.
pub(super) fn into_posts(items: Vec<Item>, owner: &str) -> Vec<CapturedPost> {
    let base = Url::parse(owner).ok();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for id in items.iter().filter_map(|item| item.id.clone()) {
        *uses.entry(id).or_default() += 1;
    }
    items
        .into_iter()
        .map(|item| {
            let repeated = item.id.as_ref().is_some_and(|id| uses.get(id) > Some(&1));
            into_post(item, owner, base.as_ref(), repeated)
        })
        .collect()
}

fn into_post(item: Item, owner: &str, base: Option<&Url>, repeated: bool) -> CapturedPost {
    let link = item.link.as_deref().and_then(|link| absolute(link, base));
    let key = PostKey {
        platform: Platform::Feed,
        owner: owner.to_owned(),
        kind: PostKind::Post,
        external_id: external_id(&item, link.as_deref(), repeated),
    };
    let title = item.title.filter(|title| !title.is_empty());
    // A post must not be empty when its headline says something.
    let (title, text) = match title {
        Some(title) if item.text.is_empty() => (None, title),
        title => (title, item.text),
    };
    let mut post = CapturedPost::new(key, text);
    post.title = title;
    post.url = link.or_else(|| item.id.filter(|id| absolute(id, None).is_some()));
    post.author_kind = AuthorKind::Organisation;
    post.published = item.published.or(item.updated);
    post.edited = item
        .updated
        .filter(|updated| Some(*updated) != post.published);
    post.attachments = item
        .enclosures
        .into_iter()
        .map(|kind| Attachment { kind, title: None })
        .collect();
    post
}

fn absolute(link: &str, base: Option<&Url>) -> Option<String> {
    let url = match base {
        Some(base) => base.join(link.trim()),
        None => Url::parse(link.trim()),
    };
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(String::from)
}

/// `guid`, else the link, else a hash of title and date. A `guid` that several items share is a
/// publisher's mistake: their links tell them apart.
fn external_id(item: &Item, link: Option<&str>, repeated: bool) -> String {
    let id = item
        .id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty());
    match (id, link) {
        (Some(_), Some(link)) if repeated => link.to_owned(),
        (Some(id), _) if !repeated => id.to_owned(),
        (None, Some(link)) => link.to_owned(),
        _ => hash(item),
    }
}

fn hash(item: &Item) -> String {
    let mut hasher = Sha256::new();
    let title = item.title.as_deref().unwrap_or(&item.text);
    hasher.update(title.as_bytes());
    hasher.update([0]);
    if let Some(moment) = item.published {
        hasher.update(moment.as_millis().to_be_bytes());
    }
    hex::digits(&hasher.finalize()[..16])
}
