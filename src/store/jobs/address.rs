//! A job becomes one for each of its receivers, so that each has attempts of its own. Start with
//! [`list_unaddressed`].

use super::{
    super::{
        Result, Sql, Tx,
        sql::{execute, fetch, statements},
    },
    Leased,
};
use crate::domain::{id::Ids, time::Timestamp};

statements! {
    UNADDRESSED = Sql::each(
        "select id, incident, payload, created, attempts, bundle from job where done is null
            and failed is null and receiver is null and not_before <= $1 and lease_until < $1
        order by id limit $2",
        "select id, incident, payload, created, attempts, bundle from job where done is null
            and failed is null and receiver is null and not_before <= $1 and lease_until < $1
        order by id limit $2 for update skip locked");
    ADDRESS = Sql::both("update job set receiver = $2, attempts = 0, lease_until = 0 where id = $1");
    COPY = Sql::both("insert into job (id, kind, incident, payload, created, not_before, attempts,
            lease_until, receiver)
        select cast($2 as text), kind, incident, payload, created, not_before, 0, 0,
            cast($3 as text) from job where id = $1");
    NOBODY = Sql::both("update job set done = $2, attempts = 0, lease_until = 0, last_error = $3
        where id = $1");
}

/// Due jobs without a receiver, oldest first, held until the transaction ends.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_unaddressed(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Leased>> {
    Ok(fetch!(fetch_all Leased, tx, UNADDRESSED, now.as_millis(), limit)?)
}

/// Makes one job for each receiver: the first takes over this job and its id. Without receivers the
/// job ends, for `nobody` as the reason.
///
/// # Errors
/// [`Error::Database`].
pub async fn address(
    tx: &mut Tx,
    ids: &Ids,
    job: &Leased,
    receivers: &[String],
    nobody: &str,
    now: Timestamp,
) -> Result<()> {
    let Some((first, others)) = receivers.split_first() else {
        execute!(tx, NOBODY, job.id.as_str(), now.as_millis(), nobody)?;
        return Ok(());
    };
    for receiver in others {
        let id = ids.ulid(now);
        execute!(tx, COPY, job.id.as_str(), id.as_str(), receiver.as_str())?;
    }
    execute!(tx, ADDRESS, job.id.as_str(), first.as_str())?;
    Ok(())
}
