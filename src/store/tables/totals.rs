//! Counts of appeals as a table gave them: by body, theme and span. Start with [`keep`].

use sqlx::FromRow;

use super::imports::Counts;
use crate::{
    domain::{table::Total, time::Timestamp, user::Permission},
    store::{
        Result, Sql, Tx,
        scope::Scope,
        sql::{execute, fetch, statements},
    },
};

statements! {
    KNOWN = Sql::both("select appeals from appeal_total where source = $1 and body = $2
        and theme = $3 and first_day = $4 and last_day = $5");
    PUT = Sql::both("insert into appeal_total (source, body, theme, first_day, last_day, appeals,
            import, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (source, body, theme, first_day, last_day) do update set
            appeals = excluded.appeals, import = excluded.import, at = excluded.at");
    LIST = Sql::both("select source, body, theme, first_day, last_day, appeals, import, at
        from appeal_total order by last_day desc, first_day desc, source, body, appeals desc, theme
        limit $1");
}

/// A count.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct TotalRow {
    pub source: String,
    pub body: String,
    pub theme: String,
    pub first_day: String,
    pub last_day: String,
    pub appeals: i64,
    pub import: String,
    pub at: i64,
}

/// Keeps counts of a source, the later over the earlier; tells how many were new and how many changed.
/// A dry run only compares.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn keep(
    tx: &mut Tx,
    (source, import): (&str, &str),
    totals: &[Total],
    dry: bool,
    now: Timestamp,
) -> Result<Counts> {
    let mut counts = Counts::default();
    for total in totals {
        let (body, theme) = (total.body.as_str(), total.theme.as_str());
        let (from, to) = (total.from.as_str(), total.to.as_str());
        let known = fetch!(
            fetch_optional(i64,),
            tx,
            KNOWN,
            source,
            body,
            theme,
            from,
            to
        )?;
        counts.seen += 1;
        match known {
            None => counts.added += 1,
            Some((count,)) if count != total.count => counts.changed += 1,
            Some(_) => {
                counts.same += 1;
                continue;
            }
        }
        if !dry {
            let at = now.as_millis();
            execute!(
                tx,
                PUT,
                source,
                body,
                theme,
                from,
                to,
                total.count,
                import,
                at
            )?;
        }
    }
    Ok(counts)
}

/// The counts of the latest spans first.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to import.
pub async fn list(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<TotalRow>> {
    scope.require(Permission::ImportTables)?;
    Ok(fetch!(fetch_all TotalRow, tx, LIST, limit)?)
}
