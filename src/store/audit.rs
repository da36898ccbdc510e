//! The audit journal: who saw, opened, exported, decided or changed what. It only grows.
//!
//! An entry names its subject (`incident:18452`, `post:01H…`), never a text or an author. It is chained
//! in the transaction of the deed (`audit/chain.rs`); checkpoints sign the chains
//! (`audit/checkpoint.rs`), which also holds the one door through which old entries leave; all of it
//! is read for checking by `audit/walk.rs`. Start with [`append`].

mod chain;
mod checkpoint;
mod export;
mod walk;

use sqlx::FromRow;

use super::{Result, Tx, rows::Query, scope::Scope};
use crate::domain::{id::Ids, journal, post::coded, time::Timestamp, user::Permission};

pub use chain::machine;
pub(super) use chain::{Process, adopt};
pub use checkpoint::{
    Unsigned, cut, find_checkpoint, last_checkpoint, last_verdict, put_verdict, sign, unsigned,
};
pub use export::Export;
pub use walk::{Walk, verify, walk};

pub(crate) fn statements() -> Vec<(&'static str, super::Sql)> {
    [chain::ALL, checkpoint::ALL, walk::ALL].concat()
}

/// The first schema whose journal is chained.
pub const SCHEMA: i64 = 10;

coded! {
    /// What happened.
    AuditKind {
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// A wrong password, or an account that is switched off.
        SignInRefused = "sign_in_refused",
        /// Somebody signed out.
        SignedOut = "signed_out",
        /// Sessions were ended: by their owner, an administrator, or with a new password.
        SessionsEnded = "sessions_ended",
        /// Somebody looked at an incident, a post or a list of them.
        Viewed = "viewed",
        /// Somebody searched.
        Searched = "searched",
        /// Somebody followed a post to its original.
        Opened = "opened",
        /// Somebody took data out: a file or the API.
        Exported = "exported",
        /// Somebody decided: an incident's state, a triage, a claim.
        Decided = "decided",
        /// Somebody changed the system: pages, people, tokens.
        Changed = "changed",
        /// Somebody asked for what their role may not see.
        Denied = "denied",
    }
}

/// An entry.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct AuditRow {
    pub id: String,
    pub at: i64,
    pub who: String,
    pub kind: String,
    pub subject: String,
    pub detail: String,
    pub chain: String,
    pub position: i64,
    pub previous: String,
    pub hash: String,
}

impl From<AuditRow> for journal::Entry {
    fn from(row: AuditRow) -> Self {
        Self {
            chain: row.chain,
            position: row.position,
            previous: row.previous,
            id: row.id,
            at: row.at,
            who: row.who,
            kind: row.kind,
            subject: row.subject,
            detail: row.detail,
            hash: row.hash,
        }
    }
}

/// What is noted.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The login, or `service:…`.
    pub who: &'a str,
    /// What happened.
    pub kind: AuditKind,
    /// What it happened to: `incident:18452`, `post:…`, `page:queue`.
    pub subject: &'a str,
    /// A few words more; never text of a post.
    pub detail: &'a str,
}

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this person.
    pub who: Option<String>,
    /// Only of this kind.
    pub kind: Option<AuditKind>,
    /// Only about this subject.
    pub subject: Option<String>,
    /// Only from this moment on.
    pub since: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
    /// Only entries older than the one with this id: the next page.
    pub before: Option<String>,
}

/// Appends an entry to this process's chain, in the caller's transaction: both commit, or neither.
///
/// Call it last: from here to the commit the other transactions of this process that append wait, for
/// there is one end to link to.
///
/// # Errors
/// [`super::Error::Database`]; then what was to be noted must not happen either.
pub async fn append(tx: &mut Tx, ids: &Ids, now: Timestamp, entry: &Entry<'_>) -> Result<()> {
    chain::append(tx, ids, now, entry).await
}

/// The detail of the last entry of a kind about a subject.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn last_about(tx: &mut Tx, kind: AuditKind, subject: &str) -> Result<Option<String>> {
    chain::last_about(tx, kind, subject).await
}

/// Up to `limit` entries, newest first.
///
/// # Errors
/// [`super::Error::Denied`] without the right to read the journal.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<AuditRow>> {
    scope.require(Permission::ReadAudit)?;
    let mut query = Query::new(
        "select id, at, who, kind, subject, detail, chain, position, previous, hash
         from audit where 1 = 1",
    );
    if let Some(who) = &filter.who {
        query.push(" and who = ").bind(who.as_str());
    }
    if let Some(kind) = filter.kind {
        query.push(" and kind = ").bind(kind.code());
    }
    if let Some(subject) = &filter.subject {
        query.push(" and subject = ").bind(subject.as_str());
    }
    if let Some(since) = filter.since {
        query.push(" and at >= ").bind(since.as_millis());
    }
    if let Some(until) = filter.until {
        query.push(" and at < ").bind(until.as_millis());
    }
    if let Some(before) = &filter.before {
        query.push(" and id < ").bind(before.as_str());
    }
    query.push(" order by id desc limit ").bind(limit);
    query.fetch_all(tx).await
}
