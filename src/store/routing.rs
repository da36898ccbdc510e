//! Posts on their way to incidents: those not dealt with yet, and those that wait for a person.

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    posts::{MUNICIPALITY, SECTOR, WHOSE},
    rows::{Query, Value, insert_rows},
    scope::Scope,
    sql::{execute, fetch, statements},
};
use crate::domain::{id::PostId, time::Timestamp, user::Permission};

statements! {
    LIST_UNHANDLED = Sql::both("select p.id, p.published, p.captured, p.alerts, p.kind as post_kind,
            p.author_kind, p.parent, coalesce(s.official, 0) as official, a.kind, a.language,
            a.sector, a.sector_score, a.topic, a.topic_score, a.abstained,
            coalesce(a.municipality, p.municipality) as municipality, a.place, a.place_name,
            a.lat, a.lon, a.duplicate_of, a.masked, p.original,
            (select o.id from post o where o.id = p.original and o.deleted is null
                and (p.bare = 1 or p.text = o.text)) as repeats,
            cast(case when coalesce(p.title, '') = '' then 0 else 1 end as bigint) as titled
        from post p join annotation a on a.post = p.id left join source s on s.code = p.source
        where p.handled = 0 and p.revision > 0 and p.deleted is null
        order by p.published, p.id limit $1");
    FIND_WAITING = Sql::both("select p.id, p.published, p.captured, p.alerts, p.kind as post_kind,
            p.author_kind, p.parent, coalesce(s.official, 0) as official, a.kind, a.language,
            a.sector, a.sector_score, a.topic, a.topic_score, a.abstained,
            coalesce(a.municipality, p.municipality) as municipality, a.place, a.place_name,
            a.lat, a.lon, a.duplicate_of, a.masked, p.original,
            (select o.id from post o where o.id = p.original and o.deleted is null
                and (p.bare = 1 or p.text = o.text)) as repeats,
            cast(case when coalesce(p.title, '') = '' then 0 else 1 end as bigint) as titled
        from post p join annotation a on a.post = p.id left join source s on s.code = p.source
        join triage t on t.post = p.id
        where t.decided is null and p.id = $1");
    DECIDE_TRIAGE = Sql::both("update triage set decided = $2, decided_by = $3, sector = $4
        where post = $1 and decided is null");
}

/// A post that incidents have not dealt with, with what the machine suggests.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Unhandled {
    pub id: String,
    pub published: i64,
    pub captured: i64,
    pub alerts: i64,
    pub post_kind: String,
    pub author_kind: String,
    pub parent: Option<String>,
    pub official: i64,
    pub kind: String,
    pub language: String,
    pub sector: Option<String>,
    pub sector_score: Option<f64>,
    pub topic: Option<String>,
    pub topic_score: Option<f64>,
    pub abstained: i64,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub place_name: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub duplicate_of: Option<String>,
    pub masked: String,
    /// The post that it reposts.
    pub original: Option<String>,
    /// The same, where it has no word of its own and that post is known and still there.
    pub repeats: Option<String>,
    /// 1 when the text's first line is a headline.
    pub titled: i64,
}

/// Understood posts not dealt with, oldest first (a later post joins an earlier one's incident).
/// For the program itself.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_unhandled(tx: &mut Tx, limit: i64) -> Result<Vec<Unhandled>> {
    Ok(fetch!(fetch_all Unhandled, tx, LIST_UNHANDLED, limit)?)
}

/// Marks posts as dealt with: later revisions may only suggest for them.
///
/// # Errors
/// [`Error::Database`].
pub async fn mark_handled(tx: &mut Tx, posts: &[&str]) -> Result<()> {
    for chunk in posts.chunks(500) {
        let mut query = Query::new("update post set handled = 1 where id in (");
        query.bind_list(chunk.iter().copied()).push(")");
        query.execute(tx).await?;
    }
    Ok(())
}

/// Lets posts wait for a person: `(post, reason)`.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_triage(tx: &mut Tx, posts: &[(&str, &str)], now: Timestamp) -> Result<()> {
    let rows = posts
        .iter()
        .map(|(post, reason)| {
            vec![
                Value::from(*post),
                Value::from(*reason),
                now.as_millis().into(),
            ]
        })
        .collect();
    insert_rows(
        tx,
        "triage (post, reason, entered)",
        "on conflict (post) do nothing",
        rows,
    )
    .await?;
    Ok(())
}

/// The waiting posts' ids with the reason, newest first, within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to triage.
pub async fn list_triage(
    tx: &mut Tx,
    scope: &Scope,
    limit: i64,
    offset: i64,
) -> Result<Vec<(PostId, String)>> {
    scope.require(Permission::Triage)?;
    let mut query = waiting(scope, "t.post, t.reason");
    query.push(
        " order by case t.reason when 'kind' then 1 else 0 end, p.published desc, p.id limit ",
    );
    query.bind(limit).push(" offset ").bind(offset);
    let rows: Vec<(String, String)> = query.fetch_all(tx).await?;
    Ok(rows
        .into_iter()
        .map(|(post, reason)| (PostId(post), reason))
        .collect())
}

/// How many posts wait for a person, within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to triage.
pub async fn count_triage(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    scope.require(Permission::Triage)?;
    let rows: Vec<(i64,)> = waiting(scope, "count(*)").fetch_all(tx).await?;
    Ok(rows.first().map_or(0, |row| row.0))
}

/// The waiting posts that a scope may see: list and count obey one rule.
fn waiting(scope: &Scope, columns: &str) -> Query {
    let mut query = Query::new(format!(
        "select {columns} from triage t join post p on p.id = t.post {WHOSE}
         where t.decided is null and p.deleted is null"
    ));
    scope.restrict(&mut query, Permission::Triage, SECTOR, MUNICIPALITY);
    query
}

/// Records a person's decision on a waiting post; `sector` is `None` for «nothing to do».
///
/// # Errors
/// [`Error::Conflict`] when somebody was faster.
pub async fn decide_triage(
    tx: &mut Tx,
    post: &PostId,
    who: &str,
    sector: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    match execute!(
        tx,
        DECIDE_TRIAGE,
        post.as_str(),
        now.as_millis(),
        who,
        sector
    )? {
        0 => Err(Error::Conflict(format!("post {post}"))),
        _ => Ok(()),
    }
}

/// A waiting post within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to triage.
pub async fn find_waiting(tx: &mut Tx, scope: &Scope, post: &PostId) -> Result<Option<Unhandled>> {
    scope.require(Permission::Triage)?;
    let row = fetch!(fetch_optional Unhandled, tx, FIND_WAITING, post.as_str())?;
    let within = |r: &Unhandled| {
        let (sector, municipality) = (r.sector.as_deref(), r.municipality.as_deref());
        scope.covers(Permission::Triage, sector, municipality)
    };
    Ok(row.filter(within))
}
