//! Reading posts back: masked and within a scope for people; raw for understanding alone.

use sqlx::FromRow;

use crate::{
    domain::{
        id::PostId,
        user::{Field, Permission},
    },
    store::{
        Result, Sql, Tx, evidence,
        incidents::IncidentRow,
        rows::Query,
        scope::Scope,
        sql::{fetch, statements},
    },
};

statements! {
    LIST_WAITING = Sql::both("select p.id, p.source, p.title, p.text, q.text as parent_text,
            p.municipality, p.place_hint, p.lat, p.lon, p.published, p.version
        from post p left join post q on q.id = p.parent
        where p.revision = 0 and p.deleted is null
        order by p.captured desc limit $1");
    LIST_STALE = Sql::both("select p.id, p.source, p.title, p.text, q.text as parent_text,
            p.municipality, p.place_hint, p.lat, p.lon, p.published, p.version
        from post p left join post q on q.id = p.parent
        where p.revision = (select max(r.revision) from post r
                where r.revision > 0 and r.revision < $1 and r.deleted is null)
            and p.revision > 0 and p.deleted is null
        order by p.published desc limit $2");
    COUNT_ALL = Sql::both("select count(*) from post");
}

/// A post that waits to be understood: the raw text, for the machine only.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Waiting {
    pub id: String,
    pub source: String,
    pub title: Option<String>,
    pub text: String,
    pub parent_text: Option<String>,
    pub municipality: Option<String>,
    pub place_hint: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub published: i64,
    /// The wording read, so that an edit meanwhile is not taken for understood.
    pub version: i64,
}

/// A post as people see it: masked, with what the machine suggests. Fields that the reader does not
/// see are empty.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct PostRow {
    pub id: String,
    pub platform: String,
    pub kind: String,
    pub source: String,
    pub source_name: Option<String>,
    pub parent: Option<String>,
    /// The post that it reposts.
    pub original: Option<String>,
    pub published: i64,
    pub captured: i64,
    pub edited: Option<i64>,
    pub deleted: Option<i64>,
    /// The masked text; a headline is its first line.
    pub text: String,
    pub author: Option<String>,
    pub author_kind: String,
    pub likes: Option<i64>,
    pub comments: Option<i64>,
    pub reposts: Option<i64>,
    pub views: Option<i64>,
    pub language: String,
    pub message_kind: String,
    pub sector: Option<String>,
    pub sector_score: Option<f64>,
    pub topic: Option<String>,
    pub topic_score: Option<f64>,
    pub abstained: i64,
    /// JSON array of words.
    pub reasons: String,
    /// JSON array of `{code,label,score}`.
    pub alternatives: String,
    pub municipality: Option<String>,
    pub place_name: Option<String>,
    pub place_score: Option<f64>,
    pub incident: Option<String>,
    /// The number of its incident, if the reader may read that.
    pub number: Option<i64>,
    incident_municipality: Option<String>,
    /// Whether the reader may open the original.
    #[sqlx(skip)]
    pub opens: bool,
}

impl PostRow {
    /// Without what the scope does not see.
    fn seen_by(mut self, scope: &Scope) -> Self {
        let (sector, municipality) = (self.sector.as_deref(), self.municipality.as_deref());
        let hides = |field| !scope.shows(field, sector, municipality);
        let (text, source) = (hides(Field::Text), hides(Field::Source));
        let (voice, place) = (hides(Field::Voice), hides(Field::Place));
        self.opens = scope.covers(Permission::OpenLinks, sector, municipality);
        let of_incident = self.incident_municipality.as_deref();
        let reads = scope.covers(Permission::ReadIncidents, sector, of_incident);
        self.number = self.number.filter(|_| reads);
        if text {
            self.text = String::new();
            self.reasons = "[]".to_owned();
        }
        if source {
            (self.source, self.source_name) = (String::new(), None);
        }
        if voice {
            self.author = None;
        }
        if place {
            (self.place_name, self.place_score) = (None, None);
        }
        self
    }
}

async fn fetch_seen(tx: &mut Tx, scope: &Scope, query: Query) -> Result<Vec<PostRow>> {
    let rows: Vec<PostRow> = query.fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| row.seen_by(scope)).collect())
}

/// Joins a post `p` to what the machine says of it, and to its incident.
pub(in crate::store) const WHOSE: &str = "left join annotation a on a.post = p.id
    left join incident_post ip on ip.post = p.id left join incident i on i.id = ip.incident";
/// The sector that a post is of: its incident's, for a person may have passed it on; else the
/// machine's. Every read of posts is restricted by these two, and the index holds them.
pub(in crate::store) const SECTOR: &str = "coalesce(i.sector, a.sector)";
/// The municipality that a post is of.
pub(in crate::store) const MUNICIPALITY: &str =
    "coalesce(i.municipality, a.municipality, p.municipality)";

const POST_ROW: &str =
    "select p.id, p.platform, p.kind, p.source, s.name as source_name, p.parent, p.original,
        p.published, p.captured, p.edited, p.deleted, a.masked as text, p.author,
        p.author_kind, p.likes, p.comments, p.reposts, p.views, a.language, a.kind as message_kind,
        coalesce(i.sector, a.sector) as sector, a.sector_score,
        coalesce(i.topic, a.topic) as topic, a.topic_score, a.abstained, a.reasons, a.alternatives,
        coalesce(i.municipality, a.municipality, p.municipality) as municipality, a.place_name,
        a.place_score, ip.incident, i.number, i.municipality as incident_municipality
    from post p join annotation a on a.post = p.id
    left join source s on s.code = p.source
    left join incident_post ip on ip.post = p.id
    left join incident i on i.id = ip.incident
    where 1 = 1";

/// What the index holds of a post (masked text; the index stores none of it).
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct IndexRow {
    pub id: String,
    pub text: String,
    pub source: String,
    pub platform: String,
    pub language: String,
    pub kind: String,
    pub sector: Option<String>,
    pub topic: Option<String>,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub published: i64,
}

/// Up to `limit` posts never understood in their present wording, latest captured first: what has
/// just come does not wait behind a large import, and rows stored together are read together.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_waiting(tx: &mut Tx, limit: i64) -> Result<Vec<Waiting>> {
    Ok(fetch!(fetch_all Waiting, tx, LIST_WAITING, limit)?)
}

/// Up to `limit` posts understood by an earlier revision than `revision`: of the latest of these, the
/// newest first. When there are none, that is found at once: a loop asks each second.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_stale(tx: &mut Tx, revision: i64, limit: i64) -> Result<Vec<Waiting>> {
    Ok(fetch!(fetch_all Waiting, tx, LIST_STALE, revision, limit)?)
}

/// Understood posts by id, in any order, within the scope.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn list(tx: &mut Tx, scope: &Scope, ids: &[PostId]) -> Result<Vec<PostRow>> {
    scope.require(Permission::ReadPosts)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(POST_ROW);
    query.push(" and p.id in (");
    query.bind_list(ids.iter().map(PostId::as_str)).push(")");
    scope.restrict(&mut query, Permission::ReadPosts, SECTOR, MUNICIPALITY);
    fetch_seen(tx, scope, query).await
}

/// One understood post within the scope.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &PostId) -> Result<Option<PostRow>> {
    Ok(list(tx, scope, std::slice::from_ref(id)).await?.pop())
}

/// The posts of an incident within the scope, in the order in which they joined, without bare reposts.
/// They go with their incident to another sector, whatever the machine said of them.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn list_of_incident(
    tx: &mut Tx,
    scope: &Scope,
    of: &IncidentRow,
) -> Result<Vec<PostRow>> {
    scope.require(Permission::ReadPosts)?;
    let mut query = Query::new(POST_ROW);
    query.push(" and ip.incident = ").bind(of.id.as_str());
    scope.restrict(&mut query, Permission::ReadPosts, SECTOR, MUNICIPALITY);
    query.push(" and ip.joined_by <> 'repost' order by ip.joined, p.published, p.id limit 500");
    fetch_seen(tx, scope, query).await
}

/// The public address of a post, for the audited door; of one that was purged, as evidence has it.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to open links.
pub async fn find_link(tx: &mut Tx, scope: &Scope, id: &PostId) -> Result<Option<String>> {
    scope.require(Permission::OpenLinks)?;
    let mut query = Query::new(format!(
        "select l.url from post_link l join post p on p.id = l.post {WHOSE} where l.post = "
    ));
    query.bind(id.as_str());
    scope.restrict(&mut query, Permission::OpenLinks, SECTOR, MUNICIPALITY);
    let rows: Vec<(Option<String>,)> = query.fetch_all(tx).await?;
    match rows.into_iter().next() {
        Some((url,)) => Ok(url),
        None => evidence::find_link(tx, scope, id).await,
    }
}

/// What the index should hold of these posts; a post that is missing or deleted is left out.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_for_index(tx: &mut Tx, ids: &[PostId]) -> Result<Vec<IndexRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let mut query = Query::new(
            "select p.id, a.masked as text, p.source, p.platform, a.language, a.kind,
                coalesce(i.sector, a.sector) as sector, coalesce(i.topic, a.topic) as topic,
                coalesce(i.municipality, a.municipality, p.municipality) as municipality,
                a.place, p.published
             from post p join annotation a on a.post = p.id
             left join incident_post ip on ip.post = p.id
             left join incident i on i.id = ip.incident
             where p.deleted is null and p.id in (",
        );
        query.bind_list(chunk.iter().map(PostId::as_str)).push(")");
        found.extend(query.fetch_all::<IndexRow>(tx).await?);
    }
    Ok(found)
}

/// How many posts are stored.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn count(tx: &mut Tx) -> Result<i64> {
    Ok(fetch!(fetch_one(i64,), tx, COUNT_ALL)?.0)
}

/// How many posts are within reach.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read totals.
pub async fn count_within(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    scope.require(Permission::ReadStats)?;
    let mut query = Query::new(format!("select count(*) from post p {WHOSE} where 1 = 1"));
    scope.restrict(&mut query, Permission::ReadStats, SECTOR, MUNICIPALITY);
    let rows: Vec<(i64,)> = query.fetch_all(tx).await?;
    Ok(rows.first().map_or(0, |row| row.0))
}
