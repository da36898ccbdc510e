//! The audit journal: who saw, opened, exported, decided or changed what. It only grows: there is no
//! statement here that alters or removes an entry.
//!
//! An entry names its subject (`incident:18452`, `post:01H…`), never a text or an author.

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    rows::Query,
    scope::Scope,
    sql::{execute, statements},
};
use crate::domain::{id::Ids, post::coded, time::Timestamp, user::Permission};

coded! {
    /// What happened.
    AuditKind {
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// A wrong password, or an account that is switched off.
        SignInRefused = "sign_in_refused",
        /// Somebody signed out.
        SignedOut = "signed_out",
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

statements! {
    APPEND = Sql::both("insert into audit (id, at, who, kind, subject, detail)
        values ($1, $2, $3, $4, $5, $6)");
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
    /// Only entries older than the one with this id: the next page.
    pub before: Option<String>,
}

/// Appends an entry, in the caller's transaction.
///
/// # Errors
/// [`super::Error::Database`]; then what was to be noted must not happen either.
pub async fn append(tx: &mut Tx, ids: &Ids, now: Timestamp, entry: &Entry<'_>) -> Result<()> {
    execute!(
        tx,
        APPEND,
        ids.ulid(now),
        now.as_millis(),
        entry.who,
        entry.kind.code(),
        entry.subject,
        entry.detail
    )?;
    Ok(())
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
    let mut query = Query::new("select id, at, who, kind, subject, detail from audit where 1 = 1");
    if let Some(who) = &filter.who {
        query.push(" and who = ").bind(who.as_str());
    }
    if let Some(kind) = filter.kind {
        query.push(" and kind = ").bind(kind.code());
    }
    if let Some(subject) = &filter.subject {
        query.push(" and subject = ").bind(subject.as_str());
    }
    if let Some(before) = &filter.before {
        query.push(" and id < ").bind(before.as_str());
    }
    query.push(" order by id desc limit ").bind(limit);
    query.fetch_all(tx).await
}
