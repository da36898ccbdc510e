//! What lies around an incident: the ones before and after it in the queue, and similar ones.

use super::Frame;
use crate::{
    store::{
        Tx,
        incidents::{self, IncidentRow, QueueFilter},
    },
    web::{Error, Shared, auth::session::Visitor},
};

/// An incident like this one.
pub(super) struct Similar {
    pub number: i64,
    pub title: String,
    pub place: Option<String>,
    pub line: String,
}

/// Open incidents of the same topic in the same municipality.
pub(super) async fn similar(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    f: &Frame,
    row: &IncidentRow,
) -> Result<Vec<Similar>, Error> {
    let Some(municipality) = row.municipality.clone() else {
        return Ok(Vec::new());
    };
    let filter = QueueFilter {
        topics: vec![row.topic.clone()],
        municipalities: vec![municipality],
        limit: 6,
        ..QueueFilter::default()
    };
    let found = incidents::list(tx, &visitor.scope, &filter).await?;
    Ok(found
        .into_iter()
        .filter(|other| other.id != row.id)
        .take(4)
        .map(|other| Similar {
            line: format!(
                "{} · {}",
                f.code("state", &other.state),
                f.words.ago(other.last_post.into())
            ),
            number: other.number,
            place: other.place_name.filter(|place| !place.is_empty()),
            title: app.incident_title(other.title, &other.topic, f.tr.lang),
        })
        .collect())
}
