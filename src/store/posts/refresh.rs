//! Which posts a connector should ask for by name, to learn what became of them. Start with
//! [`list_to_refresh`]. Their names stay within the program: nobody reads them here.

use crate::{
    domain::{
        post::PostKind,
        time::{Span, Timestamp},
    },
    store::{Result, Tx, rows::Query},
};

/// Posts of a source that came to one of the `ages` after `since` and until `now`, and are not known as
/// deleted: owner and external id, the newest first, at most `most`.
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
) -> Result<Vec<(String, String)>> {
    if ages.is_empty() || since >= now {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "select l.owner, l.external_id from post p join post_link l on l.post = p.id where p.source = ",
    );
    query.bind(source).push(" and p.kind = ");
    query.bind(PostKind::Post.code());
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
