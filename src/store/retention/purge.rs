//! Rows leave with everything that belongs to them. Start with [`purge_posts`].

use crate::{
    domain::{id::PostId, time::Timestamp},
    store::{
        Result, Sql, Tx,
        changes::{self, ChangeKind},
        incidents,
        rows::Query,
        sql::{execute, statements},
    },
};

statements! {
    ADD_TOTAL = Sql::both("insert into incident_total
            (month, sector, topic, municipality, state, incidents, posts, overdue)
        values ($1, $2, $3, $4, $5, 1, $6, $7)
        on conflict (month, sector, topic, municipality, state) do update set
            incidents = incident_total.incidents + 1,
            posts = incident_total.posts + excluded.posts,
            overdue = incident_total.overdue + excluded.overdue");
}

/// Everything that a post left, and the post; its id stays in the change log as a tombstone.
pub(in crate::store) async fn purge_posts(tx: &mut Tx, posts: &[&str]) -> Result<()> {
    for (table, column) in [
        ("annotation", "post"),
        ("post_version", "post"),
        ("post_counter", "post"),
        ("post_link", "post"),
        ("claim_match", "post"),
        ("triage", "post"),
        ("appeal_version", "post"),
        ("appeal", "post"),
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
pub(in crate::store) async fn forget_words(tx: &mut Tx, posts: &[&str]) -> Result<()> {
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

/// Ended incidents with their posts; totals stay.
pub(in crate::store) async fn purge_incidents(tx: &mut Tx, incidents: &[&str]) -> Result<()> {
    incidents::take_out(tx, incidents).await?;
    add_totals(tx, incidents).await?;
    for chunk in incidents.chunks(500) {
        let mut query = Query::new("select post from incident_post where incident in (");
        query.bind_list(chunk.iter().copied()).push(")");
        let posts: Vec<(String,)> = query.fetch_all(tx).await?;
        let posts: Vec<&str> = posts.iter().map(|(post,)| post.as_str()).collect();
        purge_posts(tx, &posts).await?;
    }
    for (table, column) in [
        ("evidence", "incident"),
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

/// Deletes rows by their keys.
pub(super) async fn delete(tx: &mut Tx, table: &str, column: &str, keys: &[&str]) -> Result<()> {
    for chunk in keys.chunks(500) {
        let mut query = Query::new(format!("delete from {table} where {column} in ("));
        query.bind_list(chunk.iter().copied()).push(")");
        query.execute(tx).await?;
    }
    Ok(())
}
