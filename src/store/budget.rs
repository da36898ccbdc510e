//! Day budgets and not-before moments of limit domains: they survive restarts.

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::time::Timestamp;

statements! {
    RESERVE = Sql::both("insert into budget (domain, method, day, used, exhausted_until)
        values ($1, $2, $3, 1, 0)
        on conflict (domain, method, day) do update set used = budget.used + 1
            where budget.used < $4 and budget.exhausted_until <= $5
        returning used");
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
    /// None is left before this moment, if one is known.
    Exhausted(Option<Timestamp>),
}

/// Reserves one request of `allowed` a day. The reservation is spent even when the request is not
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
        fetch_optional(i64,),
        tx,
        RESERVE,
        domain,
        method,
        day,
        allowed,
        now.as_millis()
    )?;
    if let Some((used,)) = used {
        return Ok(Reserved::Granted(used));
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
