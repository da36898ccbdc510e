//! The whole journal in the verifier's order: checkpoints, then each chain with its entries, then
//! entries that stand in no chain. Read in pages, within one snapshot. Start with [`verify`], then [`walk`].

use sqlx::FromRow;

use super::super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use super::AuditRow;
use crate::domain::journal::{
    self, Chain, Checkpoint,
    check::{Broken, Figures, Verifier},
    lines::Line,
};

/// Rows of a page.
const PAGE: i64 = 1000;

statements! {
    // SQLite reads a snapshot anyway. Must be the first statement of its transaction.
    SNAPSHOT = Sql::each("select 1 as one", "set transaction isolation level repeatable read");
    LIST_CHECKPOINTS = Sql::both("select number, at, previous, key, heads, hash, signature
        from audit_checkpoint where number > $1 order by number limit $2");
    NEXT_CHAIN = Sql::both("select id, process, began, origin, first, position, hash, signed
        from audit_chain where id > $1 order by id limit 1");
    LIST_ENTRIES = Sql::both("select id, at, who, kind, subject, detail, chain, position, previous,
            hash
        from audit where chain = $1 and chain <> '' and position > $2
        order by position limit $3");
    LIST_STRAYS = Sql::both("select id, at, who, kind, subject, detail, chain, position, previous,
            hash
        from audit where chain not in (select id from audit_chain) order by id limit 1");
}

#[derive(FromRow)]
struct CheckpointRow {
    number: i64,
    at: i64,
    previous: String,
    key: String,
    heads: String,
    hash: String,
    signature: String,
}

#[derive(FromRow)]
struct ChainRow {
    id: String,
    process: String,
    began: i64,
    origin: String,
    first: i64,
    position: i64,
    hash: String,
    signed: i64,
}

/// Where the walk stands.
enum At {
    Checkpoints { after: i64 },
    Chains { after: String },
    Entries { chain: String, after: i64 },
    End,
}

/// A walk through the journal.
pub struct Walk(At);

/// Begins a walk; the transaction must not have read anything yet.
///
/// # Errors
/// [`super::super::Error::Database`].
pub async fn walk(tx: &mut Tx) -> Result<Walk> {
    execute!(tx, SNAPSHOT)?;
    Ok(Walk(At::Checkpoints { after: i64::MIN }))
}

impl Walk {
    /// The next parts; none at the end.
    ///
    /// # Errors
    /// [`super::super::Error::Database`].
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Vec<Line>> {
        loop {
            let (lines, at) = match &self.0 {
                At::Checkpoints { after } => checkpoints(tx, *after).await?,
                At::Chains { after } => chain(tx, after).await?,
                At::Entries { chain, after } => entries(tx, chain, *after).await?,
                At::End => return Ok(Vec::new()),
            };
            self.0 = at;
            if !lines.is_empty() {
                return Ok(lines);
            }
        }
    }
}

/// Checks the whole journal, in a transaction that has not read anything yet.
///
/// # Errors
/// The outer one is the database's, the inner one the first broken link.
pub async fn verify(tx: &mut Tx, mut verifier: Verifier) -> Result<Result<Figures, Broken>> {
    let mut walk = walk(tx).await?;
    loop {
        let lines = walk.next(tx).await?;
        if lines.is_empty() {
            return Ok(verifier.finish());
        }
        for line in lines {
            if let Err(broken) = verifier.part(line) {
                return Ok(Err(broken));
            }
        }
    }
}

async fn checkpoints(tx: &mut Tx, after: i64) -> Result<(Vec<Line>, At)> {
    let rows = fetch!(fetch_all CheckpointRow, tx, LIST_CHECKPOINTS, after, PAGE)?;
    let at = match rows.last() {
        Some(last) => At::Checkpoints { after: last.number },
        None => At::Chains {
            after: String::new(),
        },
    };
    let line = |row: CheckpointRow| {
        Line::Checkpoint(Checkpoint {
            number: row.number,
            at: row.at,
            previous: row.previous,
            key: row.key,
            heads: row.heads,
            hash: row.hash,
            signature: row.signature,
        })
    };
    Ok((rows.into_iter().map(line).collect(), at))
}

/// The next chain; after the last one, the first entry that stands in none.
async fn chain(tx: &mut Tx, after: &str) -> Result<(Vec<Line>, At)> {
    let Some(row) = fetch!(fetch_optional ChainRow, tx, NEXT_CHAIN, after)? else {
        let strays = fetch!(fetch_all AuditRow, tx, LIST_STRAYS)?;
        return Ok((lines(strays), At::End));
    };
    let at = At::Entries {
        chain: row.id.clone(),
        after: i64::MIN,
    };
    let chain = Chain {
        id: row.id,
        process: row.process,
        began: row.began,
        origin: row.origin,
        first: row.first,
        position: row.position,
        hash: row.hash,
        signed: row.signed,
    };
    Ok((vec![Line::Chain(chain)], at))
}

async fn entries(tx: &mut Tx, chain: &str, after: i64) -> Result<(Vec<Line>, At)> {
    let rows = fetch!(fetch_all AuditRow, tx, LIST_ENTRIES, chain, after, PAGE)?;
    let chain = chain.to_owned();
    let at = match rows.last() {
        Some(last) => At::Entries {
            chain,
            after: last.position,
        },
        None => At::Chains { after: chain },
    };
    Ok((lines(rows), at))
}

fn lines(rows: Vec<AuditRow>) -> Vec<Line> {
    let entries = rows.into_iter().map(journal::Entry::from);
    entries.map(Line::Entry).collect()
}
