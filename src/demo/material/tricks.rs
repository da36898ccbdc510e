//! `tricks.toml`: what real walls do to posts besides publishing them. Posts are named by source and
//! by the beginning of their text, so that renumbering does not matter. Start with [`play`].

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;

use super::{Entry, Label, Material, Tricks, Voice};
use crate::domain::{post::PostKind, time::Span};

const FILE: &str = include_str!("tricks.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    closed: Vec<String>,
    windows_1251: Vec<String>,
    pinned: Vec<Named>,
    edited: Vec<Edit>,
    deleted: Vec<Deletion>,
    repost: Vec<Repost>,
}

/// A post, by the beginning of its text.
#[derive(Deserialize)]
struct Named {
    source: String,
    starts: String,
}

#[derive(Deserialize)]
struct Edit {
    source: String,
    starts: String,
    /// After publication; for edits that are history.
    minutes_later: Option<i64>,
    /// After the demo's start; for edits that are watched.
    in_seconds: Option<i64>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Deletion {
    source: String,
    starts: String,
    in_seconds: i64,
}

#[derive(Deserialize)]
struct Repost {
    source: String,
    id: i64,
    minutes_later: i64,
    text: String,
    of: Named,
}

/// Applies the file to the material.
///
/// # Errors
/// A sentence naming the source or post that is not there.
pub(super) fn play(material: &mut Material) -> Result<()> {
    let file: File = toml::from_str(FILE)?;
    for code in &file.closed {
        source(material, code)?.closed = true;
    }
    for code in &file.windows_1251 {
        source(material, code)?.windows_1251 = true;
    }
    for name in &file.pinned {
        named(material, &name.source, &name.starts)?.tricks.pinned = true;
    }
    for edit in file.edited {
        let entry = named(material, &edit.source, &edit.starts)?;
        let at = match (edit.minutes_later, edit.in_seconds) {
            (Some(minutes), None) => sum(entry.at, Span::minutes(minutes)),
            (None, Some(seconds)) => Span::seconds(seconds),
            _ => anyhow::bail!("an edit wants minutes_later or in_seconds"),
        };
        entry.tricks.edited = Some((at, edit.text));
    }
    for deletion in &file.deleted {
        let entry = named(material, &deletion.source, &deletion.starts)?;
        entry.tricks.deleted = Some(Span::seconds(deletion.in_seconds));
    }
    for repost in file.repost {
        let copy = copy(material, repost)?;
        material.entries.push(copy);
    }
    Ok(())
}

fn copy(material: &mut Material, repost: Repost) -> Result<Entry> {
    let original = named(material, &repost.of.source, &repost.of.starts)?;
    Ok(Entry {
        id: repost.id,
        source: repost.source,
        kind: PostKind::Post,
        parent: None,
        voice: Voice::Page,
        at: sum(original.at, Span::minutes(repost.minutes_later)),
        title: None,
        text: repost.text,
        label: Label::default(),
        tricks: Tricks {
            original: Some((repost.of.source, original.id)),
            ..Tricks::default()
        },
    })
}

fn source<'a>(material: &'a mut Material, code: &str) -> Result<&'a mut super::DemoSource> {
    let mut sources = material.sources.iter_mut();
    sources
        .find(|source| source.config.code.as_str() == code)
        .with_context(|| format!("there is no source {code}"))
}

fn named<'a>(material: &'a mut Material, source: &str, starts: &str) -> Result<&'a mut Entry> {
    let mut entries = material.entries.iter_mut();
    entries
        .find(|entry| entry.source == source && entry.text.starts_with(starts))
        .ok_or_else(|| anyhow!("no text of {source} begins with «{starts}»"))
}

fn sum(a: Span, b: Span) -> Span {
    Span::millis(a.as_millis() + b.as_millis())
}
