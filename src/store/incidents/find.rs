//! One incident, by id or by the number that people use.

use super::{
    filter::{MUNICIPALITY, READ, SECTOR},
    row::{IncidentRow, SELECT},
};
use crate::{
    domain::{id::IncidentId, user::Permission},
    store::{
        Error, Result, Tx,
        rows::{Query, Value},
        scope::Scope,
    },
};

/// One incident within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &IncidentId) -> Result<Option<IncidentRow>> {
    let row = find_where(tx, scope, " and i.id = ", id.as_str().into()).await?;
    Ok(row.map(|row| row.seen_by(scope)))
}

/// One incident whole, to be acted upon and never shown: a field that the scope does not see is there.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents, or to handle this one.
pub async fn find_to_handle(
    tx: &mut Tx,
    scope: &Scope,
    id: &IncidentId,
) -> Result<Option<IncidentRow>> {
    scope.require(Permission::HandleIncidents)?;
    let row = find_where(tx, scope, " and i.id = ", id.as_str().into()).await?;
    row.map(|row| require_handling(scope, &row).map(|()| row))
        .transpose()
}

/// One incident by the number that people use.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents.
pub async fn find_by_number(
    tx: &mut Tx,
    scope: &Scope,
    number: i64,
) -> Result<Option<IncidentRow>> {
    let row = find_where(tx, scope, " and i.number = ", number.into()).await?;
    Ok(row.map(|row| row.seen_by(scope)))
}

/// The right to take, answer and close this incident, or a refusal.
///
/// # Errors
/// [`Error::Denied`].
pub fn require_handling(scope: &Scope, row: &IncidentRow) -> Result<()> {
    let right = Permission::HandleIncidents;
    match scope.covers(right, Some(&row.sector), row.municipality.as_deref()) {
        true => Ok(()),
        false => Err(Error::Denied(right.code())),
    }
}

async fn find_where(
    tx: &mut Tx,
    scope: &Scope,
    condition: &str,
    value: Value,
) -> Result<Option<IncidentRow>> {
    scope.require(READ)?;
    let mut query = Query::new(SELECT);
    scope.restrict(&mut query, READ, SECTOR, MUNICIPALITY);
    query.push(condition).bind(value);
    Ok(query.fetch_all(tx).await?.pop())
}
