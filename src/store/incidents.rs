//! Incidents: the queue, one incident with all it holds, and the rows behind each change.
//!
//! Decisions live in `crate::incidents`; here is only what is written and read. Start with `list.rs` for
//! the queue, `count.rs` for its figures, `write.rs` for what keeps both true.

mod candidates;
mod count;
mod course;
mod cycles;
mod ended;
mod filter;
mod find;
mod list;
pub mod networks;
pub mod reposts;
mod row;
mod write;

pub use candidates::{Candidate, list_candidates};
pub use count::{
    By, CodeCount, Facet, ME, Moments, NOBODY, OVERDUE, Standing, StateCount, TODAY, TOMORROW,
    Total, count_by, count_by_state, count_ended_networks, standing, totals,
};
pub use course::{ClockRow, EventRow, list_clocks, list_events, list_post_ids, of_post};
pub use cycles::{close_cycle, open_cycle, put_clock, stop_clocks};
pub(super) use ended::take_out;
pub use filter::{Order, QueueFilter};
pub use find::{find, find_by_number, find_to_handle, require_handling};
pub use list::{list, neighbours};
pub use row::{IncidentRow, position, position_in};
pub use write::{
    NewIncident, add_event, alert_for, attach, change_state, lock_routing, open, put_answer,
    set_sector,
};

pub(crate) fn statements() -> Vec<(&'static str, super::Sql)> {
    [
        candidates::ALL,
        course::ALL,
        cycles::ALL,
        ended::ALL,
        reposts::ALL,
        write::ALL,
    ]
    .concat()
}
