//! From the built-in files to typed material. Start with [`built_in`]; whether it hangs together is
//! looked at in `check`.

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Deserialize;

use super::{BarePage, DemoSource, Entry, Label, Material, Tricks, Voice, tricks};
use crate::{
    config::region::RegionCatalogue,
    domain::{
        page::OfficialPage,
        post::{Platform, PostKind},
        source::SourceConfig,
        time::Span,
    },
};

const POSTS: &str = include_str!("posts.jsonl");

/// Reads the built-in files.
///
/// # Errors
/// A sentence naming the file and line.
pub(super) fn built_in(region: &RegionCatalogue) -> Result<Material> {
    let sources = region.sources.iter();
    let mut material = Material {
        sources: sources.map(|s| source(s.clone(), &region.pages)).collect(),
        bare_pages: region.pages.iter().filter_map(bare_page).collect(),
        entries: entries(POSTS, "posts.jsonl")?,
    };
    tricks::play(&mut material).context("tricks.toml")?;
    material.entries.sort_by_key(|entry| (entry.at, entry.id));
    Ok(material)
}

fn source(config: SourceConfig, pages: &[OfficialPage]) -> DemoSource {
    let page = pages
        .iter()
        .find(|page| page.source.as_deref() == Some(config.code.as_str()));
    DemoSource {
        mark: page.map(|page| (page.gosorg, page.class)),
        windows_1251: false,
        closed: false,
        config,
    }
}

fn bare_page(page: &OfficialPage) -> Option<BarePage> {
    let is_bare = page.network == Platform::Vk.code() && page.source.is_none();
    is_bare.then(|| BarePage {
        screen_name: page.address.trim_start_matches('/').to_owned(),
        name: page.body.clone(),
        mark: (page.gosorg, page.class),
    })
}

/// A line of `posts.jsonl`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: i64,
    source: String,
    kind: PostKind,
    parent: Option<i64>,
    author: String,
    ago_minutes: Option<i64>,
    in_seconds: Option<i64>,
    text: String,
    title: Option<String>,
    topic: Option<String>,
    municipality: Option<String>,
    claim: Option<String>,
    mentions_claim: Option<String>,
}

/// Reads posts, one a line.
///
/// # Errors
/// `file:line: what is wrong`.
pub(super) fn entries(text: &str, file: &str) -> Result<Vec<Entry>> {
    let numbered = text.lines().enumerate();
    numbered
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            serde_json::from_str(line)
                .map_err(anyhow::Error::from)
                .and_then(entry)
                .map_err(|error| anyhow!("{file}:{}: {error}", at + 1))
        })
        .collect()
}

fn entry(line: Line) -> Result<Entry> {
    let at = match (line.ago_minutes, line.in_seconds) {
        (Some(minutes), None) if minutes >= 0 => Span::minutes(-minutes),
        (None, Some(seconds)) if seconds > 0 => Span::seconds(seconds),
        _ => bail!("wants either ago_minutes (0 or more) or in_seconds (above 0)"),
    };
    ensure!(!line.author.is_empty(), "the author is empty");
    Ok(Entry {
        id: line.id,
        source: line.source,
        kind: line.kind,
        parent: line.parent,
        voice: voice(&line.author),
        at,
        title: line.title,
        text: line.text,
        label: Label {
            topic: line.topic,
            municipality: line.municipality,
            claim: line.claim,
            mentions_claim: line.mentions_claim,
        },
        tricks: Tricks::default(),
    })
}

/// `page` is the page itself; any other key is a person with an invented number of its own.
/// Numbers begin above 2^32, where no real account of today is, and which 32 bits cannot hold.
pub(super) fn voice(author: &str) -> Voice {
    const FIRST: i64 = 5_000_000_000;
    match author {
        "page" => Voice::Page,
        key => Voice::Person(FIRST + (hash(key) % 3_000_000_000) as i64),
    }
}

/// FNV-1a: the same number on every machine and in every build.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
