//! What a post says: language, kind, topic and sector, places, claims, near-duplicates.
//!
//! Everything here is a pure function of text and of what was loaded at start: no clock, no
//! database, no network. Suggestions only: people and `incidents` decide. Start with
//! [`Understander::annotate`].

pub mod claims;
pub mod cores;
pub mod duplicates;
pub mod features;
pub mod kind;
pub mod language;
pub mod linear;
pub mod mask;
pub mod morph;
pub mod numerals;
pub mod places;
pub mod sentences;
pub mod text;
pub mod topics;
pub mod train;
pub mod understander;
pub mod words;

pub use understander::{Input, Understander};
