//! Day budgets and not-before moments of limit domains: they survive restarts.

use super::{
    Result, Sql, Tx,
    rows::Query,
    sql::{execute, fetch, statements},
};
use crate::domain::time::{Span, Timestamp};

/// A quota that the platform calls used up is tried once so often.
const PROBE: Span = Span::hours(1);

statements! {
    // The first call after a used-up quota tries whether it is back: until it answers, no other goes.
    RESERVE = Sql::both("insert into budget (domain, method, day, used, exhausted_until)
        values ($1, $2, $3, 1, 0)
        on conflict (domain, method, day) do update set used = budget.used + 1,
                exhausted_until = case when budget.exhausted_until > 0
                    then cast($6 as bigint) else 0 end
            where budget.used < $4 and budget.exhausted_until <= $5
        returning used, exhausted_until");
    EXHAUSTED = Sql::both("select exhausted_until from budget
        where domain = $1 and method = $2 and day = $3");
    EXHAUST = Sql::both("insert into budget (domain, method, day, used, exhausted_until)
        values ($1, $2, $3, 0, $4)
        on conflict (domain, method, day) do update set exhausted_until = excluded.exhausted_until");
    NOT_BEFORE = Sql::both("select not_before, reason from gate where domain = $1");
    HOLD = Sql::both("insert into gate (domain, not_before, reason) values ($1, $2, $3)
        on conflict (domain) do update set not_before = excluded.not_before,
            reason = excluded.reason
        where gate.not_before < excluded.not_before");
    LIST_USED = Sql::both("select domain, method, used, exhausted_until from budget
        where day = $1 order by domain, method");
}

/// What a reservation gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// One request may go; so many were used today.
    Granted(i64),
    /// One request may go, to try whether a quota that was used up is back.
    Probe,
    /// None is left before this moment, if one is known.
    Exhausted(Option<Timestamp>),
}

/// Reserves one request of `allowed` a day; after a probe the next one may go in an hour. The reservation is spent even when the request is not
/// sent: a budget is never exceeded, at worst under-used.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn reserve(
    tx: &mut Tx,
    domain: &str,
    method: &str,
    day: &str,
    allowed: i64,
    now: Timestamp,
) -> Result<Reserved> {
    if allowed <= 0 {
        return Ok(Reserved::Exhausted(None));
    }
    let used = fetch!(
        fetch_optional(i64, i64),
        tx,
        RESERVE,
        domain,
        method,
        day,
        allowed,
        now.as_millis(),
        now.plus(PROBE).as_millis()
    )?;
    match used {
        Some((used, 0)) => return Ok(Reserved::Granted(used)),
        Some(_) => return Ok(Reserved::Probe),
        None => {}
    }
    let until = fetch!(fetch_optional(i64,), tx, EXHAUSTED, domain, method, day)?
        .map(|(until,)| until)
        .filter(|until| *until > now.as_millis());
    Ok(Reserved::Exhausted(until.map(Timestamp::from_millis)))
}

/// The platform says that the day's quota is gone: nothing more before `until`.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn exhaust(
    tx: &mut Tx,
    domain: &str,
    method: &str,
    day: &str,
    until: Timestamp,
) -> Result<()> {
    execute!(tx, EXHAUST, domain, method, day, until.as_millis())?;
    Ok(())
}

/// The moment before which `domain` must be left alone, with the reason.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn not_before(tx: &mut Tx, domain: &str) -> Result<Option<(Timestamp, String)>> {
    Ok(fetch!(fetch_optional(i64, String), tx, NOT_BEFORE, domain)?
        .map(|(until, reason)| (until.into(), reason)))
}

/// Which of `names` (limit domains, or what rests within one) must be left alone now: the name, until
/// when (milliseconds) and why, the longest first.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_held(
    tx: &mut Tx,
    names: &[String],
    now: Timestamp,
) -> Result<Vec<(String, i64, String)>> {
    let mut query = Query::new("select domain, not_before, reason from gate where not_before > ");
    query.bind(now.as_millis()).push(" and domain in (");
    query
        .bind_list(names.iter().map(String::as_str))
        .push(") order by not_before desc");
    query.fetch_all(tx).await
}

/// Leaves `domain` alone until a moment. A later moment wins over an earlier one: an error never
/// makes us faster.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn hold(tx: &mut Tx, domain: &str, until: Timestamp, reason: &str) -> Result<()> {
    execute!(tx, HOLD, domain, until.as_millis(), reason)?;
    Ok(())
}

/// What was used on a day: domain, method, requests, exhausted until.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_used(tx: &mut Tx, day: &str) -> Result<Vec<(String, String, i64, i64)>> {
    Ok(fetch!(
        fetch_all(String, String, i64, i64),
        tx,
        LIST_USED,
        day
    )?)
}
