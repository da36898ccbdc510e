//! Checkpoints: signed statements of how far each chain went, made by whichever process comes first;
//! and the door through which entries leave whose term has passed.

use sqlx::FromRow;

use super::super::{
    Error, Result, Sql, Tx, settings,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    journal::{Checkpoint, Head, check::Verdict, key::SigningKey},
    time::Timestamp,
};

/// Under which name the outcome of the last check is kept.
const VERDICT: &str = "journal_verdict";

statements! {
    UNSIGNED = Sql::both("select coalesce(cast(sum(position - signed) as bigint), 0) as entries
        from audit_chain where signed < position");
    LAST = Sql::both("select number, at, hash from audit_checkpoint order by number desc limit 1");
    FIND = Sql::both("select hash from audit_checkpoint where number = $1");
    LIST_GROWN = Sql::both("select id as chain, first, position, hash from audit_chain
        where signed < position or id = $1 order by id");
    ADD = Sql::both("insert into audit_checkpoint
            (number, at, previous, key, heads, hash, signature)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (number) do nothing");
    SIGNED = Sql::both("update audit_chain set signed = $2 where id = $1 and signed < $2");
    // A chain with entries of before the moment, and the first that stays. (The index of places is a
    // partial one: its condition is named.)
    FIND_OLD = Sql::both("select c.id, coalesce(
            (select min(a.position) from audit a
                where a.chain = c.id and a.chain <> '' and a.position >= c.first and a.at >= $1),
            c.position + 1) as first
        from audit_chain c
        where c.first <= c.position and exists (
            select 1 from audit a
            where a.chain = c.id and a.chain <> '' and a.position = c.first and a.at < $1)
        order by c.id limit 1");
    KEEP_FROM = Sql::both("update audit_chain set first = $2 where id = $1 and first < $2");
    CUT = Sql::both("delete from audit where chain = $1 and chain <> '' and position < $2");
}

/// What waits for a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsigned {
    /// Entries that no checkpoint covers.
    pub entries: i64,
    /// When the last checkpoint was made.
    pub last: Option<Timestamp>,
}

/// A checkpoint by its number, moment and hash.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Last {
    pub number: i64,
    pub at: i64,
    pub hash: String,
}

#[derive(FromRow)]
struct HeadRow {
    chain: String,
    first: i64,
    position: i64,
    hash: String,
}

/// What waits for a signature.
///
/// # Errors
/// [`Error::Database`].
pub async fn unsigned(tx: &mut Tx) -> Result<Unsigned> {
    let (entries,) = fetch!(fetch_one(i64,), tx, UNSIGNED)?;
    let last = last_checkpoint(tx).await?;
    Ok(Unsigned {
        entries,
        last: last.map(|last| last.at.into()),
    })
}

/// The last checkpoint.
///
/// # Errors
/// [`Error::Database`].
pub async fn last_checkpoint(tx: &mut Tx) -> Result<Option<Last>> {
    Ok(fetch!(fetch_optional Last, tx, LAST)?)
}

/// The hash of a checkpoint.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_checkpoint(tx: &mut Tx, number: i64) -> Result<Option<String>> {
    let found = fetch!(fetch_optional(String,), tx, FIND, number)?;
    Ok(found.map(|(hash,)| hash))
}

/// Signs every chain that grew; none when none did, or when another process does so at this moment.
///
/// # Errors
/// [`Error::Database`].
pub async fn sign(tx: &mut Tx, key: &SigningKey, now: Timestamp) -> Result<Option<Checkpoint>> {
    sign_with(tx, key, now, "").await
}

/// As [`sign`], and a chain that did not grow beside.
async fn sign_with(
    tx: &mut Tx,
    key: &SigningKey,
    now: Timestamp,
    beside: &str,
) -> Result<Option<Checkpoint>> {
    let last = last_checkpoint(tx).await?;
    let rows = fetch!(fetch_all HeadRow, tx, LIST_GROWN, beside)?;
    let heads: Vec<Head> = rows.into_iter().map(head).collect();
    if heads.is_empty() {
        return Ok(None);
    }
    let before = last.as_ref().map(|last| (last.number, last.hash.as_str()));
    let made = Checkpoint::sign(before, &heads, key, now);
    let added = execute!(
        tx,
        ADD,
        made.number,
        made.at,
        &made.previous,
        &made.key,
        &made.heads,
        &made.hash,
        &made.signature
    )?;
    if added == 0 {
        return Ok(None);
    }
    for head in &heads {
        execute!(tx, SIGNED, &head.chain, head.position)?;
    }
    Ok(Some(made))
}

fn head(row: HeadRow) -> Head {
    Head {
        chain: row.chain,
        first: row.first,
        position: row.position,
        hash: row.hash,
    }
}

/// Removes the oldest entries of one chain that were written before a moment, under a checkpoint that
/// says so; gives how many and the checkpoint, none when no entry is that old. Entries leave in no other
/// way.
///
/// # Errors
/// [`Error::Conflict`] when another process signs at this moment: roll back.
pub async fn cut(
    tx: &mut Tx,
    key: &SigningKey,
    before: Timestamp,
    now: Timestamp,
) -> Result<Option<(u64, Checkpoint)>> {
    type Old = (String, i64);
    let old: Option<Old> = fetch!(fetch_optional Old, tx, FIND_OLD, before.as_millis())?;
    let Some((chain, first)) = old else {
        return Ok(None);
    };
    execute!(tx, KEEP_FROM, &chain, first)?;
    let gone = execute!(tx, CUT, &chain, first)?;
    match sign_with(tx, key, now, &chain).await? {
        Some(made) => Ok(Some((gone, made))),
        None => Err(Error::Conflict("the journal".to_owned())),
    }
}

/// Keeps the outcome of a check.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_verdict(tx: &mut Tx, verdict: &Verdict) -> Result<()> {
    let text = serde_json::to_string(verdict).map_err(|e| Error::Broken(e.to_string()))?;
    settings::put(tx, VERDICT, &text).await
}

/// The outcome of the last check.
///
/// # Errors
/// [`Error::Broken`] when what is kept is none.
pub async fn last_verdict(tx: &mut Tx) -> Result<Option<Verdict>> {
    let Some(text) = settings::find(tx, VERDICT).await? else {
        return Ok(None);
    };
    let verdict = serde_json::from_str(&text);
    verdict.map_err(|e| Error::Broken(format!("{VERDICT}: {e}")))
}
