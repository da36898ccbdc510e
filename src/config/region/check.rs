//! The files of a region under examination: each mistake is noted where it stands, and reading
//! goes on.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::config::catalogue::{CatalogueError, Problem};

/// A file under examination.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl File<'_> {
    pub fn line_of(&self, byte: usize) -> usize {
        1 + self.text.bytes().take(byte).filter(|b| *b == b'\n').count()
    }
}

/// The mistakes found so far.
#[derive(Default)]
pub(super) struct Check {
    pub problems: Vec<Problem>,
}

impl Check {
    /// What was read, unless there were mistakes.
    pub fn end<T>(self, read: T) -> Result<T, CatalogueError> {
        match self.problems.is_empty() {
            true => Ok(read),
            false => Err(CatalogueError {
                problems: self.problems,
            }),
        }
    }

    pub fn complain(&mut self, file: File, line: usize, message: impl Into<String>) {
        self.problems.push(Problem {
            file: file.name.to_owned(),
            line,
            message: message.into(),
        });
    }

    pub fn toml<T: DeserializeOwned>(&mut self, file: File) -> Option<T> {
        match toml::from_str(file.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = file.line_of(error.span().map_or(0, |s| s.start));
                self.complain(file, line, error.message());
                None
            }
        }
    }

    /// The rows of an array of tables, with the line each begins on.
    pub fn rows<T: DeserializeOwned>(
        &mut self,
        file: File,
        rows: Vec<Spanned<toml::Table>>,
    ) -> Vec<(usize, T)> {
        let mut out = Vec::new();
        for row in rows {
            let line = file.line_of(row.span().start);
            match row.into_inner().try_into() {
                Ok(value) => out.push((line, value)),
                Err(error) => self.complain(file, line, error.message()),
            }
        }
        out
    }

    /// Complains of a code that two rows of a file have.
    pub fn once(
        &mut self,
        file: File,
        line: usize,
        seen: &mut HashSet<String>,
        what: &str,
        code: &str,
    ) {
        if !seen.insert(code.to_owned()) {
            self.complain(file, line, format!("{what} {code} is listed twice"));
        }
    }

    /// Complains of a municipality that the catalogue of places lacks.
    pub fn known(
        &mut self,
        file: File,
        line: usize,
        code: Option<&str>,
        municipalities: &HashSet<String>,
    ) {
        if let Some(code) = code
            && !municipalities.contains(code)
        {
            self.complain(file, line, format!("there is no municipality {code}"));
        }
    }
}
