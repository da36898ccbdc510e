//! Tables of other systems: saved mappings, imports with their reports, what is known of each message
//! beside its words, and counts of appeals. Reading files is not done here. Start with
//! [`appeals::keep`] and [`imports`].

pub mod appeals;
pub mod imports;
pub mod mappings;
pub mod totals;

use super::Sql;

pub(crate) fn statements() -> Vec<(&'static str, Sql)> {
    [appeals::ALL, imports::ALL, mappings::ALL, totals::ALL].concat()
}
