//! `otklik doctor`: what is wrong with an installation, in words, and what to do. It changes nothing:
//! it makes no keys, no database and no migration. Start with [`examine`].

mod database;
mod machine;
mod networks;

use std::path::Path;

use secrecy::ExposeSecret;
use serde::Serialize;

use super::understander;
use crate::{
    config::{catalogue::Catalogue, region::RegionCatalogue, settings::Settings},
    domain::{id::Ids, time::Clock},
    store::Store,
};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable word: `disk-full`.
    pub finding: &'static str,
    /// What is wrong, in a sentence.
    pub what: String,
    /// What to do.
    pub next: String,
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, finding: &'static str, what: impl Into<String>, next: impl Into<String>) {
        self.0.push(Finding {
            finding,
            what: what.into(),
            next: next.into(),
        });
    }
}

/// Whom to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This machine and the database.
    Here,
    /// The networks' hosts as well, for their clocks.
    Networks,
}

/// Examines the installation of the settings; empty when it is sound. `file` is where the settings come
/// from.
pub async fn examine(
    settings: &Settings,
    file: Option<&Path>,
    clock: &Clock,
    ids: &Ids,
    reach: Reach,
) -> Vec<Finding> {
    let mut found = Findings::default();
    for problem in settings.problems() {
        found.add(
            "settings",
            problem,
            "mend the settings; `otklik check` tells more",
        );
    }
    machine::examine(&mut found, settings, file, ids);
    let region = of_catalogues(&mut found, settings, clock);
    let url = settings.database_url.expose_secret();
    if url.is_empty() && !settings.data_dir.join("otklik.db").exists() {
        let what = format!("there is no database in {}", settings.data_dir.display());
        found.add(
            "no-database",
            what,
            "start `otklik serve` once, or restore a backup",
        );
        return found.0;
    }
    match Store::open(url, &settings.data_dir).await {
        Err(error) => found.add(
            "database",
            error.to_string(),
            "pages and loops wait until it answers",
        ),
        Ok(store) => {
            let sound = database::examine(&mut found, settings, &store, clock).await;
            if sound && reach == Reach::Networks && settings.collect.enabled {
                networks::examine(&mut found, settings, &region, &store, clock, ids).await;
            }
            store.close().await;
        }
    }
    found.0
}

/// Catalogues and models: what `serve` reads when it starts.
fn of_catalogues(found: &mut Findings, settings: &Settings, clock: &Clock) -> RegionCatalogue {
    let region = RegionCatalogue::load_if_there(settings.catalogues(), clock.now());
    let region = region.unwrap_or_else(|error| {
        found.add(
            "catalogue",
            error.to_string(),
            "mend the file; `otklik check` tells more",
        );
        RegionCatalogue::default()
    });
    match Catalogue::load(settings.catalogues()) {
        Err(error) => found.add(
            "catalogue",
            error.to_string(),
            "mend the file; `otklik check` tells more",
        ),
        Ok(catalogue) => {
            if let Err(error) = understander(settings, &catalogue, &region, Vec::new()) {
                let what = format!("the topic model cannot be used: {error:#}");
                let next = "put the model's folder there, or leave understand.model_dir empty for \
                    the one built in";
                found.add("model", what, next);
            }
        }
    }
    region
}
