//! What a connector asks of the posts that we hold: which to ask for by name, to learn what became of
//! them, and which it knew once. Start with [`list_to_refresh`]. Their names stay within the program:
//! nobody reads them here.

use crate::{
    domain::{
        post::PostKind,
        time::{Span, Timestamp},
    },
    store::{Result, Tx, rows::Query},
};

/// A post by its owner and external id, with its number of comments as we last saw it.
pub type Known = (String, String, Option<i64>);

/// Posts of a source that came to one of the `ages` after `since` and until `now`, and are not known as
/// deleted, the newest first, at most `most`.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_to_refresh(
    tx: &mut Tx,
    source: &str,
    ages: &[Span],
    since: Timestamp,
    now: Timestamp,
    most: i64,
) -> Result<Vec<Known>> {
    if ages.is_empty() || since >= now {
        return Ok(Vec::new());
    }
    let mut query = of_source(source);
    query.push(" and p.deleted is null and (");
    for (i, age) in ages.iter().enumerate() {
        query.push(if i > 0 { " or " } else { "" });
        query
            .push("(p.published > ")
            .bind(since.minus(*age).as_millis());
        query
            .push(" and p.published <= ")
            .bind(now.minus(*age).as_millis());
        query.push(")");
    }
    query.push(") order by p.published desc limit ").bind(most);
    query.fetch_all(tx).await
}

/// The posts of a source that were published at these very moments.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_known(tx: &mut Tx, source: &str, published: &[Timestamp]) -> Result<Vec<Known>> {
    if published.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = of_source(source);
    query.push(" and p.published in (");
    query.bind_list(published.iter().map(|moment| moment.as_millis()));
    query.push(")");
    query.fetch_all(tx).await
}

fn of_source(source: &str) -> Query {
    let mut query = Query::new(
        "select l.owner, l.external_id, p.comments from post p join post_link l on l.post = p.id
            where p.source = ",
    );
    query.bind(source).push(" and p.kind = ");
    query.bind(PostKind::Post.code());
    query
}
