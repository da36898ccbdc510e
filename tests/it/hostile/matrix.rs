//! The table: doors as rows, attacks as columns, what came in the cells.

use std::{fmt::Write as _, time::Instant};

use super::watch::Watch;

/// What is thrown at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    Oversized,
    Malformed,
    WrongType,
    Encoding,
    Markup,
    Control,
    Meta,
    Path,
    Bomb,
}

pub const ATTACKS: [(Attack, &str); 9] = [
    (Attack::Oversized, "oversized"),
    (Attack::Malformed, "malformed"),
    (Attack::WrongType, "type"),
    (Attack::Encoding, "encoding"),
    (Attack::Markup, "markup"),
    (Attack::Control, "control"),
    (Attack::Meta, "sql/tpl"),
    (Attack::Path, "path"),
    (Attack::Bomb, "bomb"),
];

/// How a good cell ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Refused with a sentence; nothing changed.
    Refused,
    /// Taken as plain text.
    Text,
    /// Cut at a limit.
    Bounded,
}

#[derive(Default)]
struct Cell {
    refused: u32,
    text: u32,
    bounded: u32,
    reason: Option<&'static str>,
}

/// The product of doors and attacks.
pub struct Matrix {
    name: String,
    begun: Instant,
    doors: Vec<(String, [Cell; ATTACKS.len()])>,
    wrong: Vec<String>,
}

impl Matrix {
    pub fn new(name: &str) -> Matrix {
        Matrix {
            name: name.to_owned(),
            begun: Instant::now(),
            doors: Vec::new(),
            wrong: Vec::new(),
        }
    }

    fn cell(&mut self, door: &str, attack: Attack) -> &mut Cell {
        let at = match self.doors.iter().position(|(known, _)| known == door) {
            Some(at) => at,
            None => {
                self.doors.push((door.to_owned(), Default::default()));
                self.doors.len() - 1
            }
        };
        &mut self.doors[at].1[attack as usize]
    }

    /// One input and how it ended; `Err` tells what must not be.
    pub fn note(&mut self, door: &str, attack: Attack, input: &str, ended: Result<Ended, String>) {
        let cell = self.cell(door, attack);
        match ended {
            Ok(Ended::Refused) => cell.refused += 1,
            Ok(Ended::Text) => cell.text += 1,
            Ok(Ended::Bounded) => cell.bounded += 1,
            Err(why) => {
                let input: String = input.escape_debug().take(80).collect();
                let why: String = why.escape_debug().take(600).collect();
                self.wrong
                    .push(format!("{door} × {attack:?} «{input}»: {why}"));
            }
        }
    }

    /// Says why a door has nothing to attack so.
    pub fn empty(&mut self, door: &str, attack: Attack, reason: &'static str) {
        self.cell(door, attack).reason = Some(reason);
    }

    /// Prints the table; fails when a cell is empty without a reason, or ended as it must not.
    pub fn finish(mut self, watch: &Watch) {
        let mut reasons: Vec<&str> = Vec::new();
        let mut told = format!(
            "{} in {:.0?} (r refused, t taken as text, b bounded)\n{:<44}",
            self.name,
            self.begun.elapsed(),
            ""
        );
        for (_, name) in ATTACKS {
            write!(told, "{name:>11}").unwrap();
        }
        told.push('\n');
        for (door, cells) in &self.doors {
            write!(told, "{door:<44}").unwrap();
            for (cell, (attack, _)) in cells.iter().zip(ATTACKS) {
                let mut said = String::new();
                for (mark, count) in [("r", cell.refused), ("t", cell.text), ("b", cell.bounded)] {
                    if count > 0 {
                        write!(said, " {mark}{count}").unwrap();
                    }
                }
                if said.is_empty() {
                    said = match cell.reason {
                        Some(reason) => {
                            let known = reasons.iter().position(|known| *known == reason);
                            let at = known.unwrap_or_else(|| {
                                reasons.push(reason);
                                reasons.len() - 1
                            });
                            format!("n/a[{}]", at + 1)
                        }
                        None => {
                            self.wrong
                                .push(format!("{door} × {attack:?} is empty without a reason"));
                            "?".into()
                        }
                    };
                }
                write!(told, "{:>11}", said.trim_start()).unwrap();
            }
            told.push('\n');
        }
        for (at, reason) in reasons.iter().enumerate() {
            writeln!(told, "[{}] {reason}", at + 1).unwrap();
        }
        self.wrong.extend(watch.wrongs());
        println!("{told}");
        let file = format!("hostile-{}.txt", self.name.replace(' ', "-"));
        let folder = env!("CARGO_TARGET_TMPDIR");
        std::fs::write(format!("{folder}/{file}"), &told).unwrap();
        let first: Vec<_> = self.wrong.iter().take(60).collect();
        assert!(
            first.is_empty(),
            "{} cells went wrong: {first:#?}",
            self.wrong.len()
        );
    }
}
