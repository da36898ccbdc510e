//! What a table tells of a message beside its words: status, executor, deadline and their like, with
//! their history. A row that says something new of a known message is a version here, never a second
//! post. Start with [`keep`].

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use sqlx::FromRow;

use super::imports::Counts;
use crate::{
    domain::{
        id::PostId,
        table::{Appeal, Facts},
        time::Timestamp,
        user::Permission,
    },
    store::{
        Result, Sql, Tx,
        posts::{KeepAs, Kept, Keys, content_hash, keep as keep_posts},
        rows::{Query, Value, insert_rows},
        scope::Scope,
        sql::{execute, fetch, statements},
    },
};

statements! {
    SAVE_VERSION = Sql::both("insert into appeal_version (post, status, category, subcategory,
            executor, deadline, answered, channel, import, at, version)
        select post, status, category, subcategory, executor, deadline, answered, channel, import, at,
            version from appeal where post = $1
        on conflict (post, version) do nothing");
    CHANGE = Sql::both("update appeal set status = $2, category = $3, subcategory = $4, executor = $5,
            deadline = $6, answered = $7, channel = $8, import = $9, at = $10, version = version + 1
        where post = $1");
    FIND = Sql::both("select post, source, number, status, category, subcategory, executor, deadline,
            answered, channel, at, version from appeal where post = $1");
    HISTORY = Sql::both("select v.post, a.source, a.number, v.status, v.category, v.subcategory,
            v.executor, v.deadline, v.answered, v.channel, v.at, v.version
        from appeal_version v join appeal a on a.post = v.post
        where v.post = $1 order by v.version desc");
}

/// The rows of [`AppealRow`], up to the list of posts.
const KNOWN: &str =
    "select post, source, number, status, category, subcategory, executor, deadline,
    answered, channel, at, version from appeal where post in (";

/// What is known of a message.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct AppealRow {
    pub post: String,
    pub source: String,
    pub number: String,
    pub status: Option<String>,
    pub category: Option<String>,
    pub subcategory: Option<String>,
    pub executor: Option<String>,
    pub deadline: Option<i64>,
    pub answered: Option<i64>,
    pub channel: Option<String>,
    pub at: i64,
    pub version: i64,
}

impl AppealRow {
    fn facts(&self) -> Facts {
        Facts {
            number: self.number.clone(),
            status: self.status.clone(),
            category: self.category.clone(),
            subcategory: self.subcategory.clone(),
            executor: self.executor.clone(),
            deadline: self.deadline.map(Timestamp::from_millis),
            answered: self.answered.map(Timestamp::from_millis),
            channel: self.channel.clone(),
        }
    }
}

/// What was last said of each message, as hashes: a dry run over a file that names one twice must not
/// count it as new twice.
#[derive(Debug, Default)]
pub struct Said(HashMap<u64, u64>);

/// Tells how many rows are new, changed and known, and writes nothing.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn compare(tx: &mut Tx, keys: &Keys, rows: &[Appeal], said: &mut Said) -> Result<Counts> {
    let ids: Vec<PostId> = rows
        .iter()
        .map(|row| keys.identity.post_id(&row.post.key))
        .collect();
    let known = known(tx, &ids).await?;
    let mut counts = Counts::default();
    for (id, row) in ids.iter().zip(rows) {
        let now = digest(&content_hash(&row.post), Some(&row.facts));
        let key = short(id.as_str());
        let before = said.0.get(&key).copied().or_else(|| {
            let (hash, facts) = known.get(id.as_str())?;
            Some(digest(hash, facts.as_ref()))
        });
        counts.seen += 1;
        match before {
            None => counts.added += 1,
            Some(before) if before != now => counts.changed += 1,
            Some(_) => counts.same += 1,
        }
        said.0.insert(key, now);
    }
    Ok(counts)
}

/// Stores messages with what is known of them, in the caller's transaction; tells as [`compare`] does.
///
/// # Errors
/// [`crate::store::Error::Database`]; then the transaction must be dropped.
pub async fn keep(
    tx: &mut Tx,
    keys: &Keys,
    as_: &KeepAs<'_>,
    import: &str,
    rows: Vec<Appeal>,
) -> Result<(Counts, Kept)> {
    let counts = compare(tx, keys, &rows, &mut Said::default()).await?;
    let (posts, facts): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .map(|row| {
            let id = keys.identity.post_id(&row.post.key);
            (row.post, (id, row.facts))
        })
        .unzip();
    let kept = keep_posts(tx, keys, as_, posts).await?;
    keep_facts(tx, as_, import, facts).await?;
    Ok((counts, kept))
}

async fn keep_facts(
    tx: &mut Tx,
    as_: &KeepAs<'_>,
    import: &str,
    rows: Vec<(PostId, Facts)>,
) -> Result<()> {
    let ids: Vec<PostId> = rows.iter().map(|(id, _)| id.clone()).collect();
    let known = known(tx, &ids).await?;
    let mut last: HashMap<PostId, Facts> = HashMap::new();
    for (id, (_, facts)) in known {
        last.extend(facts.map(|facts| (PostId(id), facts)));
    }
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (id, facts) in rows {
        match last.insert(id.clone(), facts.clone()) {
            None => new.push((id, facts)),
            Some(before) if before != facts => changed.push((id, facts)),
            Some(_) => {}
        }
    }
    let first: Vec<Vec<Value>> = new.iter().map(|row| first_row(row, as_, import)).collect();
    let head = "appeal (post, source, number, status, category, subcategory, executor, deadline,
        answered, channel, import, at, version)";
    insert_rows(tx, head, "on conflict (post) do nothing", first).await?;
    for (id, facts) in changed {
        change(tx, (&id, &facts), import, as_.now).await?;
    }
    Ok(())
}

fn first_row((id, facts): &(PostId, Facts), as_: &KeepAs<'_>, import: &str) -> Vec<Value> {
    vec![
        id.as_str().into(),
        as_.source.into(),
        facts.number.as_str().into(),
        facts.status.clone().into(),
        facts.category.clone().into(),
        facts.subcategory.clone().into(),
        facts.executor.clone().into(),
        facts.deadline.map(Timestamp::as_millis).into(),
        facts.answered.map(Timestamp::as_millis).into(),
        facts.channel.clone().into(),
        import.into(),
        as_.now.as_millis().into(),
        1i64.into(),
    ]
}

async fn change(
    tx: &mut Tx,
    (id, facts): (&PostId, &Facts),
    import: &str,
    now: Timestamp,
) -> Result<()> {
    execute!(tx, SAVE_VERSION, id.as_str())?;
    execute!(
        tx,
        CHANGE,
        id.as_str(),
        facts.status.as_deref(),
        facts.category.as_deref(),
        facts.subcategory.as_deref(),
        facts.executor.as_deref(),
        facts.deadline.map(Timestamp::as_millis),
        facts.answered.map(Timestamp::as_millis),
        facts.channel.as_deref(),
        import,
        now.as_millis()
    )?;
    Ok(())
}

/// Hash of the words and the facts of those posts that are known.
async fn known(tx: &mut Tx, ids: &[PostId]) -> Result<HashMap<String, (String, Option<Facts>)>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let mut query = Query::new("select id, content_hash from post where id in (");
        query.bind_list(chunk.iter().map(PostId::as_str)).push(")");
        let posts: Vec<(String, String)> = query.fetch_all(tx).await?;
        found.extend(posts.into_iter().map(|(id, hash)| (id, (hash, None))));
        let mut query = Query::new(KNOWN);
        query.bind_list(chunk.iter().map(PostId::as_str)).push(")");
        for row in query.fetch_all::<AppealRow>(tx).await? {
            if let Some((_, facts)) = found.get_mut(&row.post) {
                *facts = Some(row.facts());
            }
        }
    }
    Ok(found)
}

fn short(text: &str) -> u64 {
    let hash = Sha256::digest(text);
    hash.iter()
        .take(8)
        .fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// One number for the words and the facts of a row.
fn digest(words: &str, facts: Option<&Facts>) -> u64 {
    short(&format!("{words} {facts:?}"))
}

/// What is known of those of these posts that a table told of, by post. Whoever asks has read the posts
/// within their reach.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn of_posts(
    tx: &mut Tx,
    scope: &Scope,
    posts: &[&str],
) -> Result<HashMap<String, AppealRow>> {
    scope.require(Permission::ReadPosts)?;
    let mut found = HashMap::new();
    for chunk in posts.chunks(500) {
        let mut query = Query::new(KNOWN);
        query.bind_list(chunk.iter().copied()).push(")");
        let rows = query.fetch_all::<AppealRow>(tx).await?;
        found.extend(rows.into_iter().map(|row| (row.post.clone(), row)));
    }
    Ok(found)
}

/// What is known of a message.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to import.
pub async fn find(tx: &mut Tx, scope: &Scope, post: &PostId) -> Result<Option<AppealRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_optional AppealRow, tx, FIND, post.as_str())?)
}

/// What was known of it before, newest first.
///
/// # Errors
/// As [`find`].
pub async fn history(tx: &mut Tx, scope: &Scope, post: &PostId) -> Result<Vec<AppealRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_all AppealRow, tx, HISTORY, post.as_str())?)
}
