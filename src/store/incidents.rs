//! Incidents: the queue, one incident with all it holds, and the rows behind each change.
//!
//! Decisions live in `crate::incidents`; here is only what is written and read.

mod read;
mod write;

pub use read::{
    Candidate, ClockRow, EventRow, IncidentRow, Order, QueueFilter, StateCount, count_by_state,
    find, find_by_number, find_to_handle, list, list_candidates, list_clocks, list_events,
    list_post_ids, of_post, position, position_in, require_handling, totals,
};
pub use write::{
    NewIncident, add_event, alert_for, attach, change_state, close_cycle, lock_routing, open,
    open_cycle, put_answer, put_clock, set_sector, stop_clocks,
};

pub(crate) fn statements() -> Vec<(&'static str, super::Sql)> {
    [read::ALL, write::ALL].concat()
}
