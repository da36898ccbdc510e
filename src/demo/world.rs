//! The invented region at this moment: what is published, edited and deleted by now. Servers ask it
//! and never look at the material directly. Start with [`World::visible`].

use std::sync::Arc;

use super::material::{DemoSource, Entry, Material};
use crate::domain::{
    post::PostKind,
    time::{Clock, Span, Timestamp},
};

/// The material on a clock.
#[derive(Debug, Clone)]
pub struct World {
    material: Arc<Material>,
    clock: Clock,
    start: Timestamp,
}

impl World {
    /// The material on a clock, told from `start`.
    pub fn new(material: Material, clock: Clock, start: Timestamp) -> Self {
        World {
            material: Arc::new(material),
            clock,
            start,
        }
    }

    /// What the servers publish.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// When the demo started.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// A moment that the material tells from the start.
    pub fn moment(&self, at: Span) -> Timestamp {
        self.start.plus(at)
    }

    /// When an entry was published.
    pub fn published(&self, entry: &Entry) -> Timestamp {
        self.moment(entry.at)
    }

    /// Posts of a source that can be seen now, newest first.
    pub fn visible<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries_now(source)
            .rev()
            .filter(|entry| entry.kind == PostKind::Post)
    }

    /// Comments of a source that can be seen now, oldest first.
    pub fn comments<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries_now(source)
            .filter(|entry| entry.kind == PostKind::Comment)
    }

    fn entries_now<'a>(&'a self, source: &'a str) -> impl DoubleEndedIterator<Item = &'a Entry> {
        let now = self.now();
        self.material
            .entries_of(source)
            .filter(move |entry| self.published(entry) <= now && !self.is_deleted(entry, now))
    }

    fn is_deleted(&self, entry: &Entry, now: Timestamp) -> bool {
        let deleted = entry.tricks.deleted;
        deleted.is_some_and(|at| self.moment(at) <= now)
    }

    /// The wording at this moment, and when it was edited, if it was.
    pub fn wording<'a>(&self, entry: &'a Entry) -> (&'a str, Option<Timestamp>) {
        match &entry.tricks.edited {
            Some((at, text)) if self.moment(*at) <= self.now() => (
                text.as_deref().unwrap_or(&entry.text),
                Some(self.moment(*at)),
            ),
            _ => (&entry.text, None),
        }
    }

    /// The source of a code.
    pub fn source(&self, code: &str) -> Option<&DemoSource> {
        self.material.source(code)
    }
}

/// A number that looks like chance and is the same each time: for likes, views and photographs.
/// SplitMix64 over the number and what it is for.
pub(super) fn chance(id: i64, purpose: u64) -> u64 {
    let mut z = (id as u64)
        .wrapping_add(purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_appear_when_their_moment_comes() {
        let material = Material::built_in().expect("the material is sound");
        let clock = Clock::manual(Timestamp::from_seconds(1_795_348_800));
        let world = World::new(material, clock.clone(), clock.now());
        let source = "vk-golos-svetlogo";
        let before = world.visible(source).count();
        clock.advance(Span::hours(2));
        assert!(world.visible(source).count() > before);
        let moments: Vec<_> = world.visible(source).map(|e| world.published(e)).collect();
        assert!(moments.is_sorted_by(|newer, older| newer >= older));
    }

    #[test]
    fn an_edit_and_a_deletion_happen_while_it_runs() {
        let material = Material::built_in().expect("the material is sound");
        let clock = Clock::manual(Timestamp::from_seconds(1_795_348_800));
        let world = World::new(material, clock.clone(), clock.now());
        let told = |world: &World| {
            let texts = ["vk-golos-svetlogo", "vk-avtosvetly"];
            texts.map(|source| {
                let words = world.visible(source).map(|e| world.wording(e).0.to_owned());
                words.collect::<Vec<_>>().join("\n")
            })
        };
        let before = told(&world);
        clock.advance(Span::minutes(5));
        let after = told(&world);
        assert!(!before[0].contains("UPD:") && after[0].contains("UPD:"));
        assert!(before[1].contains("кто на машине") && !after[1].contains("кто на машине"));
    }
}
