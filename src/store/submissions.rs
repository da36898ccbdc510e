//! What became of posts that an integration handed in. An integration sees its own and nothing of their
//! words; no scope is asked beyond the right to submit. Start with [`find`].

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    scope::Scope,
    sql::{fetch, statements},
};
use crate::domain::{id::PostId, user::Permission};

statements! {
    FIND = Sql::both("select p.id, l.external_id as number, p.captured, p.edited, p.version, p.revision,
            p.municipality, i.number as incident, i.state,
            (select count(*) from triage t where t.post = p.id and t.decided is null) as waiting
        from post p join post_link l on l.post = p.id
        left join incident_post ip on ip.post = p.id left join incident i on i.id = ip.incident
        where p.id = $1 and p.source = $2 and p.deleted is null");
}

/// A post that was handed in.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct SubmissionRow {
    pub id: String,
    /// Its number in the system that it came from.
    pub number: String,
    pub captured: i64,
    pub edited: Option<i64>,
    pub version: i64,
    /// 0 while nobody has read it.
    pub revision: i64,
    pub municipality: Option<String>,
    /// The number of its incident.
    pub incident: Option<i64>,
    /// The state of its incident.
    pub state: Option<String>,
    /// 1 while it waits for a person's decision.
    pub waiting: i64,
}

/// A submission of this source that was not withdrawn.
///
/// # Errors
/// [`super::Error::Denied`] without the right to submit.
pub async fn find(
    tx: &mut Tx,
    scope: &Scope,
    source: &str,
    id: &PostId,
) -> Result<Option<SubmissionRow>> {
    scope.require(Permission::SubmitPosts)?;
    Ok(fetch!(fetch_optional SubmissionRow, tx, FIND, id.as_str(), source)?)
}
