//! Imports go one way: a folder uses only what stands to its left.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::harness::project;

/// Folders of one step do not know each other.
const STEPS: &[&[&str]] = &[
    &["domain"],
    &["config", "meters"],
    &["store", "index"],
    &["collect", "understand", "incidents", "notify"],
    &["work", "web"],
    &["demo"],
    &["app"],
    &["cli"],
];

fn step_of(folder: &str) -> Option<usize> {
    STEPS.iter().position(|step| step.contains(&folder))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// A file without its comments: they may point anywhere.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// Every folder that a file names after `crate::`, also in `use crate::{a::…, b::…}`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push(word(rest)),
            Some(list) => found.extend(top_level_words(list)),
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn top_level_words(list: &str) -> Vec<String> {
    let (mut depth, mut words, mut start) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && c.is_alphabetic() => {
                words.push(word(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    words
}

#[test]
fn imports_go_one_way() {
    let src = project().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = Vec::new();
    for file in &files {
        let inside = file.strip_prefix(&src).unwrap();
        let first = inside.components().next().unwrap().as_os_str();
        let folder = Path::new(first).file_stem().unwrap().to_str().unwrap();
        let Some(own) = step_of(folder) else {
            assert!(
                matches!(folder, "lib" | "main"),
                "{folder} has no place in the row of folders: name it in tests/it/layers.rs"
            );
            continue;
        };
        for used in imports(&code_of(file)) {
            let Some(step) = step_of(&used) else { continue };
            if used != folder && step >= own {
                wrong.push(format!("{} uses {used}", inside.display()));
            }
        }
    }
    assert!(
        files.len() > 10,
        "the walk found too few files to mean anything"
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn domain_knows_no_runtime_database_or_web() {
    let mut files = Vec::new();
    rust_files(&project().join("src/domain"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for banned in ["sqlx::", "tokio::", "axum::"] {
            assert!(!text.contains(banned), "{} uses {banned}", file.display());
        }
    }
}

#[test]
fn the_walk_sees_a_wrong_import() {
    assert_eq!(imports("use crate::web::x;"), ["web"]);
    assert_eq!(
        imports("use crate::{\n    store::{a, b},\n    web::c,\n};"),
        ["store", "web"]
    );
}

#[test]
fn only_the_store_holds_sql() {
    let src = project().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for file in files {
        if file.starts_with(src.join("store")) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("sqlx::"), "{} talks to sqlx", file.display());
    }
}

/// The page of sources shows each loop by its name's words; `work` and `web` do not know each other,
/// so nothing else notices a loop without words.
#[test]
fn every_loop_has_words_in_both_languages() {
    let mut files = Vec::new();
    rust_files(&project().join("src/work"), &mut files);
    let mark = "fn name(&self) -> &'static str {";
    let mut seen = 0;
    for code in files.iter().map(|file| code_of(file)) {
        for (at, _) in code.match_indices(mark) {
            let rest = &code[at + mark.len()..];
            let Some(name) = rest
                .trim_start()
                .strip_prefix('"')
                .and_then(|r| r.split('"').next())
            else {
                continue; // a loop around another one gives that one's name
            };
            for lang in ["ru", "en"] {
                let path = project().join(format!("src/web/locale/{lang}/sources.ftl"));
                let words = fs::read_to_string(path).unwrap();
                assert!(
                    words.contains(&format!("\nloop-{name} = ")),
                    "{lang}: loop-{name}"
                );
            }
            seen += 1;
        }
    }
    assert!(seen >= 6, "the loops were not found");
}
