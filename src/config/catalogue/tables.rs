//! A mapping's file: what the columns of an exported table hold. `otklik import table FILE --propose`
//! prints one. Start with [`read`].

use serde::Deserialize;
use toml::Spanned;

use super::check::{Check, Seen, Source};
use crate::domain::table::Mapping;

/// Only where a name stands: the rest is read as a [`Mapping`].
#[derive(Deserialize)]
struct Named {
    name: Spanned<String>,
}

/// The mappings of the files that are sound, by name; mistakes are noted.
pub(super) fn read(check: &mut Check, files: &[(String, String)]) -> Vec<Mapping> {
    let mut names = Seen::default();
    let mut mappings = Vec::new();
    for (name, text) in files {
        let source = Source { name, text };
        let (Some(mapping), Some(named)) = (
            check.read::<Mapping>(source),
            toml::from_str::<Named>(text).ok(),
        ) else {
            continue;
        };
        check.unique(source, "mapping", &named.name, &mut names);
        for problem in mapping.problems() {
            check.complain(source, named.name.span(), problem.to_string());
        }
        mappings.push(mapping);
    }
    mappings.sort_by(|a, b| a.name.cmp(&b.name));
    mappings
}
