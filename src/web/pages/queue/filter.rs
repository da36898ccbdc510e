//! What is chosen in the queue's address, and the store's filter that follows.

use crate::{
    domain::{incident::IncidentState, time::Timestamp},
    store::incidents::{Moments, QueueFilter},
    web::{form::Fields, words::Words},
};

use IncidentState::{Answered, Assigned, Closed, Declined, InProgress, New};

/// Still owed an answer.
pub(super) const OWED: &[IncidentState] = &[New, Assigned, InProgress];
/// What a queue shows unless told otherwise: owed, and answered but not closed.
pub(super) const OPEN: &[IncidentState] = &[New, Assigned, InProgress, Answered];
/// Finished.
pub(super) const DONE: &[IncidentState] = &[Closed, Declined];

/// The moments by which a promise may be chosen.
pub(super) const DUE: &[&str] = &["overdue", "today", "tomorrow"];

/// The choices of an address.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    pub sectors: Vec<String>,
    pub municipalities: Vec<String>,
    pub topics: Vec<String>,
    pub states: Vec<IncidentState>,
    pub platforms: Vec<String>,
    pub due: Option<&'static str>,
    /// `me` or `nobody`.
    pub holder: Option<&'static str>,
    pub who: String,
    pub now: Timestamp,
    pub today: Timestamp,
    pub tomorrow: Timestamp,
    pub after: Option<(i64, i64)>,
}

impl Chosen {
    /// Reads an address; what it does not know is left out.
    pub(super) fn of(query: &Fields, words: &Words, who: &str) -> Self {
        let known = |name: &str, all: &[&'static str]| {
            let given = query.get(name).to_owned();
            all.iter().find(|known| **known == given).copied()
        };
        let after = query
            .get("after")
            .split_once(',')
            .and_then(|(due, number)| Some((due.parse().ok()?, number.parse().ok()?)));
        Self {
            sectors: query.all("sector"),
            municipalities: query.all("municipality"),
            topics: query.all("topic"),
            states: query
                .all("state")
                .iter()
                .filter_map(|code| IncidentState::from_code(code))
                .collect(),
            platforms: query.all("platform"),
            due: known("due", DUE),
            holder: known("holder", &["me", "nobody"]),
            who: who.to_owned(),
            now: words.now,
            today: words.end_of_today(),
            tomorrow: words.end_of_tomorrow(),
            after,
        }
    }

    /// The states that are meant: without a word, what is owed or open.
    pub(super) fn states(&self) -> Vec<IncidentState> {
        match (self.states.as_slice(), self.due) {
            ([], Some(_)) => OWED.to_vec(),
            ([], None) => OPEN.to_vec(),
            (given, _) => given.to_vec(),
        }
    }

    /// Whether every sector, municipality and topic is meant.
    pub(super) fn is_everywhere(&self) -> bool {
        self.sectors.is_empty() && self.municipalities.is_empty() && self.topics.is_empty()
    }

    /// The moments that part what is due.
    pub(super) fn moments(&self) -> Moments {
        Moments {
            now: self.now,
            today: self.today,
            tomorrow: self.tomorrow,
        }
    }

    /// The store's filter.
    pub(super) fn filter(&self, limit: i64) -> QueueFilter {
        QueueFilter {
            sectors: self.sectors.clone(),
            municipalities: self.municipalities.clone(),
            topics: self.topics.clone(),
            platforms: self.platforms.clone(),
            states: self.states(),
            holder: self.holder.map(|holder| match holder {
                "me" => self.who.clone(),
                _ => String::new(),
            }),
            overdue_at: (self.due == Some("overdue")).then_some(self.now),
            due_before: match self.due {
                Some("today") => Some(self.today),
                Some("tomorrow") => Some(self.tomorrow),
                _ => None,
            },
            // What is late already stands under its own word.
            due_after: matches!(self.due, Some("today" | "tomorrow")).then_some(self.now),
            opened_after: None,
            to_handle: false,
            limit,
            after: self.after,
            ..QueueFilter::default()
        }
    }

    /// The saved view that these choices are.
    pub(super) fn view(&self) -> &'static str {
        let plain = self.is_everywhere() && self.platforms.is_empty();
        match (plain, self.states.as_slice(), self.due, self.holder) {
            (true, [], None, None) => "open",
            (true, [], None, Some(holder)) => holder,
            (true, [], Some(due @ ("overdue" | "today")), None) => due,
            (true, [Answered], None, None) => "answered",
            (true, [Closed, Declined], None, None) => "closed",
            _ => "",
        }
    }

    /// Whether anything is chosen.
    pub(super) fn any(&self) -> bool {
        self.view() != "open"
    }

    /// The choices as they stand in an address.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let lists = [
            ("sector", &self.sectors),
            ("municipality", &self.municipalities),
            ("topic", &self.topics),
            ("platform", &self.platforms),
        ];
        for (name, list) in lists {
            pairs.extend(list.iter().map(|value| (name, value.clone())));
        }
        pairs.extend(self.states.iter().map(|s| ("state", s.code().to_owned())));
        pairs.extend(self.due.map(|due| ("due", due.to_owned())));
        pairs.extend(self.holder.map(|holder| ("holder", holder.to_owned())));
        pairs
    }

    /// The choices that a form does not hold itself.
    pub(super) fn pairs_without(&self, names: &[&str]) -> Vec<(String, String)> {
        self.pairs()
            .into_iter()
            .filter(|(name, _)| !names.contains(name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// An address with these choices and more.
    pub(super) fn address(&self, path: &str, more: &[(&str, String)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.pairs() {
            query.append_pair(name, &value);
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// An address without one dimension.
    pub(super) fn without(&self, name: &str) -> String {
        let mut rest = self.clone();
        match name {
            "sector" => rest.sectors.clear(),
            "municipality" => rest.municipalities.clear(),
            "topic" => rest.topics.clear(),
            "platform" => rest.platforms.clear(),
            "state" => rest.states.clear(),
            "due" => rest.due = None,
            _ => rest.holder = None,
        }
        rest.address("/queue", &[])
    }
}
