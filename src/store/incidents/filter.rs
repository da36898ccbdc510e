//! What a queue is filtered by, as conditions on incidents `i`.
//!
//! `queue_at` tells class and order in one number, so that a page and its counts read a range of one
//! index: a promised moment while the first answer is owed, [`SETTLED`] when an open incident owes
//! none, [`ENDED`] when it is closed or declined.

use super::networks;
use crate::{
    domain::{incident::IncidentState, time::Timestamp, user::Permission},
    store::{Result, rows::Query, scope::Scope},
};

/// What the queue is filtered by; empty lists do not filter.
#[derive(Debug, Clone, Default)]
pub struct QueueFilter {
    /// Sectors' codes.
    pub sectors: Vec<String>,
    /// Municipalities' codes.
    pub municipalities: Vec<String>,
    /// Topics' codes.
    pub topics: Vec<String>,
    /// States.
    pub states: Vec<IncidentState>,
    /// Platforms of any of its posts.
    pub platforms: Vec<String>,
    /// The holder's login; `Some("")` is «nobody».
    pub holder: Option<String>,
    /// Only overdue at this moment.
    pub overdue_at: Option<Timestamp>,
    /// Only due before this moment.
    pub due_before: Option<Timestamp>,
    /// Only due at or after this moment.
    pub due_after: Option<Timestamp>,
    /// Only opened at or after this moment.
    pub opened_after: Option<Timestamp>,
    /// Only changed at or after this moment.
    pub updated_after: Option<Timestamp>,
    /// Only those that the asker may take, answer and close.
    pub to_handle: bool,
    /// Which comes first.
    pub order: Order,
    /// Rows of the page, at most 501: a page of 500, and the sign that there is a next one.
    pub limit: i64,
    /// The last row of the page before: its [`position`](super::position).
    pub after: Option<(i64, i64)>,
}

/// The order of a list of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The nearest promise first; then what is open and owes none; then what ended.
    #[default]
    Due,
    /// What changed longest ago first: for programs that follow changes.
    Updated,
}

impl Order {
    /// The column that a number follows.
    pub(super) fn column(self) -> &'static str {
        match self {
            Order::Due => "i.queue_at",
            Order::Updated => "i.updated",
        }
    }
}

pub(super) const READ: Permission = Permission::ReadIncidents;
pub(super) const SECTOR: &str = "i.sector";
pub(super) const MUNICIPALITY: &str = "i.municipality";

/// `queue_at` of an open incident that owes no first answer.
pub(super) const SETTLED: &str = "9223372036854775806";
/// `queue_at` of a closed or declined one.
pub(super) const ENDED: &str = "9223372036854775807";

/// Whether a state is an end.
pub(super) fn is_end(state: IncidentState) -> bool {
    matches!(state, IncidentState::Closed | IncidentState::Declined)
}

impl QueueFilter {
    /// The right to list, and to handle when the filter asks for it.
    pub(super) fn require(&self, scope: &Scope) -> Result<()> {
        scope.require(READ)?;
        match self.to_handle {
            true => scope.require(Permission::HandleIncidents),
            false => Ok(()),
        }
    }

    pub(super) fn wants_open(&self) -> bool {
        self.states.is_empty() || self.states.iter().any(|state| !is_end(*state))
    }

    /// Nothing that ended is owed any more.
    pub(super) fn wants_ended(&self) -> bool {
        let of_states = self.states.is_empty() || self.states.iter().any(|state| is_end(*state));
        of_states && !self.asks_due()
    }

    /// Whether only what was opened or changed since a moment is asked for.
    pub(super) fn is_of_late(&self) -> bool {
        self.opened_after.is_some() || self.updated_after.is_some()
    }

    fn asks_due(&self) -> bool {
        self.overdue_at.is_some() || self.due_before.is_some() || self.due_after.is_some()
    }

    /// Where they are and what they are about, within reach.
    pub(super) fn subject(&self, query: &mut Query, scope: &Scope, right: Permission) {
        scope.restrict(query, right, SECTOR, MUNICIPALITY);
        if self.to_handle {
            scope.restrict(query, Permission::HandleIncidents, SECTOR, MUNICIPALITY);
        }
        in_list(query, SECTOR, &self.sectors);
        in_list(query, MUNICIPALITY, &self.municipalities);
        in_list(query, "i.topic", &self.topics);
    }

    /// Their states: the range of the queue, and which of its states.
    pub(super) fn states(&self, query: &mut Query) {
        // the few that were opened or changed since are found by that
        let ranged = !self.is_of_late();
        match (self.wants_open(), self.wants_ended()) {
            // not «below ENDED»: that would offer SQLite the indexes for counting, which are out of order
            (true, false) if ranged => {
                query.push(" and i.queue_at <= ").push(SETTLED);
            }
            (false, true) if ranged => {
                query.push(" and i.queue_at = ").push(ENDED);
            }
            _ => {}
        }
        self.named_states(query);
    }

    /// The states by name. Where a range tells the class, by those of the class that are not wanted:
    /// state and range depend on each other, which PostgreSQL does not know, so that by the wanted ones
    /// it would expect few rows and rather sort them than walk the range in order.
    pub(super) fn named_states(&self, query: &mut Query) {
        let codes = |is: &dyn Fn(&IncidentState) -> bool| -> Vec<String> {
            let states = IncidentState::ALL.iter().filter(|state| is(state));
            states.map(|state| state.code().to_owned()).collect()
        };
        let wanted = |state: &IncidentState| self.states.contains(state);
        match (self.wants_open(), self.wants_ended()) {
            _ if self.states.is_empty() => {}
            (open, ended) if open != ended && !self.is_of_late() => {
                let others = codes(&|state| is_end(*state) == ended && !wanted(state));
                in_list(query, "i.state not", &others);
            }
            _ => in_list(query, "i.state", &codes(&wanted)),
        }
    }

    /// Everything that only the incident's own row tells.
    pub(super) fn standing(&self, query: &mut Query) {
        if !self.platforms.is_empty() {
            let bits = networks::bits(self.platforms.iter().map(String::as_str));
            query.push(" and (i.networks & ").bind(bits).push(") <> 0");
        }
        match self.holder.as_deref() {
            None => {}
            Some("") => {
                query.push(" and i.holder is null");
            }
            Some(login) => {
                query.push(" and i.holder = ").bind(login);
            }
        }
        if let Some(now) = self.overdue_at {
            query.push(" and i.queue_at < ").bind(now.as_millis());
        }
        if let Some(moment) = self.due_before {
            query.push(" and i.queue_at <= ").bind(moment.as_millis());
        }
        if let Some(moment) = self.due_after {
            query.push(" and i.queue_at >= ").bind(moment.as_millis());
        }
        if self.asks_due() {
            query.push(" and i.queue_at < ").push(SETTLED);
        }
        if let Some(moment) = self.opened_after {
            query.push(" and i.opened >= ").bind(moment.as_millis());
        }
        if let Some(moment) = self.updated_after {
            query.push(" and i.updated >= ").bind(moment.as_millis());
        }
    }

    /// What follows a row of the page before. Where all stand in one place, the number alone tells: a
    /// pair would be searched from that place's beginning.
    pub(super) fn following(&self, query: &mut Query) {
        let Some((first, number)) = self.after else {
            return;
        };
        let only_ended = self.order == Order::Due && !self.wants_open() && !self.is_of_late();
        match only_ended {
            true if first == i64::MAX => {
                query.push(" and i.number > ").bind(number);
            }
            true => {}
            false => {
                query.push(" and (").push(self.order.column());
                query.push(", i.number) > (").bind(first);
                query.push(", ").bind(number).push(")");
            }
        }
    }

    /// The whole filter, on incidents `i`.
    pub(super) fn conditions(&self, query: &mut Query, scope: &Scope) {
        self.subject(query, scope, READ);
        self.states(query);
        self.standing(query);
    }
}

fn in_list(query: &mut Query, column: &str, values: &[String]) {
    if !values.is_empty() {
        query.push(" and ").push(column).push(" in (");
        query.bind_list(values.iter().map(String::as_str)).push(")");
    }
}
