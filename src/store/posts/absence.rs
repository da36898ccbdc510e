//! Posts that were asked for by name and were not there. Start with [`note_absent`].
//!
//! A network that stumbles leaves posts out of an answer; so one absence is noted only, and a second at a
//! later visit is a deletion as of the first. A post that is seen again forgets it (`known.rs`).

use super::Keys;
use crate::{
    domain::{
        id::PostId,
        post::PostKey,
        time::{Span, Timestamp},
    },
    store::{
        Result, Tx,
        changes::{self, ChangeKind},
        rows::Query,
    },
};

/// How far two absences lie apart that make a deletion.
const APART: Span = Span::hours(1);

/// Notes absences, in the caller's transaction; gives how many posts are deleted at their source by it.
/// Posts that are not stored are passed over.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn note_absent(
    tx: &mut Tx,
    keys: &Keys,
    now: Timestamp,
    absent: &[PostKey],
) -> Result<u64> {
    let ids: Vec<PostId> = absent
        .iter()
        .map(|key| keys.identity.post_id(key))
        .collect();
    let mut gone = Vec::new();
    for chunk in ids.chunks(500) {
        let mut query = Query::new("update post set deleted = absent where absent <= ");
        query.bind(now.minus(APART).as_millis());
        query.push(" and deleted is null and id in (");
        query.bind_list(chunk.iter().map(PostId::as_str));
        query.push(") returning id");
        let rows: Vec<(String,)> = query.fetch_all(tx).await?;
        gone.extend(rows.into_iter().map(|(id,)| PostId(id)));

        let mut query = Query::new("update post set absent = ");
        query.bind(now.as_millis());
        query.push(" where absent is null and deleted is null and id in (");
        query.bind_list(chunk.iter().map(PostId::as_str)).push(")");
        query.execute(tx).await?;
    }
    changes::append(tx, ChangeKind::Deleted, gone.iter()).await?;
    Ok(gone.len() as u64)
}
