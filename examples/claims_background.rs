//! Counts features of texts for `src/understand/claims/background.txt`.
//!
//! `cargo run --example claims_background -- FILE… > src/understand/claims/background.txt`
//! Each line of a file is a text; lines that begin with `#` are not.

use std::io::Write;

fn main() -> anyhow::Result<()> {
    let mut texts = Vec::new();
    for path in std::env::args().skip(1) {
        let file = std::fs::read_to_string(path)?;
        let lines = file
            .lines()
            .filter(|l| !l.starts_with('#') && !l.trim().is_empty());
        texts.extend(lines.map(str::to_owned));
    }
    let table = otklik::understand::claims::background::count(&texts, 12);
    std::io::stdout().write_all(table.as_bytes())?;
    Ok(())
}
