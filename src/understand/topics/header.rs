//! What a model's file says before its weights: names, questions, labels, constants.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chances::{Calibration, Joint};

/// What the model's file says before its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Name: the folder's.
    pub name: String,
    /// Which one it is among models of its kind: raise it, and posts are read again.
    pub revision: i64,
    /// What is predicted; the first is the main one.
    pub heads: Vec<Head>,
    /// How sectors and topics are joined, when the heads are `sector`, `topic`, ….
    pub joint: Option<Joint>,
    /// Below this probability of the main head it abstains.
    pub threshold: f32,
}

/// One question that the model answers, with its possible answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// `label`, `sector`, `topic` or `kind`.
    pub name: String,
    /// Labels.
    pub classes: Vec<String>,
    /// Constant of each class.
    pub bias: Vec<f32>,
    /// Value of one unit of each class's integer weights.
    pub unit: Vec<f32>,
    /// From scores to probabilities.
    pub calibration: Calibration,
}

impl Header {
    /// How many classes all heads have together.
    pub(super) fn classes(&self) -> usize {
        self.heads.iter().map(|head| head.classes.len()).sum()
    }

    /// Where a head's classes stand among those of all heads.
    pub(super) fn lanes(&self, head: usize) -> Range<usize> {
        let first = self.heads[..head].iter().map(|h| h.classes.len()).sum();
        first..first + self.heads[head].classes.len()
    }
}
