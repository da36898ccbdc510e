//! Topic, sector and kind of a text by one linear model: scores, calibrated probabilities, the
//! words that decided.
//!
//! One pass over a text's features fills the scores of every class of every head at once: weights
//! are small integers in one row per feature, so results are the same on every machine. Training
//! is in [`super::train`], abstaining in [`super`]. Start with [`Model::predict`].

mod chances;
mod file;
mod header;
mod reasons;
mod score;
mod table;

pub use chances::{Calibration, Distribution, Joint};
pub(super) use chances::{distributions, softmax};
pub use file::ModelError;
pub use header::{Head, Header};
pub use score::Scratch;
use table::Table;

/// Name of the model's file in its folder.
pub const FILE: &str = "model.bin";

/// Lanes are filled up to a multiple of this, so that rows suit vector registers.
const LANES: usize = 16;

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    header: Header,
    checksum: String,
    keys: Vec<u32>,
    idf: Vec<f32>,
    table: Table,
    lanes: usize,
    /// A row of `lanes` for each key; idf is already in.
    rows: Vec<i16>,
}

impl Model {
    /// Reads a model.
    ///
    /// # Errors
    /// What is wrong with the bytes; nothing in them can make it panic.
    pub fn read(bytes: &[u8]) -> Result<Model, ModelError> {
        file::read(bytes)
    }

    /// The model built into the program (`models/topics-ru`).
    ///
    /// # Errors
    /// None in a tested build: a test reads it.
    pub fn shipped() -> Result<Model, ModelError> {
        Model::read(include_bytes!("../../models/topics-ru/model.bin"))
    }

    /// Reads `FOLDER/model.bin`.
    ///
    /// # Errors
    /// With the path: unreadable or broken.
    pub fn open(folder: &std::path::Path) -> anyhow::Result<Model> {
        use anyhow::Context;
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path)
            .with_context(|| format!("cannot read the model {}", path.display()))?;
        Model::read(&bytes).with_context(|| format!("the model {} is unusable", path.display()))
    }

    /// Puts a model together: for each key its idf and, lane by lane, the weights of all heads.
    pub(super) fn build(
        header: Header,
        keys: Vec<u32>,
        idf: Vec<f32>,
        weights: &[i8],
        checksum: String,
    ) -> Model {
        let classes = header.classes();
        let lanes = classes.next_multiple_of(LANES);
        let mut rows = vec![0i16; keys.len() * lanes];
        for (row, given) in rows
            .chunks_exact_mut(lanes)
            .zip(weights.chunks_exact(classes.max(1)))
        {
            for (lane, &weight) in row.iter_mut().zip(given) {
                *lane = i16::from(weight);
            }
        }
        Model {
            table: Table::new(&keys),
            header,
            checksum,
            keys,
            idf,
            lanes,
            rows,
        }
    }

    /// The model as bytes.
    pub fn write(&self) -> Vec<u8> {
        file::write(self)
    }

    /// What it predicts and how.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// SHA-256 that ends the model's file, in hexadecimal digits.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// How many features it knows.
    pub fn features(&self) -> usize {
        self.keys.len()
    }

    /// Index of a head by name.
    pub fn head(&self, name: &str) -> Option<usize> {
        self.header.heads.iter().position(|h| h.name == name)
    }

    /// Probabilities of each head's classes for a text (cleaned and masked). A text without a
    /// known feature gets what the constants say.
    pub fn predict(&self, text: &str, scratch: &mut Scratch) -> Vec<Distribution> {
        let mut rest = self.scores(text, scratch);
        let mut logits = Vec::with_capacity(self.header.heads.len());
        for head in &self.header.heads {
            let (scores, after) = rest.split_at(head.classes.len());
            logits.push(head.calibration.logits(scores));
            rest = after;
        }
        distributions(logits, self.header.joint.as_ref())
    }

    /// Replaces what turns scores into probabilities.
    pub(super) fn set_calibration(
        &mut self,
        calibrations: Vec<Calibration>,
        joint: Option<Joint>,
        threshold: f32,
    ) {
        for (head, calibration) in self.header.heads.iter_mut().zip(calibrations) {
            head.calibration = calibration;
        }
        self.header.joint = joint;
        self.header.threshold = threshold;
    }
}
