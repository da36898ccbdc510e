//! Keeps the log of changes short. Whoever follows it reads a post as it is now, so the last row of each
//! post is enough, wherever the follower stands: earlier ones go after a day, and so do `new` and
//! `edited`, which are followed by `understood`. Tombstones (`purged`) are kept as long as a backup may
//! bring their posts back; a follower that stands before those that went ([`floor`]) begins anew.
//!
//! Rows have no time of their own: a mark a day notes where the log stood. Start with [`compact`].

use super::{Position, latest};
use crate::{
    domain::time::{Span, Timestamp},
    store::{
        Error, Result, Sql, Tx, retention, settings,
        sql::{execute, fetch, statements},
    },
};

/// Rows younger than this all stay: a day can be read whole. Marks are as far apart.
const YOUNG: Span = Span::days(1);
/// Up to which position earlier rows have gone.
const COMPACTED: &str = "changes_compacted";
/// Up to which position tombstones have gone.
const FLOOR: &str = "changes_floor";

statements! {
    MARK = Sql::both("insert into change_mark (at, xid, seq) values ($1, $2, $3)
        on conflict (at) do nothing");
    NEWEST_MARK = Sql::both("select at, xid, seq from change_mark where at <= $1
        order by at desc limit 1");
    DROP_MARKS = Sql::both("delete from change_mark where at < $1");
    WINDOW = Sql::each(
        "select 0 as xid, seq from (select seq from change
         where seq > $2 and seq <= $4 order by seq limit $5) w order by seq desc limit 1",
        "select xid, seq from (select xid, seq from change
         where (xid, seq) > ($1, $2) and (xid, seq) <= ($3, $4)
         order by xid, seq limit $5) w order by xid desc, seq desc limit 1");
    DROP_COMING_IN = Sql::each(
        "delete from change where seq > $2 and seq <= $4 and kind in ('new', 'edited')",
        "delete from change where (xid, seq) > ($1, $2) and (xid, seq) <= ($3, $4)
         and kind in ('new', 'edited')");
    DROP_EARLIER = Sql::each(
        "delete from change where seq in (
            select e.seq from change l join change e on e.post = l.post
            where l.seq > $2 and l.seq <= $4 and l.kind not in ('new', 'edited')
                and e.kind not in ('new', 'edited') and e.kind <> 'purged' and e.seq < l.seq)",
        "delete from change where seq in (
            select e.seq from change l join change e on e.post = l.post
            where (l.xid, l.seq) > ($1, $2) and (l.xid, l.seq) <= ($3, $4)
                and l.kind not in ('new', 'edited')
                and e.kind not in ('new', 'edited') and e.kind <> 'purged'
                and (e.xid, e.seq) < (l.xid, l.seq))");
    DROP_TOMBSTONES = Sql::each(
        "delete from change where seq > $2 and seq <= $4 and kind = 'purged'",
        "delete from change where (xid, seq) > ($1, $2) and (xid, seq) <= ($3, $4)
         and kind = 'purged'");
    FORGET_MARKS = Sql::both("delete from change_mark");
}

/// Goes over up to `limit` rows of the log, in the caller's transaction, at most once a day over each;
/// gives how many rows went, none when nothing is left to go over. Tombstones younger than `horizon` stay.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn compact(
    tx: &mut Tx,
    now: Timestamp,
    horizon: Span,
    limit: i64,
) -> Result<Option<u64>> {
    retention::lock(tx).await?;
    mark(tx, now).await?;
    let earlier = window(tx, COMPACTED, now.minus(YOUNG), limit).await?;
    let mut gone = None;
    if let Some(span) = &earlier {
        gone = Some(span.run(tx, DROP_COMING_IN).await? + span.run(tx, DROP_EARLIER).await?);
        put(tx, COMPACTED, span.to).await?;
    }
    let old = now.minus(horizon.max(YOUNG));
    if let Some(span) = window(tx, FLOOR, old, limit).await? {
        let tombstones = span.run(tx, DROP_TOMBSTONES).await?;
        put(tx, FLOOR, span.to).await?;
        gone = Some(gone.unwrap_or(0) + tombstones);
    }
    Ok(gone)
}

/// A part of the log: after one position, up to another.
struct Window {
    from: Position,
    to: Position,
}

impl Window {
    async fn run(&self, tx: &mut Tx, sql: Sql) -> Result<u64> {
        let (from, to) = (self.from, self.to);
        Ok(execute!(tx, sql, from.xid, from.seq, to.xid, to.seq)?)
    }
}

/// The next rows after the position kept under `name` that stood in the log at `before`.
async fn window(tx: &mut Tx, name: &str, before: Timestamp, limit: i64) -> Result<Option<Window>> {
    let Some((at, end)) = newest_mark(tx, before).await? else {
        return Ok(None);
    };
    let from = find(tx, name).await?;
    let row = fetch!(
        fetch_optional(i64, i64),
        tx,
        WINDOW,
        from.xid,
        from.seq,
        end.xid,
        end.seq,
        limit
    )?;
    if row.is_none() && name == FLOOR {
        execute!(tx, DROP_MARKS, at)?; // earlier ones tell nothing any more
    }
    Ok(row.map(|(xid, seq)| Window {
        from,
        to: Position { xid, seq },
    }))
}

async fn mark(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let newest = newest_mark(tx, now).await?;
    let is_due = newest.is_none_or(|(at, _)| now.since(Timestamp::from_millis(at)) >= YOUNG);
    if is_due {
        let here = latest(tx).await?;
        execute!(tx, MARK, now.as_millis(), here.xid, here.seq)?;
    }
    Ok(())
}

async fn newest_mark(tx: &mut Tx, before: Timestamp) -> Result<Option<(i64, Position)>> {
    let mark = fetch!(
        fetch_optional(i64, i64, i64),
        tx,
        NEWEST_MARK,
        before.as_millis()
    )?;
    Ok(mark.map(|(at, xid, seq)| (at, Position { xid, seq })))
}

async fn find(tx: &mut Tx, name: &str) -> Result<Position> {
    let kept = settings::find(tx, name).await?.unwrap_or_default();
    Ok(serde_json::from_str(&kept).unwrap_or_default())
}

async fn put(tx: &mut Tx, name: &str, at: Position) -> Result<()> {
    let text = serde_json::to_string(&at).map_err(|e| Error::Broken(e.to_string()))?;
    settings::put(tx, name, &text).await
}

/// Up to which position tombstones may be gone: a follower that stands before it, and stood there when
/// they went, does not know what it has to forget.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn floor(tx: &mut Tx) -> Result<Position> {
    find(tx, FLOOR).await
}

/// A restored log has positions of its own: nothing is known of its age.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn begin_anew(tx: &mut Tx) -> Result<()> {
    execute!(tx, FORGET_MARKS)?;
    put(tx, COMPACTED, Position::default()).await?;
    put(tx, FLOOR, Position::default()).await
}
