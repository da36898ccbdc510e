//! A process's chain: its end is one row, which an appending transaction holds until it commits.
//!
//! So there are no gaps and no forks: a transaction that is rolled back, or whose process is killed,
//! leaves the end where it was; two that append at once wait for each other. The alternative, a loop
//! that chains committed entries a moment later, would leave each entry open to change until then.

use std::sync::OnceLock;

use sqlx::FromRow;

use super::super::{
    Error, Priority, Result, Sql, Store, Tx,
    sql::{execute, fetch, statements},
};
use super::{AuditKind, Entry};
use crate::domain::{
    id::Ids,
    journal::{self, Chain},
    time::Timestamp,
};

/// The chain of what was written before there were chains.
const BEFORE: &str = "before-chains";
/// Entries that are adopted in one transaction.
const BATCH: i64 = 1000;

statements! {
    // Takes the next position and holds the row: a later transaction waits and sees what this one left.
    TAKE = Sql::both("update audit_chain set position = position + 1 where id = $1
        returning position, hash");
    END = Sql::both("update audit_chain set hash = $2 where id = $1");
    BEGIN = Sql::both("insert into audit_chain
            (id, process, began, origin, first, position, hash, signed)
        values ($1, $2, $3, $4, 1, 0, $5, 0) on conflict (id) do nothing");
    ORIGIN = Sql::both("select hash from audit_checkpoint order by number desc limit 1");
    APPEND = Sql::both("insert into audit
            (id, at, who, kind, subject, detail, chain, position, previous, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    LAST_ABOUT = Sql::both("select detail from audit where subject = $1 and kind = $2
        order by id desc limit 1");
    LIST_LOOSE = Sql::both("select id, at, who, kind, subject, detail from audit
        where chain = '' order by id limit $1");
    ADOPT = Sql::both("update audit set chain = $2, position = $3, previous = $4, hash = $5
        where id = $1 and chain = ''");
}

/// Who appends: this process, by machine and number, and its chain once it has begun.
#[derive(Debug)]
pub(in crate::store) struct Process {
    words: String,
    chain: OnceLock<String>,
}

impl Process {
    pub(in crate::store) fn this() -> Self {
        Self {
            words: format!("{} {}", machine(), std::process::id()),
            chain: OnceLock::new(),
        }
    }
}

/// The machine's name, as Linux knows it.
pub fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "unknown".to_owned(),
        name => name.to_owned(),
    }
}

/// The place that comes next.
#[derive(FromRow)]
struct Place {
    position: i64,
    /// The hash before it.
    hash: String,
}

pub(super) async fn append(
    tx: &mut Tx,
    ids: &Ids,
    now: Timestamp,
    entry: &Entry<'_>,
) -> Result<()> {
    let process = tx.process().clone();
    let chain = process.chain.get_or_init(|| ids.ulid(now));
    let place = match take(tx, chain).await? {
        Some(place) => place,
        None => begin(tx, chain, &process.words, now).await?,
    };
    let entry = journal::Entry {
        chain: chain.clone(),
        position: place.position,
        previous: place.hash,
        id: ids.ulid(now),
        at: now.as_millis(),
        who: entry.who.to_owned(),
        kind: entry.kind.code().to_owned(),
        subject: entry.subject.to_owned(),
        detail: entry.detail.to_owned(),
        hash: String::new(),
    }
    .sealed();
    execute!(tx, END, chain, &entry.hash)?;
    execute!(
        tx,
        APPEND,
        entry.id,
        entry.at,
        entry.who,
        entry.kind,
        entry.subject,
        entry.detail,
        entry.chain,
        entry.position,
        entry.previous,
        entry.hash
    )?;
    Ok(())
}

pub(super) async fn last_about(
    tx: &mut Tx,
    kind: AuditKind,
    subject: &str,
) -> Result<Option<String>> {
    let last = fetch!(
        fetch_optional(String,),
        tx,
        LAST_ABOUT,
        subject,
        kind.code()
    )?;
    Ok(last.map(|(detail,)| detail))
}

async fn take(tx: &mut Tx, chain: &str) -> Result<Option<Place>> {
    Ok(fetch!(fetch_optional Place, tx, TAKE, chain)?)
}

/// The first entry begins the chain; of two that do so at once, the second finds it begun.
async fn begin(tx: &mut Tx, id: &str, process: &str, now: Timestamp) -> Result<Place> {
    let origin = fetch!(fetch_optional(String,), tx, ORIGIN)?;
    let chain = Chain {
        id: id.to_owned(),
        process: process.to_owned(),
        began: now.as_millis(),
        origin: origin.map(|(hash,)| hash).unwrap_or_default(),
        first: 1,
        position: 0,
        hash: String::new(),
        signed: 0,
    };
    execute!(
        tx,
        BEGIN,
        &chain.id,
        &chain.process,
        chain.began,
        &chain.origin,
        chain.genesis()
    )?;
    let begun = take(tx, id).await?;
    begun.ok_or_else(|| Error::Broken(format!("the chain {id} did not begin")))
}

/// Gives what was written before there were chains a chain of its own.
///
/// # Errors
/// [`super::super::Error::Database`]; what was adopted stays, and the next start goes on.
pub(in crate::store) async fn adopt(store: &Store) -> Result<()> {
    let mut adopted = 0;
    loop {
        let mut tx = store.write(Priority::Bulk).await?;
        let rows = match adopt_batch(&mut tx).await {
            Err(Error::Conflict(_)) => continue, // a process that starts beside this one was faster
            rows => rows?,
        };
        tx.commit().await?;
        adopted += rows;
        if rows < BATCH as u64 {
            break;
        }
    }
    if adopted > 0 {
        tracing::info!(
            entries = adopted,
            "older entries of the journal are chained"
        );
    }
    Ok(())
}

async fn adopt_batch(tx: &mut Tx) -> Result<u64> {
    type Loose = (String, i64, String, String, String, String);
    let rows: Vec<Loose> = fetch!(fetch_all Loose, tx, LIST_LOOSE, BATCH)?;
    let count = rows.len() as u64;
    for (id, at, who, kind, subject, detail) in rows {
        let place = match take(tx, BEFORE).await? {
            Some(place) => place,
            None => begin(tx, BEFORE, "before chains", at.into()).await?,
        };
        let entry = journal::Entry {
            chain: BEFORE.to_owned(),
            position: place.position,
            previous: place.hash,
            id,
            at,
            who,
            kind,
            subject,
            detail,
            hash: String::new(),
        }
        .sealed();
        let touched = execute!(
            tx,
            ADOPT,
            entry.id,
            BEFORE,
            entry.position,
            entry.previous,
            &entry.hash
        )?;
        if touched == 0 {
            return Err(Error::Conflict("the journal".to_owned()));
        }
        execute!(tx, END, BEFORE, entry.hash)?;
    }
    Ok(count)
}
