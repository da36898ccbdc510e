//! What the demo's servers publish: sources, posts and their tricks, built in, checked when read.
//! The texts are written for the demo and train nothing. Start with [`Material::of`].
//!
//! Moments are told from the demo's start: `ago_minutes` before it or `in_seconds` after it;
//! [`super::world::World`] turns them into time.

mod check;
mod read;
mod tricks;

use crate::{
    config::region::RegionCatalogue,
    domain::{
        page::{GosOrg, PageClass},
        post::PostKind,
        source::SourceConfig,
        time::{Span, Timestamp},
    },
};

/// Everything that the servers publish.
#[derive(Debug, Clone)]
pub struct Material {
    /// The sources as the crawler is to be told of them; feeds by path.
    pub sources: Vec<DemoSource>,
    /// Official pages of VK that are no source: communities with an empty wall.
    pub bare_pages: Vec<BarePage>,
    /// Posts and comments, oldest first.
    pub entries: Vec<Entry>,
}

/// A source of the demo.
#[derive(Debug, Clone)]
pub struct DemoSource {
    /// As the crawler is told.
    pub config: SourceConfig,
    /// A feed written in windows-1251.
    pub windows_1251: bool,
    /// The page's mark and class, when the registry of official pages names this source.
    pub mark: Option<(GosOrg, PageClass)>,
    /// A closed community: its wall answers «access denied».
    pub closed: bool,
}

/// An official VK page that is not crawled.
#[derive(Debug, Clone)]
pub struct BarePage {
    /// Short name, without the slash.
    pub screen_name: String,
    /// The body's name.
    pub name: String,
    /// Its mark and class.
    pub mark: (GosOrg, PageClass),
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The community, channel or site itself.
    Page,
    /// A person, by an invented number that no real account has.
    Person(i64),
}

/// A post or comment with its moments, told from the demo's start.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The number within its source.
    pub id: i64,
    /// The source's code.
    pub source: String,
    /// Post or comment.
    pub kind: PostKind,
    /// The post or comment that it answers.
    pub parent: Option<i64>,
    /// Who speaks.
    pub voice: Voice,
    /// When it is published.
    pub at: Span,
    /// The headline (feeds).
    pub title: Option<String>,
    /// The text.
    pub text: String,
    /// What the writer meant; for the statistics of the material, never for training.
    pub label: Label,
    /// What happens to it later.
    pub tricks: Tricks,
}

/// What the writer of a text meant.
#[derive(Debug, Clone, Default)]
pub struct Label {
    /// The topic's code.
    pub topic: Option<String>,
    /// The municipality's code.
    pub municipality: Option<String>,
    /// The reviewed claim that it repeats.
    pub claim: Option<String>,
    /// The reviewed claim that it only mentions.
    pub mentions_claim: Option<String>,
}

/// The turns that real walls take.
#[derive(Debug, Clone, Default)]
pub struct Tricks {
    /// Stands first on its wall.
    pub pinned: bool,
    /// Edited at this moment, to this text when there is one.
    pub edited: Option<(Span, Option<String>)>,
    /// Deleted at this moment.
    pub deleted: Option<Span>,
    /// Reposts the entry of another source: its code and number.
    pub original: Option<(String, i64)>,
}

impl Material {
    /// The built-in posts on the sources and pages of the demo's region.
    ///
    /// # Errors
    /// A sentence naming the file and line that is wrong.
    pub fn of(region: &RegionCatalogue) -> anyhow::Result<Material> {
        let material = read::built_in(region)?;
        check::check(&material)?;
        Ok(material)
    }

    /// [`Material::of`] the built-in region.
    ///
    /// # Errors
    /// As there.
    pub fn built_in() -> anyhow::Result<Material> {
        Material::of(&RegionCatalogue::svetlorechye(Timestamp::default())?)
    }

    /// The source of a code.
    pub fn source(&self, code: &str) -> Option<&DemoSource> {
        self.sources.iter().find(|s| s.config.code.as_str() == code)
    }

    /// An entry by source and number.
    pub fn entry(&self, source: &str, id: i64) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.id == id && entry.source == source)
    }

    /// The entries of a source, oldest first.
    pub fn entries_of(&self, source: &str) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |e| e.source == source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_material_is_sound() {
        let material = Material::built_in().expect("the material is sound");
        assert!(material.sources.len() > 15);
        assert!(material.entries.len() > 400);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let error = read::entries("{\"id\": 1}\n", "posts.jsonl").expect_err("it has no text");
        assert!(error.to_string().starts_with("posts.jsonl:1: "), "{error}");
    }
}
