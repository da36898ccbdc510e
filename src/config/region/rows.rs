//! Rows of a region's files, each checked where it stands.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, de::DeserializeOwned};
use toml::Spanned;

use super::{BoundingBox, PageFile, SourceFile};
use crate::{
    config::catalogue::Problem,
    domain::{
        claim::{Claim, Rating},
        id::ClaimId,
        json_line,
        page::OfficialPage,
        place::{Place, PlaceKind},
        source::SourceConfig,
        time::{Span, Timestamp},
    },
};

/// A file under examination.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl File<'_> {
    fn line_of(&self, byte: usize) -> usize {
        1 + self.text.bytes().take(byte).filter(|b| *b == b'\n').count()
    }
}

/// A claim as its file writes it. A date, or days before the start (for the demo).
#[derive(Deserialize)]
struct ClaimRow {
    id: serde_json::Value,
    text: String,
    #[serde(default)]
    wordings: Vec<String>,
    rating: Option<Rating>,
    #[serde(default)]
    review: String,
    #[serde(default)]
    reviewer: String,
    published: Option<String>,
    published_days_ago: Option<i64>,
    url: Option<String>,
    url_path: Option<String>,
    municipality: Option<String>,
}

pub(super) struct Check {
    pub problems: Vec<Problem>,
}

impl Check {
    pub fn complain(&mut self, file: File, line: usize, message: impl Into<String>) {
        self.problems.push(Problem {
            file: file.name.to_owned(),
            line,
            message: message.into(),
        });
    }

    pub fn toml<T: DeserializeOwned>(&mut self, file: File) -> Option<T> {
        match toml::from_str(file.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = file.line_of(error.span().map_or(0, |s| s.start));
                self.complain(file, line, error.message());
                None
            }
        }
    }

    pub fn places(&mut self, file: File, bbox: Option<&BoundingBox>) -> Vec<Place> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(file.text.as_bytes());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => {
                self.complain(file, 1, error.to_string());
                return Vec::new();
            }
        };
        let mut rows: Vec<(usize, Place)> = Vec::new();
        for record in reader.records() {
            let read = record.and_then(|r| {
                let line = r.position().map_or(1, |p| p.line() as usize);
                r.deserialize::<Place>(Some(&headers))
                    .map(|place| (line, place))
            });
            match read {
                Ok(row) => rows.push(row),
                Err(error) => {
                    let line = error.position().map_or(1, |p| p.line() as usize);
                    self.complain(file, line, format!("not a place: {error}"));
                }
            }
        }
        self.check_places(file, &rows, bbox);
        rows.into_iter().map(|(_, place)| place).collect()
    }

    fn check_places(&mut self, file: File, rows: &[(usize, Place)], bbox: Option<&BoundingBox>) {
        let kinds: HashMap<&str, PlaceKind> = rows
            .iter()
            .map(|(_, p)| (p.code.as_str(), p.kind))
            .collect();
        let mut seen = HashSet::new();
        for (line, place) in rows {
            if !seen.insert(&place.code) {
                self.complain(file, *line, format!("code {} is used twice", place.code));
            }
            if place.name.is_empty() {
                self.complain(file, *line, "the name is empty");
            }
            if kinds.get(place.municipality.as_str()) != Some(&PlaceKind::Municipality) {
                self.complain(
                    file,
                    *line,
                    format!("there is no municipality {}", place.municipality),
                );
            }
            if let Some(code) = &place.settlement
                && kinds.get(code.as_str()) != Some(&PlaceKind::Settlement)
            {
                self.complain(file, *line, format!("there is no settlement {code}"));
            }
            match (place.lat, place.lon, bbox) {
                (Some(lat), Some(lon), Some(bbox)) if !bbox.holds(lat, lon) => {
                    self.complain(
                        file,
                        *line,
                        format!("{lat}, {lon} lies outside the region's bbox"),
                    );
                }
                (Some(_), None, _) | (None, Some(_), _) => {
                    self.complain(file, *line, "latitude and longitude go together");
                }
                _ => {}
            }
        }
    }

    pub fn sources(&mut self, file: File, municipalities: &HashSet<String>) -> Vec<SourceConfig> {
        let rows = self
            .toml::<SourceFile>(file)
            .map(|f| f.source)
            .unwrap_or_default();
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for (line, source) in self.rows::<SourceConfig>(file, rows) {
            if !seen.insert(source.code.clone()) {
                self.complain(
                    file,
                    line,
                    format!("source {} is listed twice", source.code),
                );
            }
            self.known(file, line, source.municipality.as_deref(), municipalities);
            out.push(source);
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
            if !seen.insert(page.code.clone()) {
                self.complain(file, line, format!("page {} is listed twice", page.code));
            }
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

    /// The rows of an array of tables, with the line each begins on.
    fn rows<T: DeserializeOwned>(
        &mut self,
        file: File,
        rows: Vec<Spanned<toml::Table>>,
    ) -> Vec<(usize, T)> {
        let mut out = Vec::new();
        for row in rows {
            let line = file.line_of(row.span().start);
            match row.into_inner().try_into() {
                Ok(value) => out.push((line, value)),
                Err(error) => self.complain(file, line, error.message()),
            }
        }
        out
    }

    fn known(
        &mut self,
        file: File,
        line: usize,
        code: Option<&str>,
        municipalities: &HashSet<String>,
    ) {
        if let Some(code) = code
            && !municipalities.contains(code)
        {
            self.complain(file, line, format!("there is no municipality {code}"));
        }
    }

    /// An empty set of municipalities checks none.
    pub fn claims(
        &mut self,
        file: File,
        municipalities: &HashSet<String>,
        now: Timestamp,
    ) -> Vec<Claim> {
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for (i, text) in file.text.lines().enumerate() {
            let line = i + 1;
            if text.trim().is_empty() {
                continue;
            }
            let read = serde_json::from_str::<ClaimRow>(text)
                .map_err(|error| json_line::fault(text, &error));
            match read.and_then(|row| claim(row, now)) {
                Ok(claim) => {
                    if !seen.insert(claim.id.clone()) {
                        self.complain(file, line, format!("claim {} is listed twice", claim.id));
                    }
                    if !municipalities.is_empty() {
                        self.known(file, line, claim.municipality.as_deref(), municipalities);
                    }
                    out.push(claim);
                }
                Err(message) => self.complain(file, line, format!("not a claim: {message}")),
            }
        }
        out
    }
}

fn claim(row: ClaimRow, now: Timestamp) -> Result<Claim, String> {
    let id = match row.id {
        serde_json::Value::String(id) if !id.is_empty() => id,
        serde_json::Value::Number(id) => id.to_string(),
        _ => return Err("id must be a text or a number".to_owned()),
    };
    if row.text.trim().is_empty() {
        return Err("text is empty".to_owned());
    }
    let published = match (row.published, row.published_days_ago) {
        (Some(text), _) => moment(&text)?,
        (None, Some(days)) => now.minus(Span::days(days)),
        (None, None) => now,
    };
    Ok(Claim {
        id: ClaimId(id),
        text: row.text,
        wordings: row.wordings,
        rating: row.rating.unwrap_or(Rating::Unconfirmed),
        review: row.review,
        reviewer: row.reviewer,
        published,
        url: row.url.or(row.url_path).unwrap_or_default(),
        municipality: row.municipality,
    })
}

/// RFC 3339, or a date alone as its midnight in UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let moment: jiff::Timestamp = whole.parse().map_err(|e| format!("published: {e}"))?;
    Ok(moment.into())
}
