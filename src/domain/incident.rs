//! Incidents (Open311 service request): states, actions and the one door between them.

use super::{
    post::coded,
    time::{Span, Timestamp},
};

coded! {
    /// The state of an answer cycle. Overdue is computed, never stored.
    IncidentState {
        /// Opened, no team has it yet.
        New = "new",
        /// Handed to a sector by a person.
        Assigned = "assigned",
        /// Somebody took it.
        InProgress = "in_progress",
        /// The answer is published; its link is stored.
        Answered = "answered",
        /// Done.
        Closed = "closed",
        /// Not taken, with a reason.
        Declined = "declined",
    }
}

impl IncidentState {
    /// Open311's word: anything still owed to people.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            IncidentState::New | IncidentState::Assigned | IncidentState::InProgress
        )
    }
}

coded! {
    /// What a person does to an incident.
    Action {
        /// Take it into work.
        Take = "take",
        /// Pass it to another sector, with a reason.
        Pass = "pass",
        /// Store the link of the published answer.
        Answer = "answer",
        /// Decline it, with a reason.
        Decline = "decline",
        /// Close an answered one.
        Close = "close",
        /// Open it again.
        Reopen = "reopen",
    }
}

/// Why a transition is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{action} is not possible for an incident that is {state}")]
pub struct Refused {
    /// The state it is in.
    pub state: IncidentState,
    /// What was asked.
    pub action: Action,
}

/// The only door between states. Whether a role may act at all is a permission, checked before.
///
/// # Errors
/// [`Refused`] when the action makes no sense in that state.
pub fn next_state(state: IncidentState, action: Action) -> Result<IncidentState, Refused> {
    use Action as A;
    use IncidentState as S;
    match (state, action) {
        (S::New | S::Assigned, A::Take) => Ok(S::InProgress),
        (S::New | S::Assigned | S::InProgress, A::Pass) => Ok(S::Assigned),
        (S::New | S::Assigned | S::InProgress, A::Answer) => Ok(S::Answered),
        (S::New | S::Assigned | S::InProgress, A::Decline) => Ok(S::Declined),
        (S::Answered, A::Close) => Ok(S::Closed),
        (S::Answered | S::Closed | S::Declined, A::Reopen) => Ok(S::Assigned),
        _ => Err(Refused { state, action }),
    }
}

coded! {
    /// The clocks of a cycle.
    ClockKind {
        /// Taken into work.
        Taken = "taken",
        /// First answer.
        First = "first",
        /// Interim answer.
        Interim = "interim",
        /// Final answer.
        Final = "final",
    }
}

/// One promised time of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromiseClock {
    /// Which promise.
    pub kind: ClockKind,
    /// When it began to run.
    pub starts: Timestamp,
    /// The promised moment.
    pub due: Timestamp,
    /// When the promise was kept.
    pub stopped: Option<Timestamp>,
}

impl PromiseClock {
    /// Time left at `now`; negative when overdue.
    pub fn left(&self, now: Timestamp) -> Span {
        self.due.since(now)
    }

    /// Running and past its moment.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.stopped.is_none() && now > self.due
    }
}
