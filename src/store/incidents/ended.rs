//! Totals of the incidents that ended, kept in the transaction that ends, reopens or purges one, so that
//! no page counts them.
//!
//! A total is of one network, or of whichever (`''`). Its rows are locked in the order of their key,
//! before the incident's own, so that no two transactions wait for each other in a ring.

use crate::{
    domain::{id::IncidentId, incident::IncidentState},
    store::{
        Result, Sql, Tx,
        rows::Query,
        sql::{execute, statements},
    },
};

statements! {
    ADD = Sql::both("insert into ended_total
            (platform, state, sector, topic, municipality, incidents)
        select n.code, cast($2 as text), i.sector, i.topic, coalesce(i.municipality, ''),
            cast($3 as bigint)
        from incident i join network n on n.bit = 0 or (i.networks & n.bit) <> 0
        where i.id = $1 order by n.code
        on conflict (platform, state, sector, topic, municipality)
        do update set incidents = ended_total.incidents + excluded.incidents");
}

/// Counts one more, or one less, that ended in a state.
pub(super) async fn add(tx: &mut Tx, id: &IncidentId, end: IncidentState, n: i64) -> Result<()> {
    execute!(tx, ADD, id.as_str(), end.code(), n)?;
    Ok(())
}

/// Takes incidents out of the totals that are about to be purged.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub(in crate::store) async fn take_out(tx: &mut Tx, incidents: &[&str]) -> Result<()> {
    for chunk in incidents.chunks(500) {
        let mut query = Query::new(
            "insert into ended_total (platform, state, sector, topic, municipality, incidents)
             select n.code, i.state, i.sector, i.topic, coalesce(i.municipality, ''), -count(*)
             from incident i join network n on n.bit = 0 or (i.networks & n.bit) <> 0
             where i.state in ('closed', 'declined') and i.id in (",
        );
        query.bind_list(chunk.iter().copied()).push(
            ") group by n.code, i.state, i.sector, i.topic, coalesce(i.municipality, '')
             order by 1, 2, 3, 4, 5
             on conflict (platform, state, sector, topic, municipality)
             do update set incidents = ended_total.incidents + excluded.incidents",
        );
        query.execute(tx).await?;
    }
    Ok(())
}
