//! Sectors and topics: `sectors/*.toml` and `topics/*.toml` of the operator's folder, or the
//! built-in copies. A tenth sector is one more file.
//!
//! Checked whole before use, so that one start shows every mistake; it knows nothing of sources,
//! places or people. Start with [`Catalogue::load`].

use std::{collections::HashMap, fmt, ops::Range, path::Path};

use serde::Deserialize;
use toml::Spanned;

use crate::domain::time::Span;

macro_rules! built_in {
    ($folder:literal: $($name:literal)*) => {
        &[$((
            concat!($folder, "/", $name, ".toml"),
            include_str!(concat!("../../config/", $folder, "/", $name, ".toml")),
        )),*]
    };
}

/// The shipped sector files: path below `config/`, text.
pub const SECTORS: &[(&str, &str)] = built_in!("sectors": "housing" "waste" "energy" "education"
    "health" "roads" "transport" "social" "ecology" "other");

/// The shipped topic files: path below `config/`, text.
pub const TOPICS: &[(&str, &str)] = built_in!("topics": "housing" "waste" "energy" "education"
    "health" "roads" "transport" "social" "ecology" "other");

/// Times that a sector promises, counted from the start of the first clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Until somebody takes it.
    pub taken: Span,
    /// Until the first answer is published.
    pub first_answer: Span,
    /// Until the final answer is published.
    pub final_answer: Span,
}

/// A prepared answer. Words in `{braces}` are filled in by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Code, unique within its sector.
    pub code: String,
    /// Title in lists.
    pub title: String,
    /// Text with prompts.
    pub text: String,
}

impl Template {
    /// The prompts in order, without braces.
    pub fn prompts(&self) -> Vec<&str> {
        let parts = self.text.split('{').skip(1);
        parts
            .filter_map(|part| Some(part.split_once('}')?.0))
            .collect()
    }
}

/// A sector team's catalogue entry (Open311: agency responsible).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    /// Code: `housing`.
    pub code: String,
    /// Russian label: «ЖКХ».
    pub label: String,
    /// English label.
    pub label_en: String,
    /// Place in lists.
    pub order: u32,
    /// Posts of it wait for a person instead of opening incidents.
    pub triage: bool,
    /// The team's name.
    pub team: String,
    /// Hours as shown to people.
    pub hours: String,
    /// Promised times.
    pub promise: Promise,
    /// Prepared answers.
    pub templates: Vec<Template>,
}

/// A topic (Open311 service).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Code: `housing.heating`.
    pub code: String,
    /// The sector's code.
    pub sector: String,
    /// Russian label.
    pub label: String,
    /// English label.
    pub label_en: String,
    /// One line of meaning, in Russian.
    pub description: String,
    /// Typical words, for people and search.
    pub keywords: Vec<String>,
    /// Open311 `service_code`.
    pub service_code: String,
}

/// All sectors and topics, checked against each other.
#[derive(Debug, Clone)]
pub struct Catalogue {
    sectors: Vec<Sector>,
    topics: Vec<Topic>,
    sector_index: HashMap<String, usize>,
    topic_index: HashMap<String, usize>,
}

/// A mistake in a catalogue file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// File as it was found.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every mistake found, in the order of files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, p) in self.problems.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n" };
            write!(f, "{gap}{}:{}: {}", p.file, p.line, p.message)?;
        }
        Ok(())
    }
}

impl Catalogue {
    /// Reads `FOLDER/sectors` and `FOLDER/topics`. A sub-folder that is absent, or no folder at
    /// all, means the built-in files.
    ///
    /// # Errors
    /// Every mistake with file and line.
    pub fn load(folder: Option<&Path>) -> Result<Catalogue, CatalogueError> {
        let mut problems = Vec::new();
        let sectors = files(folder, "sectors", SECTORS, &mut problems);
        let topics = files(folder, "topics", TOPICS, &mut problems);
        Self::parse(&sectors, &topics, problems)
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
        problems: Vec<Problem>,
    ) -> Result<Catalogue, CatalogueError> {
        let mut check = Check { problems };
        let mut sectors = check.sectors(sector_files);
        sectors.sort_by_key(|s| s.order);
        let mut topics = check.topics(topic_files, &sectors);
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
        })
    }
}

fn index<'a>(codes: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    codes
        .enumerate()
        .map(|(i, code)| (code.clone(), i))
        .collect()
}

/// Files of one kind as (name, text), sorted by name.
fn files(
    folder: Option<&Path>,
    kind: &str,
    built_in: &[(&str, &str)],
    problems: &mut Vec<Problem>,
) -> Vec<(String, String)> {
    let folder = folder.map(|f| f.join(kind)).filter(|f| f.is_dir());
    let Some(folder) = folder else {
        let owned = |&(name, text): &(&str, &str)| (name.to_owned(), text.to_owned());
        return built_in.iter().map(owned).collect();
    };
    let mut complain = |file: &Path, error: std::io::Error| {
        problems.push(Problem {
            file: file.display().to_string(),
            line: 1,
            message: format!("cannot be read: {error}"),
        });
    };
    let mut paths: Vec<_> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).collect(),
        Err(error) => {
            complain(&folder, error);
            Vec::new()
        }
    };
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let read = |path: &std::path::PathBuf| match std::fs::read_to_string(path) {
        Ok(text) => Some((path.display().to_string(), text)),
        Err(error) => {
            complain(path, error);
            None
        }
    };
    paths.iter().filter_map(read).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectorFile {
    code: Spanned<String>,
    label: Spanned<String>,
    label_en: String,
    order: u32,
    #[serde(default)]
    triage: bool,
    team: String,
    hours: String,
    promise: PromiseTable,
    #[serde(default)]
    template: Vec<TemplateTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromiseTable {
    taken: Spanned<i64>,
    first_answer: Spanned<i64>,
    final_answer: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateTable {
    code: Spanned<String>,
    title: String,
    text: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicFile {
    sector: Spanned<String>,
    #[serde(default)]
    topic: Vec<TopicTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicTable {
    code: Spanned<String>,
    label: Spanned<String>,
    label_en: String,
    description: String,
    #[serde(default)]
    keywords: Vec<String>,
    service_code: Spanned<String>,
}

/// A file under examination: name and text, to turn a span into a line.
#[derive(Clone, Copy)]
struct Source<'a> {
    name: &'a str,
    text: &'a str,
}

/// Values that must be unique, with where they were first seen.
#[derive(Default)]
struct Seen(HashMap<String, String>);

struct Check {
    problems: Vec<Problem>,
}

impl Check {
    fn complain(&mut self, source: Source<'_>, span: Range<usize>, message: String) {
        self.problems.push(Problem {
            file: source.name.to_owned(),
            line: line_of(source.text, span.start),
            message,
        });
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self, source: Source<'_>) -> Option<T> {
        match toml::from_str(source.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                self.complain(source, span, error.message().to_owned());
                None
            }
        }
    }

    fn unique(&mut self, source: Source<'_>, what: &str, value: &Spanned<String>, seen: &mut Seen) {
        let line = line_of(source.text, value.span().start);
        let text = value.get_ref();
        if text.trim().is_empty() {
            self.complain(source, value.span(), format!("{what} is empty"));
            return;
        }
        let here = format!("{}:{line}", source.name);
        if let Some(first) = seen.0.insert(text.clone(), here) {
            let message = format!("{what} «{text}» is used twice, first at {first}");
            self.complain(source, value.span(), message);
        }
    }

    fn sectors(&mut self, files: &[(String, String)]) -> Vec<Sector> {
        let (mut codes, mut labels) = (Seen::default(), Seen::default());
        let mut sectors = Vec::new();
        for (name, text) in files {
            let source = Source { name, text };
            let Some(file) = self.read::<SectorFile>(source) else {
                continue;
            };
            self.unique(source, "sector code", &file.code, &mut codes);
            self.unique(source, "sector label", &file.label, &mut labels);
            self.code_form(source, &file.code);
            sectors.push(self.sector(source, file));
        }
        sectors
    }

    fn sector(&mut self, source: Source<'_>, file: SectorFile) -> Sector {
        let mut codes = Seen::default();
        for template in &file.template {
            self.unique(source, "template code", &template.code, &mut codes);
            self.braces(source, &template.text);
        }
        let template = |t: TemplateTable| Template {
            code: t.code.into_inner(),
            title: t.title,
            text: t.text.into_inner(),
        };
        Sector {
            code: file.code.into_inner(),
            label: file.label.into_inner(),
            label_en: file.label_en,
            order: file.order,
            triage: file.triage,
            team: file.team,
            hours: file.hours,
            promise: self.promise(source, &file.promise),
            templates: file.template.into_iter().map(template).collect(),
        }
    }

    fn promise(&mut self, source: Source<'_>, table: &PromiseTable) -> Promise {
        let order = [&table.taken, &table.first_answer, &table.final_answer];
        if let Some(wrong) = order.iter().find(|minutes| *minutes.get_ref() <= 0) {
            let message = "a promised time is a positive number of minutes".to_owned();
            self.complain(source, wrong.span(), message);
        } else if let Some(pair) = order.windows(2).find(|p| p[0].get_ref() > p[1].get_ref()) {
            let message = "promised times must not decrease: taken, first_answer, final_answer";
            self.complain(source, pair[1].span(), message.to_owned());
        }
        Promise {
            taken: Span::minutes(*table.taken.get_ref()),
            first_answer: Span::minutes(*table.first_answer.get_ref()),
            final_answer: Span::minutes(*table.final_answer.get_ref()),
        }
    }

    fn topics(&mut self, files: &[(String, String)], sectors: &[Sector]) -> Vec<Topic> {
        let (mut codes, mut services) = (Seen::default(), Seen::default());
        let mut topics = Vec::new();
        for (name, text) in files {
            let source = Source { name, text };
            let Some(file) = self.read::<TopicFile>(source) else {
                continue;
            };
            let sector = file.sector.get_ref();
            if !sectors.iter().any(|s| s.code == *sector) {
                let message = format!("there is no sector «{sector}»; see the files of sectors/");
                self.complain(source, file.sector.span(), message);
            }
            for table in file.topic {
                self.unique(source, "topic code", &table.code, &mut codes);
                self.unique(source, "service_code", &table.service_code, &mut services);
                if table.label.get_ref().trim().is_empty() {
                    self.complain(source, table.label.span(), "label is empty".to_owned());
                }
                self.code_form(source, &table.code);
                topics.push(topic(sector, table));
            }
        }
        topics
    }

    fn code_form(&mut self, source: Source<'_>, code: &Spanned<String>) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
        if !code.get_ref().chars().all(plain) {
            let message = "a code is made of small Latin letters, digits, «_» and «.»".to_owned();
            self.complain(source, code.span(), message);
        }
    }

    fn braces(&mut self, source: Source<'_>, text: &Spanned<String>) {
        let mut open = false;
        for c in text.get_ref().chars() {
            match (c, open) {
                ('{', false) => open = true,
                ('}', true) => open = false,
                ('{', true) | ('}', false) => {
                    let message = "a prompt is written {so}: a brace has no partner".to_owned();
                    return self.complain(source, text.span(), message);
                }
                _ => {}
            }
        }
        if open {
            let message = "a prompt is written {so}: the last one is not closed".to_owned();
            self.complain(source, text.span(), message);
        }
    }
}

fn topic(sector: &str, table: TopicTable) -> Topic {
    Topic {
        code: table.code.into_inner(),
        sector: sector.to_owned(),
        label: table.label.into_inner(),
        label_en: table.label_en,
        description: table.description,
        keywords: table.keywords,
        service_code: table.service_code.into_inner(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|&&b| b == b'\n').count()
}

#[cfg(test)]
mod tests;
