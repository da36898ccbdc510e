//! Places that a text names: settlements, districts, streets with house numbers, known objects.
//!
//! A gazetteer is turned into all case forms of its names once; a text is then read in one pass
//! over its words. What stands around a name (type word, house number, capital letter,
//! preposition) says how likely it is a place at all; the town that the text names, else the home
//! of its source, says which of several streets of one name is meant. Nothing is looked up
//! outside, and no street is invented that the catalogue lacks. Start with [`Gazetteer::find`].

mod choose;
mod common;
mod context;
mod house;
mod lists;
mod names;
mod nature;
mod show;
mod spot;
mod types;
mod vocabulary;
mod weigh;

use std::collections::HashSet;

use names::Pattern;
use types::Class;
use vocabulary::Vocabulary;

use super::words::Words;
use crate::domain::place::{Place, PlaceKind, PlaceMatch};

/// From this score on a place is taken as named; below it is a guess that no incident should be
/// routed by.
pub const CERTAIN: f32 = 0.5;

/// What the gazetteer knows of a word.
#[derive(Debug, Clone, Copy, Default)]
struct Spot {
    /// 0: unknown.
    id: u32,
    class: Class,
    roles: u8,
}

struct Roles;

impl Roles {
    const PREPOSITION: u8 = 1;
    const FUNCTION: u8 = 2;
    const UNIT: u8 = 4;
    const AGAINST: u8 = 8;
}

impl Spot {
    fn has(self, role: u8) -> bool {
        self.roles & role != 0
    }
}

/// The places of a region, ready for matching. Immutable; share it between threads.
pub struct Gazetteer {
    places: Vec<Place>,
    classes: Vec<Class>,
    vocabulary: Vocabulary,
    patterns: Vec<Pattern>,
    /// Patterns by the id of a first word.
    starts: Vec<Vec<u32>>,
}

impl Gazetteer {
    /// Builds all case forms. Takes milliseconds for a few thousand places.
    pub fn new(places: &[Place]) -> Self {
        let mut vocabulary = Vocabulary::new();
        let settlements = places.iter().filter(|p| p.kind == PlaceKind::Settlement);
        let towns: HashSet<&str> = settlements.map(|p| p.name.as_str()).collect();
        let mut patterns = Vec::new();
        let mut classes = Vec::with_capacity(places.len());
        for (index, place) in places.iter().enumerate() {
            let mut class = Class::of_type(&place.type_);
            patterns.extend(names::patterns(
                index as u32,
                place,
                &mut class,
                &towns,
                &mut vocabulary,
            ));
            classes.push(class);
        }
        let mut starts = vec![Vec::new(); vocabulary.size()];
        for (number, pattern) in patterns.iter().enumerate() {
            for id in &pattern.words[0] {
                starts[*id as usize].push(number as u32);
            }
        }
        Self {
            places: places.to_vec(),
            classes,
            vocabulary,
            patterns,
            starts,
        }
    }

    /// The places that a text names: those of [`CERTAIN`] score first, streets and objects before
    /// the towns they stand in. When it names none, the home municipality of its source, marked
    /// as implied, comes first.
    pub fn find(&self, text: &str, home_municipality: Option<&str>) -> Vec<PlaceMatch> {
        let words = Words::of(text);
        let spots = self.spots(&words);
        let mentions = spot::mentions(self, &words, &spots);
        let mut found = choose::choose(self, mentions, home_municipality);
        if !found.first().is_some_and(|m| m.score >= CERTAIN) {
            found.splice(0..0, home_municipality.and_then(|code| self.implied(code)));
        }
        found
    }

    /// A place by its code.
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.places.iter().find(|p| p.code == code)
    }

    fn starts_at(&self, spot: Spot) -> &[u32] {
        self.starts.get(spot.id as usize).map_or(&[], Vec::as_slice)
    }

    fn spots(&self, words: &Words) -> Vec<Spot> {
        words
            .iter()
            .map(|word| self.vocabulary.words.get(word).copied().unwrap_or_default())
            .collect()
    }

    fn implied(&self, code: &str) -> Option<PlaceMatch> {
        let home = |p: &&Place| p.kind == PlaceKind::Municipality && p.code == code;
        let place = self.places.iter().find(home)?;
        Some(PlaceMatch {
            code: place.code.clone(),
            name: show::name(place, None),
            municipality: place.municipality.clone(),
            score: 0.3,
            lat: None,
            lon: None,
            implied: true,
        })
    }
}
