//! Where counted incidents are read from: the rows of a part of the queue, or the totals of those that
//! ended. Start with [`groups`].

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::{
    domain::{time::Timestamp, user::Permission},
    store::{Result, Tx, incidents::filter::QueueFilter, rows::Query, scope::Scope},
};

/// Where counted incidents are read from.
#[derive(Debug, Clone, Copy)]
pub(super) enum From {
    /// Their rows, of a part of the queue.
    Rows(&'static str),
    /// The totals of those that ended.
    Totals,
}

const ANY: &str = "";
pub(super) const OPEN: &str = " and i.queue_at < 9223372036854775807";
pub(super) const OVER: &str = " and i.queue_at = 9223372036854775807";

impl From {
    /// What has to be read for a filter.
    fn of(f: &QueueFilter) -> Vec<From> {
        if f.is_of_late() {
            return vec![From::Rows(ANY)]; // few, whatever became of them
        }
        let is_told = f.holder.is_none() && f.platforms.len() <= 1;
        let over = if is_told {
            From::Totals
        } else {
            From::Rows(OVER)
        };
        let wanted = [(f.wants_open(), From::Rows(OPEN)), (f.wants_ended(), over)];
        let wanted = wanted.into_iter().filter(|(is_wanted, _)| *is_wanted);
        wanted.map(|(_, from)| from).collect()
    }

    /// `select <columns>, <sums> from … where …`; with a moment, how many are overdue then as well.
    fn select(self, columns: &str, f: &QueueFilter, now: Option<Timestamp>) -> Query {
        let mut query = Query::new(format!("select {columns}, "));
        match self {
            From::Rows(part) => {
                query.push("count(*) as incidents");
                if let Some(now) = now {
                    query.push(", cast(sum(case when i.queue_at < ");
                    query.bind(now.as_millis());
                    query.push(" then 1 else 0 end) as bigint) as overdue");
                }
                query.push(" from incident i where 1 = 1").push(part);
                f.standing(&mut query);
            }
            From::Totals => {
                query.push("cast(sum(i.incidents) as bigint) as incidents");
                query.push(", cast(0 as bigint) as overdue");
                query.push(" from ended_total i where i.platform = ");
                query.bind(f.platforms.first().map_or("", String::as_str));
            }
        }
        f.named_states(&mut query);
        query
    }

    fn group(self, query: &mut Query, columns: &str) {
        query.push(" group by ").push(columns);
        if let From::Totals = self {
            query.push(" having sum(i.incidents) > 0");
        }
    }
}

/// What groups are made of: the columns as selected and as grouped, of rows and totals alike.
pub(super) type Columns = (&'static str, &'static str);

/// The groups under a filter, where `right` reaches; one may come in two parts, open and over.
pub(super) async fn groups<R>(
    tx: &mut Tx,
    (scope, right): (&Scope, Permission),
    f: &QueueFilter,
    (select, group): Columns,
    now: Option<Timestamp>,
) -> Result<Vec<R>>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    scope.require(right)?;
    let mut found = Vec::new();
    for from in From::of(f) {
        let mut query = from.select(select, f, now);
        f.subject(&mut query, scope, right);
        from.group(&mut query, group);
        found.extend(query.fetch_all::<R>(tx).await?);
    }
    Ok(found)
}
