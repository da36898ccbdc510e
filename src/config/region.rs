//! A region as files: `region.toml`, `places.csv`, `sources.toml` and any file in `sources/`,
//! `pages.toml`, `claims.jsonl`.
//!
//! Read and checked whole: every mistake of every file is told at once, with its line. Files that
//! an installation does not need may be absent (no claims: no suggestions). Nothing is fetched and
//! nothing is stored here. Start with [`RegionCatalogue::load`].

mod check;
mod claims;
mod listed;
mod places;
mod reading;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use check::{Check, File};
use serde::Deserialize;

use super::catalogue::{CatalogueError, Problem, STEERS};
use crate::domain::{
    claim::Claim,
    page::OfficialPage,
    place::{Place, PlaceKind},
    plain::steering_line,
    source::SourceConfig,
    time::Timestamp,
};

/// What `region.toml` tells.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionInfo {
    /// Short code: `svetlorechye`.
    pub code: String,
    /// Name in Russian.
    pub name: String,
    /// Name in English.
    #[serde(default)]
    pub name_en: String,
    /// IANA time zone.
    pub timezone: String,
    /// The zone as an offset, for people.
    #[serde(default)]
    pub utc_offset: Option<String>,
    /// The municipality that is the region's centre.
    #[serde(default)]
    pub centre: Option<String>,
    /// Where the region lies.
    #[serde(default)]
    pub bbox: Option<BoundingBox>,
}

/// A rectangle in degrees; points outside it are mistakes of geocoding.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct BoundingBox {
    pub lat_min: f64,
    pub lat_max: f64,
    pub lon_min: f64,
    pub lon_max: f64,
}

impl BoundingBox {
    /// Whether a point lies inside.
    pub fn holds(&self, lat: f64, lon: f64) -> bool {
        (self.lat_min..=self.lat_max).contains(&lat) && (self.lon_min..=self.lon_max).contains(&lon)
    }
}

/// All that is known of a region before the first visit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RegionCatalogue {
    /// `region.toml`, if there is one.
    pub info: Option<RegionInfo>,
    /// `places.csv`.
    pub places: Vec<Place>,
    /// `sources.toml`, and the files of the folder `sources`.
    pub sources: Vec<SourceConfig>,
    /// `pages.toml`. Addresses may be relative to their network.
    pub pages: Vec<OfficialPage>,
    /// `claims.jsonl`. Addresses of reviews may be relative.
    pub claims: Vec<Claim>,
}

/// The invented region that the demo runs in, compiled in.
const SVETLORECHYE: [(&str, &str); 5] = [
    (
        "svetlorechye/region.toml",
        include_str!("../../config/regions/svetlorechye/region.toml"),
    ),
    (
        "svetlorechye/places.csv",
        include_str!("../../config/regions/svetlorechye/places.csv"),
    ),
    (
        "svetlorechye/sources.toml",
        include_str!("../../config/regions/svetlorechye/sources.toml"),
    ),
    (
        "svetlorechye/pages.toml",
        include_str!("../../config/regions/svetlorechye/pages.toml"),
    ),
    (
        "svetlorechye/claims.jsonl",
        include_str!("../../config/regions/svetlorechye/claims.jsonl"),
    ),
];

impl RegionCatalogue {
    /// As [`RegionCatalogue::load`]; no region where none is set or there is no such folder.
    ///
    /// # Errors
    /// As there.
    pub fn load_if_there(folder: Option<&Path>, now: Timestamp) -> Result<Self, CatalogueError> {
        match folder.filter(|folder| folder.is_dir()) {
            None => Ok(Self::default()),
            Some(folder) => Self::load(folder, now),
        }
    }

    /// Reads a region's folder. `now` dates claims that say `published_days_ago`.
    ///
    /// # Errors
    /// Every mistake with file and line; a folder that is not there.
    pub fn load(folder: &Path, now: Timestamp) -> Result<Self, CatalogueError> {
        let mut problems = Vec::new();
        if !folder.is_dir() {
            problems.push(problem(
                &folder.display().to_string(),
                "there is no such folder; name a region's folder",
            ));
        }
        let mut files = Vec::new();
        for (name, _) in SVETLORECHYE {
            let path = folder.join(Path::new(name).file_name().unwrap_or_default());
            match std::fs::read_to_string(&path) {
                Ok(text) => files.push((path.display().to_string(), text)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => problems.push(problem(
                    &path.display().to_string(),
                    &format!("cannot be read: {e}"),
                )),
            }
        }
        for path in lists(&folder.join("sources"), &mut problems) {
            match std::fs::read_to_string(&path) {
                Ok(text) => files.push((path.display().to_string(), text)),
                Err(e) => problems.push(problem(
                    &path.display().to_string(),
                    &format!("cannot be read: {e}"),
                )),
            }
        }
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(n, t)| (n.as_str(), t.as_str()))
            .collect();
        Self::parse(&files, now, problems)
    }

    /// The demo's region.
    ///
    /// # Errors
    /// None in a tested build: the files are compiled in and a test reads them.
    pub fn svetlorechye(now: Timestamp) -> Result<Self, CatalogueError> {
        Self::parse(&SVETLORECHYE, now, Vec::new())
    }

    fn parse(
        files: &[(&str, &str)],
        now: Timestamp,
        problems: Vec<Problem>,
    ) -> Result<Self, CatalogueError> {
        let mut check = Check { problems };
        let mut region = Self::default();
        for (name, text) in files {
            if let Some(line) = steering_line(text) {
                check.complain(File { name, text }, line, STEERS);
            }
        }
        let file = |suffix: &str| {
            let found = files.iter().find(|(name, _)| name.ends_with(suffix));
            found.map(|&(name, text)| File { name, text })
        };
        if let Some(f) = file("region.toml") {
            region.info = check.toml(f);
        }
        if let Some(f) = file("places.csv") {
            region.places = check.places(f, region.info.as_ref().and_then(|i| i.bbox.as_ref()));
        }
        let known = region.municipalities();
        let lists = files.iter().filter(|(name, _)| is_list(name));
        let lists: Vec<File> = lists.map(|&(name, text)| File { name, text }).collect();
        region.sources = check.sources(&lists, &known);
        if let Some(f) = file("pages.toml") {
            region.pages = check.pages(f, &known, &region.sources);
        }
        if let Some(f) = file("claims.jsonl") {
            region.claims = check.claims(f, &known, now);
        }
        check.end(region)
    }

    /// Codes of all municipalities.
    pub fn municipalities(&self) -> HashSet<String> {
        let of_kind = self
            .places
            .iter()
            .filter(|p| p.kind == PlaceKind::Municipality);
        of_kind.map(|p| p.code.clone()).collect()
    }

    /// A place by its code.
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.places.iter().find(|p| p.code == code)
    }
}

/// Reads a file of claims alone, as `otklik claims match --claims` takes it: `{"id","text"}` and
/// whatever else a claim has; without a rating it counts as not confirmed.
///
/// # Errors
/// Every mistake with its line.
pub fn claims_from(name: &str, text: &str, now: Timestamp) -> Result<Vec<Claim>, CatalogueError> {
    let mut check = Check::default();
    let claims = check.claims(File { name, text }, &HashSet::new(), now);
    check.end(claims)
}

/// The files of a folder of lists of sources, in the order of their names; none without a folder.
fn lists(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(e) => {
            let message = format!("cannot be read: {e}");
            problems.push(problem(&folder.display().to_string(), &message));
            return Vec::new();
        }
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    paths
}

/// Whether a file lists sources: `sources.toml`, or any in a folder `sources`.
fn is_list(name: &str) -> bool {
    let path = Path::new(name);
    let folder = path.parent().and_then(Path::file_name);
    path.file_name().is_some_and(|name| name == "sources.toml")
        || folder.is_some_and(|folder| folder == "sources")
}

fn problem(file: &str, message: &str) -> Problem {
    Problem {
        file: file.to_owned(),
        line: 1,
        message: message.to_owned(),
    }
}
