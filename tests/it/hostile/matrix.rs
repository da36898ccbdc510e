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
    Gzip,
    Brotli,
    Truncated,
    Length,
    Drip,
    Circle,
    Private,
    Entity,
    Nul,
    Deep,
    Numbers,
    Many,
}

/// What is thrown at doors that take words and files.
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

/// What servers whose answers we read may throw at us.
pub const ANSWERS: [(Attack, &str); 20] = [
    (Attack::Oversized, "oversized"),
    (Attack::Gzip, "gzip"),
    (Attack::Brotli, "brotli"),
    (Attack::Truncated, "truncated"),
    (Attack::Length, "length"),
    (Attack::Drip, "drip"),
    (Attack::Circle, "circle"),
    (Attack::Private, "private"),
    (Attack::Malformed, "malformed"),
    (Attack::Entity, "entity"),
    (Attack::WrongType, "type"),
    (Attack::Encoding, "encoding"),
    (Attack::Markup, "markup"),
    (Attack::Control, "control"),
    (Attack::Nul, "nul"),
    (Attack::Meta, "sql/tpl"),
    (Attack::Path, "path"),
    (Attack::Deep, "deep"),
    (Attack::Numbers, "numbers"),
    (Attack::Many, "100,000"),
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

#[derive(Clone, Default)]
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
    columns: &'static [(Attack, &'static str)],
    doors: Vec<(String, Vec<Cell>)>,
    wrong: Vec<String>,
}

impl Matrix {
    pub fn new(name: &str) -> Matrix {
        Self::of(name, &ATTACKS)
    }

    /// A table with these attacks.
    pub fn of(name: &str, columns: &'static [(Attack, &'static str)]) -> Matrix {
        Matrix {
            name: name.to_owned(),
            begun: Instant::now(),
            columns,
            doors: Vec::new(),
            wrong: Vec::new(),
        }
    }

    fn cell(&mut self, door: &str, attack: Attack) -> &mut Cell {
        let at = match self.doors.iter().position(|(known, _)| known == door) {
            Some(at) => at,
            None => {
                let cells = vec![Cell::default(); self.columns.len()];
                self.doors.push((door.to_owned(), cells));
                self.doors.len() - 1
            }
        };
        let known = self.columns.iter().position(|(known, _)| *known == attack);
        &mut self.doors[at].1[known.expect("the table has a column for the attack")]
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

    /// Says why a door has nothing more than what was noted.
    pub fn rest_empty(&mut self, door: &str, reason: &'static str) {
        for (attack, _) in self.columns {
            self.empty(door, *attack, reason);
        }
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
        for (_, name) in self.columns {
            write!(told, "{name:>11}").unwrap();
        }
        told.push('\n');
        for (door, cells) in &self.doors {
            write!(told, "{door:<44}").unwrap();
            for (cell, (attack, _)) in cells.iter().zip(self.columns) {
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
