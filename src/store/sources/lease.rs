//! Leases: which due sources a process visits. One source of a limit domain at a time, those that come
//! first and are due longest before the others; what a gate keeps closed is not taken.

use super::SourceRow;
use crate::{
    domain::time::{Span, Timestamp},
    store::{
        Result, Sql, Tx,
        sql::{execute, fetch, statements},
    },
};

/// Due, and nothing stands against a visit: the source, its domain's gate, the switch for all, another
/// visit of the domain.
macro_rules! open {
    () => {
        "state <> 'off' and stopped is null and next_visit <= $1 and lease_until < $1
            and not exists (select 1 from gate where gate.domain = source.domain
                and (gate.not_before > $1 or gate.queue_until > $1))
            and not exists (select 1 from source busy where busy.domain = source.domain
                and busy.domain <> '' and busy.lease_until >= $1)
            and not exists (select 1 from setting where name = 'collecting_stopped')"
    };
}

/// The first of each domain; a source whose domain is not known yet is its own.
macro_rules! first_of_each {
    () => {
        concat!(
            "select code from (select code, priority, next_visit, row_number() over (
                    partition by case when domain = '' then code else domain end
                    order by priority desc, next_visit, code) as place
                from source where ",
            open!(),
            ") due where place = 1 order by priority desc, next_visit, code limit $4"
        )
    };
}

statements! {
    LEASE = Sql::each(
        concat!("update source set lease_until = $2, lease_owner = $3 where code in (",
            first_of_each!(), ") returning *"),
        concat!("update source set lease_until = $2, lease_owner = $3 where code in (
            select code from source where next_visit <= $1 and lease_until < $1 and code in (",
            first_of_each!(), ") for update skip locked) returning *"));
    NEXT_DUE = Sql::both(concat!("select code from source where ", open!(), " limit 1"));
    RELEASE_ALL = Sql::both("update source set lease_until = 0, lease_owner = null
        where lease_owner = $1");
}

/// Takes up to `limit` due sources for `owner` until `now + lease`. A lease that expires is simply
/// taken again: all keeping is idempotent. Sources that are gone come with their long re-check.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn lease(
    tx: &mut Tx,
    owner: &str,
    now: Timestamp,
    lease: Span,
    limit: i64,
) -> Result<Vec<SourceRow>> {
    let until = now.plus(lease).as_millis();
    Ok(fetch!(fetch_all SourceRow, tx, LEASE, now.as_millis(), until, owner, limit)?)
}

/// A source that could be leased, looked up without writing.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn next_due(tx: &mut Tx, now: Timestamp) -> Result<Option<String>> {
    Ok(fetch!(fetch_optional(String,), tx, NEXT_DUE, now.as_millis())?.map(|(code,)| code))
}

/// Gives back every lease of an owner that stops.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn release_all(tx: &mut Tx, owner: &str) -> Result<u64> {
    Ok(execute!(tx, RELEASE_ALL, owner)?)
}
