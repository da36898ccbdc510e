//! Day budgets and not-before moments of limit domains: they survive restarts.

use sqlx::FromRow;

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
    EXHAUSTED = Sql::both("select exhausted_until, used from budget
        where domain = $1 and method = $2 and day = $3");
    EXHAUST = Sql::both("insert into budget (domain, method, day, used, exhausted_until)
        values ($1, $2, $3, 0, $4)
        on conflict (domain, method, day) do update set exhausted_until = excluded.exhausted_until");
    STANDING = Sql::both("select coalesce(max(not_before), 0) as not_before,
            coalesce(max(reason), '') as reason, coalesce(max(free_at), 0) as free_at,
            coalesce(max(failures), 0) as failures,
            (select cast(value as bigint) from setting where name = 'collecting_stopped') as stopped
        from gate where domain = $1");
    // $3: when the next request may go, $4: the same while a probe is on its way, $5: failures that
    // open the breaker, $6: 1 when a request succeeded since the last failure.
    PASS = Sql::both("insert into gate (domain, not_before, reason, free_at) values ($1, 0, '', $3)
        on conflict (domain) do update set
            failures = case when $6 = 1 then 0 else gate.failures end,
            free_at = case when $6 = 0 and gate.failures >= $5 then $4 else $3 end
        where gate.not_before <= $2 and gate.free_at <= $7
        returning failures");
    FAILED = Sql::both("insert into gate (domain, not_before, reason, failures)
        values ($1, 0, '', 1)
        on conflict (domain) do update set failures = gate.failures + 1
        returning failures");
    HOLD = Sql::both("insert into gate (domain, not_before, reason) values ($1, $2, $3)
        on conflict (domain) do update set not_before = excluded.not_before,
            reason = excluded.reason
        where gate.not_before < excluded.not_before");
    REST = Sql::both("insert into gate (domain, not_before, reason, queue_until)
        values ($1, 0, '', $2)
        on conflict (domain) do update set queue_until = excluded.queue_until
        where gate.queue_until < excluded.queue_until");
    HELD = Sql::both("select domain, not_before, reason from gate where not_before > $1
        order by domain");
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
    /// The platform gives none before this moment.
    Exhausted(Timestamp),
    /// None is allowed yet of which so many were used today.
    Ahead(i64),
}

/// Reserves one request of the `allowed` so far today; after a probe the next one may go in an hour. The
/// reservation is spent even when the request is not
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
        return Ok(Reserved::Ahead(0));
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
    let (until, used) = fetch!(fetch_one(i64, i64), tx, EXHAUSTED, domain, method, day)?;
    Ok(match until > now.as_millis() {
        true => Reserved::Exhausted(until.into()),
        false => Reserved::Ahead(used),
    })
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

/// How the gate of a limit domain stands.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Standing {
    /// The domain is left alone before this.
    pub not_before: i64,
    /// Why.
    pub reason: String,
    /// The rate lets the next request go at this moment.
    pub free_at: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Since when a person stopped all collecting.
    pub stopped: Option<i64>,
}

/// How the gate of `domain` stands; one that is not known is open.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn standing(tx: &mut Tx, domain: &str) -> Result<Standing> {
    Ok(fetch!(fetch_one Standing, tx, STANDING, domain)?)
}

/// What a request does to its gate.
#[derive(Debug, Clone, Copy)]
pub struct Passing {
    /// The present moment.
    pub now: Timestamp,
    /// When the rate lets the next one go.
    pub next: Timestamp,
    /// When the next one goes while this one is the probe of an opened breaker.
    pub after_probe: Timestamp,
    /// So many failures in a row open the breaker.
    pub opens: i64,
    /// A request succeeded since the last failure: the breaker closes.
    pub closes: bool,
    /// A `free_at` up to this is past: the present moment, or the end of time for a clock that stands.
    pub free: Timestamp,
}

/// Lets a request through the gate of `domain`: gives the failures in a row before it, or none when
/// somebody else was faster or the domain is held.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn pass(tx: &mut Tx, domain: &str, passing: &Passing) -> Result<Option<i64>> {
    let passed = fetch!(
        fetch_optional(i64,),
        tx,
        PASS,
        domain,
        passing.now.as_millis(),
        passing.next.as_millis(),
        passing.after_probe.as_millis(),
        passing.opens,
        i64::from(passing.closes),
        passing.free.as_millis()
    )?;
    Ok(passed.map(|(failures,)| failures))
}

/// Counts a failure of `domain`; gives how many there were in a row.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn failed(tx: &mut Tx, domain: &str) -> Result<i64> {
    Ok(fetch!(fetch_one(i64,), tx, FAILED, domain)?.0)
}

/// No source of `domain` is leased for a scheduled visit before a moment; people's requests go on.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn rest(tx: &mut Tx, domain: &str, until: Timestamp) -> Result<()> {
    execute!(tx, REST, domain, until.as_millis())?;
    Ok(())
}

/// Domains that are left alone now: name, until when, why.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn list_closed(tx: &mut Tx, now: Timestamp) -> Result<Vec<(String, i64, String)>> {
    Ok(fetch!(
        fetch_all(String, i64, String),
        tx,
        HELD,
        now.as_millis()
    )?)
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
