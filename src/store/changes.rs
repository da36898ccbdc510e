//! The log of what changed (`change`: transaction, sequence, post, kind), followed by position.
//!
//! The position is the pair (xid, seq). On PostgreSQL only rows of finished transactions are read
//! (`xid` below the snapshot's xmin): a cursor on the sequence alone loses the commit that comes
//! late, for a lower sequence may commit after a higher one. On SQLite one writer gives the order
//! and xid is 0: there the sequence alone is asked for, which is the table's key.

pub mod compact;

use serde::{Deserialize, Serialize};

use super::{
    Result, Sql, Tx,
    listen::{self, Hint},
    rows::{Value, insert_rows},
    sql::{fetch, statements},
};
use crate::domain::{id::PostId, post::coded};

coded! {
    /// What happened to a post.
    ChangeKind {
        /// Stored for the first time.
        New = "new",
        /// Its text changed.
        Edited = "edited",
        /// Understood, or understood anew.
        Understood = "understood",
        /// Came under another sector, topic or municipality, by a person's hand or with its incident.
        Moved = "moved",
        /// Deleted at its source.
        Deleted = "deleted",
        /// There again after it was told as deleted.
        Restored = "restored",
        /// Removed from the store.
        Purged = "purged",
    }
}

/// Where a follower stands: after this pair.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize,
)]
pub struct Position {
    /// PostgreSQL's transaction; 0 on SQLite.
    pub xid: i64,
    /// The row's sequence.
    pub seq: i64,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its position.
    pub position: Position,
    /// The post.
    pub post: PostId,
    /// What happened.
    pub kind: ChangeKind,
}

statements! {
    LIST_AFTER = Sql::each(
        "select xid, seq, post, kind from change where seq > $2 order by seq limit $3",
        "select xid, seq, post, kind from change
         where (xid, seq) > ($1, $2)
           and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
         order by xid, seq limit $3");
    ANY_AFTER = Sql::each(
        "select count(*) from (select 1 from change where seq > $2 limit 1) as later",
        "select count(*) from (select 1 from change
         where (xid, seq) > ($1, $2) limit 1) as later");
    LATEST = Sql::each(
        "select xid, seq from change order by seq desc limit 1",
        "select xid, seq from change
         where xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
         order by xid desc, seq desc limit 1");
}

pub(super) fn statements() -> Vec<(&'static str, Sql)> {
    [ALL, compact::ALL].concat()
}

/// Up to `limit` changes after `position`, in order.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_after(tx: &mut Tx, position: Position, limit: i64) -> Result<Vec<Change>> {
    let rows = fetch!(
        fetch_all(i64, i64, String, String),
        tx,
        LIST_AFTER,
        position.xid,
        position.seq,
        limit
    )?;
    rows.into_iter()
        .map(|(xid, seq, post, kind)| {
            let kind = ChangeKind::from_code(&kind)
                .ok_or_else(|| super::Error::Broken(format!("change kind {kind}")))?;
            Ok(Change {
                position: Position { xid, seq },
                post: PostId(post),
                kind,
            })
        })
        .collect()
}

/// Whether changes after `position` are stored, those included that cannot be read yet because an
/// older transaction still runs.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn any_after(tx: &mut Tx, position: Position) -> Result<bool> {
    let (later,) = fetch!(fetch_one(i64,), tx, ANY_AFTER, position.xid, position.seq)?;
    Ok(later > 0)
}

/// The last readable position; the beginning when nothing changed yet.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn latest(tx: &mut Tx) -> Result<Position> {
    let row = fetch!(fetch_optional(i64, i64), tx, LATEST)?;
    Ok(row
        .map(|(xid, seq)| Position { xid, seq })
        .unwrap_or_default())
}

/// Writes changes of one kind, in the caller's transaction, and tells the other processes.
pub(crate) async fn append<'a>(
    tx: &mut Tx,
    kind: ChangeKind,
    posts: impl IntoIterator<Item = &'a PostId>,
) -> Result<()> {
    let rows = posts
        .into_iter()
        .map(|post| vec![Value::from(post.as_str()), Value::from(kind.code())])
        .collect();
    if insert_rows(tx, "change (post, kind)", "", rows).await? == 0 {
        return Ok(());
    }
    let hint = match kind {
        ChangeKind::New | ChangeKind::Edited => Hint::Posts,
        _ => Hint::Annotations,
    };
    listen::say(tx, hint).await
}
