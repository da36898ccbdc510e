//! Mappings of columns as people saved them: each change is a version, with who and when.

use sqlx::FromRow;

use crate::{
    domain::{table::Mapping, time::Timestamp, user::Permission},
    store::{
        Error, Result, Sql, Tx,
        scope::Scope,
        sql::{execute, fetch, statements},
    },
};

statements! {
    NEWEST = Sql::both("select name, version, made, made_by, mapping from table_mapping
        where name = $1 order by version desc limit 1");
    LIST = Sql::both("select m.name, m.version, m.made, m.made_by, m.mapping from table_mapping m
        where m.version = (select max(n.version) from table_mapping n where n.name = m.name)
        order by m.name");
    VERSIONS = Sql::both("select name, version, made, made_by, mapping from table_mapping
        where name = $1 order by version desc");
    SAVE = Sql::both("insert into table_mapping (name, version, made, made_by, mapping)
        values ($1, $2, $3, $4, $5) on conflict (name, version) do nothing");
}

/// A saved version of a mapping.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct MappingRow {
    pub name: String,
    pub version: i64,
    pub made: i64,
    pub made_by: String,
    /// JSON; see [`MappingRow::read`].
    pub mapping: String,
}

impl MappingRow {
    /// The mapping.
    ///
    /// # Errors
    /// [`Error::Broken`] when the row holds what this version cannot read.
    pub fn read(&self) -> Result<Mapping> {
        serde_json::from_str(&self.mapping)
            .map_err(|reason| Error::Broken(format!("mapping {}: {reason}", self.name)))
    }
}

/// Saves a mapping under its name; gives the version that it is now. One that is saved already in the
/// same words is left as it is.
///
/// # Errors
/// [`Error::Denied`] without the right to import; [`Error::Conflict`] when somebody saved meanwhile.
pub async fn save(tx: &mut Tx, scope: &Scope, mapping: &Mapping, now: Timestamp) -> Result<i64> {
    scope.require(Permission::ImportTables)?;
    let text = serde_json::to_string(mapping)
        .map_err(|reason| Error::Broken(format!("mapping {}: {reason}", mapping.name)))?;
    let newest = fetch!(fetch_optional MappingRow, tx, NEWEST, mapping.name.as_str())?;
    if let Some(same) = newest.as_ref().filter(|row| row.mapping == text) {
        return Ok(same.version);
    }
    let version = newest.map_or(1, |row| row.version + 1);
    let saved = execute!(
        tx,
        SAVE,
        mapping.name.as_str(),
        version,
        now.as_millis(),
        scope.who.as_str(),
        text.as_str()
    )?;
    match saved {
        0 => Err(Error::Conflict(format!("the mapping {}", mapping.name))),
        _ => Ok(version),
    }
}

/// The newest version under a name.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn find(tx: &mut Tx, scope: &Scope, name: &str) -> Result<Option<MappingRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_optional MappingRow, tx, NEWEST, name)?)
}

/// The newest version of each, by name.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<MappingRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_all MappingRow, tx, LIST)?)
}

/// Every version under a name, newest first.
///
/// # Errors
/// [`Error::Denied`] without the right to import.
pub async fn versions(tx: &mut Tx, scope: &Scope, name: &str) -> Result<Vec<MappingRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_all MappingRow, tx, VERSIONS, name)?)
}
