//! What the page counts, read once: few statements give groups, and every facet, view and total is
//! summed from them. A facet's counts leave its own choice out, so that another value can be chosen.

use crate::{
    domain::incident::IncidentState,
    store::{
        Tx,
        incidents::{
            CodeCount, Facet, ME, Moments, NOBODY, OVERDUE, QueueFilter, Standing, TODAY, TOMORROW,
            count_by, count_ended_networks, networks, standing,
        },
        scope::Scope,
    },
    web::Error,
};

use super::filter::{Chosen, DONE};

/// How the incidents stand: those open in groups, those that ended by state.
#[derive(Clone)]
pub(super) struct Stock {
    open: Vec<Standing>,
    /// Under the choice of holder and networks.
    ended: Vec<CodeCount>,
}

/// All figures of a page.
pub(super) struct Figures {
    /// Of the sectors, municipalities and topics that are chosen.
    pub chosen: Stock,
    /// Of everything within reach.
    pub all: Stock,
    /// Ended incidents of the chosen states by network.
    pub ended_networks: Vec<CodeCount>,
    /// By topic and sector, whichever of both are chosen.
    pub topics: Vec<CodeCount>,
    /// By municipality, whichever is chosen.
    pub municipalities: Vec<CodeCount>,
}

impl Figures {
    /// Reads what the page needs.
    pub(super) async fn read(
        tx: &mut Tx,
        scope: &Scope,
        chosen: &Chosen,
        moments: Moments,
    ) -> Result<Self, Error> {
        let filter = chosen.filter(1);
        let everything = QueueFilter::default();
        let narrows = !chosen.is_everywhere();
        let of_chosen = stock(tx, scope, &filter, moments).await?;
        let plain = !narrows && chosen.platforms.is_empty() && chosen.holder.is_none();
        let all = match plain {
            true => of_chosen.clone(),
            false => stock(tx, scope, &everything, moments).await?,
        };
        let networks = QueueFilter {
            platforms: Vec::new(),
            ..filter.clone()
        };
        let topics = QueueFilter {
            sectors: Vec::new(),
            topics: Vec::new(),
            ..filter.clone()
        };
        let municipalities = QueueFilter {
            municipalities: Vec::new(),
            ..filter
        };
        Ok(Self {
            chosen: of_chosen,
            all,
            ended_networks: count_ended_networks(tx, scope, &networks).await?,
            topics: count_by(tx, scope, &topics, Facet::Topic).await?,
            municipalities: count_by(tx, scope, &municipalities, Facet::Municipality).await?,
        })
    }
}

/// The stock that a filter's sectors, municipalities and topics leave.
async fn stock(
    tx: &mut Tx,
    scope: &Scope,
    filter: &QueueFilter,
    moments: Moments,
) -> Result<Stock, Error> {
    let ended = QueueFilter {
        states: DONE.to_vec(),
        overdue_at: None,
        due_before: None,
        due_after: None,
        ..filter.clone()
    };
    Ok(Stock {
        open: standing(tx, scope, filter, moments).await?,
        ended: count_by(tx, scope, &ended, Facet::State).await?,
    })
}

impl Stock {
    /// How many a choice leaves. What ended is counted under the page's own choice of holder and
    /// networks.
    pub(super) fn count(&self, choice: &Chosen) -> i64 {
        self.count_open(choice) + self.count_ended(choice)
    }

    /// Open ones that a choice leaves.
    pub(super) fn count_open(&self, choice: &Chosen) -> i64 {
        self.sum(choice, |_| true)
    }

    /// Overdue ones that a choice leaves.
    pub(super) fn count_overdue(&self, choice: &Chosen) -> i64 {
        self.sum(choice, |group| group.due == OVERDUE)
    }

    fn sum(&self, choice: &Chosen, more: impl Fn(&Standing) -> bool) -> i64 {
        let states = choice.states();
        let bits = networks::bits(choice.platforms.iter().map(String::as_str));
        let fits = |group: &&Standing| {
            states.iter().any(|state| state.code() == group.state)
                && is_due(choice.due, group.due)
                && is_held(choice.holder, group.held)
                && (choice.platforms.is_empty() || group.networks & bits != 0)
                && more(group)
        };
        self.open
            .iter()
            .filter(fits)
            .map(|group| group.incidents)
            .sum()
    }

    fn count_ended(&self, choice: &Chosen) -> i64 {
        if choice.due.is_some() {
            return 0; // nothing that ended is owed any more
        }
        let states = choice.states();
        let is_chosen =
            |code: &str| IncidentState::from_code(code).is_some_and(|s| states.contains(&s));
        let counts = self.ended.iter();
        let counts = counts.filter(|count| count.code.as_deref().is_some_and(is_chosen));
        counts.map(|count| count.incidents).sum()
    }
}

/// What is late already stands under its own word; what is due today is due by tomorrow as well.
fn is_due(choice: Option<&str>, due: i64) -> bool {
    match choice {
        None => true,
        Some("overdue") => due == OVERDUE,
        Some("today") => due == TODAY,
        Some(_) => matches!(due, TODAY | TOMORROW),
    }
}

fn is_held(choice: Option<&str>, held: i64) -> bool {
    match choice {
        None => true,
        Some("me") => held == ME,
        Some(_) => held == NOBODY,
    }
}
