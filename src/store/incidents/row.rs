//! An incident as it is read, without the fields that the reader does not see.

use sqlx::FromRow;

use super::{filter::Order, networks};
use crate::{
    domain::{incident::IncidentState, post::Platform, time::Timestamp, user::Field},
    store::scope::Scope,
};

/// An incident with its present cycle's first clock and answer. Fields that the reader does not see are
/// empty.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct IncidentRow {
    pub id: String,
    pub number: i64,
    pub sector: String,
    pub topic: String,
    pub title: String,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub place_name: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub state: String,
    pub holder: Option<String>,
    pub cycle: i64,
    pub posts: i64,
    /// Reposts of its posts without a word of their own: reach, no voices.
    pub reposts: i64,
    pub opened: i64,
    pub updated: i64,
    pub last_post: i64,
    /// When the first answer is promised (first clock of the present cycle).
    pub due: Option<i64>,
    /// When that clock began.
    pub starts: Option<i64>,
    /// When the promise was kept.
    pub stopped: Option<i64>,
    pub answer: Option<String>,
    pub answer_url: Option<String>,
    pub answered: Option<i64>,
    pub answered_by: Option<String>,
    /// Its place in the queue, before that of equals by number.
    pub(super) queue_at: i64,
    /// The networks of its posts, a bit each: [`IncidentRow::platforms`].
    pub(super) networks: i64,
    /// Whether somebody holds it, also when the reader does not see who.
    #[sqlx(skip)]
    pub held: bool,
}

impl IncidentRow {
    /// Without what the scope does not see. One's own name everybody sees.
    pub(super) fn seen_by(mut self, scope: &Scope) -> Self {
        self.held = self.holder.is_some();
        if self.hides(scope, Field::Text) {
            self.title.clear();
        }
        if self.hides(scope, Field::Place) {
            (self.place, self.place_name) = (None, None);
            (self.lat, self.lon) = (None, None);
        }
        if self.hides(scope, Field::Staff) {
            let own = |login: &String| *login == scope.who;
            self.holder = self.holder.filter(own);
            self.answered_by = self.answered_by.filter(own);
        }
        self
    }

    pub(super) fn hides(&self, scope: &Scope, field: Field) -> bool {
        !scope.shows(field, Some(&self.sector), self.municipality.as_deref())
    }

    /// Its state; a broken row reads as new, so that a person looks at it.
    pub fn state(&self) -> IncidentState {
        IncidentState::from_code(&self.state).unwrap_or(IncidentState::New)
    }

    /// Past the promised first answer while it is still owed.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.stopped.is_none() && self.due.is_some_and(|due| now.as_millis() > due)
    }

    /// The networks that its posts are from.
    pub fn platforms(&self) -> impl Iterator<Item = Platform> {
        networks::platforms(self.networks)
    }
}

/// The position of a row in the queue's order, for [`QueueFilter::after`](super::QueueFilter::after).
pub fn position(row: &IncidentRow) -> (i64, i64) {
    position_in(Order::Due, row)
}

/// The position of a row in an order of [`super::list`].
pub fn position_in(order: Order, row: &IncidentRow) -> (i64, i64) {
    let first = match order {
        Order::Due => row.queue_at,
        Order::Updated => row.updated,
    };
    (first, row.number)
}

/// Incidents `i` with clock and answer; conditions follow.
pub(super) const SELECT: &str = "select i.id, i.number, i.sector, i.topic, i.title, i.municipality,
        i.place, i.place_name, i.lat, i.lon, i.state, i.holder, i.cycle, i.posts, i.reposts, i.opened,
        i.updated, i.last_post, c.due, c.starts, c.stopped, y.answer, y.answer_url, y.answered,
        y.answered_by, i.queue_at, i.networks
    from incident i
    left join clock c on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
    left join cycle y on y.incident = i.id and y.number = i.cycle
    where 1 = 1";
