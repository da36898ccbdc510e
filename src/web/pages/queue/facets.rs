//! The facet bar: options with counts. The counts of a facet leave its own choice out, so that
//! another value can be chosen; all of them obey the reader's scope.

use std::collections::BTreeMap;

use super::{
    Frame,
    figures::Figures,
    filter::{Chosen, DUE, OWED},
};
use crate::{
    domain::{incident::IncidentState, post::Platform},
    web::Shared,
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
pub(super) fn all(app: &Shared, f: &Frame, chosen: &Chosen, figures: &Figures) -> Vec<Facet> {
    let counter = Counter {
        app,
        f,
        chosen,
        figures,
    };
    let mut facets = vec![counter.due()];
    for name in ["municipality", "topic", "sector", "state"] {
        facets.push(counter.coded(name));
    }
    facets.push(counter.platform());
    facets.retain(|facet| facet.options.len() > 1 || !facet.value.is_empty());
    facets
}

struct Counter<'a> {
    app: &'a Shared,
    f: &'a Frame,
    chosen: &'a Chosen,
    figures: &'a Figures,
}

impl Counter<'_> {
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

    fn due(&self) -> Facet {
        let option = |code: &&'static str| Opt {
            code: (*code).to_owned(),
            label: self.f.code("due", code),
            count: self.figures.chosen.count(&Chosen {
                due: Some(code),
                ..self.chosen.clone()
            }),
            chosen: self.chosen.due == Some(code),
        };
        self.facet("due", DUE.iter().map(option).collect(), true)
    }

    /// Counts by a code.
    fn counts(&self, name: &str) -> BTreeMap<String, i64> {
        let within = |chosen: &[String], code: &str| {
            chosen.is_empty() || chosen.iter().any(|known| known == code)
        };
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        let mut add = |code: &str, n: i64| *counts.entry(code.to_owned()).or_default() += n;
        let (sectors, topics) = (&self.chosen.sectors, &self.chosen.topics);
        match name {
            "municipality" => {
                for count in &self.figures.municipalities {
                    count
                        .code
                        .iter()
                        .for_each(|code| add(code, count.incidents));
                }
            }
            "state" => self.states().for_each(|(code, n)| add(code, n)),
            _ => {
                for count in &self.figures.topics {
                    let (sector, topic) =
                        (&count.sector, count.code.as_deref().unwrap_or_default());
                    match name {
                        "topic" if within(sectors, sector) => add(topic, count.incidents),
                        "sector" if within(topics, topic) => add(sector, count.incidents),
                        _ => {}
                    }
                }
            }
        }
        counts
    }

    fn states(&self) -> impl Iterator<Item = (&'static str, i64)> {
        let all = match self.chosen.due {
            Some(_) => OWED,
            None => IncidentState::ALL,
        };
        let count = |state: &IncidentState| {
            let choice = Chosen {
                states: vec![*state],
                ..self.chosen.clone()
            };
            (state.code(), self.figures.chosen.count(&choice))
        };
        all.iter().map(count).filter(|(_, n)| *n > 0)
    }

    /// A facet over a code.
    fn coded(&self, name: &'static str) -> Facet {
        let mut by_code = self.counts(name);
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
        self.facet(name, options, false)
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
    fn platform(&self) -> Facet {
        let options = Platform::ALL.iter().filter_map(|platform| {
            let code = platform.code();
            let choice = Chosen {
                platforms: vec![code.to_owned()],
                ..self.chosen.clone()
            };
            let ended = self.figures.ended_networks.iter();
            let ended = ended.filter(|count| count.code.as_deref() == Some(code));
            let ended: i64 = ended.map(|count| count.incidents).sum();
            let count = self.figures.chosen.count_open(&choice) + ended;
            let chosen = self.chosen.platforms.iter().any(|p| p == code);
            (count > 0 || chosen).then(|| Opt {
                code: code.to_owned(),
                label: self.f.code("platform", code),
                count,
                chosen,
            })
        });
        self.facet("platform", options.collect(), false)
    }
}
