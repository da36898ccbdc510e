//! Where catalogue files come from: the operator's folder, or the copies built in. Nothing is
//! understood here. Start with [`read`].

use std::path::Path;

use super::check::Problem;

macro_rules! built_in {
    ($folder:literal: $($name:literal)*) => {
        &[$((
            concat!($folder, "/", $name, ".toml"),
            include_str!(concat!("../../../config/", $folder, "/", $name, ".toml")),
        )),*]
    };
}

/// The shipped sector files: path below `config/`, text.
pub const SECTORS: &[(&str, &str)] = built_in!("sectors": "housing" "waste" "energy" "education"
    "health" "roads" "transport" "social" "ecology" "other");

/// The shipped topic files: path below `config/`, text.
pub const TOPICS: &[(&str, &str)] = built_in!("topics": "housing" "waste" "energy" "education"
    "health" "roads" "transport" "social" "ecology" "other");

/// Files of one kind as (name, text), sorted by name.
pub(super) fn read(
    folder: Option<&Path>,
    kind: &str,
    built_in: &[(&str, &str)],
    problems: &mut Vec<Problem>,
) -> Vec<(String, String)> {
    let folder = folder.map(|f| f.join(kind)).filter(|f| f.is_dir());
    let Some(folder) = folder else {
        let owned = |&(name, text): &(&str, &str)| (name.to_owned(), text.to_owned());
        return built_in.iter().map(owned).collect();
    };
    let mut complain = |file: &Path, error: std::io::Error| {
        problems.push(Problem {
            file: file.display().to_string(),
            line: 1,
            message: format!("cannot be read: {error}"),
        });
    };
    let mut paths: Vec<_> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).collect(),
        Err(error) => {
            complain(&folder, error);
            Vec::new()
        }
    };
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let read = |path: &std::path::PathBuf| match std::fs::read_to_string(path) {
        Ok(text) => Some((path.display().to_string(), text)),
        Err(error) => {
            complain(path, error);
            None
        }
    };
    paths.iter().filter_map(read).collect()
}
