//! Mistakes in catalogue files, all of them, with file and line. What a sound value is, the files that
//! read sectors and topics say. Start with [`Check::complain`].

use std::{collections::HashMap, fmt, ops::Range};

use toml::Spanned;

use crate::domain::plain::steering_line;

/// A mistake in a catalogue file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// File as it was found.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every mistake found, in the order of files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, p) in self.problems.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n" };
            write!(f, "{gap}{}:{}: {}", p.file, p.line, p.message)?;
        }
        Ok(())
    }
}

/// A file under examination: name and text, to turn a span into a line.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// Said of a line that [`steering_line`] finds.
pub const STEERS: &str =
    "it holds a control character or one that turns the direction of writing: take it out";

/// Values that must be unique, with where they were first seen.
#[derive(Default)]
pub struct Seen(HashMap<String, String>);

/// Mistakes found so far.
pub struct Check {
    pub problems: Vec<Problem>,
}

impl Check {
    /// Notes a mistake at a place of the file.
    pub fn complain(&mut self, source: Source<'_>, span: Range<usize>, message: String) {
        self.problems.push(Problem {
            file: source.name.to_owned(),
            line: line_of(source.text, span.start),
            message,
        });
    }

    /// A file's tables; a mistake of form is noted.
    pub fn read<T: serde::de::DeserializeOwned>(&mut self, source: Source<'_>) -> Option<T> {
        if let Some(line) = steering_line(source.text) {
            self.problems.push(Problem {
                file: source.name.to_owned(),
                line,
                message: STEERS.to_owned(),
            });
            return None;
        }
        match toml::from_str(source.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                self.complain(source, span, error.message().to_owned());
                None
            }
        }
    }

    /// A value that must be there and be used once.
    pub fn unique(
        &mut self,
        source: Source<'_>,
        what: &str,
        value: &Spanned<String>,
        seen: &mut Seen,
    ) {
        let line = line_of(source.text, value.span().start);
        let text = value.get_ref();
        if text.trim().is_empty() {
            self.complain(source, value.span(), format!("{what} is empty"));
            return;
        }
        let here = format!("{}:{line}", source.name);
        if let Some(first) = seen.0.insert(text.clone(), here) {
            let message = format!("{what} «{text}» is used twice, first at {first}");
            self.complain(source, value.span(), message);
        }
    }

    /// A code's letters.
    pub fn code_form(&mut self, source: Source<'_>, code: &Spanned<String>) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
        if !code.get_ref().chars().all(plain) {
            let message = "a code is made of small Latin letters, digits, «_» and «.»".to_owned();
            self.complain(source, code.span(), message);
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|&&b| b == b'\n').count()
}
