//! Sectors and topics: `sectors/*.toml` and `topics/*.toml` of the operator's folder, or the
//! built-in copies; mappings of tables, `tables/*.toml`, where there are any. A tenth sector is one more
//! file.
//!
//! Checked whole before use, so that one start shows every mistake; it knows nothing of sources,
//! places or people. Start with [`Catalogue::load`].

mod check;
mod files;
mod sectors;
mod tables;
mod topics;

use std::{collections::HashMap, path::Path};

use crate::domain::table::Mapping;
use check::Check;
pub(super) use check::STEERS;
pub use check::{CatalogueError, Problem};
pub use files::{SECTORS, TOPICS};
pub use sectors::{Promise, Sector, Template};
pub use topics::Topic;

/// All sectors and topics, checked against each other.
#[derive(Debug, Clone)]
pub struct Catalogue {
    sectors: Vec<Sector>,
    topics: Vec<Topic>,
    tables: Vec<Mapping>,
    sector_index: HashMap<String, usize>,
    topic_index: HashMap<String, usize>,
}

impl Catalogue {
    /// Reads `FOLDER/sectors` and `FOLDER/topics`. A sub-folder that is absent, or no folder at
    /// all, means the built-in files.
    ///
    /// # Errors
    /// Every mistake with file and line.
    pub fn load(folder: Option<&Path>) -> Result<Catalogue, CatalogueError> {
        let mut problems = Vec::new();
        let sectors = files::read(folder, "sectors", SECTORS, &mut problems);
        let topics = files::read(folder, "topics", TOPICS, &mut problems);
        let tables = files::read(folder, "tables", &[], &mut problems);
        Self::parse(&sectors, &topics, &tables, problems)
    }

    /// The shipped catalogue.
    ///
    /// # Errors
    /// None in a tested build: the files are compiled in and a test reads them.
    pub fn built_in() -> Result<Catalogue, CatalogueError> {
        Self::load(None)
    }

    /// Sectors in their order.
    pub fn sectors(&self) -> &[Sector] {
        &self.sectors
    }

    /// Topics by their sector's order, then as their file lists them.
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// Mappings of tables that other systems export, by name.
    pub fn tables(&self) -> &[Mapping] {
        &self.tables
    }

    /// A sector by code.
    pub fn sector(&self, code: &str) -> Option<&Sector> {
        Some(&self.sectors[*self.sector_index.get(code)?])
    }

    /// A sector by code or Russian label: labels of a trained model may be either.
    pub fn sector_by_name(&self, name: &str) -> Option<&Sector> {
        self.sector(name)
            .or_else(|| self.sectors.iter().find(|s| s.label == name))
    }

    /// A topic by code.
    pub fn topic(&self, code: &str) -> Option<&Topic> {
        Some(&self.topics[*self.topic_index.get(code)?])
    }

    /// The topics of a sector.
    pub fn topics_of<'a>(&'a self, sector: &'a str) -> impl Iterator<Item = &'a Topic> {
        self.topics.iter().filter(move |t| t.sector == sector)
    }

    fn parse(
        sector_files: &[(String, String)],
        topic_files: &[(String, String)],
        table_files: &[(String, String)],
        problems: Vec<Problem>,
    ) -> Result<Catalogue, CatalogueError> {
        let mut check = Check { problems };
        let mut sectors = sectors::read(&mut check, sector_files);
        sectors.sort_by_key(|s| s.order);
        let mut topics = topics::read(&mut check, topic_files, &sectors);
        let tables = tables::read(&mut check, table_files);
        let sector_index: HashMap<_, _> = index(sectors.iter().map(|s| &s.code));
        topics.sort_by_key(|t| sector_index.get(&t.sector).copied());
        if !check.problems.is_empty() {
            return Err(CatalogueError {
                problems: check.problems,
            });
        }
        Ok(Catalogue {
            topic_index: index(topics.iter().map(|t| &t.code)),
            sector_index,
            sectors,
            topics,
            tables,
        })
    }
}

fn index<'a>(codes: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    codes
        .enumerate()
        .map(|(i, code)| (code.clone(), i))
        .collect()
}

#[cfg(test)]
mod tests;
