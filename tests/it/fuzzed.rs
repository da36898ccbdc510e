//! The fuzzer's corpus, what it once found included, in every run: nothing panics, nothing runs away.

use std::time::{Duration, Instant};

#[path = "../../fuzz/targets.rs"]
mod targets;

use crate::harness::project;

/// A debug build beside other stories is slow; what runs away takes minutes.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn seeds_and_finds_move_no_parser() {
    for (name, target) in targets::ALL {
        let folder = project().join("fuzz/corpus").join(name);
        let mut seeds = 0;
        for seed in std::fs::read_dir(&folder).unwrap() {
            let (path, begun) = (seed.unwrap().path(), Instant::now());
            target(&std::fs::read(&path).unwrap());
            assert!(begun.elapsed() < LONGEST, "{}", path.display());
            seeds += 1;
        }
        assert!(seeds >= 3, "{name} has {seeds} seeds");
    }
}

#[test]
fn every_target_is_built_and_has_seeds() {
    let built = std::fs::read_to_string(project().join("fuzz/Cargo.toml")).unwrap();
    let listed = built.matches("[[bin]]").count();
    assert_eq!(listed, targets::ALL.len());
    for (name, _) in targets::ALL {
        assert!(
            built.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
}
