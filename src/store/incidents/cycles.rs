//! Cycles and their clocks: what was promised, and the place in the queue that follows from it. Start with
//! [`put_clock`].

use crate::{
    domain::{
        id::IncidentId,
        incident::{ClockKind, PromiseClock},
        time::Timestamp,
    },
    store::{
        Result, Sql, Tx,
        sql::{execute, fetch, statements},
    },
};

statements! {
    OPEN_CYCLE = Sql::both("insert into cycle (incident, number, opened) values ($1, $2, $3)");
    NEXT_CYCLE = Sql::both("update incident set cycle = cycle + 1 where id = $1 returning cycle");
    CLOSE_CYCLE = Sql::both("update cycle set closed = $3 where incident = $1 and number = $2");
    PUT_CLOCK = Sql::both("insert into clock (incident, cycle, kind, starts, due)
        values ($1, $2, $3, $4, $5) on conflict (incident, cycle, kind) do nothing");
    STOP_CLOCK = Sql::both("update clock set stopped = $4
        where incident = $1 and cycle = $2 and kind = $3 and stopped is null");
    // As the migration that brought the column: `filter::SETTLED` and `filter::ENDED`.
    QUEUE = Sql::both("update incident set queue_at =
        case when state in ('closed', 'declined') then 9223372036854775807
        else coalesce((select c.due from clock c where c.incident = incident.id
            and c.cycle = incident.cycle and c.kind = 'first' and c.stopped is null),
            9223372036854775806) end where id = $1");
}

/// Begins a repeat cycle; gives its number.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn open_cycle(tx: &mut Tx, id: &IncidentId, now: Timestamp) -> Result<i64> {
    let (cycle,) = fetch!(fetch_one(i64,), tx, NEXT_CYCLE, id.as_str())?;
    execute!(tx, OPEN_CYCLE, id.as_str(), cycle, now.as_millis())?;
    Ok(cycle)
}

/// Ends a cycle.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn close_cycle(tx: &mut Tx, id: &IncidentId, cycle: i64, now: Timestamp) -> Result<()> {
    execute!(tx, CLOSE_CYCLE, id.as_str(), cycle, now.as_millis())?;
    Ok(())
}

/// Starts a clock of a cycle; one that runs already is left alone.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn put_clock(
    tx: &mut Tx,
    id: &IncidentId,
    cycle: i64,
    clock: &PromiseClock,
) -> Result<()> {
    execute!(
        tx,
        PUT_CLOCK,
        id.as_str(),
        cycle,
        clock.kind.code(),
        clock.starts.as_millis(),
        clock.due.as_millis()
    )?;
    match clock.kind {
        ClockKind::First => queue(tx, id).await,
        _ => Ok(()),
    }
}

/// The cycle that an incident begins with.
pub(super) async fn first_cycle(tx: &mut Tx, id: &IncidentId, now: Timestamp) -> Result<()> {
    execute!(tx, OPEN_CYCLE, id.as_str(), 1i64, now.as_millis())?;
    Ok(())
}

/// Gives an incident its place in the queue anew.
pub(super) async fn queue(tx: &mut Tx, id: &IncidentId) -> Result<()> {
    execute!(tx, QUEUE, id.as_str())?;
    Ok(())
}

/// Stops clocks of a cycle: their promises are kept or no longer owed.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn stop_clocks(
    tx: &mut Tx,
    id: &IncidentId,
    cycle: i64,
    kinds: &[ClockKind],
    now: Timestamp,
) -> Result<()> {
    for kind in kinds {
        execute!(
            tx,
            STOP_CLOCK,
            id.as_str(),
            cycle,
            kind.code(),
            now.as_millis()
        )?;
    }
    match kinds.contains(&ClockKind::First) {
        true => queue(tx, id).await,
        false => Ok(()),
    }
}
