//! The queue, page by page, and who stands beside whom in it.

use sqlx::FromRow;

use super::{
    filter::{MUNICIPALITY, QueueFilter, READ, SECTOR},
    row::{IncidentRow, SELECT},
};
use crate::{
    domain::incident::IncidentState,
    store::{Result, Tx, rows::Query, scope::Scope},
};

/// The queue, in the filter's order.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read incidents, or to handle them when the
/// filter asks.
pub async fn list(tx: &mut Tx, scope: &Scope, f: &QueueFilter) -> Result<Vec<IncidentRow>> {
    f.require(scope)?;
    let mut query = Query::new(SELECT);
    f.conditions(&mut query, scope);
    f.following(&mut query);
    query.push(" order by ").push(f.order.column());
    query.push(", i.number limit ").bind(f.limit.clamp(1, 501));
    let rows: Vec<IncidentRow> = query.fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| row.seen_by(scope)).collect())
}

/// The numbers of the incidents before and after this one among those that are owed; beside one that
/// is not owed stands the first of them.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read incidents.
pub async fn neighbours(
    tx: &mut Tx,
    scope: &Scope,
    of: &IncidentRow,
) -> Result<(Option<i64>, Option<i64>)> {
    scope.require(READ)?;
    match of.state().is_open() {
        true => {
            let before = beside(tx, scope, Some((of, "<")), " desc").await?;
            Ok((before, beside(tx, scope, Some((of, ">")), "").await?))
        }
        false => Ok((None, beside(tx, scope, None, "").await?)),
    }
}

async fn beside(
    tx: &mut Tx,
    scope: &Scope,
    of: Option<(&IncidentRow, &str)>,
    way: &str,
) -> Result<Option<i64>> {
    let owed = QueueFilter {
        states: vec![
            IncidentState::New,
            IncidentState::Assigned,
            IncidentState::InProgress,
        ],
        ..QueueFilter::default()
    };
    let mut query = Query::new("select i.number from incident i where 1 = 1");
    scope.restrict(&mut query, READ, SECTOR, MUNICIPALITY);
    owed.states(&mut query);
    if let Some((row, is)) = of {
        query
            .push(" and (i.queue_at, i.number) ")
            .push(is)
            .push(" (");
        query
            .bind(row.queue_at)
            .push(", ")
            .bind(row.number)
            .push(")");
    }
    query.push(" order by i.queue_at").push(way);
    query.push(", i.number").push(way).push(" limit 1");
    #[derive(FromRow)]
    struct Number {
        number: i64,
    }
    let found: Vec<Number> = query.fetch_all(tx).await?;
    Ok(found.first().map(|row| row.number))
}
