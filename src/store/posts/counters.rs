//! Counters as a series: a row for each change. Start with [`note`].
//!
//! The first change writes down what stood at capture, so posts that are never seen again cost nothing.
//! All rows of a post's first two days stay; later the last of each day (UTC) does.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{
    known::Known,
    read::{MUNICIPALITY, SECTOR, WHOSE},
};
use crate::{
    domain::{
        id::PostId,
        post::Counters,
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{
        Result, Sql, Tx,
        incidents::IncidentRow,
        rows::Query,
        scope::Scope,
        sql::{execute, statements},
    },
};

/// How long after capture each change stays.
const WHOLE: Span = Span::hours(48);
const DAY: i64 = 24 * 60 * 60 * 1000;

statements! {
    BEGIN = Sql::both("insert into post_counter (post, at, likes, comments, reposts, views)
        select id, captured, likes, comments, reposts, views from post where id = $1
            and not exists (select 1 from post_counter c where c.post = $1)
        on conflict (post, at) do nothing");
    ADD = Sql::both("insert into post_counter (post, at, likes, comments, reposts, views)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (post, at) do update set likes = excluded.likes,
            comments = excluded.comments, reposts = excluded.reposts, views = excluded.views");
    THIN = Sql::both("delete from post_counter where post = $1 and at >= $2 and at < $3");
    COUNT = Sql::both("update post set likes = $2, comments = $3, reposts = $4, views = $5
        where id = $1");
}

/// Keeps what the counters say now, if that is something new. What is hidden now stays as it was known.
pub(super) async fn note(
    tx: &mut Tx,
    now: Timestamp,
    seen: Counters,
    known: &mut Known,
) -> Result<()> {
    let latest = seen.over(known.counters());
    if latest == known.counters() {
        return Ok(());
    }
    let id = known.id.as_str();
    let Counters {
        likes,
        reposts,
        comments,
        views,
    } = latest;
    execute!(tx, BEGIN, id)?;
    let at = now.as_millis();
    execute!(tx, ADD, id, at, likes, comments, reposts, views)?;
    let thin_from = known.captured.saturating_add(WHOLE.as_millis());
    if at > thin_from {
        let day = at - at.rem_euclid(DAY);
        execute!(tx, THIN, id, day.max(thin_from), at)?;
    }
    execute!(tx, COUNT, id, likes, comments, reposts, views)?;
    known.set_counters(latest);
    Ok(())
}

/// What the counters said from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct CounterRow {
    pub at: i64,
    pub likes: Option<i64>,
    pub comments: Option<i64>,
    pub reposts: Option<i64>,
    pub views: Option<i64>,
}

/// A post's series within the scope, oldest first; empty while nothing has changed since capture.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn list_counters(tx: &mut Tx, scope: &Scope, post: &PostId) -> Result<Vec<CounterRow>> {
    scope.require(Permission::ReadPosts)?;
    let mut query = Query::new(format!(
        "select c.at, c.likes, c.comments, c.reposts, c.views
         from post_counter c join post p on p.id = c.post {WHOSE} where c.post = "
    ));
    query.bind(post.as_str());
    scope.restrict(&mut query, Permission::ReadPosts, SECTOR, MUNICIPALITY);
    query.push(" order by c.at desc limit 1000");
    let mut rows: Vec<CounterRow> = query.fetch_all(tx).await?;
    rows.reverse();
    Ok(rows)
}

/// How many views the posts of an incident had at `since`, or at capture if that was later; posts whose
/// counters never changed are left out.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn list_views_before(
    tx: &mut Tx,
    scope: &Scope,
    of: &IncidentRow,
    since: Timestamp,
) -> Result<HashMap<String, i64>> {
    scope.require(Permission::ReadPosts)?;
    let mut query = Query::new(
        "select p.id, coalesce((select c.views from post_counter c where c.post = p.id and c.at <= ",
    );
    query.bind(since.as_millis());
    query.push(&format!(
        " order by c.at desc limit 1),
            (select c.views from post_counter c where c.post = p.id order by c.at limit 1)) as views
         from post p {WHOSE} where ip.incident = "
    ));
    query.bind(of.id.as_str());
    scope.restrict(&mut query, Permission::ReadPosts, SECTOR, MUNICIPALITY);
    query.push(" limit 500");
    let rows: Vec<(String, Option<i64>)> = query.fetch_all(tx).await?;
    let known = |(post, views): (String, Option<i64>)| Some((post, views?));
    Ok(rows.into_iter().filter_map(known).collect())
}
