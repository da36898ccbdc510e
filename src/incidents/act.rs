//! What people do with an incident: one door, [`act`], for pages, API and tests.

use super::{Desk, open};
use crate::{
    domain::{
        id::IncidentId,
        incident::{Action, ClockKind, IncidentState, next_state},
        time::Timestamp,
    },
    store::{
        self, Tx,
        incidents::{self, IncidentRow},
        scope::Scope,
    },
};

/// What a person asks for, with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take it into work.
    Take,
    /// Pass it to another sector.
    Pass {
        /// The sector's code.
        sector: String,
        /// Why, for those who receive it.
        reason: String,
    },
    /// The answer is published: its text and link.
    Answer {
        /// The text.
        text: String,
        /// Where it is published (http or https).
        url: String,
    },
    /// Decline, with a reason.
    Decline {
        /// Why, for the log and the head of the block.
        reason: String,
    },
    /// Close an answered one.
    Close,
    /// Open again, as a new cycle.
    Reopen {
        /// Why.
        reason: String,
    },
}

impl Command {
    /// The action of the transition table.
    pub fn action(&self) -> Action {
        match self {
            Command::Take => Action::Take,
            Command::Pass { .. } => Action::Pass,
            Command::Answer { .. } => Action::Answer,
            Command::Decline { .. } => Action::Decline,
            Command::Close => Action::Close,
            Command::Reopen { .. } => Action::Reopen,
        }
    }

    fn note(&self) -> Option<&str> {
        match self {
            Command::Pass { reason, .. }
            | Command::Decline { reason }
            | Command::Reopen { reason } => Some(reason),
            Command::Answer { url, .. } => Some(url),
            Command::Take | Command::Close => None,
        }
    }
}

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// It makes no sense in that state.
    #[error(transparent)]
    Refused(#[from] crate::domain::incident::Refused),
    /// A field is missing or wrong: the field's name and a stable word for what is wrong.
    #[error("{field}: {problem}")]
    Invalid {
        /// `reason`, `sector`, `text` or `url`.
        field: &'static str,
        /// `too_short`, `unknown`, `same`, `not_a_link`.
        problem: &'static str,
    },
    /// The store's.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The shortest reason that others can use, in characters.
pub const SHORTEST_REASON: usize = 10;

/// Does what a person asks, in the caller's transaction; gives the new state. The audit event is
/// the caller's to write in the same transaction.
///
/// # Errors
/// [`ActError`]; a lost race is [`store::Error::Conflict`].
pub async fn act(
    tx: &mut Tx,
    desk: &Desk,
    scope: &Scope,
    id: &IncidentId,
    command: &Command,
    now: Timestamp,
) -> Result<IncidentState, ActError> {
    let row = incidents::find_to_handle(tx, scope, id)
        .await?
        .ok_or_else(|| store::Error::NotFound(format!("incident {id}")))?;
    validate(desk, &row, command)?;
    let from = row.state();
    let to = next_state(from, command.action())?;
    let holder = holder_after(&row, command, &scope.who);
    incidents::change_state(tx, id, from, to, holder.as_deref(), now).await?;
    apply(tx, desk, scope, id, &row, command, now).await?;
    let (old, new) = event_values(&row, command, from, to);
    let event = (
        command.action().code(),
        Some(old),
        Some(new),
        command.note(),
    );
    incidents::add_event(tx, &desk.ids, id, &scope.who, event, now).await?;
    Ok(to)
}

fn validate(desk: &Desk, row: &IncidentRow, command: &Command) -> Result<(), ActError> {
    let invalid = |field, problem| Err(ActError::Invalid { field, problem });
    let too_short = |text: &str| text.trim().chars().count() < SHORTEST_REASON;
    match command {
        Command::Pass { sector, .. } if desk.catalogue.sector(sector).is_none() => {
            invalid("sector", "unknown")
        }
        Command::Pass { sector, .. } if *sector == row.sector => invalid("sector", "same"),
        Command::Pass { reason, .. } | Command::Decline { reason } | Command::Reopen { reason }
            if too_short(reason) =>
        {
            invalid("reason", "too_short")
        }
        Command::Answer { text, .. } if too_short(text) => invalid("text", "too_short"),
        Command::Answer { url, .. } if !is_link(url) => invalid("url", "not_a_link"),
        _ => Ok(()),
    }
}

fn is_link(text: &str) -> bool {
    url::Url::parse(text.trim())
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn holder_after(row: &IncidentRow, command: &Command, who: &str) -> Option<String> {
    match command {
        Command::Take => Some(who.to_owned()),
        Command::Pass { .. } | Command::Reopen { .. } => None,
        _ => row.holder.clone().or_else(|| Some(who.to_owned())),
    }
}

fn event_values<'a>(
    row: &'a IncidentRow,
    command: &'a Command,
    from: IncidentState,
    to: IncidentState,
) -> (&'a str, &'a str) {
    match command {
        Command::Pass { sector, .. } => (&row.sector, sector),
        _ => (from.code(), to.code()),
    }
}

async fn apply(
    tx: &mut Tx,
    desk: &Desk,
    scope: &Scope,
    id: &IncidentId,
    row: &IncidentRow,
    command: &Command,
    now: Timestamp,
) -> Result<(), ActError> {
    use ClockKind::{Final, First, Taken};
    match command {
        Command::Take => incidents::stop_clocks(tx, id, row.cycle, &[Taken], now).await?,
        Command::Pass { sector, .. } => {
            let topic = topic_in(desk, sector, &row.topic);
            incidents::set_sector(tx, id, sector, &topic).await?;
            open::notify(tx, desk, id, "incident.moved", now).await?;
        }
        Command::Answer { text, url } => {
            let answer = (text.trim(), url.trim(), scope.who.as_str());
            incidents::put_answer(tx, id, row.cycle, answer, now).await?;
            incidents::stop_clocks(tx, id, row.cycle, &[Taken, First], now).await?;
        }
        Command::Decline { .. } | Command::Close => {
            incidents::stop_clocks(tx, id, row.cycle, &[Taken, First, Final], now).await?;
            incidents::close_cycle(tx, id, row.cycle, now).await?;
        }
        Command::Reopen { .. } => {
            incidents::stop_clocks(tx, id, row.cycle, &[Taken, First, Final], now).await?;
            let cycle = incidents::open_cycle(tx, id, now).await?;
            open::start_clocks(tx, desk, id, cycle, &row.sector, now).await?;
        }
    }
    Ok(())
}

/// The topic stays when it belongs to the new sector; else the sector's first one stands in until
/// the team names a better.
pub(super) fn topic_in(desk: &Desk, sector: &str, topic: &str) -> String {
    let fits = desk
        .catalogue
        .topic(topic)
        .is_some_and(|t| t.sector == sector);
    if fits {
        return topic.to_owned();
    }
    let mut topics = desk.catalogue.topics_of(sector);
    topics
        .next()
        .map_or_else(|| topic.to_owned(), |t| t.code.clone())
}
