//! What the machine suggests of posts, and the suggestions' way into claims' review.

use std::collections::BTreeMap;

use super::{
    Result, Sql, Tx,
    changes::{self, ChangeKind},
    rows::{Query, Value, insert_rows},
    sql::{fetch, statements},
};
use crate::domain::{annotation::Annotation, id::PostId, time::Timestamp};

statements! {
    COUNT_STALE = Sql::both("select count(*) from post
        where revision < $1 and deleted is null");
    LIST_PRINTS = Sql::both("select a.post, a.fingerprint, p.published from annotation a
        join post p on p.id = a.post where p.published >= $1 and a.fingerprint <> 0
        order by p.published limit $2");
}

/// Which model spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStamp {
    /// Name and version of the model.
    pub name: String,
    /// Revision: grows with each new model or rule.
    pub revision: i64,
}

/// One post's annotation, ready to be stored.
#[derive(Debug, Clone)]
pub struct Understood {
    /// The post.
    pub post: PostId,
    /// The version of its wording that was read.
    pub version: i64,
    /// What the machine suggests.
    pub annotation: Annotation,
    /// The earlier post whose text it repeats.
    pub duplicate_of: Option<PostId>,
}

const UPSERT: &str = "on conflict (post) do update set revision = excluded.revision,
    model = excluded.model, made = excluded.made, language = excluded.language,
    kind = excluded.kind, sector = excluded.sector, sector_score = excluded.sector_score,
    topic = excluded.topic, topic_score = excluded.topic_score, abstained = excluded.abstained,
    alternatives = excluded.alternatives, reasons = excluded.reasons,
    municipality = excluded.municipality, place = excluded.place,
    place_name = excluded.place_name, place_score = excluded.place_score, lat = excluded.lat,
    lon = excluded.lon, fingerprint = excluded.fingerprint,
    duplicate_of = excluded.duplicate_of, masked = excluded.masked";

/// Stores annotations of a batch with their revision, in one transaction: results and revision
/// cannot disagree. Claim suggestions a person has decided are left as they are.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn save(
    tx: &mut Tx,
    stamp: &ModelStamp,
    batch: &[Understood],
    now: Timestamp,
) -> Result<()> {
    let rows = batch
        .iter()
        .map(|one| row(stamp, one, now))
        .collect::<Result<Vec<_>>>()?;
    insert_rows(
        tx,
        "annotation (post, revision, model, made, language, kind, sector, sector_score, topic,
            topic_score, abstained, alternatives, reasons, municipality, place, place_name,
            place_score, lat, lon, fingerprint, duplicate_of, masked)",
        UPSERT,
        rows,
    )
    .await?;
    stamp_posts(tx, stamp.revision, batch).await?;
    save_matches(tx, batch, now).await?;
    changes::append(
        tx,
        ChangeKind::Understood,
        batch.iter().map(|one| &one.post),
    )
    .await
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_string(value)
        .map(Value::Text)
        .map_err(|e| super::Error::Broken(e.to_string()))
}

fn row(stamp: &ModelStamp, one: &Understood, now: Timestamp) -> Result<Vec<Value>> {
    let a = &one.annotation;
    let place = a.places.first();
    let named = place.filter(|p| !p.implied);
    Ok(vec![
        one.post.as_str().into(),
        stamp.revision.into(),
        stamp.name.as_str().into(),
        now.as_millis().into(),
        a.language.as_str().into(),
        a.kind.code().into(),
        a.sector.as_ref().map(|s| s.code.clone()).into(),
        a.sector.as_ref().map(|s| f64::from(s.score)).into(),
        a.topic.as_ref().map(|s| s.code.clone()).into(),
        a.topic.as_ref().map(|s| f64::from(s.score)).into(),
        i64::from(a.abstained).into(),
        json(&a.alternatives)?,
        json(&a.reasons)?,
        place.map(|p| p.municipality.clone()).into(),
        named.map(|p| p.code.clone()).into(),
        named.map(|p| p.name.clone()).into(),
        place.map(|p| f64::from(p.score)).into(),
        named.and_then(|p| p.lat).into(),
        named.and_then(|p| p.lon).into(),
        (a.fingerprint as i64).into(),
        one.duplicate_of.as_ref().map(|id| id.0.clone()).into(),
        a.masked.as_str().into(),
    ])
}

/// Stamps the wordings that were read; a post edited meanwhile keeps waiting.
async fn stamp_posts(tx: &mut Tx, revision: i64, batch: &[Understood]) -> Result<()> {
    let mut by_version = BTreeMap::<i64, Vec<&str>>::new();
    for one in batch {
        let posts = by_version.entry(one.version).or_default();
        posts.push(one.post.as_str());
    }
    for (version, posts) in by_version {
        for chunk in posts.chunks(500) {
            let mut query = Query::new("update post set revision = ");
            query.bind(revision).push(" where version = ").bind(version);
            query.push(" and id in (");
            query.bind_list(chunk.iter().copied()).push(")");
            query.execute(tx).await?;
        }
    }
    Ok(())
}

/// New suggestions enter; an undecided one is refreshed; a decided one stays as the person left it.
async fn save_matches(tx: &mut Tx, batch: &[Understood], now: Timestamp) -> Result<()> {
    let mut rows = Vec::new();
    for one in batch {
        for found in &one.annotation.claims {
            rows.push(vec![
                one.post.as_str().into(),
                found.id.as_str().into(),
                f64::from(found.score).into(),
                found.level.code().into(),
                found.sentence.as_str().into(),
                json(&found.conflicts)?,
                now.as_millis().into(),
            ]);
        }
    }
    insert_rows(
        tx,
        "claim_match (post, claim, score, level, sentence, conflicts, found)",
        "on conflict (post, claim) do update set score = excluded.score, level = excluded.level,
            sentence = excluded.sentence, conflicts = excluded.conflicts
         where claim_match.decision is null",
        rows,
    )
    .await?;
    Ok(())
}

/// Fingerprints of the texts published since a moment, oldest first, to fill the window of
/// near-duplicates after a start: post, fingerprint, moment.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_prints(
    tx: &mut Tx,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(PostId, u64, Timestamp)>> {
    let rows = fetch!(
        fetch_all(String, i64, i64),
        tx,
        LIST_PRINTS,
        since.as_millis(),
        limit
    )?;
    Ok(rows
        .into_iter()
        .map(|(post, print, at)| (PostId(post), print as u64, at.into()))
        .collect())
}

/// How many posts wait to be understood by `revision` (also those read by an earlier one).
///
/// # Errors
/// [`super::Error::Database`].
pub async fn count_stale(tx: &mut Tx, revision: i64) -> Result<i64> {
    Ok(fetch!(fetch_one(i64,), tx, COUNT_STALE, revision)?.0)
}
