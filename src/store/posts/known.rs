//! A known post brought up to date: its wording, its counters, and whether it is still there. Start with
//! [`refresh`].

use std::collections::HashMap;

use sqlx::FromRow;

use super::{
    Keys, counters,
    keep::{content_hash, line, storable},
};
use crate::{
    domain::{
        id::PostId,
        post::{CapturedPost, Counters},
        time::Timestamp,
    },
    store::{
        Result, Sql, Tx,
        changes::{self, ChangeKind},
        rows::Query,
        sql::{execute, statements},
    },
};

statements! {
    SAVE_VERSION = Sql::both("insert into post_version (post, version, captured, title, text)
        select id, version, coalesce(edited, captured), title, text from post where id = $1
        on conflict (post, version) do nothing");
    EDIT = Sql::both("update post set title = $2, text = $3, content_hash = $4, edited = $5,
        media = $6, version = version + 1, revision = 0 where id = $1");
    SET_MEDIA = Sql::both("update post set media = $2 where id = $1");
    SEEN_AGAIN = Sql::both("update post set absent = null, deleted = null where id = $1");
    MARK_DELETED = Sql::both("update post set deleted = $2 where id = $1");
}

/// What is known of a post before it is seen again.
#[derive(Debug, FromRow)]
pub(super) struct Known {
    pub id: String,
    pub captured: i64,
    content_hash: String,
    media: Option<String>,
    deleted: Option<i64>,
    absent: Option<i64>,
    likes: Option<i64>,
    comments: Option<i64>,
    reposts: Option<i64>,
    views: Option<i64>,
}

impl Known {
    pub fn counters(&self) -> Counters {
        Counters {
            likes: self.likes,
            reposts: self.reposts,
            comments: self.comments,
            views: self.views,
        }
    }

    pub fn set_counters(&mut self, now: Counters) {
        self.likes = now.likes;
        self.reposts = now.reposts;
        self.comments = now.comments;
        self.views = now.views;
    }
}

/// The posts that are stored, by id.
pub(super) async fn list_known<'a>(
    tx: &mut Tx,
    ids: impl Iterator<Item = &'a PostId>,
) -> Result<HashMap<String, Known>> {
    let ids: Vec<&str> = ids.map(PostId::as_str).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let mut query = Query::new(
            "select id, captured, content_hash, media, deleted, absent, likes, comments, reposts,
                views from post where id in (",
        );
        query.bind_list(chunk.iter().copied()).push(")");
        let rows: Vec<Known> = query.fetch_all(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }
    Ok(found)
}

/// Brings a known post up to date; true when its text or existence changed. `known` is brought up to
/// date with it: one batch may hold a post twice.
pub(super) async fn refresh(
    tx: &mut Tx,
    keys: &Keys,
    now: Timestamp,
    post: &CapturedPost,
    known: &mut Known,
) -> Result<bool> {
    if post.deleted {
        return delete(tx, now, known).await;
    }
    let back = see(tx, known).await?;
    counters::note(tx, now, post.counters, known).await?;
    let edited = edit(tx, keys, now, post, known).await?;
    Ok(back || edited)
}

/// The platform itself says that the post is gone: once is enough.
async fn delete(tx: &mut Tx, now: Timestamp, known: &mut Known) -> Result<bool> {
    if known.deleted.is_some() {
        return Ok(false);
    }
    known.deleted = Some(now.as_millis());
    execute!(tx, MARK_DELETED, known.id.as_str(), now.as_millis())?;
    let id = PostId::from(known.id.as_str());
    changes::append(tx, ChangeKind::Deleted, [&id]).await?;
    Ok(true)
}

/// A post that is there was not deleted; true when it was taken for that.
async fn see(tx: &mut Tx, known: &mut Known) -> Result<bool> {
    if known.absent.is_none() && known.deleted.is_none() {
        return Ok(false);
    }
    execute!(tx, SEEN_AGAIN, known.id.as_str())?;
    known.absent = None;
    let back = known.deleted.take().is_some();
    if back {
        let id = PostId::from(known.id.as_str());
        changes::append(tx, ChangeKind::Restored, [&id]).await?;
    }
    Ok(back)
}

/// Another wording or another picture: the earlier wording becomes a version.
async fn edit(
    tx: &mut Tx,
    keys: &Keys,
    now: Timestamp,
    post: &CapturedPost,
    known: &mut Known,
) -> Result<bool> {
    let hash = content_hash(post);
    let media = keys.identity.media_hash(&post.media);
    let exchanged = known.media.is_some() && media.is_some() && media != known.media;
    if hash == known.content_hash && !exchanged {
        // Kept before media had names.
        if known.media.is_none() && media.is_some() {
            execute!(tx, SET_MEDIA, known.id.as_str(), media.as_deref())?;
            known.media = media;
        }
        return Ok(false);
    }
    execute!(tx, SAVE_VERSION, known.id.as_str())?;
    let edited = post.edited.unwrap_or(now).as_millis();
    execute!(
        tx,
        EDIT,
        known.id.as_str(),
        line(post.title.as_deref()),
        storable(&post.text),
        hash.as_str(),
        edited,
        media.as_deref()
    )?;
    (known.content_hash, known.media) = (hash, media);
    let id = PostId::from(known.id.as_str());
    changes::append(tx, ChangeKind::Edited, [&id]).await?;
    Ok(true)
}
