//! The facet bar: options with counts. The counts of a facet leave its own choice out, so that
//! another value can be chosen; all of them obey the reader's scope.

use std::collections::BTreeMap;

use super::{
    Frame,
    filter::{Chosen, DUE, OWED},
};
use crate::{
    domain::{incident::IncidentState, post::Platform},
    store::{
        Tx,
        incidents::{QueueFilter, StateCount, count_by_state},
    },
    web::{Error, Shared, auth::session::Visitor},
};

/// The fields that the form holds itself.
pub(super) const NAMES: [&str; 6] = [
    "due",
    "municipality",
    "topic",
    "sector",
    "state",
    "platform",
];

/// A facet.
pub(super) struct Facet {
    pub name: &'static str,
    pub label: String,
    /// The chosen values in words; empty when none is.
    pub value: String,
    pub options: Vec<Opt>,
    pub single: bool,
    pub clear: String,
}

/// An option of a facet.
pub(super) struct Opt {
    pub code: String,
    pub label: String,
    pub count: i64,
    pub chosen: bool,
}

/// Every facet that this reader can use.
pub(super) async fn all(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    f: &Frame,
    chosen: &Chosen,
) -> Result<Vec<Facet>, Error> {
    let mut counter = Counter {
        app,
        tx,
        visitor,
        f,
        chosen,
    };
    let mut facets = vec![counter.due().await?];
    for name in ["municipality", "topic", "sector", "state"] {
        facets.push(counter.coded(name).await?);
    }
    facets.push(counter.platform().await?);
    facets.retain(|facet| facet.options.len() > 1 || !facet.value.is_empty());
    Ok(facets)
}

struct Counter<'a> {
    app: &'a Shared,
    tx: &'a mut Tx,
    visitor: &'a Visitor,
    f: &'a Frame,
    chosen: &'a Chosen,
}

impl Counter<'_> {
    async fn count(&mut self, filter: &QueueFilter) -> Result<Vec<StateCount>, Error> {
        let scope = &self.visitor.scope;
        Ok(count_by_state(self.tx, scope, filter, self.app.now()).await?)
    }

    async fn total(&mut self, filter: &QueueFilter) -> Result<i64, Error> {
        Ok(self.count(filter).await?.iter().map(|c| c.incidents).sum())
    }

    fn filter(&self) -> QueueFilter {
        QueueFilter {
            after: None,
            ..self.chosen.filter(1)
        }
    }

    fn facet(&self, name: &'static str, options: Vec<Opt>, single: bool) -> Facet {
        let picked: Vec<&str> = options
            .iter()
            .filter(|o| o.chosen)
            .map(|o| o.label.as_str())
            .collect();
        let value = match picked.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [one, rest @ ..] => format!("{one} +{}", rest.len()),
        };
        Facet {
            label: self.f.t(&format!("facet-{name}")),
            clear: self.chosen.without(name),
            name,
            value,
            options,
            single,
        }
    }

    async fn due(&mut self) -> Result<Facet, Error> {
        let mut options = Vec::new();
        for code in DUE {
            let mut choice = self.chosen.clone();
            choice.due = Some(code);
            let filter = QueueFilter {
                after: None,
                ..choice.filter(1)
            };
            options.push(Opt {
                code: (*code).to_owned(),
                label: self.f.code("due", code),
                count: self.total(&filter).await?,
                chosen: self.chosen.due == Some(code),
            });
        }
        Ok(self.facet("due", options, true))
    }

    /// A facet over a column of the counts.
    async fn coded(&mut self, name: &'static str) -> Result<Facet, Error> {
        let mut filter = self.filter();
        match name {
            "municipality" => filter.municipalities.clear(),
            "topic" => filter.topics.clear(),
            "sector" => filter.sectors.clear(),
            _ if self.chosen.due.is_some() => filter.states = OWED.to_vec(),
            _ => filter.states = IncidentState::ALL.to_vec(),
        }
        let counts = self.count(&filter).await?;
        let mut by_code: BTreeMap<String, i64> = BTreeMap::new();
        for count in counts {
            let code = match name {
                "municipality" => count.municipality,
                "topic" => Some(count.topic),
                "sector" => Some(count.sector),
                _ => Some(count.state),
            };
            if let Some(code) = code {
                *by_code.entry(code).or_default() += count.incidents;
            }
        }
        for code in self.picked(name) {
            by_code.entry(code).or_default();
        }
        let mut options: Vec<Opt> = by_code
            .into_iter()
            .map(|(code, count)| Opt {
                label: self.label(name, &code),
                chosen: self.picked(name).contains(&code),
                code,
                count,
            })
            .collect();
        let rank = |code: &str| IncidentState::ALL.iter().position(|s| s.code() == code);
        match name {
            "state" => options.sort_by_key(|o| rank(&o.code)),
            _ => options.sort_by(|a, b| b.count.cmp(&a.count).then(a.label.cmp(&b.label))),
        }
        Ok(self.facet(name, options, false))
    }

    fn picked(&self, name: &str) -> Vec<String> {
        match name {
            "municipality" => self.chosen.municipalities.clone(),
            "topic" => self.chosen.topics.clone(),
            "sector" => self.chosen.sectors.clone(),
            _ => self
                .chosen
                .states
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        }
    }

    fn label(&self, name: &str, code: &str) -> String {
        let lang = self.f.tr.lang;
        match name {
            "municipality" => self.app.municipality_label(code),
            "topic" => self.app.topic_label(code, lang),
            "sector" => self.app.sector_label(code, lang),
            _ => self.f.code("state", code),
        }
    }

    /// Networks: an incident with posts of two counts in both.
    async fn platform(&mut self) -> Result<Facet, Error> {
        let mut options = Vec::new();
        for platform in Platform::ALL {
            let mut filter = self.filter();
            filter.platforms = vec![platform.code().to_owned()];
            let count = self.total(&filter).await?;
            let chosen = self.chosen.platforms.iter().any(|p| p == platform.code());
            if count > 0 || chosen {
                options.push(Opt {
                    code: platform.code().to_owned(),
                    label: self.f.code("platform", platform.code()),
                    count,
                    chosen,
                });
            }
        }
        Ok(self.facet("platform", options, false))
    }
}
