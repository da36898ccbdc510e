//! Retention: which rows have outlived their class's term, and their removal.
//!
//! A class is a statement that finds its rows ([`Class::due`]) and the tables that are emptied with
//! them. Purging a post leaves its id in the change log as a tombstone for the indexes; purging an
//! incident leaves totals. Each batch writes one row of the purge log. Start with [`purge_batch`].

use sqlx::FromRow;

use super::{
    Result, Sql, Tx,
    changes::{self, ChangeKind},
    rows::Query,
    sql::{execute, fetch, statements},
};
use crate::{
    config::settings::Retention,
    domain::{
        id::{Ids, PostId},
        post::coded,
        time::{Span, Timestamp},
    },
};

coded! {
    /// What a row became, and so how long it is kept.
    Class {
        /// Gone at its source, and no open incident holds it.
        Deleted = "deleted",
        /// A post that became nothing.
        Nothing = "nothing",
        /// A post that waits for a person's decision.
        Waiting = "waiting",
        /// A post that a reviewer found to repeat a reviewed claim.
        Flagged = "flagged",
        /// An incident that was closed or declined, with its posts.
        Incident = "incident",
        /// An alert that was delivered, skipped or given up.
        Delivery = "delivery",
        /// A session that expired.
        Session = "session",
        /// The answer that a program may ask for again.
        Answer = "answer",
    }
}

/// How long a program may ask again for the answer of a write.
pub const ANSWERS_KEPT: Span = Span::hours(24);

/// A post without an incident…
macro_rules! loose {
    ($rest:literal) => {
        concat!(
            "select p.id, p.captured as since from post p where p.captured <= $1
             and p.deleted is null
             and not exists (select 1 from incident_post ip where ip.post = p.id)
             and ",
            $rest,
            " order by p.captured limit $2"
        )
    };
}

statements! {
    DUE_DELETED = Sql::both("select p.id, p.deleted as since from post p
        where p.deleted <= $1 and not exists (
            select 1 from incident_post ip join incident i on i.id = ip.incident
            where ip.post = p.id and i.state not in ('closed', 'declined'))
        order by p.deleted limit $2");
    DUE_NOTHING = Sql::both(loose!("not exists (select 1 from triage t
            where t.post = p.id and t.decided is null)
        and not exists (select 1 from claim_match m where m.post = p.id
            and (m.decision = 'repeats' or (m.decision is null and m.level <> 'none')))"));
    DUE_WAITING = Sql::both(loose!("not exists (select 1 from claim_match m
            where m.post = p.id and m.decision = 'repeats')"));
    DUE_FLAGGED = Sql::both("select m.post as id, max(m.decided) as since from claim_match m
        where m.decision = 'repeats'
            and not exists (select 1 from incident_post ip where ip.post = m.post)
        group by m.post having max(m.decided) <= $1 order by 2 limit $2");
    DUE_INCIDENT = Sql::both("select id, updated as since from incident
        where state in ('closed', 'declined') and updated <= $1 order by updated limit $2");
    DUE_DELIVERY = Sql::both("select id, created as since from job
        where (done is not null or failed is not null) and created <= $1
        order by created limit $2");
    DUE_SESSION = Sql::both("select token_hash as id, expires as since from session
        where expires <= $1 order by expires limit $2");
    DUE_ANSWER = Sql::both("select id, at as since from idempotency
        where at <= $1 order by at limit $2");
    LOG = Sql::both("insert into purge (id, at, class, rows_gone, oldest, newest)
        values ($1, $2, $3, $4, $5, $6)");
    LIST_LOG = Sql::both("select at, class, rows_gone, oldest, newest from purge
        where class = $1 order by at desc, id desc limit $2");
    SUM_LOG = Sql::both("select coalesce(cast(sum(rows_gone) as bigint), 0), max(at)
        from purge where class = $1");
    // One purger at a time, so that totals are never counted twice. Held until the transaction ends.
    LOCK = Sql::each("select 1 as locked",
        "select 1 as locked from pg_advisory_xact_lock(7032)");
    ADD_TOTAL = Sql::both("insert into incident_total
            (month, sector, topic, municipality, state, incidents, posts, overdue)
        values ($1, $2, $3, $4, $5, 1, $6, $7)
        on conflict (month, sector, topic, municipality, state) do update set
            incidents = incident_total.incidents + 1,
            posts = incident_total.posts + excluded.posts,
            overdue = incident_total.overdue + excluded.overdue");
    LIST_TOTALS = Sql::both("select month, sector, topic, municipality, state, incidents, posts,
        overdue from incident_total order by month, sector, topic, municipality, state");
}

impl Class {
    fn due(self) -> Sql {
        match self {
            Class::Deleted => DUE_DELETED,
            Class::Nothing => DUE_NOTHING,
            Class::Waiting => DUE_WAITING,
            Class::Flagged => DUE_FLAGGED,
            Class::Incident => DUE_INCIDENT,
            Class::Delivery => DUE_DELIVERY,
            Class::Session => DUE_SESSION,
            Class::Answer => DUE_ANSWER,
        }
    }

    /// How long a row of the class is kept.
    pub fn term(self, terms: &Retention) -> Span {
        match self {
            Class::Deleted => Span::hours(terms.deleted_hours),
            Class::Nothing => Span::days(terms.posts_days),
            Class::Waiting => Span::days(terms.waiting_days),
            Class::Flagged => Span::days(terms.flagged_days),
            Class::Incident => Span::days(terms.incidents_days),
            Class::Delivery => Span::days(terms.deliveries_days),
            Class::Session => Span::ZERO,
            Class::Answer => ANSWERS_KEPT,
        }
    }
}

/// A row that is due.
#[derive(Debug, FromRow)]
struct Due {
    id: String,
    /// The moment that its term is counted from.
    since: i64,
}

/// A line of the purge log.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct PurgeRow {
    pub at: i64,
    pub class: String,
    pub rows_gone: i64,
    pub oldest: i64,
    pub newest: i64,
}

/// What is left of purged incidents, by month of opening.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct TotalRow {
    pub month: String,
    pub sector: String,
    pub topic: String,
    pub municipality: String,
    pub state: String,
    pub incidents: i64,
    pub posts: i64,
    pub overdue: i64,
}

/// How a class stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Rows past their term now (counted up to the limit that was asked).
    pub due: u64,
    /// Rows purged so far.
    pub purged: i64,
    /// When rows were last purged.
    pub last: Option<Timestamp>,
}

/// Purges up to `limit` rows of a class whose term has passed, in the caller's transaction, with
/// everything that belongs to them; gives how many.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn purge_batch(
    tx: &mut Tx,
    ids: &Ids,
    class: Class,
    terms: &Retention,
    now: Timestamp,
    limit: i64,
) -> Result<u64> {
    lock(tx).await?;
    let before = now.minus(class.term(terms));
    let due = list_due(tx, class, before, limit).await?;
    let (Some(first), Some(last)) = (due.first(), due.last()) else {
        return Ok(0);
    };
    let keys: Vec<&str> = due.iter().map(|row| row.id.as_str()).collect();
    match class {
        Class::Incident => purge_incidents(tx, &keys).await?,
        Class::Delivery => delete(tx, "job", "id", &keys).await?,
        Class::Session => delete(tx, "session", "token_hash", &keys).await?,
        Class::Answer => delete(tx, "idempotency", "id", &keys).await?,
        Class::Deleted => {
            forget_words(tx, &keys).await?;
            purge_posts(tx, &keys).await?;
        }
        Class::Nothing | Class::Waiting | Class::Flagged => purge_posts(tx, &keys).await?,
    }
    execute!(
        tx,
        LOG,
        ids.ulid(now),
        now.as_millis(),
        class.code(),
        due.len() as i64,
        first.since,
        last.since
    )?;
    Ok(due.len() as u64)
}

/// Whether any row of a class has outlived its term. Asked before a purge, in a transaction that only
/// reads: over millions of posts it takes a while to find that none is due, and on SQLite nobody else
/// could write meanwhile.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn is_any_due(
    tx: &mut Tx,
    class: Class,
    terms: &Retention,
    now: Timestamp,
) -> Result<bool> {
    let due = list_due(tx, class, now.minus(class.term(terms)), 1).await?;
    Ok(!due.is_empty())
}

/// Waits until nobody else purges.
pub(super) async fn lock(tx: &mut Tx) -> Result<()> {
    execute!(tx, LOCK)?;
    Ok(())
}

async fn list_due(tx: &mut Tx, class: Class, before: Timestamp, limit: i64) -> Result<Vec<Due>> {
    Ok(fetch!(fetch_all Due, tx, class.due(), before.as_millis(), limit)?)
}

/// Everything that a post left, and the post; its id stays in the change log as a tombstone.
pub(super) async fn purge_posts(tx: &mut Tx, posts: &[&str]) -> Result<()> {
    for (table, column) in [
        ("annotation", "post"),
        ("post_version", "post"),
        ("post_link", "post"),
        ("claim_match", "post"),
        ("triage", "post"),
        ("incident_post", "post"),
        ("post", "id"),
    ] {
        delete(tx, table, column, posts).await?;
    }
    let gone: Vec<PostId> = posts.iter().map(|id| PostId::from(*id)).collect();
    changes::append(tx, ChangeKind::Purged, gone.iter()).await
}

/// The line by which an ended incident is known, and its alerts that are done, quote its posts: they
/// go with the first that was deleted at its source. What the centre did stays.
pub(super) async fn forget_words(tx: &mut Tx, posts: &[&str]) -> Result<()> {
    for chunk in posts.chunks(500) {
        let mut query = Query::new("select distinct incident from incident_post where post in (");
        query.bind_list(chunk.iter().copied()).push(")");
        let incidents: Vec<(String,)> = query.fetch_all(tx).await?;
        if incidents.is_empty() {
            continue;
        }
        for head in [
            "update incident set title = '' where id in (",
            "delete from job where (done is not null or failed is not null) and incident in (",
        ] {
            let mut query = Query::new(head);
            query
                .bind_list(incidents.iter().map(|(id,)| id.as_str()))
                .push(")");
            query.execute(tx).await?;
        }
    }
    Ok(())
}

pub(super) async fn purge_incidents(tx: &mut Tx, incidents: &[&str]) -> Result<()> {
    super::incidents::take_out(tx, incidents).await?;
    add_totals(tx, incidents).await?;
    for chunk in incidents.chunks(500) {
        let mut query = Query::new("select post from incident_post where incident in (");
        query.bind_list(chunk.iter().copied()).push(")");
        let posts: Vec<(String,)> = query.fetch_all(tx).await?;
        let posts: Vec<&str> = posts.iter().map(|(post,)| post.as_str()).collect();
        purge_posts(tx, &posts).await?;
    }
    for (table, column) in [
        ("incident_event", "incident"),
        ("cycle", "incident"),
        ("clock", "incident"),
        ("job", "incident"),
        ("incident", "id"),
    ] {
        delete(tx, table, column, incidents).await?;
    }
    Ok(())
}

async fn add_totals(tx: &mut Tx, incidents: &[&str]) -> Result<()> {
    type Row = (i64, String, String, Option<String>, String, i64, i64);
    for chunk in incidents.chunks(500) {
        let mut query = Query::new(
            "select i.opened, i.sector, i.topic, i.municipality, i.state, i.posts,
                (select count(*) from clock c where c.incident = i.id
                    and (c.raised is not null or c.stopped > c.due))
             from incident i where i.id in (",
        );
        query.bind_list(chunk.iter().copied()).push(")");
        let rows: Vec<Row> = query.fetch_all(tx).await?;
        for (opened, sector, topic, municipality, state, posts, broken) in rows {
            execute!(
                tx,
                ADD_TOTAL,
                Timestamp::from_millis(opened).to_rfc3339()[..7].to_owned(),
                sector,
                topic,
                municipality.unwrap_or_default(),
                state,
                posts,
                i64::from(broken > 0)
            )?;
        }
    }
    Ok(())
}

async fn delete(tx: &mut Tx, table: &str, column: &str, keys: &[&str]) -> Result<()> {
    for chunk in keys.chunks(500) {
        let mut query = Query::new(format!("delete from {table} where {column} in ("));
        query.bind_list(chunk.iter().copied()).push(")");
        query.execute(tx).await?;
    }
    Ok(())
}

/// How a class stands: what is due (counted up to `limit`), and what was purged so far.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn standing(
    tx: &mut Tx,
    class: Class,
    terms: &Retention,
    now: Timestamp,
    limit: i64,
) -> Result<Standing> {
    let due = list_due(tx, class, now.minus(class.term(terms)), limit).await?;
    let (purged, last) = fetch!(fetch_one(i64, Option<i64>), tx, SUM_LOG, class.code())?;
    Ok(Standing {
        due: due.len() as u64,
        purged,
        last: last.map(Timestamp::from_millis),
    })
}

/// The last lines of a class's purge log, newest first.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_log(tx: &mut Tx, class: Class, limit: i64) -> Result<Vec<PurgeRow>> {
    Ok(fetch!(fetch_all PurgeRow, tx, LIST_LOG, class.code(), limit)?)
}

/// What is left of purged incidents.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_totals(tx: &mut Tx) -> Result<Vec<TotalRow>> {
    Ok(fetch!(fetch_all TotalRow, tx, LIST_TOTALS)?)
}
