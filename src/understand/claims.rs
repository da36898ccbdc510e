//! Does a post repeat a claim that somebody has already reviewed? Suggestions for a person, never
//! verdicts.
//!
//! Each sentence of a post is compared with each wording of each claim: likeness of stems and of
//! character triples, weighted by how telling they are. Numbers and negation are then compared on
//! their own, because likeness finds the topic, not sameness («воду отключат» and «воду не
//! отключат» are alike). Only published reviews are matched: opinions and what cannot be verified
//! are out. Start with [`ClaimBook::match_text`].

pub mod background;
mod conflicts;
mod explain;
mod features;
mod index;
mod vectors;

pub use explain::{Mark, MarkedWord, explain};

use std::cell::LazyCell;

use conflicts::Facts;
use index::Index;
use vectors::{Vector, Weights};

use super::sentences;
use crate::{
    config::settings::Understand,
    domain::claim::{Claim, ClaimMatch, Level, Rating},
};

/// Most matches that are told of one text.
const MOST: usize = 10;
/// Likeness below this is not worth a line.
const FLOOR: f32 = 0.1;
/// What likeness is worth when numbers or negation are in conflict.
const IN_CONFLICT: f32 = 0.85;

/// From which likeness a match is suggested, and called strong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// `understand.claim_suggest`.
    pub suggest: f32,
    /// `understand.claim_strong`.
    pub strong: f32,
    /// Characters; shorter sentences match nothing (`understand.min_claim_length`).
    pub min_length: usize,
}

impl From<&Understand> for Thresholds {
    fn from(settings: &Understand) -> Self {
        Self {
            suggest: settings.claim_suggest,
            strong: settings.claim_strong,
            min_length: settings.min_claim_length,
        }
    }
}

impl Thresholds {
    fn level(self, score: f32) -> Level {
        match score {
            s if s >= self.strong => Level::Strong,
            s if s >= self.suggest => Level::Suggest,
            _ => Level::None,
        }
    }

    /// The best score of one level below that of `score`.
    fn one_step_down(self, score: f32) -> f32 {
        let below = match self.level(score) {
            Level::Strong => self.strong,
            Level::Suggest => self.suggest,
            Level::None => return score * IN_CONFLICT,
        };
        (score * IN_CONFLICT).min(below - 0.001)
    }
}

/// A wording of a claim, with what it says of numbers and negation.
struct Wording {
    claim: usize,
    facts: Facts,
}

/// The reviewed claims, ready for matching. Immutable; share it between threads.
pub struct ClaimBook {
    claims: Vec<Claim>,
    wordings: Vec<Wording>,
    weights: Weights,
    index: Index,
    thresholds: Thresholds,
}

impl ClaimBook {
    /// Builds the index over all wordings of all claims that can be right or wrong.
    pub fn new(claims: &[Claim], thresholds: Thresholds) -> Self {
        let in_scope = |c: &&Claim| !matches!(c.rating, Rating::Opinion | Rating::Unverifiable);
        let claims: Vec<Claim> = claims.iter().filter(in_scope).cloned().collect();
        let mut texts = Vec::new();
        let mut wordings = Vec::new();
        for (claim, c) in claims.iter().enumerate() {
            for text in std::iter::once(&c.text).chain(&c.wordings) {
                texts.push(text.as_str());
                wordings.push(Wording {
                    claim,
                    facts: Facts::of(text),
                });
            }
        }
        let weights = Weights::new(&texts);
        let index = Index::new(texts.iter().map(|t| weights.vector(t)).collect());
        Self {
            claims,
            wordings,
            weights,
            index,
            thresholds,
        }
    }

    /// The claims that a text may repeat, best first, none of level none.
    pub fn match_text(&self, text: &str) -> Vec<ClaimMatch> {
        let mut matches = self.search(text, self.thresholds.suggest);
        matches.retain(|m| m.level != Level::None);
        matches
    }

    /// The ten claims most like a text, of any level, best first.
    pub fn rank(&self, text: &str) -> Vec<ClaimMatch> {
        self.search(text, FLOOR)
    }

    fn search(&self, text: &str, floor: f32) -> Vec<ClaimMatch> {
        let features = self.weights.by_word(text);
        let mut best: Vec<(usize, ClaimMatch)> = Vec::new();
        for unit in sentences::units(text, self.thresholds.min_length) {
            let vector = self.weights.piece(&features, unit);
            for (claim, found) in self.rank_sentence(unit, &vector, floor) {
                match best.iter_mut().find(|(c, _)| *c == claim) {
                    Some((_, known)) if known.score < found.score => *known = found,
                    Some(_) => {}
                    None => best.push((claim, found)),
                }
            }
        }
        best.sort_by(|(i, a), (j, b)| b.score.total_cmp(&a.score).then(i.cmp(j)));
        best.into_iter().map(|(_, m)| m).take(MOST).collect()
    }

    fn rank_sentence(
        &self,
        sentence: &str,
        vector: &Vector,
        floor: f32,
    ) -> Vec<(usize, ClaimMatch)> {
        let near = self.index.nearest(vector, 2 * MOST, floor).into_iter();
        let facts = LazyCell::new(|| Facts::of(sentence));
        near.map(|(number, score)| {
            let wording = &self.wordings[number];
            let conflicts = match self.thresholds.level(score) {
                Level::None => Vec::new(),
                _ => facts.conflicts(&wording.facts),
            };
            let score = match conflicts.is_empty() {
                true => score,
                false => self.thresholds.one_step_down(score),
            };
            let found = ClaimMatch {
                id: self.claims[wording.claim].id.clone(),
                score,
                level: self.thresholds.level(score),
                sentence: sentence.to_owned(),
                conflicts,
            };
            (wording.claim, found)
        })
        .collect()
    }

    /// How many claims are matched against.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether there is no claim.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
    }
}

#[cfg(test)]
mod tests;
