//! Posts: keeping what a visit brought, exactly once, and reading it back.
//!
//! [`keep`] is the one way in for every source; events go through [`keep_told`] first. [`find`] and [`list`] give masked text within a
//! scope; raw text never leaves this folder except towards understanding ([`list_waiting`]).

mod absence;
mod counters;
mod keep;
mod known;
mod read;
mod refresh;
mod told;
mod versions;

pub use absence::note_absent;
pub use counters::{CounterRow, list_counters, list_views_before};
pub(in crate::store) use keep::content_hash;
pub use keep::{KeepAs, Kept, Keys, keep};
pub use read::{
    IndexRow, PostRow, Waiting, count, count_within, find, find_link, list, list_for_index,
    list_of_incident, list_stale, list_waiting,
};
pub(in crate::store) use read::{MUNICIPALITY, SECTOR, WHOSE};
pub use refresh::{Known, list_known, list_to_refresh};
pub use told::keep_told;
pub use versions::{Earlier, list_versions};

pub(crate) fn statements() -> Vec<(&'static str, super::Sql)> {
    [counters::ALL, read::ALL, known::ALL].concat()
}
