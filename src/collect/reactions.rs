//! What a platform's failure asks of us, as tables: one type of row for every platform's codes, words
//! and statuses. Start with [`Row`]; what HTTP's own statuses mean stands in [`http`]. How the gates
//! carry a reaction out is [`super::politeness`]'s work, when the source is visited again
//! [`super::schedule`]'s.

pub mod http;

use crate::domain::{
    source::{FetchError, Reaction},
    time::Span,
};

/// Seconds.
pub const MINUTE: i64 = 60;
/// Seconds.
pub const HOUR: i64 = 3600;

/// How a platform names a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A number, or the numbers from the first to the last.
    Numbers(i64, i64),
    /// A word, such as `verify.token`.
    Word(&'static str),
}

/// One row: a code, the reaction, and what happened in words for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The platform's code.
    pub code: Code,
    /// What to do. [`Reaction::After`] backs off where the server names no time.
    pub reaction: Reaction,
    /// The shortest wait that makes sense, seconds; 0 leaves it to the reaction.
    pub wait: i64,
    /// Halve the rate for so many seconds; 0 leaves it to the reaction.
    pub slow: i64,
    /// What happened, and what a person can do where one is needed.
    pub note: &'static str,
}

/// A row of one number.
pub const fn row(code: i64, reaction: Reaction, wait: i64, note: &'static str) -> Row {
    span(code, code, reaction, wait, note)
}

/// A row of the numbers from `first` to `last`.
pub const fn span(first: i64, last: i64, reaction: Reaction, wait: i64, note: &'static str) -> Row {
    Row {
        code: Code::Numbers(first, last),
        reaction,
        wait,
        slow: 0,
        note,
    }
}

/// A row of a word.
pub const fn word(code: &'static str, reaction: Reaction, wait: i64, note: &'static str) -> Row {
    Row {
        code: Code::Word(code),
        ..row(0, reaction, wait, note)
    }
}

impl Row {
    /// The same row, with the rate halved for so many seconds.
    pub const fn slowing(self, seconds: i64) -> Self {
        Self {
            slow: seconds,
            ..self
        }
    }

    /// The shortest wait.
    pub fn shortest(&self) -> Span {
        Span::seconds(self.wait)
    }
}

/// The first row for a number.
pub fn of_number(table: &'static [Row], code: i64) -> Option<&'static Row> {
    table.iter().find(
        |row| matches!(row.code, Code::Numbers(first, last) if (first..=last).contains(&code)),
    )
}

/// The first row for a word; case does not matter.
pub fn of_word(table: &'static [Row], code: &str) -> Option<&'static Row> {
    table
        .iter()
        .find(|row| matches!(row.code, Code::Word(word) if word.eq_ignore_ascii_case(code)))
}

/// A failure, and the row that describes it where one does.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What failed.
    pub error: FetchError,
    /// What else its row asks.
    pub row: Option<&'static Row>,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self { error, row: None }
    }
}

/// A platform's own words about a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its code, where that is a number.
    pub code: Option<i64>,
    /// The row of its code or word.
    pub row: Option<&'static Row>,
    /// What happened, for the operator; holds no token and no post text.
    pub message: String,
}

impl Words {
    /// The failure. Where no row describes the words, that of the answer's status does; a failure that
    /// nothing describes backs off.
    pub fn failure(self, status: Option<Failure>) -> Failure {
        let (status, named) = match status {
            Some(failure) => (failure.row, Some(failure.error)),
            None => (None, None),
        };
        let row = self.row.or(status);
        let not_before = named.as_ref().and_then(|error| error.not_before);
        let reaction = match (row.map(|row| row.reaction), not_before) {
            (Some(Reaction::After) | None, None) => Reaction::BackOff,
            (_, Some(_)) => Reaction::After,
            (Some(reaction), None) => reaction,
        };
        let error = FetchError {
            reaction,
            code: self.code.or(named.and_then(|error| error.code)),
            message: self.message,
            not_before,
        };
        Failure { error, row }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Row] = &[
        row(404, Reaction::Skip, 0, "gone"),
        span(400, 499, Reaction::Stop, 0, "our fault"),
        word("verify.token", Reaction::Auth, 0, "the token"),
    ];

    #[test]
    fn numbers_spans_and_words_are_found_and_the_first_row_wins() {
        let note = |row: Option<&Row>| row.map(|row| row.note);
        assert_eq!(note(of_number(TABLE, 404)), Some("gone"));
        assert_eq!(note(of_number(TABLE, 405)), Some("our fault"));
        assert_eq!(note(of_number(TABLE, 500)), None);
        assert_eq!(note(of_word(TABLE, "Verify.Token")), Some("the token"));
        assert_eq!(note(of_word(TABLE, "404")), None);
    }
}
