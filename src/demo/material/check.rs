//! Does the material hang together? Start with [`check`].

use std::collections::{HashMap, HashSet};

use anyhow::{Result, ensure};

use super::{Entry, Material};
use crate::domain::post::{Platform, PostKind};

/// Checks numbers, sources and parents.
///
/// # Errors
/// A sentence naming the entry that is wrong.
pub(super) fn check(material: &Material) -> Result<()> {
    let platforms: HashMap<&str, Platform> = material
        .sources
        .iter()
        .map(|source| (source.config.code.as_str(), source.config.platform))
        .collect();
    let mut seen = HashSet::new();
    for entry in &material.entries {
        let name = format!("{} {}", entry.source, entry.id);
        let platform = platforms.get(entry.source.as_str());
        ensure!(platform.is_some(), "{name}: there is no such source");
        ensure!(
            seen.insert((entry.source.as_str(), entry.id)),
            "{name} stands twice"
        );
        ensure!(
            entry.kind == PostKind::Post || platform == Some(&Platform::Vk),
            "{name}: only VK has comments"
        );
        check_parent(material, entry, &name)?;
    }
    Ok(())
}

fn check_parent(material: &Material, entry: &Entry, name: &str) -> Result<()> {
    ensure!(
        entry.parent.is_some() == (entry.kind == PostKind::Comment),
        "{name}: a comment has a parent, a post has none"
    );
    let Some(parent) = entry.parent else {
        return Ok(());
    };
    let parent = material.entry(&entry.source, parent);
    ensure!(
        parent.is_some_and(|parent| parent.at <= entry.at),
        "{name}: its parent is not there or is younger"
    );
    Ok(())
}
