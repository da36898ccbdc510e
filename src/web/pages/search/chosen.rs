//! What is chosen in the address of a search.

use std::collections::BTreeMap;

use crate::web::form::Fields;

/// Facets beside the hits, in order.
pub(super) const FACETS: [&str; 5] = ["sector", "topic", "municipality", "platform", "kind"];
/// Hits that can be paged through.
pub(super) const DEEPEST: usize = 2000;

/// What is chosen in the address.
pub(super) struct Chosen {
    pub q: String,
    pub filters: BTreeMap<String, Vec<String>>,
    pub days: i64,
    pub newest: bool,
    pub from: usize,
}

impl Chosen {
    /// Reads an address; what it does not know is left out.
    pub(super) fn of(query: &Fields) -> Self {
        let filters = FACETS
            .iter()
            .map(|name| ((*name).to_owned(), query.all(name)));
        Self {
            q: query.get("q").chars().take(400).collect(),
            filters: filters.filter(|(_, values)| !values.is_empty()).collect(),
            days: query.get("days").parse().unwrap_or(0),
            newest: query.get("order") == "newest",
            from: query.get("from").parse().unwrap_or(0).min(DEEPEST),
        }
    }

    /// The address of the words alone.
    pub(super) fn words_only(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new("/search?".to_owned());
        query.append_pair("q", &self.q).finish()
    }

    /// The choices but the words, as they stand in an address.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (name, values) in &self.filters {
            pairs.extend(values.iter().map(|v| (name.clone(), v.clone())));
        }
        if self.days > 0 {
            pairs.push(("days".into(), self.days.to_string()));
        }
        if self.newest {
            pairs.push(("order".into(), "newest".into()));
        }
        pairs
    }

    /// The address with one choice set, taken back (`None`), or as it is.
    pub(super) fn with(&self, name: &str, value: Option<String>) -> String {
        let mut query = url::form_urlencoded::Serializer::new("/search?".to_owned());
        query.append_pair("q", &self.q);
        for (known, old) in self.pairs() {
            if known != name {
                query.append_pair(&known, &old);
            }
        }
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
        query.finish()
    }
}
