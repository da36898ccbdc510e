//! Settings and catalogues: read, validate, explain. A region is files here, never an `if`.
//!
//! Start with [`settings::Settings::load`].

pub mod catalogue;
pub mod mailbox;
pub mod region;
pub mod secrets;
pub mod settings;
