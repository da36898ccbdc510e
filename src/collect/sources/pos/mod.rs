//! The state feedback platform (ПОС): whether a site shows its widget. Start with [`widget::detect`],
//! which is pure; [`look`] asks a site.
//!
//! The platform's messages come as tables (`collect::import`); it has no open interface to ask.

pub(crate) mod look;
pub mod widget;
