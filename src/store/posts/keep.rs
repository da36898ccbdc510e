//! Keeping captured posts: pseudonyms before the first write, links apart, the change log. What is known
//! already is brought up to date by `known.rs`. Start with [`keep`].

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::known::{list_known, refresh};
use crate::{
    domain::{
        actor::AuthorKey,
        hex,
        id::{IdentityKey, PostId},
        plain::{one_line, plain},
        post::{CapturedPost, Wall},
        time::Timestamp,
    },
    store::{
        Result, Tx,
        changes::{self, ChangeKind},
        rows::{Query, Value, insert_rows},
    },
};

/// The secrets that keeping needs; both live outside the database.
#[derive(Clone)]
pub struct Keys {
    /// Makes post identities; never rotates.
    pub identity: IdentityKey,
    /// Makes the authors' monthly keys.
    pub author_master: Vec<u8>,
}

/// In whose name posts are kept.
#[derive(Debug, Clone)]
pub struct KeepAs<'a> {
    /// The source's code.
    pub source: &'a str,
    /// The source's home municipality.
    pub municipality: Option<&'a str>,
    /// Whether incidents of these posts may alert agencies.
    pub alerts: bool,
    /// The moment of capture.
    pub now: Timestamp,
    /// Posts published before are history: stored, understood and indexed, they open nothing.
    pub history: Timestamp,
    /// Unknown posts published before are not stored: their term has passed already.
    pub oldest: Option<Timestamp>,
}

impl std::ops::AddAssign for Kept {
    fn add_assign(&mut self, more: Self) {
        self.new += more.new;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
        self.personal += more.personal;
        self.outlived += more.outlived;
    }
}

/// What keeping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Seen for the first time.
    pub new: u64,
    /// Text changed, deleted at the source, or there again.
    pub updated: u64,
    /// Known already.
    pub unchanged: u64,
    /// Dropped: stood on a personal wall.
    pub personal: u64,
    /// Unknown, and older than such posts are kept.
    pub outlived: u64,
}

const COLUMNS: &str = "post (id, platform, kind, source, parent, original, author, author_kind,
    published, captured, edited, deleted, version, content_hash, title, text, municipality,
    place_hint, lat, lon, likes, comments, reposts, views, media, bare, alerts, revision, handled)";

/// Stores posts, in the caller's transaction. A post that is known is compared by its content: the
/// earlier wording becomes a version. Posts on personal walls are dropped.
///
/// # Errors
/// [`crate::store::Error::Database`]; then the transaction must be dropped.
pub async fn keep(
    tx: &mut Tx,
    keys: &Keys,
    as_: &KeepAs<'_>,
    posts: Vec<CapturedPost>,
) -> Result<Kept> {
    let total = posts.len();
    let posts: Vec<(PostId, CapturedPost)> = posts
        .into_iter()
        .filter(|post| post.wall == Wall::Public)
        .map(|post| (keys.identity.post_id(&post.key), post))
        .collect();
    let mut kept = Kept {
        personal: (total - posts.len()) as u64,
        ..Kept::default()
    };
    let (outlived, posts) = posts.into_iter().partition(|(_, post)| outlived(as_, post));
    let (first, again) = first_of_each(posts);
    let new = insert_new(tx, keys, as_, &first).await?;
    kept.new = new.len() as u64;
    changes::append(tx, ChangeKind::New, new.iter()).await?;

    let known = first.into_iter().filter(|(id, _)| !new.contains(id));
    let known: Identified = known.chain(again).chain(outlived).collect();
    let mut rows = list_known(tx, known.iter().map(|(id, _)| id)).await?;
    for (id, post) in &known {
        let Some(row) = rows.get_mut(id.as_str()) else {
            kept.outlived += 1;
            continue;
        };
        match refresh(tx, keys, as_.now, post, row).await? {
            true => kept.updated += 1,
            false => kept.unchanged += 1,
        }
    }
    Ok(kept)
}

fn outlived(as_: &KeepAs<'_>, post: &CapturedPost) -> bool {
    as_.oldest
        .zip(post.published)
        .is_some_and(|(oldest, published)| published < oldest)
}

type Identified = Vec<(PostId, CapturedPost)>;

/// Parts the first capture of each post from those that repeat it in the same batch: these follow
/// in their order, as edits would.
fn first_of_each(posts: Identified) -> (Identified, Identified) {
    let mut seen = HashSet::new();
    posts
        .into_iter()
        .partition(|(id, _)| seen.insert(id.clone()))
}

/// Inserts the posts that are new, with their links; gives the ids that were.
async fn insert_new(
    tx: &mut Tx,
    keys: &Keys,
    as_: &KeepAs<'_>,
    posts: &[(PostId, CapturedPost)],
) -> Result<HashSet<PostId>> {
    let author_key = AuthorKey::for_month(&keys.author_master, as_.now);
    let mut new = HashSet::new();
    for chunk in posts.chunks(100) {
        let mut query = Query::new(format!("insert into {COLUMNS} values "));
        for (i, (id, post)) in chunk.iter().enumerate() {
            query.push(if i > 0 { ", (" } else { "(" });
            query
                .bind_list(post_row(id, post, keys, &author_key, as_))
                .push(")");
        }
        query.push(" on conflict (id) do nothing returning id");
        let ids: Vec<(String,)> = query.fetch_all(tx).await?;
        new.extend(ids.into_iter().map(|(id,)| PostId(id)));
    }
    let links = posts
        .iter()
        .filter(|(id, _)| new.contains(id))
        .map(|(id, post)| {
            vec![
                Value::from(id.as_str()),
                one_line(&post.key.owner).into_owned().into(),
                one_line(&post.key.external_id).into_owned().into(),
                line(post.url.as_deref()).into(),
            ]
        })
        .collect();
    insert_rows(
        tx,
        "post_link (post, owner, external_id, url)",
        "on conflict (post) do nothing",
        links,
    )
    .await?;
    Ok(new)
}

fn post_row(
    id: &PostId,
    post: &CapturedPost,
    keys: &Keys,
    author_key: &AuthorKey,
    as_: &KeepAs<'_>,
) -> Vec<Value> {
    let id_of = |key| keys.identity.post_id(key).0;
    // A platform that lies about the future must not keep a post on top for ever.
    let published = post.published.unwrap_or(as_.now).min(as_.now);
    let author = post
        .author
        .as_ref()
        .map(|author| author_key.pseudonym(post.key.platform, author).0);
    vec![
        id.as_str().into(),
        post.key.platform.code().into(),
        post.key.kind.code().into(),
        as_.source.into(),
        post.parent.as_ref().map(id_of).into(),
        post.original.as_ref().map(id_of).into(),
        author.into(),
        post.author_kind.code().into(),
        published.as_millis().into(),
        as_.now.as_millis().into(),
        post.edited.map(Timestamp::as_millis).into(),
        post.deleted.then_some(as_.now.as_millis()).into(),
        1i64.into(),
        content_hash(post).into(),
        line(post.title.as_deref()).into(),
        storable(&post.text).into(),
        as_.municipality.map(str::to_owned).into(),
        line(post.place_hint.as_deref()).into(),
        post.point.map(|(lat, _)| lat).into(),
        post.point.map(|(_, lon)| lon).into(),
        post.counters.likes.into(),
        post.counters.comments.into(),
        post.counters.reposts.into(),
        post.counters.views.into(),
        keys.identity.media_hash(&post.media).into(),
        i64::from(post.bare).into(),
        i64::from(as_.alerts).into(),
        0i64.into(),
        i64::from(published < as_.history).into(),
    ]
}

/// Words as they are kept: nothing in them steers a page, a terminal or the database (PostgreSQL
/// refuses NUL).
pub(super) fn storable(text: &str) -> String {
    plain(text).into_owned()
}

/// The same for what stands on one line.
pub(super) fn line(text: Option<&str>) -> Option<String> {
    text.map(|text| one_line(text).into_owned())
}

/// One text for the wording of a post: another hash is another version.
pub(in crate::store) fn content_hash(post: &CapturedPost) -> String {
    let mut hash = Sha256::new();
    hash.update(post.title.as_deref().unwrap_or_default());
    hash.update([0]);
    hash.update(&post.text);
    for attachment in &post.attachments {
        hash.update([0]);
        hash.update(&attachment.kind);
    }
    hex::digits(&hash.finalize()[..16])
}
