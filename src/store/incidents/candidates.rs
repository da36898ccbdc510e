//! Open incidents that a new post may join. For routing.

use sqlx::FromRow;

use crate::{
    domain::time::Timestamp,
    store::{
        Result, Sql, Tx,
        sql::{fetch, statements},
    },
};

/// Both ask for a municipality as it stands, so that an index finds it: few incidents of a topic are
/// open in one, however many there ever were. The bound is that of `filter::ENDED`.
macro_rules! candidates {
    ($municipality:literal) => {
        concat!(
            "select id, municipality, place, lat, lon, state, last_post from incident
             where topic = $1 and queue_at < 9223372036854775807
               and state in ('new', 'assigned', 'in_progress') and last_post >= $2
               and municipality ",
            $municipality,
            " order by last_post desc limit 50"
        )
    };
}

statements! {
    LIST_IN = Sql::both(candidates!("= $3"));
    LIST_NOWHERE = Sql::both(candidates!("is null"));
}

/// An open incident that a post may join.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Candidate {
    pub id: String,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub state: String,
    pub last_post: i64,
}

/// Open incidents of a topic in a municipality with a post since a moment.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn list_candidates(
    tx: &mut Tx,
    topic: &str,
    municipality: Option<&str>,
    since: Timestamp,
) -> Result<Vec<Candidate>> {
    let since = since.as_millis();
    Ok(match municipality {
        Some(code) => fetch!(fetch_all Candidate, tx, LIST_IN, topic, since, code)?,
        None => fetch!(fetch_all Candidate, tx, LIST_NOWHERE, topic, since)?,
    })
}
