//! Sector, topic and kind of one text, by whichever model there is.
//!
//! A model with the heads `sector` and `topic` speaks the catalogue's codes; one trained on a label
//! column says what its table said. Start with [`Understander::guess`].

use super::Understander;
use crate::{
    domain::annotation::{MessageKind, Scored},
    understand::{
        kind, mask, text,
        topics::{Distribution, Model, Scratch},
    },
};

/// Next best topics told.
const ALTERNATIVES: usize = 3;
/// What a parent's topic is worth for a comment that says too little itself.
const PARENT: f32 = 0.8;

/// Sector and topic of one text.
pub(super) struct Guess {
    pub sector: Option<Scored>,
    pub topic: Option<Scored>,
    pub alternatives: Vec<Scored>,
    pub kind: MessageKind,
    /// Head and class to explain.
    pub decided: (usize, usize),
}

impl Guess {
    /// How sure the answer is.
    pub fn score(&self) -> Option<f32> {
        let best = self.sector.as_ref().or(self.topic.as_ref());
        best.map(|scored| scored.score)
    }
}

impl Understander {
    pub(super) fn guess(&self, masked: &str, scratch: &mut Scratch) -> Guess {
        let heads = self.model.predict(masked, scratch);
        match (self.model.head("sector"), self.model.head("topic")) {
            (Some(sector), Some(topic)) => self.joint_guess(&heads, sector, topic),
            _ => self.label_guess(&heads[0], masked, scratch),
        }
    }

    fn joint_guess(&self, heads: &[Distribution], sector: usize, topic: usize) -> Guess {
        let scored = |head: usize, (class, score): (usize, f32)| {
            let code = self.model.header().heads[head].classes[class].clone();
            let of_sector = self.catalogue.sector(&code).map(|s| &s.label);
            let label = of_sector.or_else(|| Some(&self.catalogue.topic(&code)?.label));
            let label = label.unwrap_or(&code).clone();
            Scored { code, label, score }
        };
        let best = heads[sector].best().map(|best| scored(sector, best));
        // the topic told is one of the sector told: two teams must not get one post
        let own = |(_, topic): &(usize, Scored)| {
            let parent = self.catalogue.topic(&topic.code).map(|t| &t.sector);
            parent == best.as_ref().map(|sector| &sector.code)
        };
        let topics = heads[topic].ranked();
        let mut topics = topics.map(|ranked| (ranked.0, scored(topic, ranked)));
        let mut ranked: Vec<(usize, Scored)> = topics.by_ref().take(ALTERNATIVES + 3).collect();
        let chosen = match ranked.iter().position(own) {
            Some(at) => Some(ranked.remove(at)),
            None => topics.find(own),
        };
        Guess {
            decided: chosen.as_ref().map_or((0, 0), |(class, _)| (topic, *class)),
            sector: best,
            topic: chosen.map(|(_, topic)| topic),
            alternatives: ranked.into_iter().take(ALTERNATIVES).map(|r| r.1).collect(),
            kind: kind_of(&self.model, heads),
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
        Guess {
            sector: topic.as_ref().and_then(|topic| self.sector_of(topic)),
            topic,
            alternatives: ranked.take(ALTERNATIVES).map(scored).collect(),
            kind: self.shipped.as_ref().map_or(MessageKind::Other, |model| {
                kind_of(model, &model.predict(masked, scratch))
            }),
            decided: (0, best.map_or(0, |b| b.0)),
        }
    }

    /// The sector that a label names, else that of the topic it names.
    fn sector_of(&self, label: &Scored) -> Option<Scored> {
        let of_topic = || {
            let topic = self.catalogue.topic(&label.code)?;
            self.catalogue.sector(&topic.sector)
        };
        let named = self.catalogue.sector_by_name(&label.code);
        let sector = named.or_else(of_topic)?;
        Some(Scored {
            code: sector.code.clone(),
            label: sector.label.clone(),
            score: label.score,
        })
    }

    /// A comment that says too little takes the topic of what it answers, at reduced confidence.
    pub(super) fn ask_parent(&self, guess: &mut Guess, parent: &str, scratch: &mut Scratch) {
        let parent = mask::mask(&text::clean(parent)).into_owned();
        if kind::is_empty(&parent) {
            return;
        }
        let theirs = self.guess(&parent, scratch);
        if theirs.score().unwrap_or(0.0) * PARENT <= guess.score().unwrap_or(0.0) {
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
}

/// What a model that knows kinds says.
fn kind_of(model: &Model, heads: &[Distribution]) -> MessageKind {
    let code = model.head("kind").and_then(|head| {
        let (class, _) = heads[head].best()?;
        Some(model.header().heads[head].classes[class].as_str())
    });
    code.and_then(MessageKind::from_code)
        .unwrap_or(MessageKind::Other)
}
