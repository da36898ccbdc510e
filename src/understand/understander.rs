//! All of understanding in one object, built once and shared between threads.

use std::thread;

use super::{
    duplicates, kind, language, mask,
    places::Gazetteer,
    text,
    topics::{Distribution, Model, Scratch},
    train::corpus::KINDS,
};
use crate::{
    config::catalogue::Catalogue,
    domain::{
        annotation::{Annotation, MessageKind, Scored},
        claim::ClaimMatch,
        place::PlaceMatch,
    },
};

/// Raised when a rule here changes what is said of a text, so that posts are read again.
const RULES: i64 = 1;
/// Next best topics told.
const ALTERNATIVES: usize = 3;
/// Deciding words told.
const REASONS: usize = 5;
/// Smaller batches are not worth a second thread.
const SHARE: usize = 32;
/// What a parent's topic is worth for a comment that says too little itself.
const PARENT: f32 = 0.8;

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

/// Sector and topic of one text.
struct Guess {
    sector: Option<Scored>,
    topic: Option<Scored>,
    alternatives: Vec<Scored>,
    kind: MessageKind,
    /// Head and class to explain.
    decided: (usize, usize),
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
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.min(batch.len().div_ceil(SHARE)).max(1);
        let read = |part: &[Input<'_>]| -> Vec<Annotation> {
            let mut scratch = Scratch::default();
            part.iter()
                .map(|input| self.annotate_one(input, &mut scratch))
                .collect()
        };
        if threads == 1 {
            return read(batch);
        }
        thread::scope(|scope| {
            let parts = batch.chunks(batch.len().div_ceil(threads));
            let hands: Vec<_> = parts.map(|part| scope.spawn(|| read(part))).collect();
            let join = |hand: thread::ScopedJoinHandle<'_, Vec<Annotation>>| match hand.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            hands.into_iter().flat_map(join).collect()
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
                .map(|find| find(&masked))
                .unwrap_or_default(),
            fingerprint: duplicates::fingerprint(&masked),
            masked,
        }
    }

    fn is_unsure(&self, guess: &Guess) -> bool {
        let best = guess.sector.as_ref().or(guess.topic.as_ref());
        best.is_none_or(|scored| scored.score < self.threshold)
    }

    fn guess(&self, masked: &str, scratch: &mut Scratch) -> Guess {
        let heads = self.model.predict(masked, scratch);
        match (self.model.head("sector"), self.model.head("topic")) {
            (Some(sector), Some(topic)) => self.joint_guess(&heads, sector, topic),
            _ => self.label_guess(&heads[0], masked, scratch),
        }
    }

    fn joint_guess(&self, heads: &[Distribution], sector: usize, topic: usize) -> Guess {
        let scored = |head: usize, (class, score): (usize, f32)| {
            let code = self.model.header().heads[head].classes[class].clone();
            let label = match self.catalogue.sector(&code) {
                Some(sector) => sector.label.clone(),
                None => self
                    .catalogue
                    .topic(&code)
                    .map_or_else(|| code.clone(), |t| t.label.clone()),
            };
            Scored { code, label, score }
        };
        let best = heads[sector].best();
        let mut topics = heads[topic]
            .ranked()
            .map(|pair| (pair.0, scored(topic, pair)));
        // the topic told is one of the sector told: two teams must not get one post
        let code = best.map(|pair| scored(sector, pair));
        let parent = |t: &Scored| self.catalogue.topic(&t.code).map(|t| t.sector.clone());
        let own = |t: &(usize, Scored)| parent(&t.1) == code.as_ref().map(|s| s.code.clone());
        let mut ranked: Vec<(usize, Scored)> = topics.by_ref().take(ALTERNATIVES + 3).collect();
        let chosen = match ranked.iter().position(own) {
            Some(at) => Some(ranked.remove(at)),
            None => topics.find(own),
        };
        let kind = self
            .model
            .head("kind")
            .map(|head| kind_of(&self.model, head, &heads[head]));
        Guess {
            sector: code,
            decided: chosen.as_ref().map_or((0, 0), |(class, _)| (topic, *class)),
            topic: chosen.map(|c| c.1),
            alternatives: ranked.into_iter().take(ALTERNATIVES).map(|r| r.1).collect(),
            kind: kind.unwrap_or(MessageKind::Other),
        }
    }

    /// Of a model with one head of free labels: a label that the catalogue knows tells the sector.
    fn label_guess(&self, labels: &Distribution, masked: &str, scratch: &mut Scratch) -> Guess {
        let classes = &self.model.header().heads[0].classes;
        let scored = |(class, score): (usize, f32)| {
            let code = classes[class].clone();
            let topic = self.catalogue.topic(&code);
            let label = topic.map_or_else(|| code.clone(), |t| t.label.clone());
            Scored { code, label, score }
        };
        let mut ranked = labels.ranked();
        let best = ranked.next();
        let topic = best.map(scored);
        let sector = topic.as_ref().and_then(|topic| {
            let of_topic = || {
                self.catalogue
                    .sector(&self.catalogue.topic(&topic.code)?.sector)
            };
            let sector = self
                .catalogue
                .sector_by_name(&topic.code)
                .or_else(of_topic)?;
            Some(Scored {
                code: sector.code.clone(),
                label: sector.label.clone(),
                score: topic.score,
            })
        });
        let alternatives = ranked.take(ALTERNATIVES).map(scored).collect();
        let kind = self.shipped.as_ref().and_then(|model| {
            let head = model.head("kind")?;
            let heads = model.predict(masked, scratch);
            Some(kind_of(model, head, &heads[head]))
        });
        Guess {
            sector,
            topic,
            alternatives,
            kind: kind.unwrap_or(MessageKind::Other),
            decided: (0, best.map_or(0, |b| b.0)),
        }
    }

    /// A comment that says too little takes the topic of what it answers, at reduced confidence.
    fn ask_parent(&self, guess: &mut Guess, parent: &str, scratch: &mut Scratch) {
        let parent = mask::mask(&text::clean(parent)).into_owned();
        if kind::is_empty(&parent) {
            return;
        }
        let theirs = self.guess(&parent, scratch);
        let score = |guess: &Guess| {
            guess
                .sector
                .as_ref()
                .or(guess.topic.as_ref())
                .map_or(0.0, |s| s.score)
        };
        if score(&theirs) * PARENT <= score(guess) {
            return;
        }
        let less = |scored: Scored| Scored {
            score: scored.score * PARENT,
            ..scored
        };
        guess.sector = theirs.sector.map(less);
        guess.topic = theirs.topic.map(less);
        guess.alternatives = theirs.alternatives.into_iter().map(less).collect();
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

fn with_title<'a>(input: &Input<'a>) -> std::borrow::Cow<'a, str> {
    match input
        .title
        .filter(|title| !title.is_empty() && !input.text.starts_with(title))
    {
        Some(title) => format!("{title}\n{}", input.text).into(),
        None => input.text.into(),
    }
}

fn kind_of(model: &Model, head: usize, kinds: &Distribution) -> MessageKind {
    let code = kinds
        .best()
        .map(|best| model.header().heads[head].classes[best.0].as_str());
    code.and_then(MessageKind::from_code).unwrap_or(KINDS[4])
}

#[cfg(test)]
mod tests;
