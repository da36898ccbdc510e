//! What lies around an incident: the ones before and after it in the queue, and similar ones.

use super::Frame;
use crate::{
    domain::incident::IncidentState,
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

/// The incidents before and after this one in the queue of what is owed.
pub(super) async fn neighbours(
    tx: &mut Tx,
    visitor: &Visitor,
    row: &IncidentRow,
) -> Result<(Option<i64>, Option<i64>), Error> {
    let filter = QueueFilter {
        states: vec![
            IncidentState::New,
            IncidentState::Assigned,
            IncidentState::InProgress,
        ],
        limit: 200,
        ..QueueFilter::default()
    };
    let list = incidents::list(tx, &visitor.scope, &filter).await?;
    let at = list.iter().position(|other| other.id == row.id);
    let number = |at: Option<usize>| Some(list.get(at?)?.number);
    Ok(match at {
        Some(at) => (number(at.checked_sub(1)), number(at.checked_add(1))),
        None => (None, number(Some(0))),
    })
}
