//! What happened to the database in use since the backup and must not be undone by restoring: posts
//! that were purged, and those that were deleted at their source. Start with [`Since::read`].

use std::collections::HashSet;

use sqlx::FromRow;

use crate::{
    domain::{id::PostId, time::Timestamp},
    store::{
        Result, Sql, Tx,
        changes::{self, ChangeKind},
        retention,
        rows::{Query, Value, insert_rows},
        sql::{fetch, statements},
    },
};

statements! {
    PURGED = Sql::both("select distinct post from change where kind = 'purged'");
    DELETED = Sql::both("select id, deleted from post where deleted is not null");
    INCIDENTS = Sql::both("select id from incident");
    LOG = Sql::both("select id, at, class, rows_gone, oldest, newest from purge");
}

/// A line of the purge log, whole.
#[derive(Debug, Clone, FromRow)]
struct Line {
    id: String,
    at: i64,
    class: String,
    rows_gone: i64,
    oldest: i64,
    newest: i64,
}

/// Tombstones, marks of deletion and the purge log.
#[derive(Debug, Clone, Default)]
pub struct Since {
    purged: Vec<String>,
    deleted: Vec<(String, i64)>,
    incidents: HashSet<String>,
    log: Vec<Line>,
}

impl Since {
    /// Reads them from the database in use.
    ///
    /// # Errors
    /// [`crate::store::Error::Database`], also for a schema older than retention.
    pub async fn read(tx: &mut Tx) -> Result<Since> {
        let one = |rows: Vec<(String,)>| rows.into_iter().map(|(id,)| id);
        Ok(Since {
            purged: one(fetch!(fetch_all(String,), tx, PURGED)?).collect(),
            deleted: fetch!(fetch_all(String, i64), tx, DELETED)?,
            incidents: one(fetch!(fetch_all(String,), tx, INCIDENTS)?).collect(),
            log: fetch!(fetch_all Line, tx, LOG)?,
        })
    }

    /// Purges in a restored database what was purged since, and marks what was deleted; gives the
    /// number of posts that went.
    ///
    /// # Errors
    /// [`crate::store::Error::Database`].
    pub async fn repeat(&self, tx: &mut Tx) -> Result<u64> {
        let mut gone = 0;
        for chunk in self.purged.chunks(500) {
            let mut query = Query::new("select id from post where id in (");
            query.bind_list(chunk.iter().map(String::as_str)).push(")");
            let back: Vec<(String,)> = query.fetch_all(tx).await?;
            let back: Vec<&str> = back.iter().map(|(id,)| id.as_str()).collect();
            if back.is_empty() {
                continue;
            }
            gone += back.len() as u64;
            let ended = self.ended_incidents(tx, &back).await?;
            let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
            retention::purge_incidents(tx, &ended).await?;
            retention::forget_words(tx, &back).await?;
            retention::purge_posts(tx, &back).await?;
        }
        self.mark_deleted(tx).await?;
        self.add_log(tx).await?;
        Ok(gone)
    }

    /// Incidents of these posts that the database in use had no more.
    async fn ended_incidents(&self, tx: &mut Tx, posts: &[&str]) -> Result<Vec<String>> {
        let mut query = Query::new("select distinct incident from incident_post where post in (");
        query.bind_list(posts.iter().copied()).push(")");
        let of: Vec<(String,)> = query.fetch_all(tx).await?;
        Ok(of
            .into_iter()
            .map(|(id,)| id)
            .filter(|id| !self.incidents.contains(id))
            .collect())
    }

    async fn mark_deleted(&self, tx: &mut Tx) -> Result<()> {
        for (post, at) in &self.deleted {
            let mut query = Query::new("update post set deleted = ");
            query
                .bind(*at)
                .push(" where deleted is null and id = ")
                .bind(post.as_str());
            if query.execute(tx).await? > 0 {
                let post = PostId::from(post.as_str());
                changes::append(tx, ChangeKind::Deleted, [&post]).await?;
            }
        }
        Ok(())
    }

    async fn add_log(&self, tx: &mut Tx) -> Result<()> {
        let rows = self.log.iter().map(|line| {
            vec![
                Value::from(line.id.as_str()),
                line.at.into(),
                line.class.as_str().into(),
                line.rows_gone.into(),
                line.oldest.into(),
                line.newest.into(),
            ]
        });
        let head = "purge (id, at, class, rows_gone, oldest, newest)";
        insert_rows(tx, head, "on conflict (id) do nothing", rows.collect()).await?;
        Ok(())
    }

    /// The newest moment at which anything was purged.
    pub fn last(&self) -> Option<Timestamp> {
        self.log
            .iter()
            .map(|line| line.at)
            .max()
            .map(Timestamp::from_millis)
    }
}
