//! Sources and official pages: arrays of tables.

use std::collections::HashSet;

use serde::Deserialize;
use toml::Spanned;

use super::check::{Check, File};
use crate::domain::{page::OfficialPage, source::SourceConfig};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    #[serde(default)]
    source: Vec<Spanned<toml::Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageFile {
    #[serde(default)]
    page: Vec<Spanned<toml::Table>>,
}

impl Check {
    /// Sources of every list; a code stands once in all of them.
    pub fn sources(
        &mut self,
        files: &[File],
        municipalities: &HashSet<String>,
    ) -> Vec<SourceConfig> {
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for file in files.iter().copied() {
            let rows = self
                .toml::<SourceFile>(file)
                .map(|f| f.source)
                .unwrap_or_default();
            for (line, source) in self.rows::<SourceConfig>(file, rows) {
                self.once(file, line, &mut seen, "source", source.code.as_str());
                self.known(file, line, source.municipality.as_deref(), municipalities);
                self.reading(file, line, &source);
                out.push(source);
            }
        }
        out
    }

    pub fn pages(
        &mut self,
        file: File,
        municipalities: &HashSet<String>,
        sources: &[SourceConfig],
    ) -> Vec<OfficialPage> {
        let rows = self
            .toml::<PageFile>(file)
            .map(|f| f.page)
            .unwrap_or_default();
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for (line, page) in self.rows::<OfficialPage>(file, rows) {
            self.once(file, line, &mut seen, "page", &page.code);
            self.known(file, line, page.municipality.as_deref(), municipalities);
            if let Some(code) = &page.source
                && !sources.iter().any(|s| s.code.as_str() == code)
            {
                self.complain(file, line, format!("there is no source {code}"));
            }
            out.push(page);
        }
        out
    }
}
