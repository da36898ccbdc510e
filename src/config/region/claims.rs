//! Reviewed claims as JSON Lines.

use std::collections::HashSet;

use serde::Deserialize;

use super::check::{Check, File};
use crate::domain::{
    claim::{Claim, Rating},
    id::ClaimId,
    json_line,
    time::{Span, Timestamp},
};

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

impl Check {
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
                    self.once(file, line, &mut seen, "claim", claim.id.as_str());
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
