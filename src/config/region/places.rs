//! Places as a table: each row with its name, its town and its point on the map.

use std::collections::{HashMap, HashSet};

use super::{
    BoundingBox,
    check::{Check, File},
};
use crate::domain::place::{Place, PlaceKind};

impl Check {
    pub fn places(&mut self, file: File, bbox: Option<&BoundingBox>) -> Vec<Place> {
        let rows = self.place_rows(file);
        let kinds: HashMap<&str, PlaceKind> = rows
            .iter()
            .map(|(_, p)| (p.code.as_str(), p.kind))
            .collect();
        let mut seen = HashSet::new();
        for (line, place) in &rows {
            if !seen.insert(&place.code) {
                self.complain(file, *line, format!("code {} is used twice", place.code));
            }
            for mistake in mistakes(place, &kinds, bbox) {
                self.complain(file, *line, mistake);
            }
        }
        rows.into_iter().map(|(_, place)| place).collect()
    }

    /// The rows that are places, with their lines.
    fn place_rows(&mut self, file: File) -> Vec<(usize, Place)> {
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
        rows
    }
}

/// What is wrong with a place by itself and among the others.
fn mistakes(
    place: &Place,
    kinds: &HashMap<&str, PlaceKind>,
    bbox: Option<&BoundingBox>,
) -> Vec<String> {
    let mut found = Vec::new();
    if place.name.is_empty() {
        found.push("the name is empty".to_owned());
    }
    if kinds.get(place.municipality.as_str()) != Some(&PlaceKind::Municipality) {
        found.push(format!("there is no municipality {}", place.municipality));
    }
    if let Some(code) = &place.settlement
        && kinds.get(code.as_str()) != Some(&PlaceKind::Settlement)
    {
        found.push(format!("there is no settlement {code}"));
    }
    match (place.lat, place.lon, bbox) {
        (Some(lat), Some(lon), Some(bbox)) if !bbox.holds(lat, lon) => {
            found.push(format!("{lat}, {lon} lies outside the region's bbox"));
        }
        (Some(_), None, _) | (None, Some(_), _) => {
            found.push("latitude and longitude go together".to_owned());
        }
        _ => {}
    }
    found
}
