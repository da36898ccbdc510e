//! Evidence: what was public when a post became part of an incident or was flagged, kept apart from the
//! post. It outlives a deletion at the source and has a term of its own ([`super::retention::Class`]).
//! It holds no author and no raw text. Start with [`take`] and [`list_gone`].

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    incidents::IncidentRow,
    rows::Query,
    scope::Scope,
    sql::{execute, statements},
};
use crate::domain::{
    id::{IncidentId, PostId},
    time::Timestamp,
    user::{Field, Permission},
};

statements! {
    // Of a text of any length its first 2000 characters. A wording that was edited meanwhile and is not
    // understood yet is not what the mask was made of. What was taken first stays.
    TAKE = Sql::both("insert into evidence (post, incident, why, taken, version, published, captured,
            text, media, url, sector, municipality)
        select p.id, $2, $3, $4,
            case when p.revision = 0 and p.version > 1 then p.version - 1 else p.version end,
            p.published, p.captured, substr(a.masked, 1, 2000), p.media, l.url,
            a.sector, coalesce(a.municipality, p.municipality)
        from post p join annotation a on a.post = p.id left join post_link l on l.post = p.id
        where p.id = $1
        on conflict (post) do update set incident = excluded.incident
            where evidence.incident is null and excluded.incident is not null");
}

/// Why evidence is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// The post became part of this incident.
    Incident(&'a IncidentId),
    /// A reviewer found that it repeats a reviewed claim.
    Flag,
}

/// Takes evidence of an understood post, in the caller's transaction; nothing when it was taken before.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn take(tx: &mut Tx, post: &PostId, why: Reason<'_>, now: Timestamp) -> Result<()> {
    let (incident, word) = match why {
        Reason::Incident(id) => (Some(id.as_str()), "incident"),
        Reason::Flag => (None, "flag"),
    };
    execute!(tx, TAKE, post.as_str(), incident, word, now.as_millis())?;
    Ok(())
}

/// Evidence of a post that is gone at its source. Fields that the reader does not see are empty.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct EvidenceRow {
    pub post: String,
    pub taken: i64,
    pub version: i64,
    pub published: i64,
    pub captured: i64,
    pub text: String,
    /// A keyed hash of the names of the attached media.
    pub media: Option<String>,
    /// 1 when the post itself was purged.
    pub purged: i64,
    /// Whether the reader may open the original's address.
    #[sqlx(skip)]
    pub opens: bool,
}

/// The evidence of an incident's posts that were deleted at their source. The caller has found the
/// incident within its scope.
///
/// # Errors
/// [`super::Error::Denied`] without the right to read posts.
pub async fn list_gone(tx: &mut Tx, scope: &Scope, of: &IncidentRow) -> Result<Vec<EvidenceRow>> {
    scope.require(Permission::ReadPosts)?;
    let (sector, municipality) = (Some(of.sector.as_str()), of.municipality.as_deref());
    if !scope.covers(Permission::ReadPosts, sector, municipality) {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "select e.post, e.taken, e.version, e.published, e.captured, e.text, e.media,
            cast(case when p.id is null then 1 else 0 end as bigint) as purged
         from evidence e left join post p on p.id = e.post
         where (p.id is null or p.deleted is not null) and e.incident = ",
    );
    query.bind(of.id.as_str());
    query.push(" order by e.published, e.post limit 500");
    let mut rows: Vec<EvidenceRow> = query.fetch_all(tx).await?;
    let opens = scope.covers(Permission::OpenLinks, sector, municipality);
    let reads = scope.shows(Field::Text, sector, municipality);
    for row in &mut rows {
        row.opens = opens;
        if !reads {
            row.text.clear();
        }
    }
    Ok(rows)
}

/// The public address of a post that was purged, for the audited door.
///
/// # Errors
/// [`super::Error::Database`].
pub(super) async fn find_link(tx: &mut Tx, scope: &Scope, id: &PostId) -> Result<Option<String>> {
    let mut query = Query::new(
        "select e.url from evidence e left join incident i on i.id = e.incident where e.post = ",
    );
    query.bind(id.as_str());
    let sector = "coalesce(i.sector, e.sector)";
    let municipality = "coalesce(i.municipality, e.municipality)";
    scope.restrict(&mut query, Permission::OpenLinks, sector, municipality);
    let rows: Vec<(Option<String>,)> = query.fetch_all(tx).await?;
    Ok(rows.into_iter().next().and_then(|(url,)| url))
}
