//! Imports of tables: their way from a file that was put here to a report. The file itself is not in the
//! database. Start with [`begin`]; the loop takes work by [`lease`] and notes it by [`advance`].

use sqlx::FromRow;

use crate::{
    domain::{
        post::coded,
        table::{Mapping, RefusedRow},
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{
        Error, Result, Sql, Tx,
        rows::{Value, insert_rows},
        scope::Scope,
        sql::{execute, fetch, statements},
    },
};

macro_rules! row {
    ($rest:literal) => {
        concat!(
            "select id, state, file, who, created, updated, mapping, position, seen, added, changed,
             same, refused, unread, fault from table_import ",
            $rest
        )
    };
}

statements! {
    BEGIN = Sql::both("insert into table_import (id, state, file, who, created, updated, mapping, unread)
        values ($1, $2, $3, $4, $5, $5, $6, $7)");
    FIND = Sql::both(row!("where id = $1"));
    LIST = Sql::both(row!("where state <> 'dropped' order by created desc, id desc limit $1"));
    CHOOSE = Sql::both("update table_import set state = $2, mapping = $3, unread = $4, updated = $5,
            position = 0, seen = 0, added = 0, changed = 0, same = 0, refused = 0, lease_until = 0,
            fault = ''
        where id = $1 and state in ('uploaded', 'checked', 'failed')");
    MOVE = Sql::both("update table_import set state = $2, updated = $3 where id = $1 and state = $4");
    UNDER_WAY = Sql::both(row!("where state in ('checking', 'waiting') and lease_until <= $1
        order by created, id limit 20"));
    LEASE = Sql::both("update table_import set lease_until = $3
        where id = $1 and state in ('checking', 'waiting') and lease_until <= $2");
    ADVANCE = Sql::both("update table_import set position = $2, seen = seen + $3, added = added + $4,
            changed = changed + $5, same = same + $6, refused = refused + $7, updated = $8,
            lease_until = $9
        where id = $1 and position = $10 and state in ('checking', 'waiting')");
    END = Sql::both("update table_import set state = $2, fault = $3, updated = $4, lease_until = 0
        where id = $1 and state in ('checking', 'waiting')");
    FORGET_REFUSED = Sql::both("delete from table_refused where import = $1");
    REFUSED = Sql::both("select line, fault, field from table_refused where import = $1
        order by line limit $2");
    LEFT_LYING = Sql::both("select id from table_import
        where state in ('uploaded', 'checked', 'failed') and updated <= $1 order by id limit 100");
}

coded! {
    /// How far an import is.
    ImportState {
        /// The file is here; nobody said yet what its columns hold.
        Uploaded = "uploaded",
        /// A dry run is under way.
        Checking = "checking",
        /// A dry run ended.
        Checked = "checked",
        /// It is being stored.
        Waiting = "waiting",
        /// Everything is stored.
        Done = "done",
        /// The file could not be read to its end.
        Failed = "failed",
        /// Somebody thought better of it, or nobody went on with it.
        Dropped = "dropped",
    }
}

/// Rows of a report at most: a file with more faults than this has one fault.
pub const MOST_REFUSED: i64 = 10_000;

/// How many rows became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows, refused ones too.
    pub seen: i64,
    /// For the first time.
    pub added: i64,
    /// Known, and something is different now.
    pub changed: i64,
    /// Known in all.
    pub same: i64,
    /// Not taken.
    pub refused: i64,
}

/// An import.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct ImportRow {
    pub id: String,
    pub state: String,
    pub file: String,
    pub who: String,
    pub created: i64,
    pub updated: i64,
    /// JSON; see [`ImportRow::chosen`].
    pub mapping: String,
    pub position: i64,
    pub seen: i64,
    pub added: i64,
    pub changed: i64,
    pub same: i64,
    pub refused: i64,
    /// JSON list of headings.
    pub unread: String,
    pub fault: String,
}

impl ImportRow {
    /// How far it is.
    pub fn state(&self) -> ImportState {
        ImportState::from_code(&self.state).unwrap_or(ImportState::Failed)
    }

    /// The mapping that is used, once one is chosen.
    pub fn chosen(&self) -> Option<Mapping> {
        serde_json::from_str(&self.mapping).ok()
    }

    /// Headings of columns that are not read.
    pub fn unread(&self) -> Vec<String> {
        serde_json::from_str(&self.unread).unwrap_or_default()
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        Counts {
            seen: self.seen,
            added: self.added,
            changed: self.changed,
            same: self.same,
            refused: self.refused,
        }
    }
}

/// What an import reads.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// How the columns are read.
    pub mapping: &'a Mapping,
    /// Headings of columns that are not.
    pub unread: &'a [String],
}

impl Chosen<'_> {
    fn texts(&self) -> Result<(String, String)> {
        let broken = |reason| Error::Broken(format!("an import's mapping: {reason}"));
        let mapping = serde_json::to_string(self.mapping).map_err(broken)?;
        Ok((mapping, serde_json::to_string(self.unread).map_err(broken)?))
    }
}

/// Notes a new import: a file that waits for its mapping, or one that is stored at once.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn begin(
    tx: &mut Tx,
    scope: &Scope,
    id: &str,
    file: &str,
    chosen: Option<Chosen<'_>>,
    now: Timestamp,
) -> Result<()> {
    scope.require(Permission::ImportTables)?;
    let (state, (mapping, unread)) = match chosen {
        Some(chosen) => (ImportState::Waiting, chosen.texts()?),
        None => (ImportState::Uploaded, (String::new(), "[]".to_owned())),
    };
    let who = scope.who.as_str();
    execute!(
        tx,
        BEGIN,
        id,
        state.code(),
        file,
        who,
        now.as_millis(),
        mapping,
        unread
    )?;
    Ok(())
}

/// An import.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &str) -> Result<Option<ImportRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_optional ImportRow, tx, FIND, id)?)
}

/// The last imports, newest first, without those that were dropped.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn list(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<ImportRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_all ImportRow, tx, LIST, limit)?)
}

/// Chooses how a file is read and has it tried or stored; counts begin anew.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Conflict`] when it is under way or over.
pub async fn choose(
    tx: &mut Tx,
    scope: &Scope,
    id: &str,
    chosen: Chosen<'_>,
    dry: bool,
    now: Timestamp,
) -> Result<()> {
    scope.require(Permission::ImportTables)?;
    let (mapping, unread) = chosen.texts()?;
    let state = if dry {
        ImportState::Checking
    } else {
        ImportState::Waiting
    };
    let millis = now.as_millis();
    execute!(tx, FORGET_REFUSED, id)?;
    match execute!(tx, CHOOSE, id, state.code(), mapping, unread, millis)? {
        0 => Err(Error::Conflict(format!("import {id}"))),
        _ => Ok(()),
    }
}

/// Drops an import that is in this state.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Conflict`] when it is no longer in it.
pub async fn drop_it(
    tx: &mut Tx,
    scope: &Scope,
    id: &str,
    seen: ImportState,
    now: Timestamp,
) -> Result<()> {
    scope.require(Permission::ImportTables)?;
    let dropped = ImportState::Dropped.code();
    match execute!(tx, MOVE, id, dropped, now.as_millis(), seen.code())? {
        0 => Err(Error::Conflict(format!("import {id}"))),
        _ => Ok(()),
    }
}

/// Imports that wait for work and that nobody has in hand.
///
/// # Errors
/// [`Error::Database`].
pub async fn waiting(tx: &mut Tx, now: Timestamp) -> Result<Vec<ImportRow>> {
    Ok(fetch!(fetch_all ImportRow, tx, UNDER_WAY, now.as_millis())?)
}

/// Takes an import in hand; false when somebody else was faster.
///
/// # Errors
/// [`Error::Database`].
pub async fn lease(tx: &mut Tx, id: &str, now: Timestamp, span: Span) -> Result<bool> {
    let until = now.plus(span).as_millis();
    Ok(execute!(tx, LEASE, id, now.as_millis(), until)? > 0)
}

/// Notes a batch that was done: its counts, its refused rows and the line where the next begins, in the
/// transaction that stores it.
///
/// # Errors
/// [`Error::Conflict`] when somebody else goes on with the import.
pub async fn advance(
    tx: &mut Tx,
    id: &str,
    (from, to): (u64, u64),
    counts: Counts,
    refused: &[RefusedRow],
    (now, lease): (Timestamp, Span),
) -> Result<()> {
    let moved = execute!(
        tx,
        ADVANCE,
        id,
        to as i64,
        counts.seen,
        counts.added,
        counts.changed,
        counts.same,
        counts.refused,
        now.as_millis(),
        now.plus(lease).as_millis(),
        from as i64
    )?;
    if moved == 0 {
        return Err(Error::Conflict(format!("import {id}")));
    }
    let row = |row: &RefusedRow| {
        let field = row.field.map_or("", |field| field.code());
        vec![
            Value::from(id),
            (row.line as i64).into(),
            row.fault.code().into(),
            field.into(),
        ]
    };
    let rows = refused.iter().map(row).collect();
    let head = "table_refused (import, line, fault, field)";
    insert_rows(tx, head, "on conflict (import, line) do nothing", rows).await?;
    Ok(())
}

/// Ends what [`lease`] took.
///
/// # Errors
/// [`Error::Database`].
pub async fn end(
    tx: &mut Tx,
    id: &str,
    state: ImportState,
    fault: &str,
    now: Timestamp,
) -> Result<()> {
    execute!(tx, END, id, state.code(), fault, now.as_millis())?;
    Ok(())
}

/// A row that was not taken: line, code of the fault, code of the field.
pub type RefusedLine = (i64, String, String);

/// The first rows that were not taken.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn refused(tx: &mut Tx, scope: &Scope, id: &str, limit: i64) -> Result<Vec<RefusedLine>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_all RefusedLine, tx, REFUSED, id, limit)?)
}

/// Imports with which nobody went on since `before`: their files are to go.
///
/// # Errors
/// [`Error::Database`].
pub async fn left_lying(tx: &mut Tx, before: Timestamp) -> Result<Vec<String>> {
    let rows = fetch!(fetch_all(String,), tx, LEFT_LYING, before.as_millis())?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Drops what [`left_lying`] found.
///
/// # Errors
/// [`Error::Database`].
pub async fn give_up(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    for state in [
        ImportState::Uploaded,
        ImportState::Checked,
        ImportState::Failed,
    ] {
        let dropped = ImportState::Dropped.code();
        execute!(tx, MOVE, id, dropped, now.as_millis(), state.code())?;
    }
    Ok(())
}
