//! All of understanding in one object, built once and shared between threads. Start with
//! [`Understander::annotate`].

mod guess;

use std::borrow::Cow;

use guess::Guess;

use super::{
    cores, duplicates, kind, language, mask,
    places::Gazetteer,
    text,
    topics::{Model, Scratch},
};
use crate::{
    config::catalogue::Catalogue,
    domain::{
        annotation::{Annotation, MessageKind},
        claim::ClaimMatch,
        place::PlaceMatch,
    },
};

/// Raised when a rule here changes what is said of a text, so that posts are read again.
const RULES: i64 = 2;
/// Deciding words told.
const REASONS: usize = 5;
/// Smaller batches are not worth a second thread.
const SHARE: usize = 32;

/// A text and what is known beside it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The text as captured.
    pub text: &'a str,
    /// A headline.
    pub title: Option<&'a str>,
    /// Code of the source's home municipality.
    pub home: Option<&'a str>,
    /// Text of the post that a comment answers.
    pub parent: Option<&'a str>,
    /// A place told beside the text.
    pub place_hint: Option<&'a str>,
}

/// Finds what reviewed claims a text may repeat.
pub type ClaimFinder = Box<dyn Fn(&str) -> Vec<ClaimMatch> + Send + Sync>;

/// Says what posts are about. Build it with [`Understander::new`], then add what there is.
pub struct Understander {
    catalogue: Catalogue,
    model: Model,
    /// Answers what a model trained on one label column cannot: the kind.
    shipped: Option<Model>,
    gazetteer: Option<Gazetteer>,
    claims: Option<ClaimFinder>,
    threshold: f32,
    with_reasons: bool,
}

impl Understander {
    /// With the shipped model.
    ///
    /// # Errors
    /// The shipped model is unreadable: none in a tested build.
    pub fn shipped(catalogue: Catalogue) -> anyhow::Result<Understander> {
        Ok(Self::new(catalogue, Model::shipped()?))
    }

    /// With a model that answers `sector`, `topic` and `kind`, or one trained on a label column.
    pub fn new(catalogue: Catalogue, model: Model) -> Understander {
        let shipped = match model.head("kind") {
            Some(_) => None,
            None => Model::shipped().ok(),
        };
        Understander {
            threshold: model.header().threshold,
            catalogue,
            shipped,
            model,
            gazetteer: None,
            claims: None,
            with_reasons: true,
        }
    }

    /// Finds places with this gazetteer.
    #[must_use]
    pub fn with_gazetteer(self, gazetteer: Gazetteer) -> Self {
        Self {
            gazetteer: Some(gazetteer),
            ..self
        }
    }

    /// Finds claims with this function.
    #[must_use]
    pub fn with_claims(self, claims: ClaimFinder) -> Self {
        Self {
            claims: Some(claims),
            ..self
        }
    }

    /// Abstains below this probability of the sector; 0 keeps the model's own threshold.
    #[must_use]
    pub fn with_threshold(self, threshold: f32) -> Self {
        let threshold = if threshold > 0.0 {
            threshold
        } else {
            self.threshold
        };
        Self { threshold, ..self }
    }

    /// Leaves the deciding words out: a third less work.
    #[must_use]
    pub fn without_reasons(self) -> Self {
        Self {
            with_reasons: false,
            ..self
        }
    }

    /// Name of the model: its folder's, and the start of its checksum.
    pub fn model(&self) -> String {
        format!(
            "{} {}",
            self.model.header().name,
            &self.model.checksum()[..8]
        )
    }

    /// Revision of model and rules together; grows when either does.
    pub fn revision(&self) -> i64 {
        self.model.header().revision * 1000 + RULES
    }

    /// The gazetteer, if there is one.
    pub fn gazetteer(&self) -> Option<&Gazetteer> {
        self.gazetteer.as_ref()
    }

    /// Reads a batch, in order, on all cores.
    pub fn annotate(&self, batch: &[Input<'_>]) -> Vec<Annotation> {
        cores::spread(batch, SHARE, |part| {
            let mut scratch = Scratch::default();
            part.iter()
                .map(|input| self.annotate_one(input, &mut scratch))
                .collect()
        })
    }

    /// Reads one text with one thread's buffers.
    pub fn annotate_one(&self, input: &Input<'_>, scratch: &mut Scratch) -> Annotation {
        let whole = with_title(input);
        let clean = text::clean(&whole);
        let masked = mask::mask(&clean).into_owned();
        let empty = kind::is_empty(&masked);
        let mut guess = self.guess(&masked, scratch);
        if let Some(parent) = input.parent
            && (empty || kind::is_poor(&masked) || self.is_unsure(&guess))
        {
            self.ask_parent(&mut guess, parent, scratch);
        }
        let reasons = match self.with_reasons && !empty {
            true => self.model.reasons(&masked, guess.decided, REASONS, scratch),
            false => Vec::new(),
        };
        if empty {
            guess.kind = MessageKind::Empty;
        }
        Annotation {
            language: language::detect(&masked).to_owned(),
            kind: guess.kind,
            abstained: empty || self.is_unsure(&guess),
            sector: guess.sector,
            topic: guess.topic,
            alternatives: guess.alternatives,
            reasons,
            places: self.places(&clean, input),
            claims: self
                .claims
                .as_ref()
                .map_or_else(Vec::new, |find| find(&masked)),
            fingerprint: duplicates::fingerprint(&masked),
            masked,
        }
    }

    fn is_unsure(&self, guess: &Guess) -> bool {
        guess.score().is_none_or(|score| score < self.threshold)
    }

    /// Places of the hint before those of the text; the home municipality when neither names one.
    fn places(&self, clean: &str, input: &Input<'_>) -> Vec<PlaceMatch> {
        let Some(gazetteer) = &self.gazetteer else {
            return Vec::new();
        };
        let mut found = match input.place_hint {
            Some(hint) => gazetteer.find(hint, input.home),
            None => Vec::new(),
        };
        found.retain(|place| !place.implied);
        for place in gazetteer.find(clean, input.home) {
            let known = found.iter().any(|f| f.code == place.code);
            if !known && (!place.implied || found.is_empty()) {
                found.push(place);
            }
        }
        found
    }
}

/// A wording as people read it: headline and text in one, clean and masked.
pub fn readable(title: Option<&str>, text: &str) -> String {
    let whole = with_title(&Input {
        text,
        title,
        ..Input::default()
    });
    mask::mask(&text::clean(&whole)).into_owned()
}

/// The text below its headline, unless it begins with it.
fn with_title<'a>(input: &Input<'a>) -> Cow<'a, str> {
    let missing = |title: &&str| !title.is_empty() && !input.text.starts_with(title);
    match input.title.filter(missing) {
        Some(title) => format!("{title}\n{}", input.text).into(),
        None => input.text.into(),
    }
}

#[cfg(test)]
mod tests;
