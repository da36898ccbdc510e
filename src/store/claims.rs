//! Reviewed claims and the posts that may repeat them.

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    evidence::{self, Reason},
    posts::{MUNICIPALITY, SECTOR, WHOSE},
    rows::Query,
    scope::Scope,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    claim::{Claim, Decision, Rating},
    id::{ClaimId, PostId},
    time::Timestamp,
    user::{Field, Permission},
};

statements! {
    PUT = Sql::both("insert into claim (id, text, wordings, rating, review, reviewer, published,
            url, municipality) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (id) do update set text = excluded.text, wordings = excluded.wordings,
            rating = excluded.rating, review = excluded.review, reviewer = excluded.reviewer,
            published = excluded.published, url = excluded.url,
            municipality = excluded.municipality");
    LIST = Sql::both("select id, text, wordings, rating, review, reviewer, published, url,
        municipality from claim order by id");
    DECIDE = Sql::both("update claim_match set decision = $3, reason = $4, decided = $5,
        decided_by = $6 where post = $1 and claim = $2 and decision is null");
}

/// A claim as stored.
#[derive(Debug, Clone, FromRow)]
struct ClaimRow {
    id: String,
    text: String,
    wordings: String,
    rating: String,
    review: String,
    reviewer: String,
    published: i64,
    url: String,
    municipality: Option<String>,
}

impl TryFrom<ClaimRow> for Claim {
    type Error = Error;

    fn try_from(row: ClaimRow) -> Result<Claim> {
        let broken = |what: &str| Error::Broken(format!("claim {}: {what}", row.id));
        Ok(Claim {
            wordings: serde_json::from_str(&row.wordings).map_err(|_| broken("wordings"))?,
            rating: Rating::from_code(&row.rating).ok_or_else(|| broken("rating"))?,
            id: ClaimId(row.id),
            text: row.text,
            review: row.review,
            reviewer: row.reviewer,
            published: row.published.into(),
            url: row.url,
            municipality: row.municipality,
        })
    }
}

/// Adds or updates a reviewed claim.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, claim: &Claim) -> Result<()> {
    let wordings =
        serde_json::to_string(&claim.wordings).map_err(|e| Error::Broken(e.to_string()))?;
    execute!(
        tx,
        PUT,
        claim.id.as_str(),
        claim.text.as_str(),
        wordings,
        claim.rating.code(),
        claim.review.as_str(),
        claim.reviewer.as_str(),
        claim.published.as_millis(),
        claim.url.as_str(),
        claim.municipality.as_deref()
    )?;
    Ok(())
}

/// Every reviewed claim. They are published: no scope is needed.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx) -> Result<Vec<Claim>> {
    let rows = fetch!(fetch_all ClaimRow, tx, LIST)?;
    rows.into_iter().map(Claim::try_from).collect()
}

/// Suggestions without a decision, of posts that are still there, where the scope has a right.
fn open(scope: &Scope, columns: &str, right: Permission) -> Query {
    let mut query = Query::new(format!(
        "select {columns} from claim_match m join post p on p.id = m.post {WHOSE}
        where m.decision is null and m.level <> 'none' and p.deleted is null"
    ));
    scope.restrict(&mut query, right, SECTOR, MUNICIPALITY);
    query
}

/// A suggested match: a post beside a claim. Earlier decisions are not shown.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct MatchRow {
    pub post: String,
    pub claim: String,
    pub score: f64,
    pub level: String,
    pub sentence: String,
    /// JSON array of kinds of conflict.
    pub conflicts: String,
    pub found: i64,
    pub sector: Option<String>,
    pub municipality: Option<String>,
}

/// Suggestions that wait for a reviewer, surest first, within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to review.
pub async fn list_open(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<MatchRow>> {
    scope.require(Permission::ReviewClaims)?;
    let columns = format!(
        "m.post, m.claim, m.score, m.level, m.sentence, m.conflicts, m.found,
         {SECTOR} as sector, {MUNICIPALITY} as municipality"
    );
    let mut query = open(scope, &columns, Permission::ReviewClaims);
    query.push(" order by case m.level when 'strong' then 0 else 1 end, m.score desc, m.post, m.claim limit ");
    query.bind(limit);
    let mut rows: Vec<MatchRow> = query.fetch_all(tx).await?;
    for row in &mut rows {
        let (sector, municipality) = (row.sector.as_deref(), row.municipality.as_deref());
        if !scope.shows(Field::Text, sector, municipality) {
            row.sentence.clear();
        }
    }
    Ok(rows)
}

/// How many suggestions wait within reach: those that [`list_open`] lists.
///
/// # Errors
/// [`Error::Denied`] without the right to read totals.
pub async fn count_open(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    scope.require(Permission::ReadStats)?;
    let query = open(scope, "count(*)", Permission::ReadStats);
    let rows: Vec<(i64,)> = query.fetch_all(tx).await?;
    Ok(rows.first().map_or(0, |row| row.0))
}

/// Records a reviewer's decision with its reason. «Cannot tell» is a decision too. Of a post that repeats
/// the claim evidence is taken.
///
/// # Errors
/// [`Error::Denied`] without the right to review; [`Error::NotFound`] for a post out of reach;
/// [`Error::Conflict`] when somebody was faster.
pub async fn decide(
    tx: &mut Tx,
    scope: &Scope,
    of: (&PostId, &ClaimId),
    decision: Decision,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    scope.require(Permission::ReviewClaims)?;
    let mut query = Query::new(format!(
        "select p.id from post p {WHOSE} where p.deleted is null and p.id = "
    ));
    query.bind(of.0.as_str());
    scope.restrict(&mut query, Permission::ReviewClaims, SECTOR, MUNICIPALITY);
    let within: Vec<(String,)> = query.fetch_all(tx).await?;
    if within.is_empty() {
        return Err(Error::NotFound(format!("post {}", of.0)));
    }
    let touched = execute!(
        tx,
        DECIDE,
        of.0.as_str(),
        of.1.as_str(),
        decision.code(),
        reason,
        now.as_millis(),
        scope.who.as_str()
    )?;
    match touched {
        0 => Err(Error::Conflict(format!(
            "the match of {} and {}",
            of.0, of.1
        ))),
        _ if decision == Decision::Repeats => evidence::take(tx, of.0, Reason::Flag, now).await,
        _ => Ok(()),
    }
}
