//! Why a database that was sound does not serve now: what a page says depends on it. No SQL here.

use sqlx::error::DatabaseError;

use super::Error;

/// What keeps the database from its work; each passes when its cause does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer, or not in time.
    Away,
    /// Its disk is full. What needs no entry in the journal can still be read.
    Full,
    /// Its disk or the database itself may only be read.
    ReadOnly,
}

impl Error {
    /// What keeps the database from its work; none for errors of another kind.
    pub fn trouble(&self) -> Option<Trouble> {
        let Error::Database(error) = self else {
            return None;
        };
        match error {
            sqlx::Error::Database(told) => of_code(told.as_ref()),
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Io(_) => Some(Trouble::Away),
            _ => None,
        }
    }
}

/// SQLite tells numbers (the low byte is the kind), PostgreSQL words of five signs.
fn of_code(told: &dyn DatabaseError) -> Option<Trouble> {
    let code = told.code()?;
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => match number & 0xff {
            13 => Some(Trouble::Full),          // SQLITE_FULL
            8 => Some(Trouble::ReadOnly),       // SQLITE_READONLY
            5 | 10 | 14 => Some(Trouble::Away), // BUSY, IOERR, CANTOPEN
            _ => None,
        },
        _ => match code.as_ref() {
            "53100" => Some(Trouble::Full),
            "25006" => Some(Trouble::ReadOnly),
            "53200" | "53300" | "53400" => Some(Trouble::Away),
            code if code.starts_with("08") || code.starts_with("57P") || code.starts_with("58") => {
                Some(Trouble::Away)
            }
            _ => None,
        },
    }
}
