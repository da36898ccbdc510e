//! What is chosen in the journal's address, and the store's filter that follows.

use jiff::{civil::Date, tz::TimeZone};
use url::form_urlencoded::Serializer;

use super::words;
use crate::{
    domain::time::Timestamp,
    store::audit::{AuditKind, Filter},
    web::form::Fields,
};

/// The choices of an address.
pub(super) struct Chosen {
    pub who: String,
    pub kind: Option<AuditKind>,
    /// As it was typed.
    pub subject: String,
    since: Option<Date>,
    /// The last day, itself included.
    until: Option<Date>,
    before: Option<String>,
}

impl Chosen {
    /// Reads an address; what it does not know is left out.
    pub(super) fn of(query: &Fields) -> Self {
        let before = query.get("before").to_owned();
        Self {
            who: query.get("who").to_owned(),
            kind: AuditKind::from_code(query.get("kind")),
            subject: query.get("subject").to_owned(),
            since: query.get("since").parse().ok(),
            until: query.get("until").parse().ok(),
            before: Some(before).filter(|id| !id.is_empty()),
        }
    }

    pub(super) fn filter(&self, zone: &TimeZone) -> Filter {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Filter {
            who: some(&self.who),
            kind: self.kind,
            subject: some(&self.subject).map(|typed| words::asked(&typed)),
            since: self.since.and_then(|day| begin(day, zone)),
            until: self.until.and_then(|day| begin(day.tomorrow().ok()?, zone)),
            before: self.before.clone(),
        }
    }

    /// Whether anything is left out.
    pub(super) fn any(&self) -> bool {
        let days = self.since.is_some() || self.until.is_some();
        days || self.kind.is_some() || !self.who.is_empty() || !self.subject.is_empty()
    }

    pub(super) fn since(&self) -> String {
        self.since.map(|day| day.to_string()).unwrap_or_default()
    }

    pub(super) fn until(&self) -> String {
        self.until.map(|day| day.to_string()).unwrap_or_default()
    }

    /// The same choices at a path, with more.
    pub(super) fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let (since, until) = (self.since(), self.until());
        let own = [
            ("who", self.who.as_str()),
            ("kind", self.kind.map_or("", AuditKind::code)),
            ("subject", &self.subject),
            ("since", &since),
            ("until", &until),
        ];
        let pairs = own
            .iter()
            .chain(more)
            .filter(|(_, value)| !value.is_empty());
        let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
        match query.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{query}"),
        }
    }
}

/// Everything about a subject.
pub(super) fn about(subject: &str) -> String {
    only("subject", subject)
}

/// Everything that somebody did.
pub(super) fn of(who: &str) -> String {
    only("who", who)
}

fn only(field: &str, value: &str) -> String {
    let mut query = Serializer::new("/audit?".to_owned());
    query.append_pair(field, value).finish()
}

/// The moment at which a day begins in the region.
fn begin(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let begins = day.to_zoned(zone.clone()).ok()?;
    Some(begins.timestamp().into())
}
