//! Who may do and see what: rights count where their grant reaches, hidden fields are empty in the
//! store, and two generated tests hold every role against every route and every count.

mod fields;
pub mod matrix;
mod oracle;
mod spread;
